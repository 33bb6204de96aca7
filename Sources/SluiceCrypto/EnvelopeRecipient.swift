internal import CLibcrypto

/// The certificate of the one who alone may open an envelope.
public final class EnvelopeRecipient: Sendable {
  /// The recipient's name as its certificate gives it (RFC 4514).
  public let subject: String

  let certificate: Certificate
  let algorithm: KeyAlgorithm

  /// Reads the one certificate in the bytes of a PEM file and checks that something may be sealed to it at an instant.
  ///
  /// - Throws: `pem-certificate`, `recipient-several` (more than one certificate), `certificate-weak`,
  ///   `certificate-expired`, `recipient-usage` (its key usage does not let it receive keys).
  public init(certificate bytes: [UInt8], at seconds: Int64) throws(CryptoError) {
    let certificates = try PEMFile.certificates(in: bytes, of: "recipient")
    guard certificates.count == 1 else {
      throw CryptoError(
        code: "recipient-several",
        message:
          "The recipient's certificate file holds several certificates; it must be clear who can open a packet. "
          + "Give a file with the recipient's own alone.")
    }
    let certificate = certificates[0]
    try certificate.check(at: seconds, of: "recipient")
    guard let algorithm = certificate.algorithm else { preconditionFailure("the algorithm was checked") }
    let (usage, word) =
      algorithm == .rsa3072 ? (KU_KEY_ENCIPHERMENT, "encipherment") : (KU_KEY_AGREEMENT, "agreement")
    guard certificate.permits(usage) else {
      throw CryptoError(
        code: "recipient-usage",
        message:
          "The key usage of the recipient's certificate does not permit key \(word). Ask for a certificate to "
          + "encrypt to.")
    }
    self.certificate = certificate
    self.algorithm = algorithm
    subject = certificate.subject
  }

  /// How many of an envelope's first bytes `isNamed(in:)` needs.
  public static let headByteCount = 16 << 10

  /// Whether the head of an envelope names this certificate by its issuer and serial number.
  public func isNamed(in head: [UInt8]) -> Bool {
    var (start, count): (UnsafePointer<UInt8>?, Int) = (nil, 0)
    var number: UnsafeMutablePointer<UInt8>?
    let numberCount = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate.pointer), &number)
    defer { CRYPTO_free(number, nil, 0) }
    guard numberCount > 0, X509_NAME_get0_der(X509_get_issuer_name(certificate.pointer), &start, &count) == 1
    else {
      return false
    }
    let name =
      Array(UnsafeBufferPointer(start: start, count: count))
      + UnsafeBufferPointer(start: number, count: Int(numberCount))
    return head.count >= name.count
      && (0...head.count - name.count).contains { head[$0...].starts(with: name) }
  }

  /// The bytes of a file that names a recipient: a certificate, or a line with an age recipient.
  public static func file(_ path: String) throws(CryptoError) -> [UInt8] {
    try PEMFile.bytes(
      path: path, FileRule(code: "pem", name: "recipient's file", isPrivate: false))
  }
}
