/// Reads back a file of records that was just written: whether it is as it was written, its rows of its columns, and nothing
/// in it that the packet withholds.
package struct RecordsReadBack {
  /// A long file is read in parts of at least so many bytes, each a whole number of a checksum's blocks.
  package static let partByteCountMin = 4 << 20
  /// What is looked at for the end of a row at a time.
  private static let rowByteCount = 4 << 10

  let layer: FileLayer
  /// Looks for leaks in every row.
  let leakSearch: LeakSearch?
  /// Threads that read one long file.
  let readerCount: Int

  /// Reads a file at its place below a folder, and returns what it comes to. Throws status 8 with a sentence that says what is
  /// wrong, and status 6 where reading itself fails.
  func read(
    _ written: WrittenFile, from place: String, at folder: Int32
  ) throws(SluiceError) -> ReportFacts.RecordsFile {
    let file = try layer.openToRead(place, at: folder)
    let number = file.number
    let parts = Self.parts(written.entry.byteCount, count: readerCount)
    let read = inParallel(parts.count, workerCount: readerCount) { index in
      Result { () throws(SluiceError) in
        try readPart(parts[index], isLast: index == parts.count - 1, of: number, written)
      }
    }
    var (checksum, rows) = try read[0].get()
    for part in read.dropFirst() {
      let part = try part.get()
      checksum.append(part.checksum)
      rows.rowCount += part.rows.rowCount
      rows.figures.add(part.rows.figures)
    }
    // The file stays open until here.
    _ = file.number
    guard checksum.value() == written.checksum else { throw Self.notAsWritten(written) }
    return (written.entry, rows)
  }

  /// Parts of a file that are as long as each other, but for the last.
  private static func parts(_ byteCount: Int, count: Int) -> [Range<Int>] {
    let count = max(1, min(count, byteCount / partByteCountMin))
    let length = byteCount / count / Checksum.blockByteCount * Checksum.blockByteCount
    return (0..<count).map { index in
      index * length..<(index == count - 1 ? byteCount : (index + 1) * length)
    }
  }

  /// Reads a part, the last to the file's end, and looks at the rows that begin in it.
  private func readPart(
    _ part: Range<Int>, isLast: Bool, of file: Int32, _ written: WrittenFile
  ) throws(SluiceError) -> (checksum: Checksum, rows: RowCheck.Result) {
    let path = written.entry.path
    var isMidLine = false
    if part.lowerBound > 0 {
      try layer.readPieces(of: file, from: part.lowerBound - 1, to: part.lowerBound, path) {
        isMidLine = $0.first != 0x0A
      }
    }
    var check = RowCheck(
      written.columns, at: part.lowerBound, isMidLine: isMidLine,
      search: part.lowerBound == 0 ? leakSearch : leakSearch?.another())
    var checksum = Checksum()
    let end = isLast ? Int.max : part.upperBound
    let reached = try layer.readPieces(of: file, from: part.lowerBound, to: end, path) {
      bytes throws(SluiceError) in
      checksum.update(bytes)
      try check.read(bytes)
    }
    guard isLast || reached == end else { throw Self.notAsWritten(written) }
    if !isLast { try finishRow(&check, from: reached, of: file, path) }
    return (checksum, try check.end())
  }

  /// Gives a check the rest of a row that began in its part.
  private func finishRow(
    _ check: inout RowCheck, from start: Int, of file: Int32, _ path: String
  ) throws(SluiceError) {
    var (offset, reached) = (start - 1, start)
    while check.isInRow, reached > offset {
      offset = reached
      reached = try layer.readPieces(of: file, from: offset, to: offset + Self.rowByteCount, path) {
        bytes throws(SluiceError) in
        guard check.isInRow else { return }
        let end = bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        try check.read(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
      }
    }
  }

  private static func notAsWritten(_ written: WrittenFile) -> SluiceError {
    BagReader.wrong("bag-digest", "\(written.entry.path) does not read back as it was written.")
  }
}
