internal import CLibcrypto
import Glibc
import Synchronization

/// The memory that key bytes lie in: kept out of core files, and locked so that it is never swapped out.
///
/// First libcrypto's secure heap, then `SecretChunk`s, as many as it takes. Both are left out of core files. The system
/// may refuse to lock them (`RLIMIT_MEMLOCK`); that is told here, and is an error only once locking is required.
public enum SecretMemory {
  /// Whether all of this memory that is or was in use is locked. Loads libcrypto on first use.
  public static func isLocked() throws(CryptoError) -> Bool {
    try Libcrypto.loaded().isHeapLocked && !hasUnlockedChunk.load(ordering: .relaxed)
  }

  /// From now on a key that cannot be locked in memory is refused, by all of this process.
  ///
  /// - Throws: `memory-not-locked` where what is in use already is not locked.
  public static func requireLocked() throws(CryptoError) {
    requiresLock.store(true, ordering: .relaxed)
    guard try isLocked() else { throw notLocked }
  }

  private static let hasUnlockedChunk = Atomic(false)
  private static let requiresLock = Atomic(false)

  static let notLocked = CryptoError(
    code: "memory-not-locked",
    message:
      "The system does not lock the memory of keys, so they could be written to its swap space. Raise the "
      + "limit of locked memory (`ulimit -l`), give the process CAP_IPC_LOCK, or serve fewer demands at once."
  )

  /// The chunk that is being filled.
  private static let current = Mutex<SecretChunk?>(nil)

  /// Returns zero bytes that the secure heap has no room for, and the chunk that they stay in.
  static func take(_ count: Int) throws(CryptoError) -> (chunk: SecretChunk, base: UnsafeMutableRawPointer) {
    let found = current.withLock { current -> (chunk: SecretChunk, base: UnsafeMutableRawPointer)? in
      if let chunk = current, let base = chunk.take(count) { return (chunk, base) }
      guard let chunk = SecretChunk(atLeast: count), let base = chunk.take(count) else { return nil }
      // What is not locked is given back with the chunk where locking is required.
      if !chunk.isLocked { hasUnlockedChunk.store(true, ordering: .relaxed) }
      current = chunk
      return (chunk, base)
    }
    guard let found else {
      throw CryptoError(
        code: "out-of-memory",
        message: "There is no memory for a key. Give the process more (`ulimit -v`), or free some.")
    }
    guard found.chunk.isLocked || !requiresLock.load(ordering: .relaxed) else { throw notLocked }
    return found
  }
}

/// Pages of their own for secrets, between two that cannot be touched; given back with the last secret in them.
///
/// `@unchecked Sendable`: filled under the lock of `SecretMemory` alone.
final class SecretChunk: @unchecked Sendable {
  /// Whether the system keeps these pages out of its swap space.
  let isLocked: Bool

  private static let byteCountMin = 64 << 10
  private let mapping: UnsafeMutableRawPointer
  private let mappingByteCount: Int
  private let bytes: UnsafeMutableRawBufferPointer
  private var used = 0

  /// Maps pages for `count` bytes or more; nil where the system has none, or would put them into a core file.
  init?(atLeast count: Int) {
    let page = Int(getpagesize())
    let byteCount = (max(count, Self.byteCountMin) + page - 1) / page * page
    mappingByteCount = byteCount + 2 * page
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let mapping = mmap(nil, mappingByteCount, PROT_NONE, flags, -1, 0), mapping != MAP_FAILED else {
      return nil
    }
    self.mapping = mapping
    bytes = UnsafeMutableRawBufferPointer(start: mapping + page, count: byteCount)
    guard mprotect(bytes.baseAddress, byteCount, PROT_READ | PROT_WRITE) == 0,
      madvise(bytes.baseAddress, byteCount, MADV_DONTDUMP) == 0
    else {
      munmap(mapping, mappingByteCount)
      return nil
    }
    isLocked = mlock(bytes.baseAddress!, byteCount) == 0
  }

  // Each secret was overwritten when it ended.
  deinit { munmap(mapping, mappingByteCount) }

  /// Takes zero bytes that nobody had before, or nil where too few are left. They begin at a line of the cache.
  func take(_ count: Int) -> UnsafeMutableRawPointer? {
    guard bytes.count - used >= count else { return nil }
    defer { used = min(bytes.count, (used + count + 63) / 64 * 64) }
    return bytes.baseAddress! + used
  }
}
