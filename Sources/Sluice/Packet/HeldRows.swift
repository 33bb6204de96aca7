/// Whole rows in memory, in chunks of growing size: nothing is copied as they grow, so that rows take little more
/// memory than their bytes, for a packet with few of them as for one with many.
struct HeldRows: ~Copyable {
  private struct Chunk {
    let bytes: UnsafeMutableRawBufferPointer
    var count: Int

    var rows: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[..<count]) }
  }

  private static let chunkByteCounts = 4 << 10...256 << 10

  private var chunks: [Chunk] = []
  private(set) var byteCount = 0
  private var rowCount = 0

  deinit { for chunk in chunks { chunk.bytes.deallocate() } }

  var isEmpty: Bool { byteCount == 0 }

  /// Appends this many whole rows; they stay together in one chunk.
  mutating func append(_ rows: UnsafeRawBufferPointer, rowCount: Int) {
    if chunks.last.map({ $0.bytes.count - $0.count < rows.count }) ?? true { grow(rows.count) }
    let last = chunks.count - 1
    let room = UnsafeMutableRawBufferPointer(rebasing: chunks[last].bytes[chunks[last].count...])
    room.copyMemory(from: rows)
    chunks[last].count += rows.count
    byteCount += rows.count
    self.rowCount += rowCount
  }

  private mutating func grow(_ byteCount: Int) {
    let next = min((chunks.last?.bytes.count ?? 0) * 2, Self.chunkByteCounts.upperBound)
    let size = max(next, Self.chunkByteCounts.lowerBound, byteCount)
    chunks.append(Chunk(bytes: .allocate(byteCount: size, alignment: 16), count: 0))
  }

  mutating func removeAll() {
    for chunk in chunks { chunk.bytes.deallocate() }
    chunks = []
    (byteCount, rowCount) = (0, 0)
  }

  /// Gives on the rows as they were appended.
  func eachChunk(_ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Void) throws(SluiceError) {
    for chunk in chunks { try body(chunk.rows) }
  }

  /// Gives on each row with its LF, in the order of `RowOrder`. Takes 24 bytes a row meanwhile.
  func eachSortedRow(_ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Void) throws(SluiceError) {
    var rows: [RowOrder.Row] = []
    rows.reserveCapacity(rowCount)
    for chunk in chunks { RowOrder.add(chunk.rows, to: &rows) }
    RowOrder.sort(&rows)
    for row in rows { try body(row.withEnd) }
  }
}
