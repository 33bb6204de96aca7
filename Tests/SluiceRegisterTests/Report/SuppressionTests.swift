import Sluice
import SluiceRegister
import Testing

/// No small count can be read in a report with a threshold, or worked out from it.
struct SuppressionTests {
  /// A linear congruential generator: the same numbers for the same seed.
  private struct Random {
    var state: UInt64
    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    /// Often nothing, often few, sometimes many.
    mutating func count() -> Int {
      switch next(below: 5) {
      case 0, 1: 0
      case 2, 3: 1 + next(below: 6)
      default: 5 + next(below: 40)
      }
    }
  }

  private static func histories(seed: UInt64) -> [DemandHistory] {
    var random = Random(state: seed)
    var histories: [DemandHistory] = []
    let outcomes: [DemandHistory.Outcome] = [
      .produced(recordCount: 3, fieldCount: 2, isPartial: false),
      .produced(recordCount: 5, fieldCount: 1, isPartial: true),
      .produced(recordCount: 0, fieldCount: 0, isPartial: false), .pending, .refused("document-missing"),
      .refused("period-too-long"), .refused("status-paused-review"), .aborted("output-failed"),
    ]
    for jurisdiction in ["AT", "BE", "DE", "FR", "IE"].prefix(1 + random.next(below: 5)) {
      for name in [InstrumentClass.legalProcess, .emergency, .unknown, .treaty]
      where random.next(below: 3) > 0 {
        for outcome in outcomes where random.next(below: 2) == 0 {
          for _ in 0..<random.count() {
            histories.append(
              .made(
                "\(jurisdiction)-\(histories.count)", jurisdiction: jurisdiction, instrumentClass: name,
                received: Instant(seconds: 1_600_000_000), accountCount: random.next(below: 3),
                outcome: outcome))
          }
        }
      }
    }
    return histories
  }

  private static let period = [HalfYear("2020-H2")!]

  @Test(arguments: 0..<400)
  func nothingHiddenCanBeWorkedOut(_ seed: Int) throws {
    let histories = Self.histories(seed: UInt64(seed))
    let threshold = 3 + seed % 8
    let whole = TransparencyReport(histories, periods: Self.period)
    let report = TransparencyReport(histories, periods: Self.period, suppressBelow: threshold)
    let attack = SuppressionAttack(report.periods[0], truth: whole.periods[0])
    #expect(attack.found() == [], "seed \(seed), threshold \(threshold)")
    #expect(attack.smallShown(below: Int64(threshold)) == [], "seed \(seed), threshold \(threshold)")
    #expect(attack.smallSums(below: Int64(threshold)) == [], "seed \(seed), threshold \(threshold)")
    for jurisdiction in report.periods[0].jurisdictions {
      for row in [jurisdiction.total] + jurisdiction.rows where row.percentage != nil {
        #expect(row.demands.value != nil && row.someData.value != nil, "seed \(seed)")
      }
    }
  }

  /// The attack is no use if it finds nothing where something is to be found: a total beside one hidden row.
  @Test func theAttackFindsWhatASumGivesAway() throws {
    let histories = Self.demands(201, .legalProcess) + Self.demands(10, .emergency)
    let whole = TransparencyReport(histories, periods: Self.period)
    let hidden = TransparencyReport(histories, periods: Self.period, suppressBelow: 11)
    let (report, truth) = (hidden.periods[0].jurisdictions[0], whole.periods[0].jurisdictions[0])
    let careless = TransparencyReport.JurisdictionReport(
      code: "HK", name: "Hong Kong", states: [], total: truth.total, rows: [truth.rows[0], report.rows[1]],
      merged: nil, bands: [])
    let published = TransparencyReport.PeriodReport(
      period: Self.period[0], demands: .count(211), accounts: .count(211), someData: .count(0),
      percentage: nil, jurisdictions: [careless])
    let attack = SuppressionAttack(published, truth: whole.periods[0])
    let found = Set(attack.found().map(\.description))
    #expect(found.isSuperset(of: ["HK/emergency/demands", "HK/emergency/refused", "HK/emergency/accounts"]))
  }

