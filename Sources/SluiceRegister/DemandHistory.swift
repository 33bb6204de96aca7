import Sluice

/// What the register knows of one demand, as transparency reports count it. It names no subject and no record.
public struct DemandHistory: Hashable, Sendable {
  /// The provider's own reference of the demand.
  public let reference: String
  /// 1, or 2 and above for a further packet under the same reference; parts are one demand of a report.
  public let part: Int
  /// The issuing state, an ISO 3166-1 code.
  public let jurisdiction: String
  /// The instrument's name, as the demand gives it; the policy may not know it.
  public let instrument: String
  /// What the instrument counts as.
  public let instrumentClass: InstrumentClass
  /// Where the law lets only a band be published: its width, for example 500. Nil for an exact count.
  public let band: Int?
  /// When the demand was received: the half-year it counts in is that of this instant, UTC.
  public let received: Instant
  /// Accounts that the demand names, one named twice counted once.
  public let accountCount: Int
  /// Accounts whose records were kept for a preservation demand; nil where the register was not told, which a
  /// report shows as a blank and not as a zero.
  public let preservedAccountCount: Int?
  /// The state of the jurisdiction when the demand was received; nil where no policy serves it.
  public let stateAtReceipt: StatusEntry.State?
  /// What became of it so far.
  public let outcome: Outcome

  /// What became of a demand.
  public enum Outcome: Hashable, Sendable {
    /// Received, and neither refused nor answered yet.
    case pending
    /// Refused as a whole, with the code.
    case refused(String)
    /// Answered by a packet. Some data was produced where `recordCount` is above zero; `isPartial` where a category or a
    /// subject of the demand was refused.
    case produced(recordCount: Int64, fieldCount: Int, isPartial: Bool)
    /// Granted, and no packet came of it, or with `folder-lost` none that is known of; a later run may still answer it.
    case aborted(String)
  }

  /// A history as it is told; nothing of it is checked.
  public init(
    reference: String, part: Int, jurisdiction: String, instrument: String, instrumentClass: InstrumentClass,
    band: Int?, received: Instant, accountCount: Int, preservedAccountCount: Int? = nil,
    stateAtReceipt: StatusEntry.State?, outcome: Outcome
  ) {
    self.reference = reference
    self.part = part
    self.jurisdiction = jurisdiction
    self.instrument = instrument
    self.instrumentClass = instrumentClass
    self.band = band
    self.received = received
    self.accountCount = accountCount
    self.stateAtReceipt = stateAtReceipt
    self.outcome = outcome
    self.preservedAccountCount = preservedAccountCount
  }
}
