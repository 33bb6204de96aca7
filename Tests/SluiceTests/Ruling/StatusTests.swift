import Sluice
import Testing

private typealias Fixtures = RulingFixtures

/// The status gate: at receipt and at production, for every policy that serves the state.
struct StatusTests {
  /// One row of the whole table: what holds at receipt and at production.
  struct Row: Sendable, CustomTestStringConvertible {
    let atReceipt: Entry
    let atProduction: Entry
    var testDescription: String { "received \(atReceipt), produced \(atProduction)" }
  }

  struct Entry: Sendable, CustomStringConvertible {
    let state: StatusEntry.State
    let isExcepted: Bool
    let isViaTreaty: Bool
    var description: String {
      state.rawValue + (isExcepted ? " but excepted" : "") + (isViaTreaty ? " via treaty" : "")
    }

    /// What the design says of one entry, written down apart from the gate.
    var reason: ReasonCode? {
      if isExcepted { return nil }
      return [
        .pausedReview: .statusPausedReview, .pausedProduction: .statusPausedProduction,
        .treatyOnly: isViaTreaty ? nil : .statusTreatyOnly, .declined: .statusDeclined,
      ][state] ?? nil
    }
  }

  static let rows: [Row] = [false, true].flatMap { treaty in
    let entries = StatusEntry.State.allCases.flatMap { state in
      [false, true].map { Entry(state: state, isExcepted: $0, isViaTreaty: treaty) }
    }
    return entries.flatMap { first in entries.map { Row(atReceipt: first, atProduction: $0) } }
  }

  /// Between the fixtures' receipt and production.
  private static let change = Fixtures.day(2026, 10, 4)

  @Test(arguments: rows)
  func rulesByReceiptAndProduction(_ row: Row) {
    func entry(_ entry: Entry, from: Instant) -> StatusEntry {
      Fixtures.status(
        entry.state, from: from, exceptions: entry.isExcepted ? ["court-order"] : ["warrant"])
    }
    let policy = Fixtures.policy(
      statuses: [
        entry(row.atReceipt, from: Fixtures.day(2000, 1, 1)), entry(row.atProduction, from: Self.change),
      ], instruments: [Fixtures.instrument(treaty: row.atReceipt.isViaTreaty)])
    let ruling = Fixtures.rule(Fixtures.demand(), [policy])
    let reasons = [row.atReceipt.reason, row.atProduction.reason].compactMap { $0 }
    if reasons.isEmpty {
      #expect(ruling.granted != nil)
    } else {
      // The strongest of the two; which of them both is told elsewhere.
      let reason = ruling.reason
      #expect(reason.map(reasons.contains) == true)
      let isPausedAlone = reasons.allSatisfy { $0 == .statusPausedProduction }
      #expect((reason == .statusPausedProduction) == isPausedAlone)
      #expect(ruling.refusal?.wouldHaveGranted == (isPausedAlone ? ["traffic"] : []))
    }
  }

  @Test func changesStatusAtTheInstantOfItsEntry() {
    let pause = Fixtures.policy(
      statuses: [Fixtures.status(.active), Fixtures.status(.pausedReview, from: Self.change)])
    let before = Instant(seconds: Self.change.seconds - 1, nanoseconds: 999_999_999)
    #expect(Fixtures.rule(Fixtures.demand(), [pause], now: before).granted != nil)
    #expect(Fixtures.rule(Fixtures.demand(), [pause], now: Self.change).reason == .statusPausedReview)
    // Received in the pause and produced after it: it must be received anew.
    let over = Fixtures.policy(
      statuses: [Fixtures.status(.pausedReview), Fixtures.status(.active, from: Self.change)])
    #expect(Fixtures.rule(Fixtures.demand(), [over]).reason == .statusPausedReview)
    let anew = Fixtures.demand(received: Self.change)
    #expect(Fixtures.rule(anew, [over]).granted != nil)
  }

  // MARK: Hong Kong, July 2020

  private static let hongKong = Fixtures.policy(
    ["HK"], file: "HK.yaml", valid: Period(from: Fixtures.day(2019, 1, 1), until: Fixtures.day(2027, 1, 1)),
    statuses: [
      Fixtures.status(.active), Fixtures.status(.pausedReview, from: Fixtures.day(2020, 7, 6)),
    ], instruments: [Fixtures.instrument("search-warrant"), Fixtures.instrument("emergency")])

  private func hongKong(
    _ instrument: String = "search-warrant", received: Instant, now: Instant
  ) -> ReasonCode? {
    let until = Instant(seconds: received.seconds - 86_400)
    let demand = Fixtures.demand(
      jurisdiction: "HK", instrument: instrument, issued: until, received: received,
      period: Period(from: Instant(seconds: until.seconds - 86_400), until: until))
    return Fixtures.rule(demand, [Self.hongKong], now: now).reason
  }

