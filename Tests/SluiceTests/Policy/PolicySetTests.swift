import Sluice
import Testing

@Suite("Policies are read by every rule")
struct PolicySetTests {
  struct Fault: CustomTestStringConvertible {
    let code: String
    let part: String
    let replacement: String
    var testDescription: String { "\(code): \(replacement)" }

    init(_ code: String, _ part: String, _ replacement: String) {
      (self.code, self.part, self.replacement) = (code, part, replacement)
    }
  }

  private static let order = "    cites: Act 1\n"
  private static let active = "  - { state: active, from: 2000-01-01T00:00:00Z }\n"

  static let faults = [
    Fault("wrong-format", "policy/1", "policy/2"),
    Fault("unknown-key", "bundles: []", "bundles: []\nbundels: []"),
    Fault("jurisdiction-invalid", "jurisdiction: \"NO\"", "jurisdiction: Norway"),
    Fault("jurisdiction-invalid", "jurisdiction: \"NO\"", "jurisdiction: []"),
    Fault("jurisdiction-duplicate", "jurisdiction: \"NO\"", "jurisdiction: [\"NO\", SE, \"NO\"]"),
    Fault("valid-empty", "until: 2027-01-01", "until: 2026-01-01"),
    Fault("wrong-value", "until: 2027-01-01", "until: 2027-01-01T00:00:00Z"),
    // Guards.
    Fault("missing-key", "valid: { from: 2026-01-01, until: 2027-01-01 }\n", ""),
    Fault("missing-key", ", until: 2027-01-01 }", " }"),
    Fault("missing-key", "status:\n" + active, ""),
    Fault("missing-key", "smallest-count: 5\n", ""),
    Fault("missing-key", "bundles: []\n", ""),
    Fault("missing-key", order, ""),
    Fault("wrong-value", order, "    cites: \" \"\n"),
    Fault("wrong-value", order, "    cites: \u{3164}\n"),
    Fault("missing-key", "    longest-period: 366d\n", ""),
    Fault("missing-key", "    approval: none\n", ""),
    Fault("missing-key", "    document: required\n", ""),
    Fault("missing-key", "    grants: [subscriber, traffic]\n", ""),
    // Status.
    Fault("status-missing", "status:\n" + active, "status: []\n"),
    Fault("status-order", active, active + active),
    Fault("pause-incomplete", "state: active", "state: paused-review, owner: o, next-review: 2026-09-01"),
    Fault(
      "pause-incomplete", "state: active", "state: paused-production, review: r, next-review: 2026-09-01"),
    Fault("pause-incomplete", "state: active", "state: paused-review, owner: o, review: r"),
    Fault(
      "wrong-value", "state: active",
      "state: paused-review, owner: \" \", review: r, next-review: 2026-09-01"),
    Fault(
      "wrong-value", "state: active",
      "state: paused-review, owner: o, review: \u{A0}, next-review: 2026-09-01"),
    Fault("wrong-value", "state: active", "state: on"),
    Fault("wrong-value", "from: 2000-01-01T00:00:00Z", "from: 2000-01-01"),
    Fault("exceptions-unused", "state: active", "state: active, exceptions: [emergency]"),
    // Instruments.
    Fault("instrument-name", "  order:", "  Order:"),
    Fault("grant-unknown", "[subscriber, traffic]", "[subscriber, trafic]"),
    Fault("grant-duplicate", "[subscriber, traffic]", "[traffic, traffic]"),
    Fault("grant-invalid", "{ traffic: { approval: required } }", "{}"),
    Fault("missing-key", "{ traffic: { approval: required } }", "{ traffic: {} }"),
    Fault("wrong-value", "    approval: none\n", "    approval: no\n"),
    Fault("wrong-value", order, order + "    via: embassy\n"),
    Fault("wrong-value", order, order + "    class: treaty\n"),
    Fault("wrong-value", order, order + "    class: unknown\n"),
    Fault("class-and-via", order, order + "    class: legal-process\n    via: treaty\n"),
    Fault("preservation-grants", order, order + "    class: preservation\n"),
    Fault("wrong-value", order, order + "    report-band: 50\n"),
    Fault("wrong-value", order, order + "    report-band: 0500\n"),
    Fault("wrong-value", order, order + "    prospective: yes\n"),
    Fault("wider-than-baseline", "366d", "401d"),
    Fault("wider-than-baseline", "smallest-count: 5", "smallest-count: 2"),
    // Actions and roles.
    Fault("category-name", "  subscriber:\n", "  \"Subscriber data\": {}\n  subscriber:\n"),
    Fault("unknown-kind", "account.phone: keep", "acount.phone: keep"),
    Fault("unknown-field", "account.phone: keep", "account.fone: keep"),
    Fault("unknown-field", "account.phone: keep", "phone: keep"),
    Fault("unknown-field", "account.phone: keep", "\"account.*\": keep"),
    Fault("never-field", "account.phone: keep", "message.body: keep"),
    Fault("never-field", "account.phone: keep", "message.token: withhold"),
    Fault("not-in-baseline", "account.phone: keep", "message.message_id: withhold"),
    Fault("action-unknown", "account.phone: keep", "account.phone: kep"),
    Fault("action-unknown", "account.phone: keep", "account.phone: { hash: 1 }"),
    Fault("action-invalid", "account.phone: keep", "account.phone: mask"),
    Fault("action-invalid", "account.phone: keep", "account.phone: { mask: 1, truncate: hour }"),
    Fault("action-type", "account.phone: keep", "account.phone: { truncate: hour }"),
    Fault("action-type", "{ truncate: month }", "{ geohash: 3 }"),
    Fault("action-type", "{ bucket: 2m }", "pseudonymize"),
    Fault("action-type", "message.nick: keep", "message.nick: { mask: 2 }"),
    Fault("action-type", "message.client_port: keep", "message.client_port: country"),
    Fault("wrong-value", "{ grid: 0.2 }", "{ grid: 0 }"),
    Fault("wrong-value", "{ grid: 0.2 }", "{ grid: 91 }"),
    Fault("wrong-value", "{ v4: 16, v6: 48 }", "{ v4: 33, v6: 48 }"),
    Fault("missing-key", "{ v4: 16, v6: 48 }", "{ v4: 16 }"),
    Fault("wrong-value", "[0, 120, 600]", "[0, 600, 120]"),
    Fault("wrong-value", "[0, 120, 600]", "[]"),
    Fault("wrong-value", "[0, 120, 600]", "60s"),
    Fault("map-input", "text: written", "txt: written"),
    Fault("map-output", "text: written", "text: \"=written\""),
    Fault("map-output", "text: written", "text: \"[withheld]\""),
    Fault("on-error", "on-error: withhold", "on-error: keep"),
    Fault("roles-of-record", "{ truncate: month }", "{ subject: { truncate: month }, other: withhold }"),
    Fault("unknown-key", "account.phone: keep", "account.phone: { subject: keep, othr: withhold }"),
    Fault("text-other", "message.nick: keep", "message.nick: { subject: keep, other: redact }"),
    // Against the baseline.
    Fault("wider-than-baseline", "      other: withhold\n", "      other: keep\n"),
    Fault("wider-than-baseline", "{ truncate: month }", "{ truncate: hour }"),
    Fault("wider-than-baseline", "{ truncate: month }", "keep"),
    Fault("wider-than-baseline", "{ grid: 0.2 }", "{ grid: 0.15 }"),
    Fault("wider-than-baseline", "{ v4: 16, v6: 48 }", "{ v4: 16, v6: 64 }"),
    Fault("wider-than-baseline", "{ bucket: 2m }", "{ bucket: 90s }"),
    // Grants.
    Fault("not-comparable", "account.phone: keep", "message.length: { bucket: 3m }"),
    // Bundles.
    Fault("bundle-kinds", "bundles: []", "bundles: [{ fields: [message.sender, account.phone] }]"),
    Fault("bundle-time", "bundles: []", "bundles: [{ fields: [message.sent_at] }]"),
    Fault("bundle-empty", "bundles: []", "bundles: [{ fields: [] }]"),
    Fault("bundle-duplicate", "bundles: []", "bundles: [{ fields: [message.sender, message.sender] }]"),
    Fault("bundle-count", "bundles: []", "bundles: [\(bundles(65))]"),
    Fault("never-field", "bundles: []", "bundles: [{ fields: [message.body] }]"),
    Fault(
      "wrong-value", "bundles: []", "bundles: [{ fields: [message.sender], with: { message.size: hour } }]"),
    // Tests.
    Fault("test-empty", "    granted: [traffic]", ""),
    Fault("test-empty", "    granted: [traffic]", "    withholds: []"),
    Fault("test-empty", "    granted: [traffic]", "    releases: {}"),
    Fault("code-unknown", "    granted: [traffic]", "    refused: nothing"),
    Fault("missing-key", "{ instrument: order, categories: [traffic] }", "{ instrument: order }"),
    Fault("unknown-key", "{ instrument: order, ", "{ instrument: order, jurisdiction: SE, "),
    Fault("unknown-field", "    granted: [traffic]", "    withholds: [message.sendr]"),
    // Overrides.
    Fault("missing-key", "tests:", "overrides: [{ field: account.phone }]\ntests:"),
  ]

