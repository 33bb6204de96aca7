import Glibc

/// The released rows of one kind in one packet, on their way to the kind's file.
///
/// Rows come in source order, whole, each ended by LF. Where that order may leave they go to the file as they
/// come; else they are sorted by their bytes: in memory while they fit there, otherwise in sorted runs that
/// lie beside the packet and are merged at the end, so memory stays bounded however many rows there are.
///
/// One thread at a time appends and finishes; `SpoolMemory` lets another one write held rows out meanwhile.
final class RowSpool {
  let isSorted: Bool
  private(set) var rowCount: UInt64 = 0
  /// What the held rows take.
  private(set) var heldByteCount = 0

  private let ruling: GrantedRuling
  /// The kind's place in the ruling's plan.
  private let place: Int
  private let format: RecordFormat
  private let memory: SpoolMemory
  let partial: PartialPacket
  private var held = HeldRows()
  private var output: OutputFile?
  private var runs: [RowMerge.Run] = []

  /// Rows that are not sorted and come in pieces as large as this are written as they come.
  private static let directByteCountMin = 256 << 10

  init(
    _ ruling: GrantedRuling, kind place: Int, format: RecordFormat, memory: SpoolMemory,
    partial: PartialPacket
  ) {
    self.ruling = ruling
    self.place = place
    self.format = format
    isSorted = ruling.plan.kinds[place].isSorted
    self.memory = memory
    self.partial = partial
  }

  deinit { memory.give(heldByteCount, of: self) }

  private var plan: KindPlan { ruling.plan.kinds[place] }

  /// Takes whole rows. Throws the failure that an earlier writing of this packet's rows met.
  func append(_ rows: UnsafeRawBufferPointer) throws(SluiceError) {
    guard let last = rows.last else { return }
    precondition(last == UInt8(ascii: "\n"), "rows are whole")
    if let failure = partial.failure { throw failure }
    let count = lineCount(rows)
    rowCount += UInt64(count)
    if !isSorted, rows.count >= Self.directByteCountMin {
      try writeNow(rows)
      return
    }
    let sortByteCount = isSorted ? count * RowSort.byteCountPerRow : 0
    memory.makeRoom(for: held.growth(rows.count) + sortByteCount)
    if let failure = partial.failure { throw failure }
    let byteCount = held.append(rows, rowCount: count) + sortByteCount
    memory.take(byteCount, for: self)
    heldByteCount += byteCount
  }

  /// Gives the held rows away, to be written.
  func takeHeld() -> HeldRows {
    let rows = held
    held = HeldRows()
    heldByteCount = 0
    return rows
  }

  /// Writes rows that were held.
  func write(_ rows: HeldRows) throws(SluiceError) {
    if rows.isEmpty { return }
    let output = try isSorted ? openRuns() : openOutput()
    if isSorted {
      try rows.eachSortedRow { row throws(SluiceError) in try output.append(row) }
      runs.append(RowMerge.Run(byteCount: rows.byteCount, checksum: try output.takeChecksum()))
    } else {
      try rows.eachChunk { rows throws(SluiceError) in try output.append(rows) }
    }
    try output.suspend()
  }

  /// Takes note that rows could not be written.
  func fail(_ error: SluiceError) {
    output = nil
    partial.fail(error)
  }

  /// Writes the rest, in order, and returns what was written; `columns` are the file's.
  func finish(_ columns: RecordCheck.Columns) throws(SluiceError) -> WrittenFile {
    memory.finishWriting(of: partial)
    if let failure = partial.failure { throw failure }
    let byteCount = heldByteCount
    let rows = takeHeld()
    defer { memory.give(byteCount, of: self) }
    if !isSorted {
      try write(rows)
    } else if runs.isEmpty {
      let output = try openOutput()
      try rows.eachSortedRow { row throws(SluiceError) in try output.append(row) }
    } else {
      try write(rows)
      try mergeRuns()
    }
    let output = try openOutput()
    // Ten thousand sealed packets keep no buffer each.
    self.output = nil
    return try output.finish(columns)
  }

  /// Forgets the rows; nothing more is written.
  func abandon() {
    memory.finishWriting(of: partial)
    output = nil
    memory.give(heldByteCount, of: self)
    _ = takeHeld()
  }

  /// Writes what is held, then these rows.
  private func writeNow(_ rows: UnsafeRawBufferPointer) throws(SluiceError) {
    memory.finishWriting(of: partial)
    if let failure = partial.failure { throw failure }
    memory.give(heldByteCount, of: self)
    do throws(SluiceError) {
      try write(takeHeld())
      let output = try openOutput()
      try output.append(rows)
      try output.suspend()
    } catch {
      fail(error)
      throw error
    }
  }

  /// The kind's file, made at the first call; the header of a CSV file takes no part in sorting.
  private func openOutput() throws(SluiceError) -> OutputFile {
    if let output {
      try output.resume()
      return output
    }
    let output = try partial.file(RecordCheck.path(of: plan.kind.name, format), for: .records)
    if format == .csv { try output.append(CSVText.header(plan.columnNames(format))) }
    self.output = output
    return output
  }

  private func openRuns() throws(SluiceError) -> OutputFile {
    if let output {
      try output.resume()
      return output
    }
    let output = try partial.rowsFile(plan.kind.name)
    self.output = output
    return output
  }

  /// Merges the sorted runs into the kind's file; many runs go through passes of `RowMerge.runCountMax`.
  private func mergeRuns() throws(SluiceError) {
    guard var file = output else { preconditionFailure("there are runs") }
    output = nil
    var pass = 1
    while runs.count > RowMerge.runCountMax {
      pass += 1
      let merged = try partial.rowsFile("\(plan.kind.name).\(pass)")
      var mergedRuns: [RowMerge.Run] = []
      var offset = 0
      for start in stride(from: 0, to: runs.count, by: RowMerge.runCountMax) {
        let some = runs[start..<min(start + RowMerge.runCountMax, runs.count)]
        try merge(file, some, from: offset, into: merged)
        let byteCount = some.reduce(0) { $0 + $1.byteCount }
        mergedRuns.append(RowMerge.Run(byteCount: byteCount, checksum: try merged.takeChecksum()))
        offset += byteCount
      }
      try merged.suspend()
      try partial.layer.removeTree(file.path, at: partial.descriptor)
      (file, runs) = (merged, mergedRuns)
    }
    try merge(file, runs[...], from: 0, into: try openOutput())
    try partial.layer.removeTree(file.path, at: partial.descriptor)
  }

  private func merge(
    _ waiting: OutputFile, _ runs: ArraySlice<RowMerge.Run>, from offset: Int, into target: OutputFile
  ) throws(SluiceError) {
    let file = try partial.layer.openToRead(waiting.path, at: partial.descriptor)
    let relay = RowRelay { rows throws(SluiceError) in try target.append(rows) }
    defer { relay.end() }
    try RowMerge.merge(file, partial.layer, runs, from: offset, name: waiting.path) {
      row throws(SluiceError) in try relay.append(row)
    }
    try relay.finish()
  }
}

/// How many lines end in some bytes.
package func lineCount(_ bytes: UnsafeRawBufferPointer) -> Int {
  guard var position = bytes.baseAddress else { return 0 }
  let end = position + bytes.count
  var count = 0
  while let found = memchr(position, 0x0A, end - position) {
    count += 1
    position = UnsafeRawPointer(found) + 1
  }
  return count
}
