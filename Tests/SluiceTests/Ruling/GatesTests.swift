import Sluice
import Testing

private typealias Fixtures = RulingFixtures

/// The gates of a whole demand other than its status, in the design's order.
struct GatesTests {
  @Test func grantsADemandThatMeetsEveryGate() throws {
    let ruling = try #require(Fixtures.rule(Fixtures.demand()).granted)
    #expect(ruling.grantedCategories == ["traffic"])
    #expect(ruling.refusedCategories.isEmpty)
    #expect(ruling.subjects.map(\.refusal) == [nil])
    #expect(ruling.period == Fixtures.september)
    #expect(ruling.smallestCount == 5)
    #expect(ruling.policyFile == "US.yaml")
    #expect(ruling.policyVersion == "2026-10-01")
    #expect(ruling.policyDigest == [1, 2, 3])
    #expect(ruling.instrument.cites == "section 1")
    #expect(ruling.plan.kinds.map(\.kind.name) == ["message"])
  }

  // MARK: Values

  @Test func refusesValuesThatAreNotCanonical() {
    #expect(Fixtures.rule(Fixtures.demand(invalidValues: ["subjects[0].phone"])).reason == .valuesInvalid)
  }

  @Test(arguments: [0, -1] as [Int64])
  func refusesAPeriodThatIsNone(length: Int64) {
    let from = Fixtures.day(2026, 9, 1)
    let period = Period(from: from, until: Instant(seconds: from.seconds + length))
    #expect(Fixtures.rule(Fixtures.demand(period: period)).reason == .valuesInvalid)
  }

  @Test func grantsTheShortestPeriod() {
    let from = Fixtures.day(2026, 9, 1)
    let period = Period(from: from, until: Instant(seconds: from.seconds, nanoseconds: 1))
    #expect(Fixtures.rule(Fixtures.demand(period: period)).granted != nil)
  }

  @Test func refusesAReceiptAfterProduction() {
    let demand = Fixtures.demand()
    #expect(Fixtures.rule(demand, now: demand.received).granted != nil)
    let before = Instant(seconds: demand.received.seconds - 1, nanoseconds: 999_999_999)
    #expect(Fixtures.rule(demand, now: before).reason == .valuesInvalid)
  }

  // MARK: Jurisdiction and policy

  @Test func refusesAJurisdictionThatNoPolicyNames() {
    #expect(Fixtures.rule(Fixtures.demand(jurisdiction: "NO")).reason == .jurisdictionUnknown)
    #expect(Fixtures.rule(Fixtures.demand(), []).reason == .jurisdictionUnknown)
  }

  @Test func asksForAPolicyInForceAtProduction() {
    let policy = Fixtures.policy(
      valid: Period(from: Fixtures.day(2026, 10, 5), until: Fixtures.day(2026, 10, 6)))
    let demand = Fixtures.demand()
    let first = Fixtures.day(2026, 10, 5)
    let last = Instant(seconds: first.seconds + 86_399, nanoseconds: 999_999_999)
    #expect(Fixtures.rule(demand, [policy], now: first).granted != nil)
    #expect(Fixtures.rule(demand, [policy], now: last).granted != nil)
    #expect(Fixtures.rule(demand, [policy], now: Fixtures.day(2026, 10, 6)).reason == .policyNotInForce)
    let before = Instant(seconds: first.seconds - 1)
    #expect(Fixtures.rule(demand, [policy], now: before).reason == .policyNotInForce)
  }

  @Test func asksForAnInstrumentOfAPolicyInForce() {
    #expect(Fixtures.rule(Fixtures.demand(instrument: "letter")).reason == .instrumentUnknown)
    let expired = Fixtures.policy(
      valid: Period(from: Fixtures.day(2020, 1, 1), until: Fixtures.day(2021, 1, 1)),
      instruments: [Fixtures.instrument("letter")])
    let ruling = Fixtures.rule(Fixtures.demand(instrument: "letter"), [expired, Fixtures.policy()])
    #expect(ruling.reason == .instrumentUnknown)
  }

  // MARK: Criteria

  @Test func asksForAuthorityAndOfficial() {
    let noName = Authority(name: "", official: "A", title: "", contact: "", reference: "")
    let noOfficial = Authority(name: "A", official: "", title: "", contact: "", reference: "")
    #expect(Fixtures.rule(Fixtures.demand(authority: noName)).reason == .authorityMissing)
    #expect(Fixtures.rule(Fixtures.demand(authority: noOfficial)).reason == .officialMissing)
    let least = Authority(name: "A", official: "B", title: "", contact: "", reference: "")
    #expect(Fixtures.rule(Fixtures.demand(authority: least)).granted != nil)
  }

