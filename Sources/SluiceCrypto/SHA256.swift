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

  /// Reads `count` bytes, a digest's where nothing else is said, as `hex` writes them; nil for any other text.
  public static func bytes(hex text: some StringProtocol, count: Int = byteCount) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count == 2 * count else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// Returns bytes as lower-case hexadecimal digits, as `sha256sum` and manifests write them.
  public static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
      for (index, byte) in bytes.enumerated() {
        buffer[2 * index] = digits[Int(byte >> 4)]
        buffer[2 * index + 1] = digits[Int(byte & 15)]
      }
      return bytes.count * 2
    }
  }
}
