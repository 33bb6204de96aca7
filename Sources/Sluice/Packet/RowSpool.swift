import Glibc

/// The released rows of one kind in one packet, on their way to the kind's file.
///
/// Rows come in source order, whole, each ended by LF. Where that order may leave they go to the file as they
/// come; else they are sorted by their bytes: in memory while they fit there, otherwise in sorted runs that
/// lie beside the packet and are merged at the end, so memory stays bounded however many rows there are.
final class RowSpool {
  private let columns: RecordCheck.Columns
  /// From the packet's own folder: `data/records/message.ndjson`.
  private var bagPath: String { columns.path }
  let isSorted: Bool
  private(set) var rowCount: UInt64 = 0
  var heldByteCount: Int { held.byteCount }
  /// The first failure to write; the packet cannot be sealed after one.
  private(set) var failure: SluiceError?

  private let memory: SpoolMemory
  private let partial: PartialPacket
  private let runsName: String
  private var held = HeldRows()
  private var output: OutputFile?
  private var runByteCounts: [Int] = []

  init(_ plan: KindPlan, format: RecordFormat, memory: SpoolMemory, partial: PartialPacket) {
    columns = RecordCheck.Columns(
      path: "data/records/\(plan.kind.name).\(format.rawValue)", format: format,
      names: plan.columnNames(format))
    runsName = plan.kind.name
    isSorted = plan.isSorted
    self.memory = memory
    self.partial = partial
  }

  deinit { memory.give(heldByteCount, of: self) }

  /// Takes whole rows. Throws the failure that an earlier writing of this spool's rows met.
  func append(_ rows: UnsafeRawBufferPointer) throws(SluiceError) {
    guard let last = rows.last else { return }
    precondition(last == UInt8(ascii: "\n"), "rows are whole")
    if let failure { throw failure }
    let count = lineCount(rows)
    held.append(rows, rowCount: count)
    rowCount += UInt64(count)
    memory.take(rows.count, for: self)
    if let failure { throw failure }
  }

  /// Writes the held rows out and frees their memory; a failure is kept and the packet's files are removed,
  /// so that a full disk has room again for the packets that can still be sealed.
  func writeOut() {
    do throws(SluiceError) {
      if failure == nil, !held.isEmpty { try writeHeld() }
    } catch {
      failure = error
      output = nil
      try? partial.remove()
    }
    release()
  }

  /// Writes the rest, in order, and returns what the manifest says of the file.
  func finish() throws(SluiceError) -> WrittenFile {
    if let failure { throw failure }
    if isSorted {
      if runByteCounts.isEmpty {
        let output = try openOutput()
        try held.eachSortedRow { row throws(SluiceError) in try output.append(row) }
      } else {
        writeOut()
        if let failure { throw failure }
        try mergeRuns()
      }
    } else {
      let output = try openOutput()
      try held.eachChunk { rows throws(SluiceError) in try output.append(rows) }
    }
    release()
    return try openOutput().finishRecords(as: bagPath)
  }

  /// Forgets the rows; nothing more is written.
  func abandon() {
    output = nil
    release()
  }

  private func release() {
    memory.give(heldByteCount, of: self)
    held.removeAll()
  }

  private func writeHeld() throws(SluiceError) {
    let output: OutputFile
    if isSorted {
      output = try openRuns()
      try held.eachSortedRow { row throws(SluiceError) in try output.append(row) }
      runByteCounts.append(held.byteCount)
    } else {
      output = try openOutput()
      try held.eachChunk { rows throws(SluiceError) in try output.append(rows) }
    }
    try output.suspend()
  }

  /// The kind's file, made at the first call; the header of a CSV file takes no part in sorting.
  private func openOutput() throws(SluiceError) -> OutputFile {
    if let output {
      try output.resume()
      return output
    }
    let output = try partial.file(bagPath, check: RowCheck(columns))
    if columns.format == .csv { try output.append(CSVText.header(columns.names)) }
    self.output = output
    return output
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
        try merge(runs, counts, from: offset, into: merged)
        mergedByteCounts.append(counts.reduce(0, +))
        offset += counts.reduce(0, +)
      }
      try merged.suspend()
      try partial.layer.removeTree(runs.path, at: partial.descriptor)
      (runs, runByteCounts) = (merged, mergedByteCounts)
    }
    try merge(runs, runByteCounts, from: 0, into: try openOutput())
    try partial.layer.removeTree(runs.path, at: partial.descriptor)
  }

  private func merge(
    _ runs: OutputFile, _ byteCounts: [Int], from offset: Int, into target: OutputFile
  ) throws(SluiceError) {
    let file = try partial.layer.openToRead(runs.path, at: partial.descriptor)
    try RowMerge.merge(file, partial.layer, byteCounts, from: offset, name: runs.path) {
      row throws(SluiceError) in try target.append(row)
    }
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
