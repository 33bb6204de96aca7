import SluiceCrypto

/// One pass over the sources for a batch of granted demands.
public struct DisclosureRun {
  public let rulings: [GrantedRuling]
  public let sources: [SourceSpecification]
  public let catalog: Catalog
  public let facts: RunFacts
  public let options: RunOptions

  public init(
    rulings: [GrantedRuling], sources: [SourceSpecification], catalog: Catalog, facts: RunFacts,
    options: RunOptions
  ) {
    self.rulings = rulings
    self.sources = sources
    self.catalog = catalog
    self.facts = facts
    self.options = options
  }

  /// Reads every source once and seals a packet for each ruling.
  public func seal(rootKey: RootKey, in folder: PacketFolder) -> Outcome { preconditionFailure("pending") }

  /// Reads every source once and counts, without writing a packet or keeping a value.
  public func preview(rootKey: RootKey) -> Outcome { preconditionFailure("pending") }

  /// What became of the run.
  public struct Outcome: Sendable {
    /// In the order of the rulings; empty where `failure` stopped the run before any packet.
    public internal(set) var answers: [OperatorReport.Answer] = []
    /// In the order of the rulings, indexed by the catalog's kinds.
    public internal(set) var tallies: [PacketTally] = []
    /// In the order of the sources.
    public internal(set) var sources: [OperatorReport.Source] = []
    /// Sentences for a person, without a value from a record.
    public internal(set) var warnings: [String] = []
    /// The first records that could not be read, with their places.
    public internal(set) var faults: [SluiceError] = []
    /// Records read.
    public internal(set) var recordCount: UInt64 = 0
    /// What stopped the run as a whole: then nothing was sealed.
    public internal(set) var failure: SluiceError?
  }
}
