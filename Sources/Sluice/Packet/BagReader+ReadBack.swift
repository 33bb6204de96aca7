extension BagReader {
  /// A long file is read back in parts of at least so many bytes, each a whole number of a checksum's blocks.
  package static let partByteCountMin = 4 << 20
  /// What is looked at for the end of a line at a time.
  private static let lineByteCount = 4 << 10

  /// Returns what the manifest must say of a file, once it has read back as it was written.
  func readBack(_ written: WrittenFile, _ folder: borrowing Descriptor) throws(SluiceError) -> BagEntry {
    let path = written.entry.path
    let file = try layer.openToRead(path, at: folder.number)
    let number = file.number
    let parts = Self.parts(written.entry.byteCount, count: readerCount)
    let read = inParallel(parts.count, workerCount: readerCount) { index in
      Result { () throws(SluiceError) in
        let isLast = index == parts.count - 1
        return try readPart(parts[index], isLast: isLast, of: number, path)
      }
    }
    var checksum = Checksum()
    for part in read { checksum.append(try part.get()) }
    // The file stays open until here.
    _ = file.number
    guard checksum.value() == written.checksum else { throw Self.notAsWritten(path) }
    return written.entry
  }

  /// Parts of a file that are as long as each other, but for the last.
  private static func parts(_ byteCount: Int, count: Int) -> [Range<Int>] {
    let count = max(1, min(count, byteCount / partByteCountMin))
    let length = byteCount / count / Checksum.blockByteCount * Checksum.blockByteCount
    return (0..<count).map { index in
      index * length..<(index == count - 1 ? byteCount : (index + 1) * length)
    }
  }

  /// Reads a part, the last to the file's end, and searches the lines that begin in it.
  private func readPart(
    _ part: Range<Int>, isLast: Bool, of file: Int32, _ path: String
  ) throws(SluiceError) -> Checksum {
    let search = part.lowerBound == 0 ? leakSearch : leakSearch?.another()
    if let search, part.lowerBound > 0 {
      var isMidLine = true
      try layer.readPieces(of: file, from: part.lowerBound - 1, to: part.lowerBound, path) {
        isMidLine = $0.first != 0x0A
      }
      search.begin(path, at: part.lowerBound, isMidLine: isMidLine)
    }
    var checksum = Checksum()
    let end = isLast ? Int.max : part.upperBound
    let reached = try layer.readPieces(of: file, from: part.lowerBound, to: end, path) { bytes in
      checksum.update(bytes)
      search?.read(bytes, of: path)
    }
    guard isLast || reached == end else { throw Self.notAsWritten(path) }
    if !isLast, let search { try finishLine(search, from: reached, of: file, path) }
    search?.end(of: path)
    return checksum
  }

  /// Gives a search the rest of a line that began in its part.
  private func finishLine(
    _ search: LeakSearch, from start: Int, of file: Int32, _ path: String
  ) throws(SluiceError) {
    var (offset, reached) = (start - 1, start)
    while search.isInLine, reached > offset {
      offset = reached
      reached = try layer.readPieces(of: file, from: offset, to: offset + Self.lineByteCount, path) { bytes in
        guard search.isInLine else { return }
        let end = bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        search.read(UnsafeRawBufferPointer(rebasing: bytes[..<end]), of: path)
      }
    }
  }

  private static func notAsWritten(_ path: String) -> SluiceError {
    wrong("bag-digest", "\(path) does not read back as it was written.")
  }
}
