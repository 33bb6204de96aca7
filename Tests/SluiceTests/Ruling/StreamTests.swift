import Sluice
import Testing

private typealias Fixtures = RulingFixtures

/// The gates of `minimize`, and who may open a source.
struct StreamTests {
  private func stream(
    _ state: String = "US", _ instrument: String = "court-order", subjects: [Identifier]? = nil,
    period: Period? = nil, policies: [Policy] = [Fixtures.policy()], now: Instant = Fixtures.now
  ) throws(ReasonCode) -> StreamRuling {
    try Gates.ruleStream(
      jurisdiction: state, instrument: instrument, name: "study", subjects: subjects, period: period,
      policies: policies, catalog: Fixtures.catalog, now: now)
  }

  @Test func streamsAllThatTheInstrumentGrants() throws {
    let ruling = try stream()
    #expect(ruling.plan.kinds.map(\.kind.name) == ["message", "account", "location"])
    #expect(ruling.jurisdiction == "US")
    #expect(ruling.name == "study")
    #expect(ruling.subjects == nil)
    #expect(ruling.period == nil)
    #expect(ruling.policyDigest == [1, 2, 3])
  }

  @Test func leavesOutWhatRequiresApproval() throws {
    let grants = Fixtures.grants("traffic", approval: ["subscriber"])
    let ruling = try stream(policies: [Fixtures.policy(instruments: [Fixtures.instrument(grants: grants)])])
    #expect(ruling.plan.kinds.map(\.kind.name) == ["message"])
    let open = Fixtures.policy(instruments: [
      Fixtures.instrument(grants: Fixtures.grants(approval: ["traffic"]))
    ])
    #expect(throws: ReasonCode.nothingGranted) { try stream(policies: [open]) }
    let approved = Fixtures.policy(instruments: [Fixtures.instrument(approval: true)])
    #expect(throws: ReasonCode.approvalMissing) { try stream(policies: [approved]) }
  }

  @Test func passesTheGatesOfPolicyStatusAndInstrument() throws {
    #expect(throws: ReasonCode.jurisdictionUnknown) { try stream("NO") }
    #expect(throws: ReasonCode.policyNotInForce) { try stream(now: Fixtures.day(2027, 1, 1)) }
    #expect(throws: ReasonCode.instrumentUnknown) { try stream("US", "letter") }
    let reasons: [StatusEntry.State: ReasonCode] = [
      .pausedReview: .statusPausedReview, .pausedProduction: .statusPausedProduction,
      .treatyOnly: .statusTreatyOnly, .declined: .statusDeclined,
    ]
    for (state, reason) in reasons {
      let policy = Fixtures.policy(statuses: [Fixtures.status(state)])
      #expect(throws: reason) { try stream(policies: [policy]) }
    }
    // Nothing was received, so the status at production alone counts.
    let over = Fixtures.policy(
      statuses: [Fixtures.status(.declined), Fixtures.status(.active, from: Fixtures.now)])
    _ = try stream(policies: [over])
  }

  @Test func refusesSubjectsThatCannotBeInReach() throws {
    #expect(throws: ReasonCode.subjectMissing) { try stream(subjects: []) }
    let address = Identifier(.ip, canonical: [192, 0, 2, 1], text: "192.0.2.1")
    #expect(throws: ReasonCode.subjectClassUnknown) { try stream(subjects: [address]) }
    #expect(try stream(subjects: [address, Fixtures.phone]).subjects?.count == 2)
  }

  @Test func refusesAPeriodThatIsNone() {
    let none = Period(from: Fixtures.now, until: Fixtures.now)
    #expect(throws: ReasonCode.valuesInvalid) { try stream(period: none) }
  }

  // MARK: Permits

  /// No ruling, no read: the refused demands of a run make no permit.
  @Test func permitsReadingToRulingsAlone() throws {
    let granted = try #require(Fixtures.rule(Fixtures.demand()).granted)
    let refused = Fixtures.rule(Fixtures.demand(subjects: []))
    #expect(ReadPermit([refused].compactMap(\.granted)) == nil)
    #expect(ReadPermit([granted, granted])?.rulingCount == 2)
    #expect(ReadPermit(try stream()).rulingCount == 1)
  }
}
