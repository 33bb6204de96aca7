import Foundation
import Sluice
import Testing

private typealias Fixtures = RulingFixtures
private typealias Bundle = Sluice.Bundle
private typealias Effect = PolicyDifference.Effect

/// What `sluice diff` tells of two sets of policies.
struct PolicyDifferenceTests {
  private static func compare(
    _ old: [Policy], _ new: [Policy], jurisdiction: String? = nil, instrument: String? = nil,
    now: Instant = Fixtures.now
  ) throws(ReasonCode) -> PolicyDifference {
    try PolicyDifference(
      from: old, to: new, catalog: Fixtures.catalog, now: now, jurisdiction: jurisdiction,
      instrument: instrument)
  }

  /// A policy whose one category has one rule, for a field of `message`.
  private static func ruling(_ field: Int, _ subject: Action, _ other: Action = .withhold) -> Policy {
    Fixtures.policy(
      instruments: [Fixtures.instrument(grants: Fixtures.grants("traffic"))],
      categories: [
        PolicyCategory(
          name: "traffic", rules: [Fixtures.rule(Fixtures.message, field, subject, other, line: 40)])
      ])
  }

  // MARK: Fields

  @Test(
    arguments: [
      (1, .withhold, .keep, .wider, "withheld", "keep"),
      (1, .keep, .pseudonymize, .stricter, "keep", "pseudonymize"),
      (1, .pseudonymize, .country, .incomparable, "pseudonymize", "country"),
      (1, .redact, .withhold, .stricter, "redact", "withheld"),
      (
        3, .prefix(v4: 24, v6: 48), .prefix(v4: 16, v6: 48), .stricter, "prefix /24 and /48",
        "prefix /16 and /48"
      ),
      (
        3, .prefix(v4: 24, v6: 48), .prefix(v4: 16, v6: 56), .incomparable, "prefix /24 and /48",
        "prefix /16 and /56"
      ),
      (
        5, .map(["text": "a", "image": "b"]), .map(["text": "c", "image": "d"]), .neutral,
        "map image to b, text to a", "map image to d, text to c"
      ),
      (
        5, .map(["text": "a", "image": "b"]), .map(["text": "a"]), .stricter,
        "map image to b, text to a", "map text to a"
      ),
      (
        6, .bucket(.width(1024)), .bucket(.width(512)), .wider, "bucket width 1024 bytes",
        "bucket width 512 bytes"
      ),
    ] as [(Int, Action, Action, PolicyDifference.Effect, String, String)])
  func tellsWhatAnotherActionDoes(
    _ field: Int, _ old: Action, _ new: Action, _ effect: PolicyDifference.Effect, _ oldWords: String,
    _ newWords: String
  ) throws {
    let difference = try Self.compare([Self.ruling(field, old)], [Self.ruling(field, new)])
    let change = try #require(difference.changes.first)
    #expect(difference.changes.count == 1)
    let hasRoles = Fixtures.catalog.kinds[Fixtures.message].fields[field].hasRoles
    #expect(change.role == (hasRoles ? "subject" : "record"))
    #expect(change.what == "message.\(Fixtures.catalog.kinds[Fixtures.message].fields[field].name)")
    #expect(change.category == "traffic" && change.instruments == ["court-order"])
    #expect(change.effect == effect && change.old == oldWords && change.new == newWords)
    #expect(change.oldRule?.line == 40 && change.newRule?.line == 40)
  }

  @Test func eachRoleIsToldByItself() throws {
    let difference = try Self.compare(
      [Self.ruling(1, .keep, .withhold)], [Self.ruling(1, .pseudonymize, .pseudonymize)])
    #expect(difference.changes.map(\.role) == ["subject", "other"])
    #expect(difference.changes.map(\.effect) == [.stricter, .wider])
    #expect(Effect.allCases.map(difference.count(of:)) == [1, 1, 0, 0])
  }

  /// A demand may name one category alone, so what another category lets out anyway hides nothing.
  @Test func aRuleThatAnotherCategoryCoversIsTold() throws {
    let finer = PolicyCategory(
      name: "activity",
      rules: [
        Fixtures.rule(Fixtures.message, 0, .truncate(.minute)), Fixtures.rule(Fixtures.message, 5, .withhold),
      ])
    let instruments = [Fixtures.instrument(grants: Fixtures.grants("traffic", "activity"))]
    let difference = try Self.compare(
      [Fixtures.policy(instruments: instruments)],
      [
        Fixtures.policy(
          instruments: instruments,
          categories: [Fixtures.traffic, finer, Fixtures.subscriber, Fixtures.place])
      ])
    #expect(difference.changes.map(\.what) == ["message.sent_at"])
    #expect(difference.changes.map(\.category) == ["activity"])
    #expect(difference.changes.map(\.effect) == [.wider])
  }

