/// Sorts rows in memory.
///
/// Rows begin alike (keys, a date, an hour), so what all rows of a group have in common is skipped at once; then
/// they are sorted by the eight bytes that follow, without touching them, and rows that are equal there form the
/// next groups.
struct RowSort: ~Copyable {
  /// A row, and eight of its bytes from where its group differs.
  struct Place {
    var key: UInt64
    let row: UnsafeRawPointer
  }

  /// What a row takes beside its bytes while it is sorted.
  static let byteCountPerRow = 2 * MemoryLayout<Place>.stride
  /// Fewer rows are sorted by comparing: counting their bytes would take longer.
  private static let countedMin = 256

  private let places: UnsafeMutableBufferPointer<Place>
  private let spare: UnsafeMutableBufferPointer<Place>
  /// For each byte of a key how many rows have each value there, and then where they go.
  private let counts: UnsafeMutableBufferPointer<Int32>
  private var count = 0

  init(rowCount: Int) {
    places = .allocate(capacity: rowCount)
    spare = .allocate(capacity: rowCount)
    counts = .allocate(capacity: 8 * 256)
  }

  deinit {
    places.deallocate()
    spare.deallocate()
    counts.deallocate()
  }

  /// Adds a row, of which there are at most as many as were promised; it stays where it lies.
  mutating func add(_ row: UnsafeRawPointer) {
    places.initializeElement(at: count, to: Place(key: 0, row: row))
    count += 1
  }

  /// The rows in order.
  func sorted() -> UnsafeMutableBufferPointer<Place>.SubSequence {
    if count > 1 { sort(0..<count, from: 0) }
    return places[..<count]
  }

  /// Sorts rows that begin with the same `depth` bytes.
  private func sort(_ group: Range<Int>, from depth: Int) {
    guard let depth = branch(group, from: depth) else { return }
    for index in group { places[index].key = RowOrder.key(places[index].row + depth) }
    if group.count < Self.countedMin {
      var rows = places[group]
      rows.sort { $0.key < $1.key }
    } else {
      sortByCounting(group)
    }
    var start = group.lowerBound
    while start < group.upperBound {
      let key = places[start].key
      var end = start + 1
      while end < group.upperBound, places[end].key == key { end += 1 }
      if end - start > 1, !RowOrder.isEnd(key) { sort(start..<end, from: depth + 8) }
      start = end
    }
  }

  /// How many bytes the rows of a group have in common, of which `depth` are known; nil where all are equal.
  private func branch(_ group: Range<Int>, from depth: Int) -> Int? {
    let first = places[group.lowerBound].row + depth
    var common = Int.max
    for index in group.dropFirst() {
      guard let count = RowOrder.commonByteCount(first, places[index].row + depth, limit: common) else {
        continue
      }
      common = count
    }
    return common == .max ? nil : depth + common
  }

  /// Sorts by key, a byte at a time from the last to the first; a byte that is the same in all is passed over.
  private func sortByCounting(_ group: Range<Int>) {
    let counts = counts
    counts.initialize(repeating: 0)
    for index in group {
      var key = places[index].key
      for byte in 0..<8 {
        counts[byte << 8 | Int(key & 0xFF)] &+= 1
        key >>= 8
      }
    }
    var source = UnsafeMutableBufferPointer(rebasing: places[group])
    var target = UnsafeMutableBufferPointer(rebasing: spare[..<group.count])
    for byte in 0..<8 {
      let shift = UInt64(8 * byte)
      let ends = UnsafeMutableBufferPointer(rebasing: counts[byte << 8..<(byte + 1) << 8])
      if ends[Int(source[0].key >> shift & 0xFF)] == Int32(group.count) { continue }
      var start: Int32 = 0
      for value in 0..<256 { (ends[value], start) = (start, start &+ ends[value]) }
      for place in source {
        let value = Int(place.key >> shift & 0xFF)
        target.initializeElement(at: Int(ends[value]), to: place)
        ends[value] &+= 1
      }
      swap(&source, &target)
    }
    if source.baseAddress == spare.baseAddress { _ = target.update(fromContentsOf: source) }
  }
}
