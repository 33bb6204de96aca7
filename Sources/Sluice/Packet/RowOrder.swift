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

  /// A row, and the eight bytes after what all rows have in common, as a number whose order is theirs. Most
  /// comparisons end there, without touching the rows.
  struct Row {
    fileprivate var key: UInt64 = 0
    /// Without its LF.
    fileprivate let bytes: UnsafeRawBufferPointer

    var withEnd: UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: bytes.baseAddress, count: bytes.count + 1)
    }
  }

  /// Adds the rows of some bytes, each of which ends with an LF; the bytes must outlive them.
  static func add(_ bytes: UnsafeRawBufferPointer, to rows: inout [Row]) {
    var start = 0
    while start < bytes.count, let base = bytes.baseAddress,
      let found = memchr(base + start, 0x0A, bytes.count - start)
    {
      let end = UnsafeRawPointer(found) - base
      rows.append(Row(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
      start = end + 1
    }
  }

  /// Puts rows in order.
  static func sort(_ rows: inout [Row]) {
    let common = commonByteCount(rows)
    for index in rows.indices { rows[index].key = key(rows[index].bytes, after: common) }
    rows.sort { left, right in
      left.key != right.key ? left.key < right.key : precedes(left.bytes, right.bytes)
    }
  }

  /// How many bytes all rows begin with.
  private static func commonByteCount(_ rows: [Row]) -> Int {
    guard let first = rows.first?.bytes else { return 0 }
    var common = first.count
    for row in rows {
      common = min(common, row.bytes.count)
      var length = 0
      while length < common, row.bytes[length] == first[length] { length += 1 }
      common = length
    }
    return common
  }

  private static func key(_ row: UnsafeRawBufferPointer, after common: Int) -> UInt64 {
    var key: UInt64 = 0
    for index in common..<common + 8 {
      // A row that ends here gets zeros, which come first, as a shorter row does.
      key = key << 8 | (index < row.count ? UInt64(row[index]) : 0)
    }
    return key
  }
}
