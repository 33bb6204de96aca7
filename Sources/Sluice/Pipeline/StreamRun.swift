import SluiceCrypto

/// The record path as a filter: what `minimize` runs. Not a disclosure; it makes no packet.
public struct StreamRun {
  /// What may be streamed.
  public let ruling: StreamRuling
  /// The sources, in the order in which they are read and their rows written.
  public let sources: [SourceSpecification]
  /// Every kind that the plan and the sources name, by its index.
  public let catalog: Catalog
  /// The encoding of the rows. CSV takes one kind (`kind-needed`, status 64).
  public let format: RecordFormat
  /// The only kind to write, needed for CSV; nil writes every kind.
  public let kindName: String?
  /// How the sources are read.
  public let options: RunOptions

  /// Describes a stream; nothing is opened yet, and whether `kindName` is in the plan is looked at when it is
  /// written.
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
  public func write(toDescriptor descriptor: Int32, rootKey: any RootOperations) -> DisclosureRun.Outcome {
    var outcome = DisclosureRun.Outcome()
    do throws(SluiceError) {
      let plan = try kindPlan()
      let table = try packetTable(plan, rootKey)
      let output = StreamOutput(descriptor)
      if format == .csv, let kind = plan.kinds.first {
        try output.append(CSVText.header(kind.columnNames(.csv)))
      }
      let pass = RunPass(
        sources: sources, catalog: catalog, options: options, permit: ReadPermit(ruling), table: table)
      _ = try pass.run(format: format, &outcome) { (_, rows) throws(SluiceError) in
        try output.append(rows.bytes)
      }
    } catch {
      outcome.failure = error
    }
    return outcome
  }

  /// The ruling's plan for the kinds that are asked for.
  private func kindPlan() throws(SluiceError) -> ReleasePlan {
    let kinds = ruling.plan.kinds.filter { kindName == nil || $0.kind.name == kindName }
    if let kindName, kinds.isEmpty {
      throw SluiceError(
        .usage, "kind-unknown", "the instrument grants nothing of kind \(kindName); see `sluice explain`")
    }
    guard format == .ndjson || kinds.count == 1 else {
      throw SluiceError(
        .usage, "kind-needed", "CSV has one kind of record a file; say which by --kind")
    }
    return ReleasePlan(kinds: kinds)
  }

  private func packetTable(_ plan: ReleasePlan, _ rootKey: any RootOperations) throws(SluiceError)
    -> PacketTable
  {
    do throws(CryptoError) {
      let key = try rootKey.streamKey(jurisdiction: ruling.jurisdiction, name: ruling.name)
      return try PacketTable(
        ruling, plan: plan, key: key, kindCount: catalog.kinds.count, prefixesKind: format == .ndjson)
    } catch {
      throw SluiceError(error)
    }
  }
}
