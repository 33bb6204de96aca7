import Sluice
import Testing

private typealias Fixtures = RulingFixtures

/// Which categories and subjects of a demand are granted once the whole demand has passed.
struct ScopeTests {
  @Test func splitsTheCategoriesInTheOrderDemanded() throws {
    let policy = Fixtures.policy(
      instruments: [Fixtures.instrument(grants: Fixtures.grants("traffic", "subscriber"))])
    let demand = Fixtures.demand(categories: ["place", "subscriber", "unheard-of", "traffic"])
    let ruling = try #require(Fixtures.rule(demand, [policy]).granted)
    #expect(ruling.grantedCategories == ["subscriber", "traffic"])
    #expect(ruling.refusedCategories.map(\.category) == ["place", "unheard-of"])
    #expect(ruling.refusedCategories.map(\.reason) == [.categoryNotGranted, .categoryUnknown])
  }

  @Test(arguments: [
    (["activity"], ReasonCode.categoryNotGranted), (["unheard-of", "activity"], .categoryUnknown),
    ([], .nothingGranted),
  ])
  func refusesTheWholeForTheFirstCategoryWhereNoneIsGranted(_ categories: [String], _ reason: ReasonCode) {
    let refusal = Fixtures.rule(Fixtures.demand(categories: categories)).refusal
    #expect(refusal?.reason == reason)
    #expect(refusal?.refusedCategories.map(\.category) == categories)
  }

  /// A preservation demand that met every condition is told from one that did not.
  @Test func refusesAPreservationForItsOwnReason() {
    let preservation = Instrument(
      name: "court-order", title: "", cites: "section 1", grants: [], longestPeriodSeconds: 366 * 86_400,
      requiresApproval: false, requiresDocument: false, isViaTreaty: false, isProspective: false,
      instrumentClass: .preservation, position: Position(file: "US.yaml", line: 10, column: 3))
    let paused = Fixtures.policy(statuses: [Fixtures.status(.pausedReview)], instruments: [preservation])
    #expect(
      Fixtures.rule(Fixtures.demand(), [Fixtures.policy(instruments: [preservation])]).reason
        == .preservationOnly)
    #expect(Fixtures.rule(Fixtures.demand(), [paused]).reason == .statusPausedReview)
  }

  @Test func asksForAPeriodOnlyWhereAKindHasATime() throws {
    let both = Fixtures.demand(period: nil, categories: ["traffic", "subscriber"])
    let ruling = try #require(Fixtures.rule(both).granted)
    #expect(ruling.grantedCategories == ["subscriber"])
    #expect(ruling.refusedCategories.map(\.reason) == [.periodMissing])
    #expect(ruling.period == nil)
    #expect(Fixtures.rule(Fixtures.demand(period: nil)).reason == .periodMissing)
  }

  /// A category of kinds with and without a time needs the period for the one that has it.
  @Test func asksForAPeriodForACategoryOfMixedKinds() {
    let mixed = PolicyCategory(
      name: "mixed", rules: Fixtures.subscriber.rules + [Fixtures.rule(Fixtures.message, 5, .keep)])
    let policy = Fixtures.policy(
      instruments: [Fixtures.instrument(grants: Fixtures.grants("mixed"))], categories: [mixed])
    let demand = Fixtures.demand(period: nil, categories: ["mixed"])
    #expect(Fixtures.rule(demand, [policy]).reason == .periodMissing)
  }

  @Test func refusesASubjectOfAClassThatNoGrantedKindHolds() throws {
    let demand = Fixtures.demand(
      subjects: [Fixtures.subject(Fixtures.device), Fixtures.subject(Fixtures.phone)])
    let ruling = try #require(Fixtures.rule(demand).granted)
    #expect(ruling.subjects.map(\.refusal) == [.subjectClassUnknown, nil])
    // A category whose kind holds devices makes the class known.
    let wider = Fixtures.demand(
      subjects: [Fixtures.subject(Fixtures.device), Fixtures.subject(Fixtures.phone)],
      categories: ["traffic", "place"])
    #expect(Fixtures.rule(wider).granted?.subjects.map(\.refusal) == [nil, nil])
  }

  @Test func knowsASubjectByItsOtherIdentifiers() throws {
    let demand = Fixtures.demand(subjects: [Fixtures.subject(Fixtures.device, also: Fixtures.phone)])
    #expect(Fixtures.rule(demand).granted?.subjects.map(\.refusal) == [nil])
  }

  @Test func refusesTheWholeWhereNoSubjectIsLeft() {
    let demand = Fixtures.demand(
      subjects: [Fixtures.subject(Fixtures.device)], categories: ["traffic", "unheard-of"])
    let refusal = Fixtures.rule(demand).refusal
    #expect(refusal?.reason == .subjectClassUnknown)
    #expect(refusal?.refusedCategories.map(\.category) == ["unheard-of"])
  }

  /// The parties alone make a class known: `client_ip` is a field of a party, not a party.
  @Test func takesClassesFromPartiesAlone() {
    let address = Identifier(.ip, canonical: [192, 0, 2, 1], text: "192.0.2.1")
    let demand = Fixtures.demand(subjects: [Fixtures.subject(address)])
    #expect(Fixtures.rule(demand).reason == .subjectClassUnknown)
  }

  @Test func writesInternalCodesAsRefused() {
    let hidden = ReasonCode.allCases.filter { $0.packetText == "refused" }
    #expect(hidden == [.approvalMissing, .approvalNotIndependent, .categoryApprovalMissing])
    for code in ReasonCode.allCases where code.isPublic { #expect(code.packetText == code.rawValue) }
  }
}
