import Glibc

/// The order of sorted rows: by their bytes, as unsigned numbers.
///
/// A row is a pointer to its first byte and ends with its LF, which is compared like any byte. No row of a file
/// is the beginning of another one, because both have whole cells of the same columns; so it is the order of the
/// system's `sort` in the C locale, and anyone can check it with `sort -c`. Up to seven bytes after a row's LF
/// are read and then left out, so rows lie in memory that goes on for `overrun` bytes.
enum RowOrder {
  static let overrun = 8

  /// The next eight bytes of a row as a number whose order is theirs; nothing counts after the LF.
  @inline(__always)
  static func key(_ row: UnsafeRawPointer) -> UInt64 {
    let bytes = UInt64(littleEndian: row.loadUnaligned(as: UInt64.self))
    let end = ends(bytes)
    // All bits up to and with the lowest one set; all, where none is: `end` is 0 then.
    return (bytes & (end ^ (end &- 1))).byteSwapped
  }

  /// Whether a row ends in these eight bytes of it.
  @inline(__always)
  static func isEnd(_ key: UInt64) -> Bool { ends(key) != 0 }

  /// How many bytes two rows begin with alike, or `limit` if that is less; nil where they are equal.
  @inline(__always)
  static func commonByteCount(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, limit: Int = .max
  ) -> Int? {
    var position = 0
    while position < limit {
      let (leftKey, rightKey) = (key(left + position), key(right + position))
      if leftKey != rightKey {
        return min(limit, position + (leftKey ^ rightKey).leadingZeroBitCount / 8)
      }
      if isEnd(leftKey) { return nil }
      position += 8
    }
    return limit
  }

  /// The top bit of a byte that is LF; of bytes after the first LF the top bits may be set too.
  @inline(__always)
  private static func ends(_ bytes: UInt64) -> UInt64 {
    let zeroed = bytes ^ 0x0A0A_0A0A_0A0A_0A0A
    return (zeroed &- 0x0101_0101_0101_0101) & ~zeroed & 0x8080_8080_8080_8080
  }
}
