internal import CLibcrypto

/// Hides what a run writes to a temporary file for itself: AES-256 in counter mode (NIST SP 800-38A) under a random key
/// that ends with this value, so that nobody can read the file once the process is gone. Libcrypto holds the key in memory
/// that may be swapped out, unlike that of root keys.
///
/// It hides and does not authenticate. One thread at a time; the type is neither Sendable nor copyable.
package struct ScratchCipher: ~Copyable {
  /// Bytes begin at a multiple of this in the file.
  package static let blockByteCount = 16

  private let context: OpaquePointer

  /// Makes a key. Throws where libcrypto has no random bytes, or none of the cipher.
  package init() throws(CryptoError) {
    let libcrypto = try Libcrypto.loaded()
    let key = try SecretBytes(count: 32)
    try libcrypto.fillWithRandomBytes(key.mutableBytes)
    guard let algorithm = EVP_CIPHER_fetch(libcrypto.libraryContext, "AES-256-CTR", nil) else {
      throw Self.failure
    }
    defer { EVP_CIPHER_free(algorithm) }
    guard let context = EVP_CIPHER_CTX_new() else { throw Self.failure }
    let bytes = key.base.assumingMemoryBound(to: UInt8.self)
    guard EVP_EncryptInit_ex2(context, algorithm, bytes, nil, nil) == 1 else {
      EVP_CIPHER_CTX_free(context)
      throw Self.failure
    }
    self.context = context
  }

  // libcrypto overwrites the key.
  deinit { EVP_CIPHER_CTX_free(context) }

  /// Encrypts bytes in place, or decrypts them: the two are one.
  ///
  /// - Parameters:
  ///   - bytes: up to 1 GiB; none are nothing.
  ///   - offset: where they stand in the file, a multiple of `blockByteCount`. Bytes of one place must not be written
  ///     twice under one key.
  package mutating func apply(
    to bytes: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(CryptoError) {
    precondition(offset.isMultiple(of: UInt64(Self.blockByteCount)) && bytes.count <= 1 << 30)
    guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), !bytes.isEmpty else { return }
    // The counter of the block that the bytes begin with, in 16 bytes.
    var counter = (UInt64(0), (offset / UInt64(Self.blockByteCount)).bigEndian)
    let isReady = withUnsafeBytes(of: &counter) {
      EVP_EncryptInit_ex2(context, nil, nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) == 1
    }
    var count: Int32 = 0
    guard isReady, EVP_EncryptUpdate(context, start, &count, start, Int32(bytes.count)) == 1,
      count == bytes.count
    else { throw Self.failure }
  }

  private static var failure: CryptoError {
    .libcrypto(
      code: "cipher-failed", "libcrypto failed to encrypt a temporary file. Check the installed libcrypto.")
  }
}
