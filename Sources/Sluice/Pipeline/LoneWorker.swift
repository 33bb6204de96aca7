import SluiceCrypto

/// One worker of a run, without the threads, the reading and the writing around it: what benchmarks measure and what the
/// test of allocations counts.
///
/// It stands in this module because the record path is specialised here for its format; called from another module it
/// would run unspecialised, and the figures would be another program's.
package final class LoneWorker {
  /// What a block came to.
  package struct BlockCounts: Equatable {
    package var read: UInt64
    package var reached: UInt64
    package var unreadable: UInt64
    package var rowByteCount: Int

    package init(read: UInt64 = 0, reached: UInt64 = 0, unreadable: UInt64 = 0, rowByteCount: Int = 0) {
      (self.read, self.reached) = (read, reached)
      (self.unreadable, self.rowByteCount) = (unreadable, rowByteCount)
    }
  }

  private let context: SourceContext
  private let result: BlockResult
  /// The path of the format that is written; the other one is nil.
  private var ndjson: RecordPath<NDJSONRow>?
  private var csv: RecordPath<CSVRow>?

  /// Creates a worker for the packets of granted demands.
  ///
  /// - Parameter header: the columns of a CSV source; empty for NDJSON.
  package convenience init(
    _ rulings: [GrantedRuling], source: SourceSpecification, header: [[UInt8]] = [], catalog: Catalog,
    format: RecordFormat, rootKey: any RootOperations, leakGate: LeakGate? = nil
  ) throws(CryptoError) {
    var keys: [CaseKey] = []
    for ruling in rulings {
      keys.append(
        try rootKey.caseKey(jurisdiction: ruling.demand.jurisdiction, reference: ruling.demand.reference))
    }
    let table = try PacketTable(rulings, keys: keys, kindCount: catalog.kinds.count, leakGate: leakGate)
    self.init(table, source, header, catalog, format)
  }

  /// Creates a worker for the one stream of a ruling.
  package convenience init(
    _ ruling: StreamRuling, source: SourceSpecification, header: [[UInt8]] = [], catalog: Catalog,
    format: RecordFormat, rootKey: any RootOperations
  ) throws(CryptoError) {
    let key = try rootKey.streamKey(jurisdiction: ruling.jurisdiction, name: ruling.name)
    let table = try PacketTable(
      ruling, plan: ruling.plan, key: key, kindCount: catalog.kinds.count, prefixesKind: format == .ndjson)
    self.init(table, source, header, catalog, format)
  }

  private init(
    _ table: PacketTable, _ source: SourceSpecification, _ header: [[UInt8]], _ catalog: Catalog,
    _ format: RecordFormat
  ) {
    let access = SchemaAccess(schema: catalog.schemas[source.schemaIndex], catalog: catalog)
    let kindCount = catalog.kinds.count
    context = SourceContext(index: 0, specification: source, access: access, header: header)
    result = BlockResult(kindCount: kindCount)
    switch format {
    case .ndjson:
      ndjson = RecordPath(table: table, catalogKindCount: kindCount, limits: Limits(), access: access)
    case .csv:
      csv = RecordPath(table: table, catalogKindCount: kindCount, limits: Limits(), access: access)
    }
  }

  /// Takes a block through the path.
  package func run(_ block: borrowing Block) throws(CryptoError) -> BlockCounts {
    try ndjson?.run(block, context, into: result)
    try csv?.run(block, context, into: result)
    let counts = result.tally.kinds
    return BlockCounts(
      read: counts.reduce(0) { $0 + $1.read }, reached: counts.reduce(0) { $0 + $1.reached },
      unreadable: counts.reduce(0) { $0 + $1.unreadable }, rowByteCount: result.output.count)
  }

  /// The rows of the last block, whoever's they are; valid until the next one.
  package var rows: UnsafeRawBufferPointer { result.output.bytes }
}
