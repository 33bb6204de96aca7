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

  private let columns: RecordCheck.Columns
  private let memory: SpoolMemory
  let partial: PartialPacket
  private let runsName: String
  private var held = HeldRows()
  private var output: OutputFile?
  /// Looks at the rows on their way to the kind's file.
  private var check: RowCheck?
  private var runByteCounts: [Int] = []

  /// Rows that are not sorted and come in pieces as large as this are written as they come.
  private static let directByteCountMin = 256 << 10

  init(_ plan: KindPlan, format: RecordFormat, memory: SpoolMemory, partial: PartialPacket) {
    columns = RecordCheck.Columns(kind: plan.kind.name, format, PacketTables.rows(plan, format))
    runsName = plan.kind.name
    isSorted = plan.isSorted
    self.memory = memory
    self.partial = partial
  }

  deinit { memory.give(heldByteCount, of: self) }

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
    let byteCount = rows.count + (isSorted ? count * RowSort.byteCountPerRow : 0)
    memory.take(byteCount, for: self)
    if let failure = partial.failure { throw failure }
    held.append(rows, rowCount: count)
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
      runByteCounts.append(rows.byteCount)
    } else {
      try rows.eachChunk { rows throws(SluiceError) in try put(rows, output) }
    }
    try output.suspend()
  }

  /// Takes note that rows could not be written.
  func fail(_ error: SluiceError) {
    output = nil
    partial.fail(error)
  }

  /// Writes the rest, in order, and returns what was written.
  func finish() throws(SluiceError) -> WrittenFile {
    memory.finishWriting(of: partial)
    if let failure = partial.failure { throw failure }
    let byteCount = heldByteCount
    let rows = takeHeld()
    defer { memory.give(byteCount, of: self) }
    if !isSorted {
      try write(rows)
    } else if runByteCounts.isEmpty {
      try relay(into: try openOutput(), looking: look) { relay throws(SluiceError) in
        try rows.eachSortedRow { row throws(SluiceError) in try relay.append(row) }
      }
    } else {
      try write(rows)
      try mergeRuns()
    }
    let output = try openOutput()
    // Ten thousand sealed packets keep no buffer each.
    self.output = nil
    let looked = try checked { rows throws(SluiceError) in try rows.end() }
    check = nil
    return try output.finishRecords(as: columns.path, looked)
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
      try put(rows, output)
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
    let output = try partial.file(columns.path, for: .records)
    check = RowCheck(columns)
    if columns.format == .csv {
      try CSVText.header(columns.names).withUnsafeBufferPointer { header throws(SluiceError) in
        try put(UnsafeRawBufferPointer(header), output)
      }
    }
    self.output = output
    return output
  }

  /// Writes whole rows to the kind's file once they are looked at.
  private func put(_ rows: UnsafeRawBufferPointer, _ output: OutputFile) throws(SluiceError) {
    try look(at: rows)
    try output.append(rows)
  }

  private func look(at rows: UnsafeRawBufferPointer) throws(SluiceError) {
    try checked { check throws(SluiceError) in try check.read(rows) }
  }

  /// What the check finds in rows that are being written is a failure to write them.
  private func checked<Result>(
    _ look: (inout RowCheck) throws(SluiceError) -> Result
  ) throws(SluiceError) -> Result {
    guard var rows = check.take() else { preconditionFailure("the kind's file is open") }
    defer { check = rows }
    do { return try look(&rows) } catch { throw SluiceError(.output, error.code, error.message) }
  }

  private func openRuns() throws(SluiceError) -> OutputFile {
    if let output {
      try output.resume()
      return output
    }
    let output = try partial.rowsFile(runsName)
    self.output = output
    return output
  }

  /// Merges the sorted runs into the kind's file; many runs go through passes of `RowMerge.runCountMax`.
  private func mergeRuns() throws(SluiceError) {
    guard var runs = output else { preconditionFailure("there are runs") }
    output = nil
    var pass = 1
    while runByteCounts.count > RowMerge.runCountMax {
      pass += 1
      let merged = try partial.rowsFile("\(runsName).\(pass)")
      var mergedByteCounts: [Int] = []
      var offset = 0
      for start in stride(from: 0, to: runByteCounts.count, by: RowMerge.runCountMax) {
        let counts = Array(runByteCounts[start..<min(start + RowMerge.runCountMax, runByteCounts.count)])
        try relay(into: merged) { relay throws(SluiceError) in
          try merge(runs, counts, from: offset, into: relay)
        }
        mergedByteCounts.append(counts.reduce(0, +))
        offset += counts.reduce(0, +)
      }
      try merged.suspend()
      try partial.layer.removeTree(runs.path, at: partial.descriptor)
      (runs, runByteCounts) = (merged, mergedByteCounts)
    }
    try relay(into: try openOutput(), looking: look) { relay throws(SluiceError) in
      try merge(runs, runByteCounts, from: 0, into: relay)
    }
    try partial.layer.removeTree(runs.path, at: partial.descriptor)
  }

  private func merge(
    _ runs: OutputFile, _ byteCounts: [Int], from offset: Int, into relay: RowRelay
  ) throws(SluiceError) {
    let file = try partial.layer.openToRead(runs.path, at: partial.descriptor)
    try RowMerge.merge(file, partial.layer, byteCounts, from: offset, name: runs.path) {
      row throws(SluiceError) in try relay.append(row)
    }
  }

  /// Has rows written by a relay to a file, to the last of them.
  private func relay(
    into file: OutputFile, looking look: RowRelay.Look? = nil,
    _ rows: (RowRelay) throws(SluiceError) -> Void
  ) throws(SluiceError) {
    let relay = RowRelay(looking: look) { rows throws(SluiceError) in try file.append(rows) }
    defer { relay.end() }
    try rows(relay)
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