  @Test func whatBecomesOfAnUnreadableValueIsTold() throws {
    func policy(_ withholdsOnError: Bool) -> Policy {
      Fixtures.policy(
        instruments: [Fixtures.instrument(grants: Fixtures.grants("traffic"))],
        categories: [
          PolicyCategory(
            name: "traffic",
            rules: [Fixtures.rule(Fixtures.message, 5, .keep, withholdsOnError: withholdsOnError)])
        ])
    }
    let change = try #require(try Self.compare([policy(false)], [policy(true)]).changes.first)
    #expect(change.role == "unreadable" && change.effect == .wider)
    #expect(change.old == "rejects the record" && change.new == "withholds the field")
    #expect(try Self.compare([policy(true)], [policy(false)]).changes.map(\.effect) == [.stricter])
  }

  /// A bundle holds back what is kept alone, so a coarser value may leave where the exact one was held.
  @Test func aKeptFieldOfABundleThatBecomesCoarserIsNotStricter() throws {
    func policy(_ action: Action, _ bundles: [Bundle]) -> Policy {
      Fixtures.policy(
        instruments: [Fixtures.instrument(grants: Fixtures.grants("traffic"))],
        categories: Self.ruling(3, action).categories, bundles: bundles)
    }
    let coarser = Action.prefix(v4: 24, v6: 48)
    func effect(_ old: Action, _ new: Action, _ bundles: [Bundle] = [Self.bundle]) throws -> [Effect] {
      try Self.compare([policy(old, bundles)], [policy(new, bundles)]).changes.map(\.effect)
    }
    #expect(try effect(.keep, coarser) == [.incomparable])
    #expect(try effect(coarser, .keep) == [.incomparable])
    #expect(try effect(.keep, .withhold) == [.stricter])
    #expect(try effect(coarser, .prefix(v4: 16, v6: 48)) == [.stricter])
    #expect(try effect(.keep, coarser, []) == [.stricter])
  }

  // MARK: Conditions

  private static let bundle = Bundle(
    kind: Fixtures.message, fields: [3, 4],
    companions: [Bundle.Companion(field: 0, coarsest: .second)], isBaseline: false)

  /// Policies that differ from the first in one condition each.
  private static let conditions: [(name: String, policy: Policy, old: String, new: String, effect: Effect)] =
    [
      (
        "approval", Fixtures.policy(instruments: [Fixtures.instrument(approval: true)]), "none", "required",
        .stricter
      ),
      (
        "document", Fixtures.policy(instruments: [Fixtures.instrument(document: true)]), "none", "required",
        .stricter
      ),
      (
        "longest-period", Fixtures.policy(instruments: [Fixtures.instrument(longestDays: 400)]), "366 days",
        "400 days", .wider
      ),
      ("via-treaty", Fixtures.policy(instruments: [Fixtures.instrument(treaty: true)]), "no", "yes", .wider),
      (
        "prospective", Fixtures.policy(instruments: [Fixtures.instrument(prospective: true)]), "no", "yes",
        .wider
      ),
      (
        "status", Fixtures.policy(statuses: [Fixtures.status(.pausedReview)]), "passes",
        "status-paused-review",
        .stricter
      ),
      (
        "bundle message: client_ip and client_port", Fixtures.policy(bundles: [bundle]), "none",
        "held with sent_at at least to the second", .stricter
      ),
      (
        "grant place",
        Fixtures.policy(instruments: [
          Fixtures.instrument(grants: Fixtures.grants("traffic", "subscriber", approval: ["place"]))
        ]), "yes", "with approval", .stricter
      ),
    ]

  @Test(arguments: conditions.indices) func tellsAnotherCondition(_ index: Int) throws {
    let (name, policy, old, new, effect) = Self.conditions[index]
    let change = try #require(try Self.compare([Fixtures.policy()], [policy]).changes.first)
    #expect(change.what == name && change.old == old && change.new == new && change.effect == effect)
    #expect(change.category == nil && change.role == nil && change.oldRule == nil && change.newRule == nil)
    let back = try Self.compare([policy], [Fixtures.policy()])
    #expect(back.changes.map(\.what) == [name])
    #expect(back.changes.map(\.effect) == [effect == .wider ? .stricter : .wider])
  }