  private static func demands(
    _ count: Int, _ name: InstrumentClass, jurisdiction: String = "HK",
    _ outcome: DemandHistory.Outcome = .refused("status-paused-review")
  ) -> [DemandHistory] {
    (0..<count).map {
      .made(
        "\(name)-\(outcome)-\($0)", jurisdiction: jurisdiction, instrumentClass: name,
        received: Instant(seconds: 1_600_000_000), outcome: outcome)
    }
  }

  @Test func aFewEmergenciesHideTheNextClassAndTheTotalStays() {
    let histories = Self.demands(201, .legalProcess) + Self.demands(1, .emergency)
    let report = TransparencyReport(histories, periods: Self.period, suppressBelow: 5)
    let jurisdiction = report.periods[0].jurisdictions[0]
    #expect(jurisdiction.total.demands == .count(202))
    #expect(jurisdiction.rows.map(\.demands) == [.suppressed, .suppressed])
    #expect(jurisdiction.merged?.classes == [.legalProcess, .emergency])
    #expect(jurisdiction.merged?.refused == .count(202))
    #expect(jurisdiction.total.reasons.map(\.code) == ["status-paused-review"])
    #expect(report.periods[0].demands == .count(202))
    #expect(report.isSuppressed)
  }

  @Test func aFewPendingHideTheOnesWithoutDataAndTheShareStays() {
    let histories =
      Self.demands(230, .legalProcess, .produced(recordCount: 1, fieldCount: 1, isPartial: false))
      + Self.demands(268, .legalProcess) + Self.demands(2, .legalProcess, .pending)
    let row = TransparencyReport(histories, periods: Self.period, suppressBelow: 5).periods[0].jurisdictions[
      0
    ].total
    #expect(row.percentage?.text == "46.00")
    #expect(row.pending == .suppressed && row.noData == .suppressed && row.refused == .suppressed)
    #expect(row.suppressed == ["no-data", "nothing-in-reach", "refused", "reasons", "pending"])
  }

  @Test func aSmallJurisdictionHidesTheNextSoThatTheSumOfAllStays() {
    let histories =
      Self.demands(500, .legalProcess, jurisdiction: "DE")
      + Self.demands(2, .legalProcess, jurisdiction: "FJ")
      + Self.demands(7, .legalProcess, jurisdiction: "IE")
    let period = TransparencyReport(histories, periods: Self.period, suppressBelow: 5).periods[0]
    #expect(period.demands == .count(509))
    #expect(period.jurisdictions.map(\.total.demands) == [.suppressed, .count(500), .suppressed])
  }

  /// Where the next is half of everything, the sum is hidden in its place.
  @Test func theSumHidesWhereTheNextIsLarge() {
    let histories =
      Self.demands(500, .legalProcess, jurisdiction: "DE")
      + Self.demands(2, .legalProcess, jurisdiction: "FJ")
    let period = TransparencyReport(histories, periods: Self.period, suppressBelow: 5).periods[0]
    #expect(period.demands == .suppressed)
    #expect(period.jurisdictions.map(\.total.demands) == [.suppressed, .count(500)])
  }

  @Test func zeroIsShownAndNoThresholdHidesNothing() {
    let histories = Self.demands(1, .legalProcess)
    #expect(!TransparencyReport(histories, periods: Self.period).isSuppressed)
    let other = TransparencyReport(
      histories, periods: [HalfYear("2020-H1")!, HalfYear("2020-H2")!], suppressBelow: 5)
    #expect(other.periods[0].demands == .count(0))
    #expect(other.periods[1].demands == .suppressed)
  }

  @Test func fewRefusalsForOneReasonAreMerged() {
    let histories =
      Self.demands(20, .legalProcess, .refused("document-missing"))
      + Self.demands(2, .legalProcess, .refused("period-too-long"))
      + Self.demands(6, .legalProcess, .refused("official-missing"))
    let row = TransparencyReport(histories, periods: Self.period, suppressBelow: 5).periods[0].jurisdictions[
      0
    ].total
    #expect(row.reasons.map(\.code) == ["document-missing", "other-reasons"])
    #expect(row.reasons.map(\.count) == [20, 8])
  }
}
