/// Whether bytes that are read are those that were written, at the speed of memory.
///
/// Eight lanes of 64 bits, each with the sum of its words and the sum of those sums, so that a word's place counts
/// too: damage goes unseen where it leaves 1024 bits as they were. It tells accidents and is no digest: what a
/// packet states is the SHA-256 that was taken of the same bytes when they were written.
package struct Checksum {
  /// What the bytes came to.
  package struct Value: Equatable {
    fileprivate let sums: SIMD8<UInt64>
    fileprivate let sumsOfSums: SIMD8<UInt64>
    let byteCount: Int
  }

  static let blockByteCount = 64

  private var sums = SIMD8<UInt64>()
  private var sumsOfSums = SIMD8<UInt64>()
  private var byteCount = 0
  /// The start of a block whose rest has not come yet.
  private var started: [UInt8] = []

  package init() {}

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount += bytes.count
    var rest = bytes[...]
    if !started.isEmpty {
      let missing = rest.prefix(Self.blockByteCount - started.count)
      started.append(contentsOf: missing)
      rest = rest.dropFirst(missing.count)
      guard started.count == Self.blockByteCount else { return }
      started.withUnsafeBytes { add($0) }
      started.removeAll(keepingCapacity: true)
    }
    let whole = rest.prefix(rest.count / Self.blockByteCount * Self.blockByteCount)
    add(UnsafeRawBufferPointer(rebasing: whole))
    started.append(contentsOf: rest.dropFirst(whole.count))
  }

  /// Adds what other bytes came to that follow. So far they must be a whole number of blocks.
  package mutating func append(_ next: Checksum) {
    precondition(started.isEmpty, "a part ends with a block")
    let blockCount = UInt64(next.byteCount / Self.blockByteCount)
    sumsOfSums &+= sums &* blockCount &+ next.sumsOfSums
    sums &+= next.sums
    byteCount += next.byteCount
    started = next.started
  }

  /// The value of everything so far.
  package func value() -> Value {
    var last = self
    let rest = started + Array(repeating: 0, count: Self.blockByteCount - started.count)
    rest.withUnsafeBytes { last.add($0) }
    return Value(sums: last.sums, sumsOfSums: last.sumsOfSums, byteCount: byteCount)
  }

  /// Adds whole blocks.
  private mutating func add(_ blocks: UnsafeRawBufferPointer) {
    var (sums, sumsOfSums) = (sums, sumsOfSums)
    for offset in stride(from: 0, to: blocks.count, by: Self.blockByteCount) {
      sums &+= blocks.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
      sumsOfSums &+= sums
    }
    (self.sums, self.sumsOfSums) = (sums, sumsOfSums)
  }
}

/// A file of records that was written: what the manifest says of it, what its rows have to be, and how to tell that it reads
/// back.
struct WrittenFile {
  let entry: BagEntry
  let columns: RecordCheck.Columns
  let checksum: Checksum.Value
}
