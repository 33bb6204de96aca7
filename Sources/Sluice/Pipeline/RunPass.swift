/// What the pass over the sources counted for each packet.
struct RunTotals {
  var tallies: [PacketTally]
  /// For each packet, whether a record that may have concerned it could not be read.
  var hasUnreadable: [Bool]
}

/// The one pass over the sources of a run, whoever takes the rows.
struct RunPass {
  let sources: [SourceSpecification]
  let catalog: Catalog
  let options: RunOptions
  let permit: ReadPermit
  let table: PacketTable

  /// Reads the sources to their end. What was counted is in the outcome, also where it throws.
  func run(
    format: RecordFormat, _ outcome: inout DisclosureRun.Outcome,
    _ take: @escaping (_ packet: Int, _ rows: consuming ReleasedRows) throws(SluiceError) -> Void
  ) throws(SluiceError) -> RunTotals {
    switch format {
    case .ndjson: try run(NDJSONRow.self, &outcome, take)
    case .csv: try run(CSVRow.self, &outcome, take)
    }
  }

  private func run<Row: RowEncoding>(
    _: Row.Type, _ outcome: inout DisclosureRun.Outcome,
    _ take: @escaping (_ packet: Int, _ rows: consuming ReleasedRows) throws(SluiceError) -> Void
  ) throws(SluiceError) -> RunTotals {
    let accesses = catalog.schemas.map { SchemaAccess(schema: $0, catalog: catalog) }
    let cursor = SourceCursor(sources, accesses: accesses, permit: permit, options: options)
    let progress = options.onProgress
    var ledger = RunLedger(sources: sources, catalog: catalog, options: options)
    var totals: RunTotals?
    var failure: SluiceError?
    do throws(SluiceError) {
      totals = try BlockPipeline<Row>(
        table: table, catalog: catalog, options: options, accesses: accesses, cursor: cursor,
        commit: { (result, fraction) throws(SluiceError) in
          try ledger.add(result)
          try result.eachRows(take)
          progress?(
            RunProgress(recordCount: ledger.recordCount, byteCount: ledger.byteCount, fraction: fraction))
        }
      ).run()
      try ledger.finish()
    } catch {
      failure = error
    }
    outcome.sources = sources.indices.map {
      OperatorReport.Source(name: sources[$0].name, tally: ledger.tallies[$0], digest: cursor.digests[$0])
    }
    outcome.faults = ledger.faults
    outcome.recordCount = ledger.recordCount
    outcome.tallies = totals?.tallies ?? []
    if let failure { throw failure }
    outcome.warnings = warnings(ledger)
    guard let totals else { preconditionFailure("a pass ends with totals or an error") }
    return totals
  }

  private func warnings(_ ledger: RunLedger) -> [String] {
    var warnings = ledger.openEnded.map {
      "\($0) ends without a line end; check that it was written to its end"
    }
    if ledger.rejectedCount > 0 {
      warnings.append(
        "\(ledger.rejectedCount) of \(ledger.recordCount) records could not be read; the first are told with their places"
      )
    }
    let unknownKinds = ledger.tallies.reduce(0) { $0 + $1.kinds[catalog.kinds.count].read }
    if unknownKinds > 0 { warnings.append("\(unknownKinds) records are of kinds that no schema has") }
    let unknownFields = Set(ledger.tallies.flatMap(\.unknownFields.keys)).sorted()
    if !unknownFields.isEmpty {
      warnings.append("fields that no schema has were left out: \(unknownFields.joined(separator: ", "))")
    }
    let unnamed = ledger.tallies.reduce(0) { $0 + $1.unprintableFields + $1.moreFields }
    if unnamed > 0 { warnings.append("\(unnamed) values of fields whose names are not shown were left out") }
    return warnings
  }
}
