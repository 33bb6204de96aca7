import Glibc

/// Bytes a worker is about to hand over: grows between records, never within one.
///
/// Callers reserve once for the longest form a value can take and then append without checks; that keeps one
/// branch a value instead of one a byte.
@usableFromInline
package struct OutputBuffer: ~Copyable {
  @usableFromInline package private(set) var base: UnsafeMutablePointer<UInt8>
  @usableFromInline package var count = 0
  @usableFromInline package private(set) var capacity: Int

  package init(capacity: Int) {
    self.capacity = max(capacity, 64)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// Makes room for `extra` more bytes.
  @inline(__always) package mutating func reserve(_ extra: Int) {
    if count &+ extra > capacity { grow(extra) }
  }

  @inline(never) private mutating func grow(_ extra: Int) {
    let capacity = max(self.capacity * 2, count + extra)
    let base = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    base.update(from: self.base, count: count)
    self.base.deallocate()
    self.base = base
    self.capacity = capacity
  }

  /// Appends one byte; the caller reserved room for it.
  @inline(__always) package mutating func append(_ byte: UInt8) {
    base[count] = byte
    count &+= 1
  }

  /// Appends bytes; the caller reserved room for them.
  @inline(__always) package mutating func append(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    memcpy(base + count, bytes, length)
    count &+= length
  }

  /// How many bytes `appendShort` may read and write whatever the length; within what callers reserve for a value.
  package static let shortByteCount = 32

  /// Appends bytes that are mostly few: up to `shortByteCount` go by two loads and two stores instead of a call.
  ///
  /// `shortByteCount` bytes can be read at `bytes`, and the caller reserved room for as many.
  @inline(__always) package mutating func appendShort(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    if length <= Self.shortByteCount {
      let (source, target) = (UnsafeRawPointer(bytes), UnsafeMutableRawPointer(base + count))
      let head = source.loadUnaligned(as: SIMD2<UInt64>.self)
      let tail = source.loadUnaligned(fromByteOffset: 16, as: SIMD2<UInt64>.self)
      target.storeBytes(of: head, as: SIMD2<UInt64>.self)
      target.storeBytes(of: tail, toByteOffset: 16, as: SIMD2<UInt64>.self)
    } else {
      memcpy(base + count, bytes, length)
    }
    count &+= length
  }

  /// Appends a literal; the caller reserved room for it.
  @inline(__always) package mutating func append(_ literal: StaticString) {
    append(literal.utf8Start, literal.utf8CodeUnitCount)
  }

  package mutating func removeAll() { count = 0 }

  /// What has been appended, as text; for tests and messages.
  package var text: String { String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self) }

  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}
