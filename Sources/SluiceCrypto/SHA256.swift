/// A SHA-256 digest (FIPS 180-4) taken piece by piece, for manifests.
///
/// One thread at a time; the type is neither Sendable nor copyable.
public struct SHA256: ~Copyable {
  /// Bytes in a digest.
  public static let byteCount = 32

  private let context: DigestContext

  /// Starts the digest of nothing yet; throws where libcrypto does not load.
  public init() throws(CryptoError) {
    context = try DigestContext(Libcrypto.loaded().sha256, byteCount: Self.byteCount)
  }

  /// Adds bytes; none are nothing.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

  /// Returns the 32 bytes of the digest; the value then starts a new one.
  public mutating func finalize() -> [UInt8] { context.finalize() }

  /// Returns the 32 bytes of the digest of some bytes.
  ///
  /// Stops the process where libcrypto does not load: run the self-test first, which reports that.
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    do {
      var digest = try SHA256()
      bytes.withUnsafeBytes { digest.update($0) }
      return digest.finalize()
    } catch {
      preconditionFailure("SHA-256 before a self-test: \(error.code)")
    }
  }
}
