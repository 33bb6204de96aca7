import Foundation
import Sluice
import Testing

private typealias Fixtures = RulingFixtures

/// What `sluice explain` tells of an instrument.
struct ExplanationTests {
  private static let policy = Fixtures.policy(
    instruments: [
      Fixtures.instrument(grants: Fixtures.grants("activity", "place", approval: ["subscriber"]))
    ],
    bundles: [
      Bundle(
        kind: Fixtures.message, fields: [3, 4],
        companions: [
          Bundle.Companion(field: 0, coarsest: .second), Bundle.Companion(field: 5, coarsest: nil),
        ], isBaseline: true)
    ])

  private func explain(
    _ state: String = "US", _ instrument: String = "court-order", _ policies: [Policy] = [policy],
    now: Instant = Fixtures.now
  ) throws(ReasonCode) -> Explanation {
    try Explanation(
      jurisdiction: state, instrument: instrument, policies: policies, catalog: Fixtures.catalog, now: now)
  }

  @Test func hasARowForEveryFieldAndRole() throws {
    let rows = try explain().rows
    var expected: [String] = []
    for kind in Fixtures.catalog.kinds {
      for field in kind.fields {
        for role in field.hasRoles ? ["subject", "other"] : ["record"] {
          expected.append("\(kind.name).\(field.name) \(role)")
        }
      }
    }
    #expect(rows.map { "\($0.kind).\($0.field) \($0.role)" } == expected)
  }

  @Test(
    arguments: [
      ("message.sent_at", "record", "truncate to hour", "activity", 50),
      ("message.type", "record", "withheld: by its rule", "activity", 51),
      ("message.sender", "subject", "withheld: named by traffic, not granted", nil, nil),
      ("message.client_ip", "other", "withheld: no category names it", nil, nil),
      ("message.body", "record", "withheld: content never leaves", nil, nil),
      ("account.token", "record", "withheld: secrets never leave", nil, nil),
      ("account.phone", "subject", "keep", "subscriber", 60),
      ("account.phone", "other", "withheld: by its rule", "subscriber", 60),
      ("location.position", "subject", "grid 0.1 degree", "place", 71),
    ] as [(String, String, String, String?, Int?)])
  func tellsTheFateOfAField(
    _ field: String, _ role: String, _ outcome: String, _ category: String?, _ line: Int?
  ) throws {
    let row = try #require(
      try explain().rows.first { "\($0.kind).\($0.field)" == field && $0.role == role })
    #expect(row.outcome == outcome)
    #expect(row.category == category)
    #expect(row.line == line)
    #expect(row.file == line.map { _ in "US.yaml" })
    #expect(row.citation == category.map { _ in "section 1" })
    #expect(row.isReleased == !outcome.hasPrefix("withheld"))
  }

  @Test func explainsWhateverTheStatusIs() throws {
    #expect(try explain().statusRefusal == nil)
    let paused = Fixtures.policy(statuses: [Fixtures.status(.pausedReview)])
    #expect(try explain("US", "court-order", [paused]).statusRefusal == "status-paused-review")
    #expect(throws: ReasonCode.jurisdictionUnknown) { try explain("NO") }
    #expect(throws: ReasonCode.instrumentUnknown) { try explain("US", "letter") }
    #expect(throws: ReasonCode.policyNotInForce) { try explain(now: Fixtures.day(2030, 1, 1)) }
  }

  @Test func tellsBundles() throws {
    let bundle = try #require(try explain().bundles.first)
    #expect(bundle.kind == "message")
    #expect(bundle.fields == ["client_ip", "client_port"])
    #expect(bundle.with == ["sent_at at least to the second", "type kept"])
    #expect(bundle.isBaseline)
  }

  @Test func writesATable() throws {
    let lines = try explain().text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "US court-order: section 1")
    #expect(lines[1] == "policy US.yaml, version 2026-10-01")
    #expect(lines[2] == "status: passes")
    #expect(lines[3] == "approval of the whole demand: none")
    #expect(lines[4] == "grants: activity, subscriber (with approval), place")
    #expect(lines[6].hasPrefix("FIELD "))
    let position = try #require(lines.first { $0.hasPrefix("location.position") })
    #expect(
      position
        == "location.position      subject  grid 0.1 degree                          place       US.yaml:71")
    #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
    #expect(
      lines.contains(
        "  message: client_ip and client_port, with sent_at at least to the second, type kept (baseline)"))
    #expect(lines.last == "")
  }

  @Test func encodesAsJSON() throws {
    let explanation = try explain()
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(explanation.json)) as? [String: Any])
    #expect(object["policy-file"] as? String == "US.yaml")
    #expect(object["requires-approval"] as? Bool == explanation.requiresApproval)
    #expect(object["status-refusal"] is NSNull)
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows.count == explanation.rows.count)
    for (row, told) in zip(rows, explanation.rows) {
      #expect(row["field"] as? String == told.field && row["role"] as? String == told.role)
      #expect(row["is-released"] as? Bool == told.isReleased && row["outcome"] as? String == told.outcome)
      #expect(row["category"] as? String == told.category && row["line"] as? Int == told.line)
    }
    let bundles = try #require(object["bundles"] as? [[String: Any]])
    #expect(bundles.map { $0["fields"] as? [String] } == explanation.bundles.map(\.fields))
    #expect(bundles.map { $0["is-baseline"] as? Bool } == explanation.bundles.map(\.isBaseline))
  }

  // MARK: Words of actions

  @Test(
    arguments: [
      (.keep, "keep", "exact"), (.redact, "redact", "none"), (.withhold, "withhold", "none"),
      (.pseudonymize, "pseudonymize", "pseudonym"), (.country, "country", "calling code"),
      (.mask(last: 4), "mask all but the last 4", "last 4 characters"),
      (.truncate(.hour), "truncate to hour", "hour"),
      (.grid(ExactDecimal(mantissa: 10, scale: 2)), "grid 0.1 degree", "0.1 degree"),
      (.grid(ExactDecimal(mantissa: 100, scale: 1)), "grid 10 degree", "10 degree"),
      (.grid(ExactDecimal(mantissa: 5, scale: 3)), "grid 0.005 degree", "0.005 degree"),
      (.geohash(5), "geohash 5 characters", "5 characters"),
      (.prefix(v4: 24, v6: 48), "prefix /24 and /48", "/24 and /48"),
      (.bucket(.width(60)), "bucket width 60 seconds", "width 60 seconds"),
      (.bucket(.edges([0, 60])), "bucket edges 0, 60 seconds", "edges 0, 60 seconds"),
      (.map(["a": "b"]), "map to declared words", "declared words"),
    ] as [(Action, String, String)])
  func tellsAnActionInWords(_ action: Action, _ description: String, _ precision: String) {
    #expect(action.description(for: .duration(.seconds)) == description)
    #expect(action.precision(for: .duration(.seconds)) == precision)
  }

  @Test func namesTheUnitOfItsField() {
    #expect(Action.bucket(.width(1024)).precision(for: .integer(unit: "bytes")) == "width 1024 bytes")
    #expect(Action.bucket(.width(1024)).precision(for: .port) == "width 1024")
    #expect(Action.bucket(.width(1024)).precision == "width 1024")
  }
}
