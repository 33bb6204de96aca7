internal import CLibcrypto

/// Bytes of a key in memory that we own and that is overwritten before it is given back.
///
/// The memory is left out of core files, and locked if the system allows (`SecretMemory`). It is never copied to a
/// Swift array or string.
///
/// `@unchecked Sendable`: its maker fills it once, before it is shared; after that it is only read.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
  /// The first of them.
  let base: UnsafeMutableRawPointer

  /// How many bytes, at least 1.
  public let count: Int

  /// Where they lie, if not on the secure heap.
  private let chunk: SecretChunk?

  /// Reserves `count` zero bytes.
  package init(count: Int) throws(CryptoError) {
    let place = try Self.reserve(count)
    (base, chunk) = (place.base, place.chunk)
    self.count = count
  }

  /// Reserves `count` bytes, at least 1, and has them filled: by what holds a root key elsewhere (`RootOperations`).
  ///
  /// - Parameter fill: writes all of them, and keeps no copy; they begin as zeros.
  public init(
    count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(CryptoError) -> Void
  ) throws(CryptoError) {
    let bytes = try SecretBytes(count: count)
    try fill(bytes.mutableBytes)
    self = bytes
  }

  private static func reserve(
    _ count: Int
  ) throws(CryptoError) -> (base: UnsafeMutableRawPointer, chunk: SecretChunk?) {
    precondition(count > 0)
    _ = try Libcrypto.loaded()
    // libcrypto keeps its own copy of each MAC key on the secure heap and fails when that is full, so
    // half of the heap is left to it.
    let isHeapOpen =
      CRYPTO_secure_malloc_initialized() == 1 && CRYPTO_secure_used() < Libcrypto.secretHeapByteCount / 2
    if isHeapOpen, let memory = CRYPTO_secure_malloc(count, nil, 0) {
      memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
      return (memory, nil)
    }
    let memory = try SecretMemory.take(count)
    return (memory.base, memory.chunk)
  }

  deinit {
    if chunk == nil { CRYPTO_secure_clear_free(base, count, nil, 0) } else { OPENSSL_cleanse(base, count) }
  }

  /// The bytes, to read; they may not leave the call in which they are used.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// The bytes, to fill; only for the one that made this value.
  var mutableBytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }

  /// Whether the bytes equal `other`, in a time that depends on the lengths alone.
  package borrowing func matches(_ other: UnsafeRawPointer, count otherCount: Int) -> Bool {
    count == otherCount && CRYPTO_memcmp(base, other, count) == 0
  }
}
