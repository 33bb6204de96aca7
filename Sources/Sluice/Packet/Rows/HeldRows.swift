import Glibc

/// Whole rows in memory, in chunks of growing size: nothing is copied as they grow, so that rows take little more
/// memory than their bytes, for a packet with few of them as for one with many.
final class HeldRows {
  private struct Chunk {
    let bytes: UnsafeMutableRawBufferPointer
    var count: Int

    var room: Int { bytes.count - count - RowOrder.overrun }
    var rows: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[..<count]) }
  }

  private static let chunkByteCounts = 256...256 << 10

  private var chunks: [Chunk] = []
  private(set) var byteCount = 0
  private var rowCount = 0

  deinit { for chunk in chunks { chunk.bytes.deallocate() } }

  var isEmpty: Bool { byteCount == 0 }

  /// How much more memory rows of so many bytes would take: none where the last chunk has room for them.
  func growth(_ byteCount: Int) -> Int {
    if let last = chunks.last, last.room >= byteCount { return 0 }
    let next = min((chunks.last?.bytes.count ?? 0) * 2, Self.chunkByteCounts.upperBound)
    return max(next, Self.chunkByteCounts.lowerBound, byteCount + RowOrder.overrun)
  }

  /// Appends this many whole rows, which stay together in one chunk, and returns how much more memory they take.
  func append(_ rows: UnsafeRawBufferPointer, rowCount: Int) -> Int {
    let taken = growth(rows.count)
    if taken > 0 { chunks.append(Chunk(bytes: .allocate(byteCount: taken, alignment: 16), count: 0)) }
    let last = chunks.count - 1
    let room = UnsafeMutableRawBufferPointer(rebasing: chunks[last].bytes[chunks[last].count...])
    room.copyMemory(from: rows)
    chunks[last].count += rows.count
    byteCount += rows.count
    self.rowCount += rowCount
    return taken
  }

  /// Gives on the rows as they were appended.
  func eachChunk(_ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Void) throws(SluiceError) {
    for chunk in chunks { try body(chunk.rows) }
  }

  /// Gives on each row with its LF, in the order of `RowOrder`.
  func eachSortedRow(_ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Void) throws(SluiceError) {
    var sort = RowSort(rowCount: rowCount)
    for chunk in chunks {
      guard var row = chunk.rows.baseAddress else { continue }
      let end = row + chunk.count
      while row < end {
        sort.add(row)
        row = Self.end(row)
      }
    }
    for place in sort.sorted() {
      try body(UnsafeRawBufferPointer(start: place.row, count: Self.end(place.row) - place.row))
    }
  }

  /// Where a row ends, after its LF, which is there: so nothing bounds the search.
  private static func end(_ row: UnsafeRawPointer) -> UnsafeRawPointer {
    guard let found = memchr(row, 0x0A, .max) else { preconditionFailure("a row has an end") }
    return UnsafeRawPointer(found) + 1
  }
}
