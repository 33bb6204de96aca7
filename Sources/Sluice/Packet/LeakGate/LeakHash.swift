/// A keyed hash of 64 bits; the key is random and lives as long as the run.
struct LeakHash: Sendable {
  private let start: UInt64
  private let factor: UInt64
  private let end: UInt64

  init() {
    var random = SystemRandomNumberGenerator()
    start = random.next()
    factor = random.next() | 1
    end = random.next()
  }

  /// The hash of one byte or more under a label: a packet's, say.
  @inline(__always) func of(_ bytes: Bytes, label: UInt64) -> UInt64 { of(head(of: bytes), label: label) }

  /// The hash of the bytes that have this head.
  @inline(__always) func of(_ head: UInt64, label: UInt64) -> UInt64 {
    mix(head ^ end ^ label &* 0x9E37_79B9_7F4A_7C15)
  }

  /// What the bytes alone, one or more, make of their hash.
  @inline(__always) func head(of bytes: Bytes) -> UInt64 {
    let raw = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
    let count = bytes.count
    var state = start
    if count >= 8 {
      var offset = 0
      while offset &+ 8 < count {
        state = mix(state ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset &+= 8
      }
      state = mix(state ^ raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
    } else {
      var word: UInt64 = 0
      for byte in bytes { word = word &<< 8 | UInt64(byte) }
      state = mix(state ^ word)
    }
    return state ^ UInt64(truncatingIfNeeded: count)
  }

  @inline(__always) private func mix(_ word: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: factor)
    return product.high ^ product.low
  }
}
