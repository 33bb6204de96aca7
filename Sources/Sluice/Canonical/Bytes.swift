/// Untrusted bytes that someone else owns, valid for the call they are passed to.
package typealias Bytes = UnsafeBufferPointer<UInt8>

extension Bytes {
  /// Eight bytes from `offset` on, the first the lowest, and zeros for those after the end.
  ///
  /// `offset + 8` bytes can be read, whatever the count, and there is a base address.
  @inline(__always) func word(at offset: Int) -> UInt64 {
    let raw = UnsafeRawPointer(baseAddress.unsafelyUnwrapped)
    // A shift by 64 leaves 0, so that a full word keeps all of its bits.
    let kept = ~(UInt64.max << UInt64(truncatingIfNeeded: Swift.max(0, count &- offset) &* 8))
    return raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian & kept
  }
}
