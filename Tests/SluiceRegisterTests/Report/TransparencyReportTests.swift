import Sluice
import SluiceRegister
import Testing

/// What is counted where.
struct TransparencyReportTests {
  private static func at(_ text: String) -> Instant { Instant(rfc3339: text)! }
  private static let half = HalfYear("2020-H2")!

  private static func report(
    _ histories: [DemandHistory], _ periods: [String] = ["2020-H2"], timelines: [String: [StatusSpan]] = [:],
    banded: [BandedInstrument] = []
  ) -> TransparencyReport {
    TransparencyReport(
      histories, periods: periods.map { HalfYear($0)! }, timelines: timelines, bandedInstruments: banded)
  }

  private static func only(_ histories: [DemandHistory]) -> TransparencyReport.JurisdictionReport {
    report(histories).periods[0].jurisdictions[0]
  }

  private static let produced = DemandHistory.Outcome.produced(
    recordCount: 7, fieldCount: 3, isPartial: false)

  // MARK: - Half-years and shares

  @Test(arguments: [
    ("2020-06-30T23:59:59.999999999Z", "2020-H1"), ("2020-07-01T00:00:00Z", "2020-H2"),
    ("2020-07-01T07:59:59+08:00", "2020-H1"), ("2020-12-31T23:59:59Z", "2020-H2"),
    ("2021-01-01T00:00:00Z", "2021-H1"), ("9999-12-31T23:59:59Z", "9999-H2"),
  ])
  func countsByTheInstantOfReceiptInUTC(_ instant: String, _ period: String) throws {
    let half = HalfYear(containing: Self.at(instant))
    #expect(half.text == period)
    #expect(HalfYear(period) == half)
    #expect(half.start <= Self.at(instant) && Self.at(instant) < half.end)
  }