  private static func bundles(_ count: Int) -> String {
    Array(repeating: "{ fields: [message.sender] }", count: count).joined(separator: ", ")
  }

  @Test(arguments: faults)
  func faultIsFound(fault: Fault) {
    let text = Texts.policy.with(fault.part, fault.replacement)
    let (set, problems) = Texts.read(policies: [("no.yaml", text)])
    #expect(set == nil)
    #expect(Set(problems.map(\.code)) == [fault.code], "\(problems)")
    #expect(problems.allSatisfy { $0.file == "no.yaml" && $0.line > 0 && $0.column > 0 })
  }

  static let baselineFaults = [
    Fault("wrong-format", "baseline/1", "policy/1"),
    Fault("roles-missing", "{ subject: keep, other: { prefix: { v4: 24, v6: 48 } } }", "keep"),
    Fault("missing-key", "longest-period: 400d\n", ""),
    Fault("missing-key", "smallest-count: 3\n", ""),
    Fault("unknown-key", "smallest-count: 3\n", "smallest-count: 3\nstatus: []\n"),
    Fault("never-field", "message.type: keep", "message.body: keep"),
    Fault(
      "text-other", "message.nick: { subject: keep, other: withhold }",
      "message.nick: { subject: keep, other: keep }"),
    Fault("on-error", "message.type: keep", "message.type: { action: keep, on-error: withhold }"),
  ]

