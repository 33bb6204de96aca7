import Sluice
import Testing

private typealias Fixtures = RulingFixtures

/// The lint of policies that load, and the tests that policies state about themselves.
struct PolicyCheckTests {
  private func check(_ policies: Policy..., now: Instant = Fixtures.now) -> PolicyCheck {
    PolicyCheck(policies: policies, catalog: Fixtures.catalog, now: now)
  }

  private func codes(_ policy: Policy, now: Instant = Fixtures.now) -> [String] {
    check(policy, now: now).problems.map(\.code)
  }

  /// Every category granted, nothing else to remark.
  private static let allGranted = Fixtures.instrument(
    grants: Fixtures.grants("traffic", "activity", "subscriber", "place"))
  private static let quiet = Fixtures.policy(instruments: [allGranted])

  @Test func saysNothingOfAQuietPolicy() {
    #expect(check(Self.quiet).problems.isEmpty)
  }

  // MARK: Lint

  @Test func warnsOfAnOverdueReviewOnceItsDayHasPassed() {
    func policy(_ states: StatusEntry...) -> Policy {
      Fixtures.policy(statuses: states, instruments: [Self.allGranted])
    }
    let paused = Fixtures.status(.pausedReview, nextReview: Fixtures.day(2026, 10, 4))
    #expect(codes(policy(paused), now: Fixtures.day(2026, 10, 5)) == ["review-overdue"])
    #expect(codes(policy(paused), now: Fixtures.day(2026, 10, 4, seconds: 86_399)).isEmpty)
    // An entry that no longer holds is not reviewed.
    let over = policy(paused, Fixtures.status(.active, from: Fixtures.day(2026, 10, 5)))
    #expect(codes(over, now: Fixtures.day(2026, 10, 6)).isEmpty)
    #expect(check(policy(paused)).problems.map(\.severity) == [.warning])
  }

  @Test func warnsOfWhatNobodyCanUse() {
    let idle = Fixtures.policy(
      instruments: [Fixtures.instrument(grants: Fixtures.grants("traffic", "subscriber", "place"))])
    #expect(codes(idle) == ["category-never-granted"])
    #expect(check(idle).problems[0].line == 50)
    let empty = Fixtures.policy(instruments: [
      Self.allGranted, Fixtures.instrument("preservation", grants: []),
    ])
    #expect(codes(empty) == ["instrument-grants-nothing"])
  }

  @Test func warnsOfTimestampsOfKindsWithoutATime() {
    func policy(_ action: Action) -> Policy {
      let category = PolicyCategory(
        name: "subscriber", rules: [Fixtures.rule(Fixtures.account, 2, action, line: 66)])
      return Fixtures.policy(
        instruments: [Fixtures.instrument(grants: Fixtures.grants("subscriber"))], categories: [category])
    }
    let warning = check(policy(.truncate(.day))).problems
    #expect(warning.map(\.code) == ["timestamp-without-period"])
    #expect(warning.map(\.line) == [66])
    #expect(codes(policy(.withhold)).isEmpty)
  }

  // MARK: Bundles

  private static let addressBundle = Bundle(
    kind: Fixtures.message, fields: [3, 4],
    companions: [Bundle.Companion(field: 0, coarsest: .minute)], isBaseline: true)

  private func bundled(_ categories: [FieldRule]..., bundle: Bundle = addressBundle) -> Policy {
    let named = categories.enumerated().map { PolicyCategory(name: "c\($0)", rules: $1) }
    let grants = named.map { Grant(category: $0.name, requiresApproval: false) }
    return Fixtures.policy(
      instruments: [Fixtures.instrument(grants: grants)], categories: named, bundles: [bundle])
  }

