import Glibc

/// The order of sorted rows: by their bytes without the LF, as unsigned numbers; a row before one it begins.
///
/// It is the order of the system's `sort` in the C locale, so anyone can check it with `sort -c`.
enum RowOrder {
  /// Whether a row comes before another; both without their LF.
  @inline(__always)
  static func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    let difference = compare(left, right)
    return difference < 0
  }

  private static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    if let leftBase = left.baseAddress, let rightBase = right.baseAddress {
      let difference = memcmp(leftBase, rightBase, min(left.count, right.count))
      if difference != 0 { return Int(difference) }
    }
    return left.count - right.count
  }

  /// A row's place in the bytes, and the eight bytes after what all rows have in common, as a number whose
  /// order is theirs. Most comparisons end there, without touching the rows.
  private struct Row {
    let key: UInt64
    let start: Int
    let end: Int
  }

  /// Returns whole rows in order. Takes memory for a second copy and 24 bytes a row.
  static func sorted(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { bytes in
      var rows = rows(of: bytes)
      rows.sort { left, right in
        if left.key != right.key { return left.key < right.key }
        return precedes(
          UnsafeRawBufferPointer(rebasing: bytes[left.start..<left.end]),
          UnsafeRawBufferPointer(rebasing: bytes[right.start..<right.end]))
      }
      return [UInt8](unsafeUninitializedCapacity: bytes.count) { output, count in
        for row in rows {
          // Safe: every row ends before an LF of `bytes`, and together they are `bytes.count` bytes.
          memcpy(output.baseAddress! + count, bytes.baseAddress! + row.start, row.end - row.start + 1)
          count += row.end - row.start + 1
        }
      }
    }
  }

  private static func rows(of bytes: UnsafeRawBufferPointer) -> [Row] {
    var places: [Range<Int>] = []
    places.reserveCapacity(lineCount(bytes))
    var start = 0
    while start < bytes.count, let base = bytes.baseAddress,
      let found = memchr(base + start, 0x0A, bytes.count - start)
    {
      let end = UnsafeRawPointer(found) - base
      places.append(start..<end)
      start = end + 1
    }
    guard let first = places.first else { return [] }
    var common = first.count
    for place in places {
      common = min(common, place.count)
      var length = 0
      while length < common, bytes[place.lowerBound + length] == bytes[first.lowerBound + length] {
        length += 1
      }
      common = length
    }
    return places.map { place in
      var key: UInt64 = 0
      for index in 0..<8 {
        let position = place.lowerBound + common + index
        // A row that ends here gets zeros, which come first, as a shorter row does.
        key = key << 8 | (position < place.upperBound ? UInt64(bytes[position]) : 0)
      }
      return Row(key: key, start: place.lowerBound, end: place.upperBound)
    }
  }
}