  @Test(arguments: baselineFaults)
  func baselineFaultIsFound(fault: Fault) {
    let (set, problems) = Texts.read(baseline: Texts.baseline.with(fault.part, fault.replacement))
    #expect(set == nil)
    #expect(Set(problems.map(\.code)).contains(fault.code))
    #expect(problems.allSatisfy { $0.file == "baseline.yaml" })
  }

  @Test func theGoodPolicyLoadsAsWritten() throws {
    let (set, problems) = Texts.read()
    #expect(problems == [])
    let policy = try #require(set?.policies.first)
    #expect(policy.jurisdictions == ["NO"])
    #expect(policy.valid.from == Instant(seconds: 1_767_225_600))
    #expect(policy.instruments.map(\.name) == ["order", "emergency"])
    #expect(policy.instruments[1].grants[1].requiresApproval)
    #expect(policy.instruments[1].longestPeriodSeconds == 259_200)
    #expect(policy.bundles.map(\.isBaseline) == [true])
    let rules = policy.categories[1].rules
    #expect(rules.map(\.field) == [0, 1, 2, 4, 5, 6, 8, 9, 10, 11])
    #expect(rules[1].subject == .keep && rules[1].other == .pseudonymize)
    // A bare action is the subject's.
    #expect(rules[5].subject == .grid(ExactDecimal(mantissa: 2, scale: 1)) && rules[5].other == .withhold)
    #expect(rules[6].withholdsOnError && rules[6].subject == rules[6].other)
    // The unit of the field is the millisecond.
    #expect(rules[8].subject == .bucket(.width(120_000)))
  }