  @Test func warnsOfABundleThatIsNeverWhole() {
    let address = Fixtures.rule(Fixtures.message, 3, .keep, .withhold, line: 91)
    let port = Fixtures.rule(Fixtures.message, 4, .keep, .withhold, line: 92)
    func time(_ granularity: Granularity) -> FieldRule {
      Fixtures.rule(Fixtures.message, 0, .truncate(granularity))
    }
    #expect(codes(bundled([address, port, time(.minute)])).isEmpty)
    let coarse = check(bundled([address, port, time(.hour)])).problems
    #expect(coarse.map(\.code) == ["bundle-never-whole", "bundle-never-whole"])
    #expect(coarse.map(\.line) == [91, 92])
    #expect(codes(bundled([address, time(.second)])) == ["bundle-never-whole"])
    #expect(codes(bundled([address, port])) == ["bundle-never-whole", "bundle-never-whole"])
    // A week does not lie in a month, so a month cannot be told by it.
    func toTheMonth(_ granularity: Granularity) -> [String] {
      let bundle = Bundle(
        kind: Fixtures.message, fields: [3], companions: [Bundle.Companion(field: 0, coarsest: .month)],
        isBaseline: true)
      return codes(bundled([address, time(granularity)], bundle: bundle))
    }
    #expect(toTheMonth(.day).isEmpty && toTheMonth(.month).isEmpty)
    #expect(toTheMonth(.week) == ["bundle-never-whole"])
    // What is not kept is in no bundle.
    #expect(codes(bundled([Fixtures.rule(Fixtures.message, 3, .prefix(v4: 24, v6: 48), .withhold)])).isEmpty)
  }

  // MARK: What counsel should see

  @Test func listsEveryOverride() throws {
    let override = Override(
      kind: Fixtures.location, field: 2, role: .subject, action: .grid(ExactDecimal(mantissa: 1, scale: 2)),
      reason: "court", approvedBy: "counsel-02", until: Fixtures.day(2026, 12, 1),
      position: Position(file: "US.yaml", line: 99, column: 3))
    let notices = check(Fixtures.policy(instruments: [Self.allGranted], overrides: [override])).overrides
    let notice = try #require(notices.first)
    #expect(notices.count == 1)
    #expect(notice.field == "location.position")
    #expect(notice.role == "subject")
    #expect(notice.action == "grid 0.01 degree")
    #expect(notice.approvedBy == "counsel-02")
    #expect(notice.position.line == 99)
  }

  @Test func tellsWhichCategoriesDiscloseThatRecordsExist() {
    let withheld = PolicyCategory(name: "withheld", rules: [Fixtures.rule(Fixtures.account, 1, .withhold)])
    let policy = Fixtures.policy(categories: [Fixtures.traffic, Fixtures.activity, withheld])
    let notices = check(policy).existence
    #expect(notices.map(\.category) == ["traffic", "activity"])
    #expect(notices.map(\.kind) == ["message", "message"])
    #expect(notices.map(\.fields) == [["sent_at", "sender", "recipients", "type"], ["sent_at"]])
  }

  // MARK: Tests of policies

  private func run(
    _ expectations: PolicyTest.Expectation..., categories: [String] = ["traffic"], days: Int = 30,
    approved: Bool = true, document: Bool = true, received: Instant? = nil, now: Instant? = nil,
    instrument: Instrument = Fixtures.instrument()
  ) -> [String] {
    let test = PolicyTest(
      position: Position(file: "US.yaml", line: 120, column: 5), instrument: instrument.name,
      categories: categories, periodDays: days, isApproved: approved, hasDocument: document,
      received: received, now: now, expectations: expectations)
    let policy = Fixtures.policy(
      statuses: [
        Fixtures.status(.active), Fixtures.status(.pausedProduction, from: Fixtures.day(2026, 6, 1)),
      ], instruments: [instrument, Self.filler], tests: [test])
    let check = check(policy)
    #expect(check.testCount == 1)
    #expect(check.failedTestCount == (check.problems.isEmpty ? 0 : 1))
    #expect(check.problems.allSatisfy { $0.line == 120 && $0.severity == .error })
    // What can be done is the same for all.
    let advice = "; correct the policy, or the test where the policy is right"
    #expect(check.problems.allSatisfy { $0.message.hasSuffix(advice) })
    return check.problems.map { String($0.message.dropLast(advice.count)) }
  }

