internal import CLibcrypto

/// Signs packets: detached CMS (RFC 5652, DER) with the signing time, the signer's certificate and its chain.
///
/// Several threads may sign at once.
public final class PacketSigner: Sendable {
  /// The signer's name as its certificate gives it (RFC 4514).
  public let subject: String

  /// SHA-256 of the signer's certificate.
  public let fingerprint: [UInt8]

  private let key: PrivateKey
  private let certificate: Certificate
  private let chain: [Certificate]

  /// Loads a key and its certificate, with the certificates that lead from it to its issuers after it in one file.
  ///
  /// The key's file must be what a root key's may be: regular, no link, 0400 or 0600, owned by the effective user or
  /// root. `seconds` since 1970 is the run's instant, at which the certificate and its chain must be valid.
  ///
  /// - Throws: what `PEMFile` throws, `certificate-weak`, `certificate-expired`, `signer-usage` (its key usage does not
  ///   let it sign), `signer-mismatch` (the key is another one's) or an error of libcrypto.
  public init(keyFile: String, certificateFile: String, at seconds: Int64) throws(CryptoError) {
    let certificates = try PEMFile.certificates(path: certificateFile, of: "signer")
    let certificate = certificates[0]
    try certificate.check(at: seconds, of: "signer")
    guard certificate.permits(KU_DIGITAL_SIGNATURE, KU_NON_REPUDIATION) else {
      throw CryptoError(
        code: "signer-usage",
        message: "The key usage of the signer's certificate does not permit signatures. Use one that does.")
    }
    guard certificates.dropFirst().allSatisfy({ $0.isValid(at: seconds) }) else {
      throw CryptoError(
        code: "certificate-expired",
        message:
          "A certificate of the signer's chain has expired at the date of the run, or is not valid yet. "
          + "Have it renewed, or check the date.")
    }
    key = try PEMFile.privateKey(path: keyFile, of: "signer")
    guard X509_check_private_key(certificate.pointer, key.pointer) == 1 else {
      ERR_clear_error()
      throw CryptoError(
        code: "signer-mismatch",
        message: "The signer's key is not the one of its certificate, which must be the first in its file. "
          + "Give the pair that belongs together.")
    }
    self.certificate = certificate
    chain = Array(certificates.dropFirst())
    subject = certificate.subject
    fingerprint = try certificate.fingerprint()
  }

  /// Signs bytes; `seconds` since 1970 is written as the signing time.
  ///
  /// - Throws: `signature-failed`.
  public func sign(_ content: [UInt8], at seconds: Int64) throws(CryptoError) -> [UInt8] {
    let failure = CryptoError(
      code: "signature-failed",
      message: "libcrypto could not sign. Run again; where it stays, run `sluice self-test`.")
    let libcrypto = try Libcrypto.loaded()
    let stack = try CertificateStack(chain)
    let flags = UInt32(CMS_PARTIAL | CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP)
    guard let message = CMS_sign_ex(nil, nil, stack.pointer, nil, flags, libcrypto.libraryContext, nil) else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    defer { CMS_ContentInfo_free(message) }
    // RFC 5035's reference to the certificate ties it to the signature, as CAdES asks.
    let signerFlags = flags | UInt32(CMS_CADES)
    guard
      let signer = CMS_add1_signer(
        message, certificate.pointer, key.pointer, Self.digest(for: certificate), signerFlags),
      let time = ASN1_TIME_set(nil, time_t(seconds))
    else { throw .libcrypto(code: failure.code, failure.message) }
    defer { ASN1_STRING_free(time) }
    guard CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, ASN1_STRING_type(time), time, -1) == 1
    else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    let isSigned = content.withUnsafeBytes { bytes in
      guard let input = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return false }
      defer { BIO_free(input) }
      return CMS_final(message, input, nil, flags) == 1
    }
    guard isSigned, let output = BIO_new(BIO_s_mem()) else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    defer { BIO_free(output) }
    guard i2d_CMS_bio(output, message) == 1 else { throw .libcrypto(code: failure.code, failure.message) }
    return MemoryOutput.bytes(of: output)
  }

  /// SHA-384 for P-384, whose strength SHA-256 would halve.
  private static func digest(for certificate: Certificate) -> OpaquePointer? {
    certificate.algorithm == .p384 ? EVP_sha384() : EVP_sha256()
  }
}
