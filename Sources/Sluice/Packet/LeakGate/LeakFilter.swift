internal import CProcessor
import Glibc

/// A Bloom filter in blocks of 32 bytes: a value sets two bits in each of the block's four words.
///
/// Several threads insert at once by atomic steps. A value that was inserted is always found; another one is, by
/// chance, once in a million at 40 bits a value and more often the fuller the filter is.
final class LeakFilter: @unchecked Sendable {
  // Unchecked: bits are only ever set, each by one atomic step.

  private let words: UnsafeMutablePointer<UInt64>
  private let insertedCount: UnsafeMutablePointer<UInt64>
  private let blockShift: UInt64
  private let sparseCount: UInt64

  /// Bits a value up to which what the filter says of values released in clear is believed.
  private static let bitsPerValue = 40

  /// `byteCount` is rounded down to a power of two, at least 64. Memory is touched only where bits are set.
  init(byteCount: Int) {
    let log2 = UInt64(max(byteCount, 64).bitWidth - 1 - max(byteCount, 64).leadingZeroBitCount)
    let wordCount = 1 << Int(log2 - 3)
    words = Self.zeros(wordCount * 8).bindMemory(to: UInt64.self, capacity: wordCount)
    insertedCount = .allocate(capacity: 1)
    insertedCount.initialize(to: 0)
    blockShift = 64 - (log2 - 5)
    sparseCount = UInt64((1 << Int(log2)) * 8 / Self.bitsPerValue)
  }

  deinit {
    free(words)
    insertedCount.deallocate()
  }

  /// Zero bytes, whose pages cost nothing until they are written. Large pages where the system has them: what is written
  /// here lies anywhere, and a page's address is looked up each time.
  private static func zeros(_ byteCount: Int) -> UnsafeMutableRawPointer {
    guard let memory = calloc(byteCount, 1) else {
      preconditionFailure("no memory for the leak gate's filter")
    }
    let pageMask = Int(getpagesize()) - 1
    let lead = -Int(bitPattern: memory) & pageMask
    let wholePages = max(0, byteCount - lead) & ~pageMask
    if wholePages > 0 { madvise(memory + lead, wholePages, Int32(MADV_HUGEPAGE)) }
    return memory
  }

  /// Whether the filter holds so few values that a false answer is out of the question.
  var isSparse: Bool { sluice_load(insertedCount) <= sparseCount }

  @inline(__always) private func block(_ hash: UInt64) -> UnsafeMutablePointer<UInt64> {
    words + Int(truncatingIfNeeded: ((hash &* 0x9E37_79B9_7F4A_7C15) &>> blockShift) &<< 2)
  }

  @inline(__always) private static func bits(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    1 &<< (hash &>> (word &* 12) & 63) | 1 &<< (hash &>> (word &* 12 &+ 6) & 63)
  }

  /// Begins to bring near where a value will be inserted.
  @inline(__always) func prefetch(_ hash: UInt64) { sluice_prefetch(block(hash)) }

  /// Inserts several values, which costs little where each was asked for before (`prefetch`).
  func insert(_ hashes: UnsafeBufferPointer<UInt64>) {
    var newCount: UInt64 = 0
    for hash in hashes where !contains(hash) {
      let block = block(hash)
      for word in 0..<4 { Self.set(block + word, Self.bits(hash, UInt64(word))) }
      newCount &+= 1
    }
    if newCount > 0 { sluice_add(insertedCount, newCount) }
  }

  @inline(__always) func contains(_ hash: UInt64) -> Bool {
    let block = block(hash)
    var missing: UInt64 = 0
    for word in 0..<4 { missing |= ~sluice_load(block + word) & Self.bits(hash, UInt64(word)) }
    return missing == 0
  }

  @inline(__always) static func set(_ word: UnsafeMutablePointer<UInt64>, _ bits: UInt64) {
    sluice_or(word, bits)
  }
}