  /// A rule that only withholds decides still which records are reached and counted, and whether a period is needed.
  @Test func aRuleThatOnlyWithholdsIsTold() throws {
    func policy(_ more: [FieldRule]) -> Policy {
      Fixtures.policy(
        instruments: [Fixtures.instrument(grants: Fixtures.grants("subscriber"))],
        categories: [PolicyCategory(name: "subscriber", rules: Fixtures.subscriber.rules + more)])
    }
    let withholding = policy([Fixtures.rule(Fixtures.message, 5, .withhold)])
    let changes = try Self.compare([withholding], [policy([])]).changes
    #expect(changes.map(\.what) == ["kinds subscriber", "period subscriber"])
    #expect(changes.map(\.old) == ["message,account", "required"])
    #expect(changes.map(\.new) == ["account", "none"])
    #expect(changes.map(\.effect) == [.stricter, .wider])
    let other = policy([Fixtures.rule(Fixtures.location, 0, .withhold)])
    #expect(try Self.compare([withholding], [other]).changes.map(\.effect) == [.incomparable])
  }

  /// A demand must pass the status at its receipt as well as at production.
  @Test func statusIsToldForEveryTimeOfReceipt() throws {
    let pause = [
      Fixtures.status(.active), Fixtures.status(.pausedReview, from: Fixtures.day(2026, 2, 1)),
      Fixtures.status(.active, from: Fixtures.day(2026, 3, 1)),
    ]
    let change = try #require(
      try Self.compare([Fixtures.policy(statuses: pause)], [Fixtures.policy()]).changes.first)
    #expect(change.what == "status, received from 2026-02-01T00:00:00Z until 2026-03-01T00:00:00Z")
    #expect(change.old == "status-paused-review" && change.new == "passes" && change.effect == .wider)
    let late = Fixtures.policy(
      file: "US-late.yaml", statuses: [Fixtures.status(.active, from: Fixtures.day(2026, 10, 1))],
      instruments: [], categories: [])
    let changes = try Self.compare([Fixtures.policy()], [Fixtures.policy(), late]).changes
    #expect(
      changes.map(\.what) == [
        "status, received from 2000-01-01T00:00:00Z until 2026-10-01T00:00:00Z"
      ])
    #expect(changes.map(\.new) == ["status-declined"])
    let early = try Self.compare(
      [Fixtures.policy(statuses: [Fixtures.status(.active, from: Fixtures.day(2026, 1, 1))])],
      [Fixtures.policy()])
    #expect(
      early.changes.map(\.what) == ["status, received from 2000-01-01T00:00:00Z until 2026-01-01T00:00:00Z"])
    #expect(early.changes.map(\.effect) == [.wider])
  }

  @Test func aBundleIsTheSameHoweverItIsWritten() throws {
    func bundle(_ fields: [Int], _ coarsest: Granularity, isBaseline: Bool = false) -> Bundle {
      Bundle(
        kind: Fixtures.message, fields: fields,
        companions: [Bundle.Companion(field: 0, coarsest: coarsest)], isBaseline: isBaseline)
    }
    let policy = Fixtures.policy(bundles: [bundle([3, 4], .second)])
    let again = Fixtures.policy(
      bundles: [bundle([4, 3], .second), bundle([3, 4], .second, isBaseline: true)])
    #expect(try Self.compare([policy], [again]).changes.isEmpty)
    let looser = try Self.compare([policy], [Fixtures.policy(bundles: [bundle([3, 4], .minute)])]).changes
    #expect(looser.map(\.what) == ["bundle message: client_ip and client_port"])
    #expect(looser.map(\.new) == ["held with sent_at at least to the minute"])
    #expect(looser.map(\.effect) == [.incomparable])
    let untouched = Fixtures.policy(
      instruments: [Fixtures.instrument(grants: Fixtures.grants("place"))],
      bundles: [bundle([3, 4], .second)])
    #expect(
      try Self.compare(
        [untouched], [Fixtures.policy(instruments: untouched.instruments)]
      ).changes.isEmpty)
  }

  @Test func aGrantThatIsNewIsToldFieldByField() throws {
    let difference = try Self.compare(
      [Fixtures.policy(instruments: [Fixtures.instrument(grants: Fixtures.grants("traffic"))])],
      [Fixtures.policy(instruments: [Fixtures.instrument(grants: Fixtures.grants("traffic", "place"))])])
    #expect(difference.changes.map(\.what) == ["grant place", "location.at", "location.position"])
    #expect(difference.changes.map(\.old) == ["no", "withheld", "withheld"])
    #expect(difference.changes.allSatisfy { $0.effect == .wider })
  }

  @Test func anInstrumentThatOneSetLacksIsToldFieldByField() throws {
    let order = Fixtures.policy(instruments: [Fixtures.instrument(grants: Fixtures.grants("place"))])
    let both = Fixtures.policy(instruments: [
      Fixtures.instrument(grants: Fixtures.grants("place")),
      Fixtures.instrument("letter", grants: Fixtures.grants("place")),
    ])
    let difference = try Self.compare([order], [both])
    #expect(difference.instrumentCount == 2)
    #expect(difference.changes.map(\.what) == ["in-force", "location.at", "location.position"])
    #expect(difference.changes.allSatisfy { $0.instruments == ["letter"] && $0.effect == .wider })
    #expect(try Self.compare([both], [order]).changes.allSatisfy { $0.effect == .stricter })
    let late = Period(from: Fixtures.day(2026, 12, 1), until: Fixtures.day(2027, 12, 1))
    let notYet = Fixtures.policy(valid: late, instruments: order.instruments)
    #expect(try Self.compare([order], [notYet]).changes.map(\.new) == ["no", "withheld", "withheld"])
    #expect(throws: ReasonCode.policyNotInForce) { try Self.compare([notYet], [notYet]) }
    let paused = Fixtures.policy(
      statuses: [Fixtures.status(.declined)], instruments: order.instruments)
    #expect(try Self.compare([notYet], [paused]).changes.first?.new == "yes, refused with status-declined")
  }

  // MARK: The whole

  @Test func whatIsTheSameInSeveralPlacesStandsOnce() throws {
    let instruments = [Fixtures.instrument("b"), Fixtures.instrument("a")]
    let old = Fixtures.policy(["SE", "AT"], instruments: instruments)
    let new = Fixtures.policy(
      ["SE", "AT"],
      instruments: instruments.map { instrument in
        Fixtures.instrument(instrument.name, longestDays: instrument.name == "a" ? 10 : 366)
      },
      categories: [
        Fixtures.traffic, Fixtures.activity,
        PolicyCategory(name: "subscriber", rules: [Fixtures.rule(Fixtures.account, 2, .withhold)]),
        Fixtures.place,
      ])
    let difference = try Self.compare([old], [new])
    #expect(difference.instrumentCount == 4)
    #expect(difference.changes.map(\.what) == ["longest-period", "account.phone", "account.name"])
    #expect(difference.changes.allSatisfy { $0.jurisdictions == ["AT", "SE"] })
    #expect(difference.changes.map(\.instruments) == [["a"], ["b", "a"], ["b", "a"]])
    #expect(
      try Self.compare([old], [new], jurisdiction: "SE").changes.allSatisfy { $0.jurisdictions == ["SE"] })
    #expect(try Self.compare([old], [new], instrument: "b").changes.map(\.instruments) == [["b"], ["b"]])
  }

  @Test func whatIsNotThereIsRefused() {
    let policies = [Fixtures.policy()]
    #expect(throws: ReasonCode.jurisdictionUnknown) {
      try Self.compare(policies, policies, jurisdiction: "NO")
    }
    #expect(throws: ReasonCode.instrumentUnknown) {
      try Self.compare(policies, policies, instrument: "letter")
    }
    #expect(throws: ReasonCode.policyNotInForce) {
      try Self.compare(policies, policies, jurisdiction: "US", now: Fixtures.day(2030, 1, 1))
    }
  }

  /// Every policy above against every other: what is told is all that differs, and read backwards it is the opposite.
  @Test func theDifferenceIsWhole() throws {
    let actions: [Action] = [
      .withhold, .redact, .keep, .pseudonymize, .country, .mask(last: 2), .mask(last: 4),
    ]
    let policies =
      [Fixtures.policy()] + Self.conditions.map(\.policy)
      + actions.flatMap { subject in actions.map { Self.ruling(1, subject, $0) } }
    for old in policies {
      for new in policies {
        let there = try Self.compare([old], [new])
        let back = try Self.compare([new], [old])
        let mirrored: [Effect: Effect] = [
          .wider: .stricter, .stricter: .wider, .neutral: .neutral, .incomparable: .incomparable,
        ]
        let reversed = Set(
          back.changes.map { [$0.what, $0.role, $0.category, $0.new, $0.old, mirrored[$0.effect]?.rawValue] })
        #expect(
          Set(there.changes.map { [$0.what, $0.role, $0.category, $0.old, $0.new, $0.effect.rawValue] })
            == reversed)
        let told = Set(
          there.changes.compactMap { change in change.category.map { [$0, change.what, change.role ?? ""] } })
        #expect(told == Self.fieldsThatDiffer(old, new))
      }
    }
  }

  /// By the plans that demands for one category each would have, and not by rules.
  private static func fieldsThatDiffer(_ old: Policy, _ new: Policy) -> Set<[String]> {
    func plan(_ policy: Policy, _ category: String) -> [[String]: Action] {
      let instrument = policy.instruments[0]
      let isGranted = instrument.grants.contains { $0.category == category }
      let plan = ReleasePlan(
        policy: policy, instrument: instrument, categories: isGranted ? [category] : [],
        catalog: Fixtures.catalog)
      var actions: [[String]: Action] = [:]
      for kind in plan.kinds {
        for field in kind.fields {
          let name = "\(kind.kind.name).\(field.field.name)"
          actions[[category, name, field.field.hasRoles ? "subject" : "record"]] = field.subject.action
          if field.field.hasRoles { actions[[category, name, "other"]] = field.other.action }
        }
      }
      return actions.filter { $0.value != .withhold }
    }
    var differing: Set<[String]> = []
    for category in Set((old.categories + new.categories).map(\.name)) {
      let (before, after) = (plan(old, category), plan(new, category))
      for key in Set(before.keys).union(after.keys) where before[key] != after[key] { differing.insert(key) }
    }
    return differing
  }

  // MARK: Text and JSON

  @Test func writesATable() throws {
    let old = Self.ruling(1, .keep, .withhold)
    let text = try Self.compare([old], [Self.ruling(1, .country, .withhold)]).text
    #expect(
      text == """
        STATE  INSTRUMENT   CATEGORY  WHAT                    OLD   NEW      EFFECT    RULE
        US     court-order  traffic   message.sender subject  keep  country  stricter  US.yaml:40

        compared at 2026-10-05T00:00:00Z: 1 instrument of 1 state; 1 change: 0 wider, 1 stricter, 0 neutral, \
        0 incomparable

        """)
    #expect(
      try Self.compare([old], [old]).text
        == "compared at 2026-10-05T00:00:00Z: 1 instrument of 1 state; nothing differs\n")
    let later = Fixtures.policy(
      file: "later.yaml", valid: Period(from: Fixtures.day(2027, 1, 1), until: Fixtures.day(2028, 1, 1)))
    #expect(
      try Self.compare([old], [old, later]).text.hasPrefix(
        "later.yaml is in force from 2027-01-01T00:00:00Z until 2028-01-01T00:00:00Z, and so lets nothing out\n\n"
      ))
    let states = ["SE", "AT", "FI", "DE"]
    let many = try Self.compare(
      [Fixtures.policy(states)],
      [Fixtures.policy(states, instruments: [Fixtures.instrument(approval: true)])]
    ).text
    #expect(many.contains("\nAT and 3 more  court-order  -         approval  none  required  stricter  -\n"))
    #expect(many.contains("\ncompared at 2026-10-05T00:00:00Z: 4 instruments of 4 states; 1 change: "))
  }

  @Test func encodesAsJSON() throws {
    let difference = try Self.compare(
      [Self.ruling(1, .withhold)],
      [
        Fixtures.policy(
          instruments: [Fixtures.instrument(grants: Fixtures.grants("traffic"), document: true)],
          categories: Self.ruling(1, .keep).categories)
      ])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(difference.json.document)) as? [String: Any])
    #expect(object["instant"] as? String == "2026-10-05T00:00:00Z")
    #expect(object["instrument-count"] as? Int == 1 && object["state-count"] as? Int == 1)
    #expect((object["out-of-force"] as? [Any])?.isEmpty == true)
    #expect(
      object["counts"] as? [String: Int] == ["wider": 1, "stricter": 1, "neutral": 0, "incomparable": 0])
    let changes = try #require(object["changes"] as? [[String: Any]])
    #expect(changes.map { $0["what"] as? String } == difference.changes.map(\.what))
    #expect(changes[0]["category"] is NSNull && changes[0]["new-rule"] is NSNull)
    #expect(changes[1]["jurisdictions"] as? [String] == ["US"])
    #expect(changes[1]["instruments"] as? [String] == ["court-order"])
    #expect(changes[1]["role"] as? String == "subject" && changes[1]["effect"] as? String == "wider")
    #expect((changes[1]["new-rule"] as? [String: Any])?["line"] as? Int == 40)
  }
}