  @Test func answersHongKongBeforeThePauseAlone() {
    let day = Fixtures.day
    #expect(hongKong(received: day(2019, 5, 1, 0), now: day(2019, 5, 8, 0)) == nil)
    #expect(hongKong(received: day(2020, 7, 3, 0), now: day(2020, 7, 5, 86_399)) == nil)
    // A pause can land between receipt and production.
    #expect(hongKong(received: day(2020, 7, 3, 0), now: day(2020, 7, 6, 0)) == .statusPausedReview)
    #expect(hongKong(received: day(2026, 10, 3, 0), now: day(2026, 10, 5, 0)) == .statusPausedReview)
    #expect(
      hongKong("emergency", received: day(2020, 9, 1, 0), now: day(2020, 9, 1, 3600)) == .statusPausedReview)
  }

  // MARK: Several policies for one state

  private static let union = Fixtures.policy(
    ["AT", "FR", "HU"], file: "EU.yaml", instruments: [Fixtures.instrument("epoc-judge")])

  private func member(_ state: String, _ others: Policy..., now: Instant = Fixtures.now) -> ReasonCode? {
    let demand = Fixtures.demand(jurisdiction: state, instrument: "epoc-judge")
    return Fixtures.rule(demand, [Self.union] + others, now: now).reason
  }

  @Test func pausesOneMemberByAFileOfItsOwn() {
    let pause = Fixtures.policy(
      ["HU"], file: "HU.yaml", statuses: [Fixtures.status(.declined)], instruments: [])
    #expect(member("HU", pause) == .statusDeclined)
    #expect(member("FR", pause) == nil)
    let excepted = Fixtures.policy(
      ["HU"], file: "HU.yaml", statuses: [Fixtures.status(.pausedReview, exceptions: ["epoc-judge"])],
      instruments: [])
    #expect(member("HU", excepted) == nil)
  }

  /// A pause does not end because the validity of the file that states it does.
  @Test func keepsThePauseOfAFileThatIsNoLongerInForce() {
    let expired = Fixtures.policy(
      ["HU"], file: "HU.yaml", valid: Period(from: Fixtures.day(2020, 1, 1), until: Fixtures.day(2021, 1, 1)),
      statuses: [Fixtures.status(.pausedReview)], instruments: [])
    #expect(member("HU", expired) == .statusPausedReview)
  }

  @Test func countsAFileThatIsNotYetInForceFromItsFirstStatusOn() {
    let valid = Period(from: Fixtures.day(2026, 12, 1), until: Fixtures.day(2027, 12, 1))
    let later = Fixtures.policy(
      ["HU"], file: "HU.yaml", valid: valid, statuses: [Fixtures.status(.declined, from: valid.from)],
      instruments: [])
    #expect(member("HU", later) == nil)
    let already = Fixtures.policy(
      ["HU"], file: "HU.yaml", valid: valid,
      statuses: [Fixtures.status(.declined, from: Fixtures.day(2026, 10, 4))], instruments: [])
    #expect(member("HU", already) == .statusDeclined)
  }

  @Test func declinesBeforeTheFirstStatus() {
    let policy = Fixtures.policy(statuses: [Fixtures.status(.active, from: Self.change)])
    #expect(Fixtures.rule(Fixtures.demand(), [policy]).reason == .statusDeclined)
    #expect(Fixtures.rule(Fixtures.demand(received: Self.change), [policy]).granted != nil)
  }

  @Test func letsATreatyInstrumentPassUnderTheStatusOfAnotherFile() {
    let treaty = Fixtures.policy(
      ["BR"], file: "BR.yaml", instruments: [Fixtures.instrument("mlat", treaty: true)])
    let status = Fixtures.policy(
      ["BR"], file: "BR-status.yaml", statuses: [Fixtures.status(.treatyOnly)], instruments: [])
    let demand = Fixtures.demand(jurisdiction: "BR", instrument: "mlat")
    #expect(Fixtures.rule(demand, [status, treaty]).granted != nil)
    let direct = Fixtures.demand(jurisdiction: "BR", instrument: "court-order")
    #expect(Fixtures.rule(direct, [status, treaty]).reason == .statusTreatyOnly)
  }

  @Test func tellsTheStrongestReason() {
    func reason(_ states: StatusEntry.State...) -> ReasonCode? {
      let files = states.enumerated().map { index, state in
        Fixtures.policy(
          file: "\(index).yaml", statuses: [Fixtures.status(state)],
          instruments: index == 0 ? [Fixtures.instrument()] : [])
      }
      return Fixtures.rule(Fixtures.demand(), files).reason
    }
    #expect(reason(.pausedProduction, .pausedReview) == .statusPausedReview)
    #expect(reason(.pausedReview, .treatyOnly) == .statusTreatyOnly)
    #expect(reason(.treatyOnly, .declined) == .statusDeclined)
    #expect(reason(.active, .pausedProduction) == .statusPausedProduction)
  }

  // MARK: Paused production

  @Test func recordsWhatTheLaterGatesWouldHaveRuled() {
    let paused = [Fixtures.policy(statuses: [Fixtures.status(.pausedProduction)])]
    let granted = Fixtures.rule(Fixtures.demand(categories: ["traffic", "activity"]), paused).refusal
    #expect(granted?.reason == .statusPausedProduction)
    #expect(granted?.wouldHaveBeen == nil)
    #expect(granted?.wouldHaveGranted == ["traffic"])
    #expect(granted?.refusedCategories.map(\.reason) == [.categoryNotGranted])
    let refused: [(Demand, ReasonCode)] = [
      (Fixtures.demand(instrument: "letter"), .instrumentUnknown),
      (Fixtures.demand(subjects: []), .subjectMissing),
      (Fixtures.demand(categories: ["activity"]), .categoryNotGranted),
      (Fixtures.demand(subjects: [Fixtures.subject(Fixtures.device)]), .subjectClassUnknown),
    ]
    for (demand, reason) in refused {
      let refusal = Fixtures.rule(demand, paused).refusal
      #expect(refusal?.reason == .statusPausedProduction)
      #expect(refusal?.wouldHaveBeen == reason)
      #expect(refusal?.wouldHaveGranted == [])
    }
  }

  @Test(arguments: [StatusEntry.State.pausedReview, .treatyOnly, .declined])
  func stopsAtEveryOtherState(_ state: StatusEntry.State) {
    let policy = Fixtures.policy(statuses: [Fixtures.status(state)])
    let refusal = Fixtures.rule(Fixtures.demand(instrument: "letter"), [policy]).refusal
    #expect(refusal?.wouldHaveBeen == nil)
    #expect(refusal?.reason.rawValue.hasPrefix("status-") == true)
  }
}