  @Test(arguments: [
    "2020", "2020-H3", "2020-h1", "20-H1", "02020-H1", "2020-H1 ", "0000-H1", "-020-H1", "2020-H1-",
  ])
  func readsNoOtherHalfYear(_ text: String) { #expect(HalfYear(text) == nil) }

  @Test(
    arguments: [
      (111, 241, "46.06"), (63, 262, "24.05"), (0, 202, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"),
      (1, 32, "3.13"), (241, 241, "100.00"), (.max - 1, .max, "100.00"), (1, 1_000_000, "0.00"),
    ] as [(Int64, Int64, String)])
  func sharesAreWholeNumbersRoundedHalfUp(_ part: Int64, _ whole: Int64, _ text: String) {
    #expect(Percentage(part, of: whole)?.text == text)
  }

  @Test func aShareOfNothingIsNone() { #expect(Percentage(0, of: 0) == nil) }

  // MARK: - Demands

  @Test func partsOfOneReferenceAreOneDemand() {
    let report = Self.only([
      .made("A", accountCount: 2, outcome: Self.produced),
      .made("A", part: 2, received: Self.at("2021-02-01T00:00:00Z"), accountCount: 3, outcome: .refused("x")),
      .made("B", accountCount: 1, outcome: .refused("x")),
    ])
    #expect(report.total.demands == .count(2))
    #expect(report.total.accounts == .count(4))
    #expect(report.total.part == .count(1) && report.total.all == .count(0))
    #expect(report.total.records == .count(7))
    #expect(report.total.percentage?.text == "50.00")
  }

  @Test(
    arguments: [
      ([produced], "all"), ([.produced(recordCount: 1, fieldCount: 1, isPartial: true)], "part"),
      ([produced, .pending], "part"), ([.produced(recordCount: 0, fieldCount: 3, isPartial: false)], "empty"),
      ([.pending], "pending"), ([.aborted("output-failed")], "pending"), ([.refused("x")], "refused"),
      ([.refused("x"), .produced(recordCount: 0, fieldCount: 0, isPartial: true)], "empty"),
      ([.refused("x"), .pending], "pending"), ([.refused("preservation-only")], "empty"),
    ] as [([DemandHistory.Outcome], String)])
  func aDemandCountsAsOneThing(_ outcomes: [DemandHistory.Outcome], _ ending: String) {
    let row = Self.only(outcomes.enumerated().map { .made("A", part: $0 + 1, outcome: $1) }).total
    let shown = [
      ("all", row.all), ("part", row.part), ("empty", row.empty), ("refused", row.refused),
      ("pending", row.pending),
    ]
    #expect(shown.filter { $0.1 == .count(1) }.map(\.0) == [ending])
    #expect(shown.reduce(0) { $0 + ($1.1.value ?? 0) } == 1)
  }

  // MARK: - Classes

  @Test func preservationAndTreatyAreInNoTotal() {
    let report = Self.report([
      .made("A", outcome: Self.produced), .made("B", instrumentClass: .emergency, outcome: .refused("x")),
      .made("C", instrumentClass: .unknown, outcome: .refused("instrument-unknown")),
      .made("D", instrumentClass: .preservation, outcome: .refused("preservation-only")),
      .made("E", instrumentClass: .treaty, outcome: Self.produced),
    ])
    let jurisdiction = report.periods[0].jurisdictions[0]
    #expect(jurisdiction.total.demands == .count(3))
    #expect(report.periods[0].demands == .count(3))
    #expect(
      jurisdiction.rows.map(\.classes) == [
        [.legalProcess], [.emergency], [.unknown], [.preservation], [.treaty],
      ])
    #expect(jurisdiction.rows.map(\.demands) == Array(repeating: .count(1), count: 5))
  }

  @Test func aBlankIsNoZero() {
    let row = { (preserved: Int?) -> ReportRow in
      let preservation = DemandHistory(
        reference: "D", part: 1, jurisdiction: "US", instrument: "preservation",
        instrumentClass: .preservation,
        band: nil, received: Self.at("2020-08-01T00:00:00Z"), accountCount: 1,
        preservedAccountCount: preserved,
        stateAtReceipt: .active, outcome: .refused("preservation-only"))
      return Self.only([preservation]).rows[0]
    }
    #expect(row(nil).preserved == .blank)
    #expect(row(0).preserved == .count(0))
    #expect(row(2).preserved == .count(2))
    #expect(Self.only([.made("A")]).total.preserved == .blank)
  }

  // MARK: - Bands

  @Test func bandsNeverAddAndShowWithoutADemandToo() throws {
    let letter = BandedInstrument(
      jurisdiction: "US", name: "letter", instrumentClass: .legalProcess, width: 500)
    let histories =
      [DemandHistory.made("A", jurisdiction: "US", instrument: "warrant", outcome: Self.produced)]
      + (0..<612).map {
        .made(
          "L\($0)", jurisdiction: "US", instrument: "letter", band: 500, accountCount: 2,
          outcome: Self.produced)
      }
    let report = Self.report(histories, ["2020-H1", "2020-H2"], banded: [letter])
    let second = report.periods[1].jurisdictions[0]
    #expect(second.total.demands == .count(1))
    #expect(report.periods[1].demands == .count(1))
    #expect(second.bands.map(\.demands) == [500...999])
    #expect(second.bands.map(\.accounts) == [1000...1499])
    // None and a few look the same, with the policy and without it.
    #expect(report.periods[0].jurisdictions[0].bands.map(\.demands) == [0...499])
    #expect(Self.report(histories, ["2020-H1"]).periods[0].jurisdictions[0].bands.map(\.demands) == [0...499])
    #expect(Self.report([], banded: [letter]).periods[0].jurisdictions[0].bands.map(\.demands) == [0...499])
  }

  /// Demands that were registered before the policy said `report-band`, or with another width, count in the bands too.
  @Test func anInstrumentInBandsIsNeverCountedOutsideThem() {
    let histories = [
      DemandHistory.made("A", instrument: "letter", outcome: Self.produced),
      .made("B", instrument: "letter", band: 250), .made("C", instrument: "letter", band: 1000),
    ]
    let jurisdiction = Self.only(histories)
    #expect(jurisdiction.total.demands == .count(0))
    #expect(jurisdiction.bands.map(\.demands) == [0...999])
  }

  // MARK: - Status

  private static let pause = [
    StatusSpan(state: .active, from: at("2000-01-01T00:00:00Z")),
    StatusSpan(state: .pausedReview, from: at("2020-07-06T00:00:00Z")),
  ]

  @Test func aPausedJurisdictionShowsWhatItReceivedAndSinceWhenItIsPaused() {
    let report = Self.report(
      [.made("A", outcome: .refused("status-paused-review"))], ["2020-H1", "2020-H2", "2021-H1"],
      timelines: ["HK": Self.pause])
    let states = report.periods.map { $0.jurisdictions[0].states.map(\.text) }
    #expect(
      states == [
        ["active"], ["active", "paused-review since 2020-07-06"], ["paused-review since 2020-07-06"],
      ])
    #expect(report.periods[1].jurisdictions[0].total.demands == .count(1))
    #expect(report.periods[1].jurisdictions[0].total.someData == .count(0))
  }

  @Test func withoutAHistoryTheStatesAtReceiptShow() {
    let report = Self.only([
      .made("A", received: Self.at("2020-08-01T00:00:00Z"), stateAtReceipt: .pausedReview),
      .made("B", received: Self.at("2020-07-02T00:00:00Z"), stateAtReceipt: .active),
      .made("C", received: Self.at("2020-09-01T00:00:00Z"), stateAtReceipt: nil),
    ])
    #expect(report.states.map(\.text) == ["active", "paused-review", "declined"])
  }

  /// A file of its own pauses one member of a list for as long as it says so.
  @Test func theStrongestOfSeveralHistoriesHolds() {
    let own = [
      StatusSpan(state: .pausedProduction, from: Self.at("2020-03-01T00:00:00Z")),
      StatusSpan(state: .active, from: Self.at("2020-09-01T00:00:00Z")),
    ]
    #expect(
      StatusSpan.combined([Self.pause, own]).map(\.text) == [
        "active", "paused-production since 2020-03-01", "paused-review since 2020-07-06",
      ])
  }
}
