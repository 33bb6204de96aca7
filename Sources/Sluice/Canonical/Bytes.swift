/// Untrusted bytes that someone else owns, valid for the call they are passed to.
package typealias Bytes = UnsafeBufferPointer<UInt8>

extension Bytes {
  /// Eight bytes from `offset` on, the first the lowest, and zeros for those after the end.
  ///
  /// `offset + 8` bytes can be read, whatever the count, and there is a base address.
  @inline(__always) func word(at offset: Int) -> UInt64 {
    let raw = UnsafeRawPointer(baseAddress.unsafelyUnwrapped)
    // Two shifts by half, since one by 64 would need a choice.
    let half = UInt64(truncatingIfNeeded: 4 &* Swift.min(Swift.max(0, count &- offset), 8))
    let kept = ~((UInt64.max &<< half) &<< half)
    return raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian & kept
  }

  /// The first eight of some bytes, as `word(at:)` reads them.
  static func head(of bytes: [UInt8]) -> UInt64 {
    bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