  /// What is not said of an instrument is the stricter of the two.
  @Test func anInstrumentIsOnlyWhatItSays() throws {
    let plain = try #require(Texts.read().set?.policies.first)
    #expect(plain.instruments.map(\.isProspective) == [false, false])
    #expect(plain.instruments.map(\.isViaTreaty) == [false, false])
    #expect(plain.instruments.map(\.requiresDocument) == [true, false])
    #expect(plain.instruments.map(\.requiresApproval) == [false, true])
    let text = Texts.policy.with(
      "    cites: Act 2\n", "    cites: Act 2\n    prospective: true\n    via: treaty\n")
    let said = try #require(Texts.read(policies: [("no.yaml", text)]).set?.policies.first)
    #expect(said.instruments.map(\.isProspective) == [false, true])
    #expect(said.instruments.map(\.isViaTreaty) == [false, true])
  }

  @Test func norwayIsACountry() {
    let plain = Texts.policy.with("jurisdiction: \"NO\"", "jurisdiction: NO")
    #expect(Texts.read(policies: [("no.yaml", plain)]).set?.policies(serving: "NO").count == 1)
  }

  @Test func problemsStandWhereTheyAreAndAllInOnePass() throws {
    let text = Texts.policy.with("account.phone: keep", "account.phone: kep").with(
      "{ grid: 0.2 }", "{ grid: 0.15 }"
    )
    .with("    cites: Act 2\n", "").with("smallest-count: 5", "smallest-count: 5\nsmallest-count: 6")
    let problems = Texts.read(policies: [("no.yaml", text)]).problems
    #expect(
      problems.map(\.code) == ["missing-key", "duplicate-key", "action-unknown", "wider-than-baseline"])
    #expect([problems[2].line, problems[2].column] == text.place(of: "kep"))
    #expect(problems[2].message.hasSuffix("did you mean “keep”?"))
    #expect([problems[3].line, problems[3].column] == text.place(of: "message.position"))
  }

  @Test func filesThatNoDemandNeedsAreOnlyWarnedOf() throws {
    let broken = Texts.policy.with("jurisdiction: \"NO\"", "jurisdiction: SE").with("bundles: []\n", "")
    let files = [("no.yaml", Texts.policy), ("se.yaml", broken)]
    #expect(Texts.read(policies: files).set == nil)
    #expect(Texts.read(policies: files, needed: ["SE"]).set == nil)
    let (set, problems) = Texts.read(policies: files, needed: ["NO"])
    #expect(set?.policies.map(\.file) == ["no.yaml"])
    #expect(problems.map(\.severity) == [.warning])
    // Which states it serves cannot be told, so it is needed.
    let unreadable = broken.with("jurisdiction: SE", "jurisdiction: Sweden")
    #expect(
      Texts.read(policies: [("no.yaml", Texts.policy), ("se.yaml", unreadable)], needed: ["NO"]).set == nil)
    let syntax = [("no.yaml", Texts.policy), ("se.yaml", "a: [")]
    #expect(Texts.read(policies: syntax, needed: ["NO"]).set == nil)
  }

  /// What is refused in a text is not read, so what is left may not say which states the policy is for.
  @Test(arguments: [
    "!!str jurisdiction: \"NO\"\njurisdiction: SE", "&a jurisdiction: \"NO\"\njurisdiction: SE",
    "jurisdiction: SE\n!!str jurisdiction: \"NO\"", "jurisdiction: SE\njurisdiction: \"NO\"",
    "jurisdiction: [SE, *a]", "jurisdiction: [SE, !!str \"NO\"]", "jurisdiction: [SE, &a \"NO\"]",
  ])
  func aFileWhoseTextIsRefusedIsNeeded(jurisdiction: String) {
    let refused = Texts.policy.with("jurisdiction: \"NO\"", jurisdiction)
    let read = Texts.read(policies: [("no.yaml", Texts.policy), ("se.yaml", refused)], needed: ["NO"])
    #expect(read.set == nil)
    #expect(read.problems.contains { $0.severity == .error })
  }

  @Test func anInstrumentIsNamedOnceForAStateAndTime() {
    let shared = Texts.policy.with("jurisdiction: \"NO\"", "jurisdiction: [DK, \"NO\"]")
    let twice = Texts.read(policies: [("no.yaml", Texts.policy), ("eu.yaml", shared)])
    #expect(twice.set == nil)
    #expect(twice.problems.map(\.code) == ["instrument-twice", "instrument-twice"])
    #expect(twice.problems.allSatisfy { $0.file == "eu.yaml" })
    let later = shared.with(
      "{ from: 2026-01-01, until: 2027-01-01 }", "{ from: 2027-01-01, until: 2028-01-01 }")
    let (set, problems) = Texts.read(policies: [("no.yaml", Texts.policy), ("eu.yaml", later)])
    #expect(problems == [])
    #expect(set?.policies(serving: "NO").count == 2)
    #expect(set?.policies(for: "NO", at: Texts.now).map(\.file) == ["no.yaml"])
    #expect(set?.policies(for: "NO", at: Instant(seconds: 1_798_761_600)).map(\.file) == ["eu.yaml"])
    #expect(set?.policy(for: "NO", instrument: "order", at: Texts.now)?.file == "no.yaml")
    #expect(set?.policy(for: "NO", instrument: "letter", at: Texts.now) == nil)
  }

  @Test func theBaselineIsRequiredOnce() {
    var problems = ProblemList()
    let policy = (name: "no.yaml", bytes: Array(Texts.policy.utf8))
    _ = PolicySet.read(
      files: [policy], catalog: Texts.catalog(), now: Texts.now, needed: nil, problems: &problems)
    #expect(problems.problems.map(\.code) == ["baseline-missing"])
  }
}