  /// The day begins first in UTC+14: 4 October does at 2026-10-03T10:00:00Z.
  @Test func allowsADayThatHasBegunSomewhereOnEarth() {
    let issued = Fixtures.day(2026, 10, 4)
    let begin = Fixtures.day(2026, 10, 3, seconds: 10 * 3600)
    #expect(Fixtures.rule(Fixtures.demand(issued: issued, received: begin)).granted != nil)
    let before = Instant(seconds: begin.seconds - 1, nanoseconds: 999_999_999)
    #expect(Fixtures.rule(Fixtures.demand(issued: issued, received: before)).reason == .issuedInFuture)
  }

  @Test func asksForASubject() {
    #expect(Fixtures.rule(Fixtures.demand(subjects: [])).reason == .subjectMissing)
  }

  @Test func countsTheLongestPeriodToTheNanosecond() {
    let policy = Fixtures.policy(instruments: [Fixtures.instrument(longestDays: 30)])
    let (from, until) = (Fixtures.september.from, Fixtures.september.until)
    func reason(_ from: Instant, _ until: Instant) -> ReasonCode? {
      Fixtures.rule(Fixtures.demand(period: Period(from: from, until: until)), [policy]).reason
    }
    #expect(reason(from, until) == nil)
    let earlier = Instant(seconds: from.seconds - 1, nanoseconds: 999_999_999)
    #expect(reason(earlier, until) == .periodTooLong)
    let later = Instant(seconds: until.seconds, nanoseconds: 1)
    #expect(reason(from, later) == .periodTooLong)
    #expect(reason(Instant(seconds: from.seconds, nanoseconds: 1), later) == nil)
  }

  @Test func allowsAPeriodPastTheReceiptOnlyToProspectiveInstruments() {
    let received = Fixtures.received
    let until = Instant(seconds: received.seconds, nanoseconds: 1)
    let toReceipt = Fixtures.demand(period: Period(from: Fixtures.september.from, until: received))
    let beyond = Fixtures.demand(period: Period(from: Fixtures.september.from, until: until))
    #expect(Fixtures.rule(toReceipt).granted != nil)
    #expect(Fixtures.rule(beyond).reason == .periodInFuture)
    let prospective = Fixtures.policy(instruments: [Fixtures.instrument(prospective: true)])
    #expect(Fixtures.rule(beyond, [prospective]).granted != nil)
  }

  @Test func asksForTheDocumentWhereRequired() {
    let policy = Fixtures.policy(instruments: [Fixtures.instrument(document: true)])
    #expect(Fixtures.rule(Fixtures.demand(), [policy]).reason == .documentMissing)
    #expect(Fixtures.rule(Fixtures.demand(document: [7]), [policy]).granted != nil)
  }

  // MARK: Approval

