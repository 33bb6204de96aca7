import Sluice
import Testing

/// Whose action holds for a value: parties, mentions, arrays of them, and fields that belong to a party.
struct RoleTests {
  private static let kinds = """
      message:
        when: { kind: message }
        time: at
        parties: [sender, recipients]
        mentions: [added]
        fields:
          at: timestamp
          sender: phone
          recipients: { array: phone }
          added: phone
          ip: { type: ip, of: sender }
          port: { type: port, of: sender }
          type: { enum: [text, image] }
    """

  private func run(_ rules: [String], bundles: [String] = []) throws -> SmallRun {
    try SmallRun(kinds: Self.kinds, rules: rules, bundles: bundles)
  }

  private func record(_ members: String) -> String {
    #"{"kind":"message","at":"2026-09-02T01:02:03Z",\#(members)}"# + "\n"
  }

  @Test func anArrayIsTakenElementByElement() throws {
    let run = try run(["message.recipients: { subject: keep, other: withhold }"])
    let rows = try run.rows(
      record(##""recipients":["+447700900123","+12025550100","+447700900124","+12025550100"]"##))
    #expect(rows == [##"{"kind":"message","recipients":["+12025550100","+12025550100"]}"##])
    let csv = try run.rows(record(##""recipients":["+12025550100","+447700900123"]"##), to: .csv)
    #expect(csv == [#""recipients""#, #""tel:+12025550100""#])
  }

  @Test func anEmptyArrayStaysEmptyAndNullStaysNull() throws {
    let run = try run([
      "message.sender: { subject: keep }", "message.recipients: { subject: keep, other: keep }",
    ])
    #expect(
      try run.rows(record(#""sender":"+12025550100","recipients":[]"#))
        == [#"{"kind":"message","sender":"+12025550100","recipients":[]}"#])
    #expect(
      try run.rows(record(#""sender":"+12025550100","recipients":null"#))
        == [#"{"kind":"message","sender":"+12025550100","recipients":null}"#])
  }

  @Test func aBareActionIsTheSubjects() throws {
    let run = try run(["message.sender: keep", "message.type: keep"])
    #expect(
      try run.rows(record(##""sender":"+447700900123","recipients":["+12025550100"],"type":"text""##))
        == [#"{"kind":"message","type":"text"}"#])
  }

  @Test func aMentionTakesTheRoleOfItsValueAndNeverSelects() throws {
    let run = try run(["message.added: { subject: keep, other: withhold }", "message.type: keep"])
    #expect(try run.rows(record(##""sender":"+447700900123","added":"+12025550100","type":"text""##)) == [])
    #expect(
      try run.rows(record(##""sender":"+12025550100","added":"+12025550100","type":"text""##))
        == [#"{"kind":"message","added":"+12025550100","type":"text"}"#])
    #expect(
      try run.rows(record(##""sender":"+12025550100","added":"+447700900123","type":"text""##))
        == [#"{"kind":"message","type":"text"}"#])
  }

  @Test func aFieldOfAPartyFollowsIt() throws {
    let run = try run(["message.ip: { subject: keep, other: { prefix: { v4: 24, v6: 48 } } }"])
    #expect(
      try run.rows(record(#""sender":"+12025550100","ip":"203.0.113.9""#))
        == [#"{"kind":"message","ip":"203.0.113.9"}"#])
    let other = record(##""sender":"+447700900123","recipients":["+12025550100"],"ip":"203.0.113.9""##)
    #expect(try run.rows(other) == [#"{"kind":"message","ip":"203.0.113.0/24"}"#])
    // Nobody's: the party it belongs to is absent.
    #expect(try run.rows(record(##""recipients":["+12025550100"],"ip":"203.0.113.9""##)) == [])
  }

  @Test func everyGrantedSubjectOfARecordHasTheRole() throws {
    let run = try run(["message.sender: { subject: keep }", "message.recipients: { subject: keep }"])
    let rows = try run.rows(
      record(##""sender":"+447700900001","recipients":["+12025550100"]"##),
      subjects: [SmallRun.phone("+12025550100"), SmallRun.phone("+447700900001")])
    #expect(rows == [##"{"kind":"message","sender":"+447700900001","recipients":["+12025550100"]}"##])
  }

  @Test func withoutSubjectsEveryPartyIsOther() throws {
    let run = try run(["message.sender: { subject: keep, other: { mask: 2 } }"])
    let rows = try run.rows(record(#""sender":"+12025550100""#), subjects: nil)
    #expect(rows == [#"{"kind":"message","sender":"****00"}"#])
  }

  // MARK: - Bundles

  private static let bundled = [
    "message.at: { truncate: second }", "message.sender: keep", "message.ip: keep", "message.port: keep",
  ]
  private static let bundle =
    "{ fields: [message.ip, message.port], with: { message.at: second } }"

  @Test func aBundleLeavesWholeOrNotAtAll() throws {
    let run = try run(Self.bundled, bundles: [Self.bundle])
    let whole = #""sender":"+12025550100","ip":"203.0.113.9","port":443"#
    let start = #"{"kind":"message","at":"2026-09-02T01:02:03Z","sender":"+12025550100""#
    #expect(try run.rows(record(whole)) == [start + #","ip":"203.0.113.9","port":443}"#])
    for part in [#""port":443"#, #""ip":"203.0.113.9""#, #""ip":"203.0.113.9","port":null"#] {
      #expect(try run.rows(record(#""sender":"+12025550100","# + part)) == [start + "}"], "\(part)")
    }
    let csv = try run.rows(record(#""sender":"+12025550100","port":443"#), to: .csv)
    #expect(csv.last?.hasSuffix(#","[withheld]","[withheld]""#) == true)
  }

  @Test func aBundleFailsWhereACompanionIsCoarser() throws {
    let whole = #""sender":"+12025550100","ip":"203.0.113.9","port":443"#
    var rules = Self.bundled
    rules[0] = "message.at: { truncate: minute }"
    #expect(
      try self.run(rules, bundles: [Self.bundle]).rows(record(whole))
        == [#"{"kind":"message","at":"2026-09-02T01:02Z","sender":"+12025550100"}"#])
    // The same where the companion is not released at all.
    let run = try SmallRun(
      kinds: Self.kinds, rules: Array(Self.bundled.dropFirst()),
      baseline: [
        "message.at: { truncate: second }", "message.sender: { subject: keep, other: withhold }",
        "message.ip: { subject: keep, other: withhold }", "message.port: { subject: keep, other: withhold }",
      ],
      bundles: [Self.bundle])
    #expect(try run.rows(record(whole)) == [#"{"kind":"message","sender":"+12025550100"}"#])
  }

  // MARK: - What cannot be read

  @Test func aValueThatCannotBeReadRejectsTheRecord() throws {
    let run = try run(["message.sender: keep", "message.ip: keep"])
    let lines = [
      record(#""sender":"+12025550100","ip":"203.0.113.9""#),
      record(#""sender":"+12025550100","ip":"203.0.113.256""#),
    ]
    let (text, outcome) = try run.stream(lines.joined())
    #expect(text.split(separator: "\n").count == 1)
    #expect(outcome.failure == nil)
    let fault = try #require(outcome.faults.first)
    #expect(fault.code == "ip-format" && fault.record == 2 && fault.field == "ip")
    #expect(fault.byteOffset == UInt64((lines[0] + lines[1]).utf8.count - #"203.0.113.256"}"#.utf8.count - 1))
  }

  /// B05: a copy that was cut between two cells looks whole; the missing line end is all that tells.
  @Test func aSourceThatEndsWithoutALineEndIsWarnedOf() throws {
    let run = try run(["message.sender: keep"])
    let whole = record(#""sender":"+12025550100""#)
    #expect(try run.stream(whole).outcome.warnings == [])
    let cut = try run.stream(String(whole.dropLast()))
    #expect(cut.text == (try run.stream(whole).text))
    #expect(cut.outcome.warnings.count == 1)
    #expect(cut.outcome.warnings.first?.contains("without a line end") == true)
  }

  @Test func onErrorWithholdsTheFieldAlone() throws {
    let run = try run([
      "message.sender: { subject: keep, other: keep }",
      "message.ip: { subject: keep, other: withhold, on-error: withhold }",
    ])
    let rows = try run.rows(record(#""sender":"+12025550100","ip":"no address""#))
    #expect(rows == [#"{"kind":"message","sender":"+12025550100"}"#])
  }

  @Test func aValueThatNoPlanReleasesIsNotRead() throws {
    let run = try run(["message.sender: keep"])
    #expect(
      try run.rows(record(#""sender":"+12025550100","ip":"no address","type":"unheard-of""#))
        == [#"{"kind":"message","sender":"+12025550100"}"#])
  }
}