@Suite("Overrides widen one action of one role until a day")
struct OverrideTests {
  private func read(
    _ override: String, rule: (String, String) = ("      other: withhold\n", "      other: keep\n")
  ) -> (set: PolicySet?, problems: [Problem]) {
    let text = Texts.policy.with("tests:", "overrides:\n  - \(override)\ntests:").with(rule.0, rule.1)
    return Texts.read(policies: [("no.yaml", text)])
  }

  private func override(
    field: String = "message.recipients", role: String = "other", action: String = "keep",
    until: String = "2026-06-02"
  ) -> String {
    "{ field: \(field), role: \(role), action: \(action), reason: r, approved-by: a, until: \(until) }"
  }

  @Test func theActionItNamesLoadsAndIsListed() throws {
    let (set, problems) = read(override())
    #expect(problems == [])
    let listed = try #require(set?.policies.first?.overrides.first)
    #expect(listed.role == .other && listed.action == .keep)
  }

  @Test(arguments: [" ", "\u{A0}", "\u{3164}"])
  func aReasonOrApprovalThatShowsNothingIsNone(_ blank: String) {
    for key in ["reason: r", "approved-by: a"] {
      let name = key.split(separator: ":")[0]
      let (set, problems) = read(override().with(key, "\(name): \"\(blank)\""))
      #expect(set == nil)
      #expect(Set(problems.map(\.code)) == ["wrong-value", "wider-than-baseline"])
    }
  }

  @Test func anotherActionRoleOrFieldDoesNot() {
    #expect(read(override(action: "country")).problems.map(\.code) == ["wider-than-baseline"])
    #expect(read(override(role: "subject")).problems.map(\.code) == ["wider-than-baseline"])
    #expect(read(override(field: "message.sender")).problems.map(\.code) == ["wider-than-baseline"])
  }

  @Test func onItsLastDayItNoLongerCounts() {
    let (set, problems) = read(override(until: "2026-06-01"))
    #expect(set == nil)
    #expect(Set(problems.map(\.code)) == ["override-expired", "wider-than-baseline"])
  }

  @Test func itCannotReachWhatTheBaselineDoesNotName() {
    let (set, problems) = read(
      override(field: "message.message_id", role: "record"),
      rule: ("account.phone: keep", "message.message_id: keep"))
    #expect(set == nil)
    #expect(Set(problems.map(\.code)) == ["override-field", "not-in-baseline"])
  }

  @Test func itsRoleAndTypeMustFit() {
    let good = ("account.phone: keep", "account.phone: redact")
    #expect(read(override(role: "record"), rule: good).problems.map(\.code) == ["override-role"])
    #expect(
      read(override(field: "message.type", role: "subject"), rule: good).problems.map(\.code)
        == ["override-role"])
    #expect(read(override(action: "{ grid: 1 }"), rule: good).problems.map(\.code) == ["action-type"])
    #expect(read(override(field: "message.nick"), rule: good).problems.map(\.code) == ["text-other"])
  }
}
