internal import CLibcrypto

/// A SHA-512 digest (FIPS 180-4) taken piece by piece, to verify bags that others made.
///
/// One thread at a time; the type is neither Sendable nor copyable.
public struct SHA512: ~Copyable {
  /// Bytes in a digest.
  public static let byteCount = 64

  private let context: OpaquePointer

  /// Starts the digest of nothing yet; throws where libcrypto does not load.
  public init() throws(CryptoError) {
    let libcrypto = try Libcrypto.loaded()
    // Fetched anew each time: bags with SHA-512 are read seldom, and packets never have it.
    guard let algorithm = EVP_MD_fetch(libcrypto.libraryContext, "SHA512", nil) else {
      throw .libcrypto(code: "digest-failed", "libcrypto does not offer SHA-512.")
    }
    defer { EVP_MD_free(algorithm) }
    guard let context = EVP_MD_CTX_new() else {
      throw .libcrypto(code: "digest-failed", "libcrypto could not make a digest context.")
    }
    guard EVP_DigestInit_ex2(context, algorithm, nil) == 1 else {
      EVP_MD_CTX_free(context)
      throw .libcrypto(code: "digest-failed", "libcrypto could not start a digest.")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes; none are nothing.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "SHA-512 did not take bytes")
  }

  /// Returns the 64 bytes of the digest.
  public consuming func finalize() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
      var written: UInt32 = 0
      precondition(EVP_DigestFinal_ex(context, buffer.baseAddress, &written) == 1, "SHA-512 did not end")
      count = Int(written)
    }
  }
}
