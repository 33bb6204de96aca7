internal import CProcessor

/// A Bloom filter whose values each set up to four bits of one word of 64.
///
/// Several threads insert at once by atomic steps. A value that was inserted is always found; another one is by chance,
/// once in some hundred at eleven bits a value, and more often the fuller the filter is.
final class LeakFilter: @unchecked Sendable {
  // Unchecked: bits are only ever set, each by one atomic step.

  private let memory: ZeroedMemory
  private let words: UnsafeMutablePointer<UInt64>
  private let wordShift: UInt64

  /// How many values ahead the line of one is asked for.
  private static let aheadCount = 16

  /// `byteCount` is rounded down to a power of two, at least 64. Memory is touched only where bits are set.
  init(byteCount: Int) {
    let log2 = UInt64(max(byteCount, 64).bitWidth - 1 - max(byteCount, 64).leadingZeroBitCount)
    let wordCount = 1 << Int(log2 - 3)
    memory = ZeroedMemory(byteCount: wordCount * 8)
    words = memory.base.bindMemory(to: UInt64.self, capacity: wordCount)
    wordShift = 64 - (log2 - 3)
  }

  @inline(__always) private func word(_ hash: UInt64) -> UnsafeMutablePointer<UInt64> {
    words + Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) &>> wordShift)
  }

  @inline(__always) private static func bits(_ hash: UInt64) -> UInt64 {
    1 &<< (hash &>> 1 & 63) | 1 &<< (hash &>> 7 & 63) | 1 &<< (hash &>> 13 & 63) | 1 &<< (hash &>> 19 & 63)
  }

  /// Inserts those that are withheld. The filter is larger than the caches, so each one's line is asked for a while before.
  func insert(_ marks: UnsafeBufferPointer<LeakMark>) {
    guard let start = marks.baseAddress else { return }
    for index in 0..<marks.count {
      sluice_prefetch(word(start[min(index &+ Self.aheadCount, marks.count &- 1)].hash))
      if !start[index].isReleased { insert(start[index].hash) }
    }
  }

  @inline(__always) func insert(_ hash: UInt64) {
    let (word, bits) = (word(hash), Self.bits(hash))
    if sluice_load(word) & bits != bits { sluice_or(word, bits) }
  }

  @inline(__always) func contains(_ hash: UInt64) -> Bool {
    let bits = Self.bits(hash)
    return sluice_load(word(hash)) & bits == bits
  }
}
