import Sluice
import SluiceRegister

/// A register's demands with something of everything: Hong Kong as it was published, and invented ones of the US.
enum ReportFixtures {
  static func at(_ text: String) -> Instant { Instant(rfc3339: text)! }

  static let timelines = [
    "HK": [
      StatusSpan(state: .active, from: at("2000-01-01T00:00:00Z")),
      StatusSpan(state: .pausedReview, from: at("2020-07-06T00:00:00Z")),
    ]
  ]

  static let histories: [DemandHistory] =
    demands(111, "HK", at("2019-09-01T00:00:00Z"), produced) + demands(130, "HK", at("2019-10-01T00:00:00Z"))
    + demands(63, "HK", at("2020-03-01T00:00:00Z"), produced) + demands(199, "HK", at("2020-04-01T00:00:00Z"))
    + demands(180, "HK", at("2020-09-01T00:00:00Z"), paused)
    + demands(21, "HK", at("2020-10-01T00:00:00Z"), paused, accounts: 2)
    + demands(1, "HK", at("2020-11-01T00:00:00Z"), paused, .emergency)
    + demands(9, "US", at("2020-09-01T00:00:00Z"), produced)
    + demands(6, "US", at("2020-09-02T00:00:00Z"), .refused("preservation-only"), .preservation)
    + demands(7, "US", at("2020-09-03T00:00:00Z"), .pending, .treaty)
    + demands(
      3, "US", at("2020-09-04T00:00:00Z"), produced, instrument: "national-security-letter", band: 500)

  private static let produced = DemandHistory.Outcome.produced(
    recordCount: 12, fieldCount: 4, isPartial: false)
  private static let paused = DemandHistory.Outcome.refused("status-paused-review")

  private static func demands(
    _ count: Int, _ jurisdiction: String, _ received: Instant,
    _ outcome: DemandHistory.Outcome = .refused("document-missing"), _ name: InstrumentClass = .legalProcess,
    accounts: Int = 1, instrument: String = "search-warrant", band: Int? = nil
  ) -> [DemandHistory] {
    (0..<count).map {
      .made(
        "\(jurisdiction)-\(received.seconds)-\($0)", jurisdiction: jurisdiction, instrument: instrument,
        instrumentClass: name, band: band, received: received, accountCount: accounts, outcome: outcome)
    }
  }
}