  /// Grants what the instrument under test does not, so that the lint stays quiet.
  private static let filler = Fixtures.instrument(
    "filler", grants: Fixtures.grants("traffic", "activity", "subscriber", "place"))

  @Test func passesTestsThatHold() {
    #expect(run(.granted(categories: ["traffic"])).isEmpty)
    #expect(run(.granted(categories: ["place", "traffic"]), categories: ["traffic", "place"]).isEmpty)
    #expect(run(.refused(code: "category-not-granted"), categories: ["activity"]).isEmpty)
    #expect(
      run(.refuses(category: "activity", code: "category-not-granted"), categories: ["traffic", "activity"])
        .isEmpty)
    // The whole is refused and the category with it.
    #expect(
      run(.refuses(category: "activity", code: "category-not-granted"), categories: ["activity"]).isEmpty)
    #expect(run(.releases(kind: 0, field: 1, subject: .keep, other: .pseudonymize)).isEmpty)
    #expect(run(.withholds(kind: 0, field: 3), .withholds(kind: 1, field: 0)).isEmpty)
    // Every subject has every class.
    #expect(run(.granted(categories: ["place"]), categories: ["place"]).isEmpty)
  }

  @Test func takesEachSettingOfATest() {
    let strict = Fixtures.instrument(longestDays: 30, approval: true, document: true)
    #expect(run(.granted(categories: ["traffic"]), instrument: strict).isEmpty)
    #expect(run(.refused(code: "period-too-long"), days: 31, instrument: strict).isEmpty)
    #expect(run(.refused(code: "approval-missing"), approved: false, instrument: strict).isEmpty)
    #expect(run(.refused(code: "document-missing"), document: false, instrument: strict).isEmpty)
    #expect(
      run(
        .refused(code: "status-paused-production"), received: Fixtures.day(2026, 5, 1),
        now: Fixtures.day(2026, 6, 1)
      ).isEmpty)
    #expect(run(.granted(categories: ["traffic"]), received: Fixtures.day(2026, 5, 1)).isEmpty)
    #expect(run(.refused(code: "policy-not-in-force"), now: Fixtures.day(2028, 1, 1)).isEmpty)
  }

  @Test func saysWhatWasExpectedAndWhatCame() {
    #expect(
      run(.refused(code: "category-not-granted"))
        == ["expected refused: category-not-granted, got granted: [traffic]"])
    #expect(
      run(.granted(categories: ["traffic"]), categories: ["activity"])
        == ["expected granted: [traffic], got refused: category-not-granted"])
    #expect(
      run(.refuses(category: "traffic", code: "period-missing"))
        == [
          """
          expected category traffic to be refused with period-missing, \
          got no refusal of it (granted: [traffic])
          """
        ])
    #expect(
      run(.releases(kind: 0, field: 1, subject: .keep, other: .withhold))
        == [
          """
          expected message.sender to leave with subject keep, other withhold, \
          got subject keep, other pseudonymize
          """
        ])
    #expect(
      run(.releases(kind: 0, field: 3, subject: .keep, other: .keep))
        == [
          """
          expected message.client_ip to leave with subject keep, other keep, \
          got nothing of it (granted: [traffic])
          """
        ])
    // Of a refused demand nothing leaves, whatever the policy says of the field.
    #expect(
      run(.withholds(kind: 0, field: 3), categories: ["activity"])
        == ["expected message.client_ip to be withheld where others leave, got refused: category-not-granted"]
    )
    #expect(
      run(.withholds(kind: 0, field: 0), .withholds(kind: 0, field: 5))
        == [
          "expected message.sent_at to be withheld, got truncate to second",
          "expected message.type to be withheld, got keep",
        ])
  }
}
