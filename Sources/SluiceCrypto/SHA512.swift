internal import CLibcrypto

/// A SHA-512 digest (FIPS 180-4) taken piece by piece, to verify bags that others made.
///
/// One thread at a time; the type is neither Sendable nor copyable.
public struct SHA512: ~Copyable {
  /// Bytes in a digest.
  public static let byteCount = 64

  private let context: DigestContext

  /// Starts the digest of nothing yet; throws where libcrypto does not load.
  public init() throws(CryptoError) {
    // Fetched anew each time: bags with SHA-512 are read seldom, and packets never have it.
    guard let algorithm = EVP_MD_fetch(try Libcrypto.loaded().libraryContext, "SHA512", nil) else {
      throw .libcrypto(
        code: "digest-failed",
        "libcrypto does not offer SHA-512. Run again; where it stays, run `sluice self-test`.")
    }
    defer { EVP_MD_free(algorithm) }
    context = try DigestContext(algorithm, byteCount: Self.byteCount)
  }

  /// Adds bytes; none are nothing.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

  /// Returns the 64 bytes of the digest.
  public consuming func finalize() -> [UInt8] { context.finalize() }
}