  struct ApprovalCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var prepared: Signoff?
    var approved: Signoff?
    let reason: ReasonCode?
  }

  static let approvalCases: [ApprovalCase] = {
    let signoff = { RulingFixtures.signoff($0) }
    let late = RulingFixtures.signoff("b", at: Instant(seconds: RulingFixtures.now.seconds, nanoseconds: 1))
    let early = RulingFixtures.signoff("b", at: Instant(seconds: RulingFixtures.day(2026, 10, 4).seconds - 1))
    return [
      ApprovalCase(
        testDescription: "two people", prepared: signoff("a"), approved: signoff("b"), reason: nil),
      ApprovalCase(testDescription: "nobody", reason: .approvalMissing),
      ApprovalCase(testDescription: "prepared alone", prepared: signoff("a"), reason: .approvalMissing),
      ApprovalCase(
        testDescription: "approved alone", approved: signoff("b"), reason: .approvalNotIndependent),
      ApprovalCase(
        testDescription: "one person", prepared: signoff("a"), approved: signoff("a"),
        reason: .approvalNotIndependent),
      ApprovalCase(
        testDescription: "one person, written twice", prepared: signoff("Ann Example"),
        approved: signoff("ann  example "), reason: .approvalNotIndependent),
      ApprovalCase(
        testDescription: "one person, with what is not seen", prepared: signoff("lert-03"),
        approved: signoff("le\u{34F}rt-03\u{FE0F}"), reason: .approvalNotIndependent),
      ApprovalCase(
        testDescription: "after production", prepared: signoff("a"), approved: late, reason: .approvalMissing),
      ApprovalCase(
        testDescription: "before it was prepared", prepared: signoff("a"), approved: early,
        reason: .approvalMissing),
    ]
  }()

  @Test(arguments: approvalCases)
  func asksForTwoPeopleWhereApprovalIsRequired(_ approval: ApprovalCase) {
    let policy = Fixtures.policy(instruments: [Fixtures.instrument(approval: true)])
    let demand = Fixtures.demand(prepared: approval.prepared, approved: approval.approved)
    #expect(Fixtures.rule(demand, [policy]).reason == approval.reason)
    // Where nothing asks for approval, none is missed.
    #expect(Fixtures.rule(demand).granted != nil)
  }

  @Test(arguments: approvalCases)
  func asksForTwoPeopleForACategoryThatRequiresIt(_ approval: ApprovalCase) throws {
    let grants = Fixtures.grants("traffic", approval: ["subscriber"])
    let policy = Fixtures.policy(instruments: [Fixtures.instrument(grants: grants)])
    let demand = Fixtures.demand(
      categories: ["subscriber", "traffic"], prepared: approval.prepared, approved: approval.approved)
    let ruling = try #require(Fixtures.rule(demand, [policy]).granted)
    #expect(ruling.grantedCategories == (approval.reason == nil ? ["subscriber", "traffic"] : ["traffic"]))
    let expected: [ReasonCode] = approval.reason == nil ? [] : [.categoryApprovalMissing]
    #expect(ruling.refusedCategories.map(\.reason) == expected)
  }

  // MARK: Order

  /// Each demand of the list fails one gate more than the one behind it, so each must be refused by the first.
  @Test func asksTheGatesInOrder() {
    let nobody = Authority(name: "", official: "", title: "", contact: "", reference: "")
    let noOfficial = Authority(name: "A", official: "", title: "", contact: "", reference: "")
    let future = Period(from: Fixtures.day(2027, 1, 1), until: Fixtures.day(2029, 1, 1))
    let soon = Period(from: Fixtures.day(2026, 12, 1), until: Fixtures.day(2026, 12, 2))
    let strict = [
      Fixtures.policy(instruments: [Fixtures.instrument(approval: true, document: true)])
    ]
    let declined = [Fixtures.policy(statuses: [Fixtures.status(.declined)])]
    let unborn = Fixtures.day(2027, 6, 1)
    func demand(
      _ state: String = "US", _ instrument: String = "court-order", _ authority: Authority = nobody,
      _ issued: Instant = unborn, _ subjects: [DemandedSubject] = [], _ period: Period = future,
      document: [UInt8]? = nil, invalid: [String] = []
    ) -> Demand {
      Fixtures.demand(
        jurisdiction: state, instrument: instrument, authority: authority, issued: issued,
        subjects: subjects, period: period, categories: ["unheard-of"], document: document,
        invalidValues: invalid)
    }
    let full = Fixtures.fullAuthority
    let past = Fixtures.day(2026, 10, 1)
    let someone = [Fixtures.subject(Fixtures.phone)]
    #expect(Fixtures.rule(demand("XX", "letter", invalid: ["period"]), []).reason == .valuesInvalid)
    #expect(Fixtures.rule(demand("XX", "letter"), []).reason == .jurisdictionUnknown)
    #expect(Fixtures.rule(demand("US", "letter"), declined, now: unborn).reason == .policyNotInForce)
    #expect(Fixtures.rule(demand("US", "letter"), declined).reason == .statusDeclined)
    #expect(Fixtures.rule(demand("US", "letter"), strict).reason == .instrumentUnknown)
    #expect(Fixtures.rule(demand(), strict).reason == .authorityMissing)
    #expect(Fixtures.rule(demand("US", "court-order", noOfficial), strict).reason == .officialMissing)
    #expect(Fixtures.rule(demand("US", "court-order", full), strict).reason == .issuedInFuture)
    #expect(Fixtures.rule(demand("US", "court-order", full, past), strict).reason == .subjectMissing)
    #expect(
      Fixtures.rule(demand("US", "court-order", full, past, someone), strict).reason == .periodTooLong)
    #expect(
      Fixtures.rule(demand("US", "court-order", full, past, someone, soon), strict).reason == .periodInFuture)
    let closed = demand("US", "court-order", full, past, someone, Fixtures.september)
    #expect(Fixtures.rule(closed, strict).reason == .documentMissing)
    let documented = demand("US", "court-order", full, past, someone, Fixtures.september, document: [1])
    #expect(Fixtures.rule(documented, strict).reason == .approvalMissing)
    #expect(Fixtures.rule(documented).reason == .categoryUnknown)
  }
}
