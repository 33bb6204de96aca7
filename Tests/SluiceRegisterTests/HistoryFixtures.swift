import Sluice
import SluiceRegister

extension DemandHistory {
  /// A demand of which a test states only what matters to it.
  static func made(
    _ reference: String, part: Int = 1, jurisdiction: String = "HK", instrument: String = "search-warrant",
    instrumentClass: InstrumentClass = .legalProcess, band: Int? = nil,
    received: Instant = Instant(seconds: 1_593_561_600), accountCount: Int = 1,
    stateAtReceipt: StatusEntry.State? = .active, outcome: Outcome = .pending
  ) -> DemandHistory {
    DemandHistory(
      reference: reference, part: part, jurisdiction: jurisdiction, instrument: instrument,
      instrumentClass: instrumentClass, band: band, received: received, accountCount: accountCount,
      stateAtReceipt: stateAtReceipt, outcome: outcome)
  }
}
