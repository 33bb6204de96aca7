import Glibc

/// Whole records of one source, in order, and where they stood; the unit of work that goes to a worker.
///
/// The owner keeps a block and fills it again and again: after warm-up it allocates nothing. `count` bytes
/// are records with their delimiters (the last of a source may lack its own); then follow `paddingByteCount`
/// zero bytes that may be read, so that a scan can load whole words at the end.
///
/// A record may be longer than `Limits.recordByteCountMax` and still lie whole in a block, where the block is
/// larger than the limit: whoever frames the records compares each length. One that did not fit comes as a
/// block of its own with `isOversized` and no bytes: it counts as one record (`record-too-long`).
package struct Block: ~Copyable, @unchecked Sendable {
  // Unchecked: the bytes have one owner, and the struct cannot be copied.

  package static let paddingByteCount = 64

  package private(set) var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  package internal(set) var count = 0
  /// Index into the run's sources.
  package internal(set) var sourceIndex = 0
  /// Of the first byte (or of the oversized record) in the decompressed source, from 0; a byte order mark
  /// counts.
  package internal(set) var byteOffset: UInt64 = 0
  /// The block stands for one record that is too long to be held; it has no bytes.
  package internal(set) var isOversized = false
  /// The source ends here, inside a quoted cell; the last record is cut off.
  package internal(set) var endsInsideRecord = false
  /// The source ends here and its last record has no line feed; it may be cut off.
  package internal(set) var endsWithoutDelimiter = false

  package init(capacity: Int = 0) {
    self.capacity = max(capacity, 0)
    base = .allocate(capacity: self.capacity + Self.paddingByteCount)
    base.initialize(repeating: 0, count: Self.paddingByteCount)
  }

  deinit { base.deallocate() }

  /// The records' bytes, valid until the block is filled again.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Empties the block for a source and a place in it.
  mutating func begin(sourceIndex: Int, byteOffset: UInt64) {
    count = 0
    self.sourceIndex = sourceIndex
    self.byteOffset = byteOffset
    isOversized = false
    endsInsideRecord = false
    endsWithoutDelimiter = false
  }

  /// Makes room for `capacity` bytes in all; what is held stays.
  mutating func reserve(_ capacity: Int) {
    guard capacity > self.capacity else { return }
    let base = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.paddingByteCount)
    base.update(from: self.base, count: count)
    self.base.deallocate()
    self.base = base
    self.capacity = capacity
  }

  /// Appends bytes, which may not be the block's own.
  package mutating func append(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    reserve(count + length)
    (base + count).update(from: bytes, count: length)
    count += length
  }

  /// The room from `count` up to `limit`, which the caller reserved.
  func room(upTo limit: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base + count, count: limit - count)
  }

  /// Drops what is beyond `count` and clears the padding.
  package mutating func end(at count: Int) {
    self.count = count
    memset(base + count, 0, Self.paddingByteCount)
  }
}
