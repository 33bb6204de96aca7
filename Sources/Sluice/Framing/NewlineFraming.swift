import Glibc

/// Where an NDJSON record ends: at the next line feed, whatever the bytes before it are.
///
/// A carriage return before the line feed belongs to the record here; the decoder takes it off.
package enum NewlineFraming {
  /// Returns the index just after the first line feed in `from..<to`, or nil where there is none.
  ///
  /// Does not allocate; runs at the speed of `memchr`.
  @inline(__always)
  package static func endOfRecord(_ bytes: UnsafePointer<UInt8>, from: Int, to: Int) -> Int? {
    let index = firstIndex(of: 0x0A, bytes, from: from, to: to)
    return index < to ? index &+ 1 : nil
  }

  /// Returns the index just after the last line feed in `from..<to`, or nil where there is none.
  ///
  /// A loop from the back: it looks at one record's tail, so its speed does not show.
  package static func lastEnd(_ bytes: UnsafePointer<UInt8>, from: Int, to: Int) -> Int? {
    var index = to
    while index > from {
      index &-= 1
      if bytes[index] == 0x0A { return index &+ 1 }
    }
    return nil
  }

  /// Returns the first index of a byte in `from..<to`, or `to` where it is not there.
  @inline(__always)
  package static func firstIndex(
    of byte: UInt8, _ bytes: UnsafePointer<UInt8>, from: Int, to: Int
  ) -> Int {
    guard from < to, let found = memchr(bytes + from, Int32(byte), to &- from) else { return to }
    return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
  }
}
