/// That a value was noted for one packet: its keyed hash, and whether the packet releases the value in clear there.
struct LeakMark: BitwiseCopyable {
  /// The hash, whose lowest bit says whether the value is released.
  private let bits: UInt64

  /// A hash takes part with all of its bits but the lowest.
  @inline(__always) static func hash(_ hash: UInt64) -> UInt64 { hash & ~1 }

  @inline(__always) init(_ hash: UInt64, isReleased: Bool) { bits = Self.hash(hash) | (isReleased ? 1 : 0) }

  @inline(__always) var hash: UInt64 { Self.hash(bits) }
  @inline(__always) var isReleased: Bool { bits & 1 != 0 }
}
