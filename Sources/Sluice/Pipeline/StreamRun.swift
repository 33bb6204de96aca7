import SluiceCrypto

/// The record path as a filter: what `minimize` runs. Not a disclosure; it makes no packet.
public struct StreamRun {
  public let ruling: StreamRuling
  public let sources: [SourceSpecification]
  public let catalog: Catalog
  public let format: RecordFormat
  /// The only kind to write, needed for CSV; nil writes every kind.
  public let kindName: String?
  public let options: RunOptions

  public init(
    ruling: StreamRuling, sources: [SourceSpecification], catalog: Catalog, format: RecordFormat,
    kindName: String?, options: RunOptions
  ) {
    self.ruling = ruling
    self.sources = sources
    self.catalog = catalog
    self.format = format
    self.kindName = kindName
    self.options = options
  }

  /// Reads every source once and writes the released rows, in the order of the sources, to a descriptor.
  ///
  /// Rows already written stay written where the run fails; `Outcome.failure` says that they are not the whole.
  public func write(toDescriptor descriptor: Int32, rootKey: RootKey) -> DisclosureRun.Outcome {
    preconditionFailure("pending")
  }
}
