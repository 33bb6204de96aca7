/// Opens the sources of a run one after the other and gives out their blocks in order. Used under a lock.
final class SourceCursor {
  private let sources: [SourceSpecification]
  private let accesses: [SchemaAccess]
  private let permit: ReadPermit
  private let options: RunOptions
  private var next = 0
  private var blocks: BlockReader?
  private var context: SourceContext?
  /// For each source its SHA-256, once it was read to its end and if the run asks for it.
  private(set) var digests: [[UInt8]?]

  init(
    _ sources: [SourceSpecification], accesses: [SchemaAccess], permit: ReadPermit, options: RunOptions
  ) {
    self.sources = sources
    self.accesses = accesses
    self.permit = permit
    self.options = options
    digests = Array(repeating: nil, count: sources.count)
  }

  /// Fills a block with the next whole records of the run; nil at the end of the last source.
  func next(into block: inout Block) throws(SluiceError) -> SourceContext? {
    while true {
      if let blocks, let context {
        if try blocks.next(into: &block) { return context }
        try blocks.source.finish()
        digests[context.index] = blocks.source.digest
        self.blocks = nil
      }
      guard next < sources.count else { return nil }
      try open(next)
      next += 1
    }
  }

  /// How much of the sources has been read, 0 to 1 by their number and the size of the one at hand.
  var fraction: Double? {
    guard let source = blocks?.source, let total = source.totalByteCount, total > 0 else { return nil }
    let done = Double(source.compressedByteCount ?? source.byteCountRead) / Double(total)
    return (Double(next - 1) + min(1, done)) / Double(sources.count)
  }

  private func open(_ index: Int) throws(SluiceError) {
    let specification = sources[index]
    let reader = try SourceReader(
      specification, permit: permit, limits: options.limits, readSizeMax: options.readByteCountMax,
      isDigested: options.digestsSources)
    let blocks = BlockReader(reader, sourceIndex: index, limits: options.limits)
    let access = accesses[specification.schemaIndex]
    var header: [[UInt8]] = []
    if specification.format != .ndjson {
      header = try CSVHeader.read(from: blocks)
      try CSVHeader.check(header, of: specification, access.layout)
    }
    context = SourceContext(index: index, specification: specification, access: access, header: header)
    self.blocks = blocks
  }
}
