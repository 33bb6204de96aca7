/// What a run has counted so far, by source, in the order of the blocks; used by one thread at a time.
struct RunLedger {
  /// A source of fewer records is not judged by how many of them can be read.
  static let smallestProbe = 10

  private let catalog: Catalog
  private let options: RunOptions
  private let names: [String]
  private(set) var tallies: [SourceTally]
  private(set) var faults: [SluiceError] = []
  /// The sources that end without a line end, in their order.
  private(set) var openEnded: [String] = []
  private var linesBefore: [UInt64]
  private var probed: [UInt64]
  private var probedUnreadable: [UInt64]

  init(sources: [SourceSpecification], catalog: Catalog, options: RunOptions) {
    self.catalog = catalog
    self.options = options
    names = sources.map(\.name)
    tallies = sources.map { _ in SourceTally(kindCount: catalog.kinds.count) }
    linesBefore = Array(repeating: 0, count: sources.count)
    probed = Array(repeating: 0, count: sources.count)
    probedUnreadable = Array(repeating: 0, count: sources.count)
  }

  var recordCount: UInt64 { tallies.reduce(0) { $0 + $1.read } }
  var byteCount: UInt64 { tallies.reduce(0) { $0 + $1.bytes } }

  /// Adds a block. Throws where the source's first records show that it is not what its schema describes.
  mutating func add(_ result: BlockResult) throws(SluiceError) {
    guard let context = result.context else { return }
    let index = context.index
    for fault in result.faults where faults.count < BlockResult.faultCountMax {
      faults.append(describe(fault, source: index, isDelimited: !context.header.isEmpty))
    }
    if result.endsWithoutDelimiter { openEnded.append(names[index]) }
    let before = tallies[index].read
    tallies[index].add(result.tally, nameCountMax: options.limits.unknownNameCountMax)
    linesBefore[index] += result.tally.read + result.tally.blankLines
    if before < UInt64(BlockResult.probeCount) {
      let room = UInt64(BlockResult.probeCount) - before
      probed[index] += min(room, result.tally.read)
      probedUnreadable[index] += UInt64(result.unreadablePlaces.count { UInt64($0) <= room })
      if probed[index] == UInt64(BlockResult.probeCount) { try judge(index) }
    }
  }

  /// Looks at the whole once every block was added.
  func finish() throws(SluiceError) {
    for (index, tally) in tallies.enumerated() {
      guard tally.isConserved else {
        throw SluiceError(
          .bug, "not-conserved",
          "the records read are not all accounted for; nothing is sealed; please report this",
          source: names[index])
      }
      if tally.read < UInt64(BlockResult.probeCount), tally.read >= UInt64(Self.smallestProbe) {
        try judge(index)
      }
      if options.isStrict { try refuseUnknown(index) }
    }
    let bad = rejectedCount
    guard bad <= recordCount / UInt64(options.limits.recordsPerRejected) else {
      throw SluiceError(
        .rejected, "too-many-rejected",
        "\(bad) of \(recordCount) records could not be read, more than --max-rejected allows; nothing is "
          + "sealed; see the first of them above, or raise --max-rejected"
      )
    }
  }

  /// Records that were unreadable, or rejected by at least one packet.
  var rejectedCount: UInt64 { tallies.reduce(0) { $0 + $1.unreadableCount + $1.rejected } }

  private func judge(_ index: Int) throws(SluiceError) {
    guard probedUnreadable[index] * 2 > probed[index] else { return }
    let code = tallies[index].unreadable.max {
      $0.value < $1.value || ($0.value == $1.value && $0.key.rawValue > $1.key.rawValue)
    }
    throw SluiceError(
      .input, "source-mismatch",
      "more than half of its first \(probed[index]) records could not be read"
        + " (most often \(code?.key.code ?? "unreadable")); check that the schema and the format are those of this source",
      source: names[index])
  }

  private func refuseUnknown(_ index: Int) throws(SluiceError) {
    let tally = tallies[index]
    let unknownKinds = tally.kinds[catalog.kinds.count].read
    let unknownFields =
      tally.unknownFields.values.reduce(0, +) + tally.unprintableFields + tally.moreFields
    guard unknownKinds > 0 || unknownFields > 0 else { return }
    throw SluiceError(
      .input, "strict-unknown",
      "it holds \(unknownKinds) records of kinds and \(unknownFields) values of fields that its schema does not "
        + "know; add them to the schema or run without --strict", source: names[index])
  }

  private func describe(_ fault: BlockResult.Fault, source: Int, isDelimited: Bool) -> SluiceError {
    let field =
      fault.kind >= 0 && fault.field >= 0
      ? catalog.kinds[Int(fault.kind)].fields[Int(fault.field)].name : nil
    return SluiceError(
      .rejected, fault.code.code, fault.code.sentence, source: names[source],
      record: linesBefore[source] + fault.record + (isDelimited ? 1 : 0), byteOffset: fault.byteOffset,
      field: field)
  }
}

extension SourceTally {
  /// Adds a block's counts; names of unknown fields beyond `nameCountMax` are counted together.
  mutating func add(_ other: SourceTally, nameCountMax: Int) {
    for index in kinds.indices {
      kinds[index].read += other.kinds[index].read
      kinds[index].outOfReach += other.kinds[index].outOfReach
      kinds[index].reached += other.kinds[index].reached
      kinds[index].unreadable += other.kinds[index].unreadable
    }
    unreadable.merge(other.unreadable, uniquingKeysWith: +)
    rejected += other.rejected
    blankLines += other.blankLines
    bytes += other.bytes
    unprintableFields += other.unprintableFields
    moreFields += other.moreFields
    neverFields.merge(other.neverFields, uniquingKeysWith: +)
    for (name, count) in other.unknownFields.sorted(by: { $0.key < $1.key }) {
      if unknownFields[name] != nil || unknownFields.count < nameCountMax {
        unknownFields[name, default: 0] += count
      } else {
        moreFields += count
      }
    }
  }
}
