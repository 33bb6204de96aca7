internal import CLibcrypto

/// Bytes of a key in memory that we own and that is overwritten before it is given back.
///
/// The memory is libcrypto's secure heap (guard pages, left out of core files, locked if the system allows),
/// or the ordinary heap where there is none. It is never copied to a Swift array or string.
///
/// `@unchecked Sendable`: its maker fills it once, before it is shared; after that it is only read.
package struct SecretBytes: ~Copyable, @unchecked Sendable {
  /// The first of them.
  let base: UnsafeMutableRawPointer

  /// How many bytes, at least 1.
  package let count: Int

  /// Reserves `count` zero bytes.
  package init(count: Int) throws(CryptoError) {
    precondition(count > 0)
    _ = try Libcrypto.loaded()
    // libcrypto keeps its own copy of each MAC key on the secure heap and fails when that is full, so
    // half of the heap is left to it.
    let isHeapOpen = CRYPTO_secure_used() < Libcrypto.secretHeapByteCount / 2
    let memory = (isHeapOpen ? CRYPTO_secure_malloc(count, nil, 0) : nil) ?? CRYPTO_malloc(count, nil, 0)
    guard let memory else {
      throw .libcrypto(code: "out-of-memory", "There is no memory for a key.")
    }
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    self.base = memory
    self.count = count
  }

  // Works for both heaps: libcrypto knows its own by their addresses.
  deinit { CRYPTO_secure_clear_free(base, count, nil, 0) }

  /// The bytes, to read; they may not leave the call in which they are used.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// The bytes, to fill; only for the one that made this value.
  var mutableBytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }

  /// Whether the bytes equal `other`, in a time that depends on the lengths alone.
  package borrowing func matches(_ other: UnsafeRawPointer, count otherCount: Int) -> Bool {
    count == otherCount && CRYPTO_memcmp(base, other, count) == 0
  }
}
