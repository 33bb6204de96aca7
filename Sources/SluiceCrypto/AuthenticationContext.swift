internal import CLibcrypto

/// One HMAC-SHA-256 context (RFC 2104), keyed once and restarted for each message.
///
/// Restarting with a null key costs a fifth of a one-shot call and, unlike it, scales over threads. Use one
/// context a thread; the type is not Sendable and cannot be copied.
package struct AuthenticationContext: ~Copyable {
  /// Bytes in a whole tag.
  package static let tagByteCount = 32

  private let context: OpaquePointer

  /// Creates a context with a key of any length, ready for a message.
  package init(key: UnsafeRawPointer, count: Int) throws(CryptoError) {
    let libcrypto = try Libcrypto.loaded()
    guard let context = EVP_MAC_CTX_new(libcrypto.hmac) else { throw Self.failure }
    guard sluice_mac_use_sha256(context) == 1, Self.setKey(key, count: count, of: context) else {
      EVP_MAC_CTX_free(context)
      throw Self.failure
    }
    self.context = context
  }

  // libcrypto overwrites the key and the digest states.
  deinit { EVP_MAC_CTX_free(context) }

  /// Takes another key and starts a message.
  package mutating func rekey(_ key: UnsafeRawPointer, count: Int) throws(CryptoError) {
    guard Self.setKey(key, count: count, of: context) else { throw Self.failure }
  }

  /// Starts a message under the same key, forgetting a message that was begun.
  @inline(__always)
  package mutating func restart() -> Bool { EVP_MAC_init(context, nil, 0, nil) == 1 }

  /// Adds bytes to the message.
  @inline(__always)
  package mutating func update(_ bytes: UnsafeRawPointer, count: Int) -> Bool {
    EVP_MAC_update(context, bytes.assumingMemoryBound(to: UInt8.self), count) == 1
  }

  /// Ends the message and writes the 32 bytes of its tag.
  @inline(__always)
  package mutating func finish(to tag: UnsafeMutableRawPointer) -> Bool {
    var count = 0
    let bytes = tag.assumingMemoryBound(to: UInt8.self)
    return EVP_MAC_final(context, bytes, &count, Self.tagByteCount) == 1 && count == Self.tagByteCount
  }

  /// Returns the tag of a message, for known answers: as the context stands, or restarted first.
  package mutating func tag(of message: [UInt8], restarting: Bool) throws(CryptoError) -> [UInt8] {
    var tag = [UInt8](repeating: 0, count: Self.tagByteCount)
    guard !restarting || restart(), update(message, count: message.count), finish(to: &tag) else {
      throw Self.failure
    }
    return tag
  }

  private static func setKey(_ key: UnsafeRawPointer, count: Int, of context: OpaquePointer) -> Bool {
    EVP_MAC_init(context, key.assumingMemoryBound(to: UInt8.self), count, nil) == 1
  }

  private static var failure: CryptoError {
    .libcrypto(
      code: "mac-failed",
      "libcrypto failed to compute an HMAC. Run again; where it stays, run `sluice self-test`.")
  }
}
