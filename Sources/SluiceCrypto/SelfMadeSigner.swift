internal import CLibcrypto
import Glibc

/// Makes a signing key and a certificate that it signs itself: for trying out, and for providers without a PKI who hand
/// the certificate to their receivers by another way.
public enum SelfMadeSigner {
  /// The longest common name (RFC 5280, ub-common-name), in characters.
  public static let nameCharacterCountMax = 64

  /// Makes both and writes them to new files: the key 0600, the certificate 0644, each synced with its directory.
  ///
  /// `seconds` since 1970 is when the certificate begins to be valid; `days` is for how long, 1 to 36,500. Never
  /// overwrites: where something is at one of the paths, neither is written.
  ///
  /// - Returns: the certificate's SHA-256.
  /// - Throws: `signer-name` (empty, too long, or with a control character), `pem-exists`, `pem-write` or an error of
  ///   libcrypto.
  public static func create(
    keyFile: String, certificateFile: String, name: String, algorithm: KeyAlgorithm, from seconds: Int64,
    days: Int
  ) throws(CryptoError) -> [UInt8] {
    guard (1...nameCharacterCountMax).contains(name.unicodeScalars.count),
      name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    else {
      throw CryptoError(
        code: "signer-name",
        message:
          "This cannot name a signer. Use 1 to \(nameCharacterCountMax) characters and no control character.")
    }
    let key = try makeKey(algorithm)
    let certificate = try makeCertificate(key, name, from: seconds, days: days)
    let keyText = try PEMText(of: key)
    let certificateText = try PEMText { PEM_write_bio_X509($0, certificate.pointer) }
    var certificatePlace = try NewFile(
      certificateFile, PEMFile.certificateRule(of: "signer"), mode: 0o644)
    try certificatePlace.write(certificateText.bytes)
    do throws(CryptoError) {
      var keyPlace = try NewFile(keyFile, PEMFile.keyRule(of: "signer"))
      try keyPlace.write(keyText.bytes)
    } catch {
      certificatePlace.remove()
      throw error
    }
    return try certificate.fingerprint()
  }

  private static func makeKey(_ algorithm: KeyAlgorithm) throws(CryptoError) -> PrivateKey {
    let failure = CryptoError(
      code: "key-failed",
      message: "libcrypto could not make a key. Run again; where it stays, run `sluice self-test`.")
    let libraryContext = try Libcrypto.loaded().libraryContext
    guard let context = EVP_PKEY_CTX_new_from_name(libraryContext, algorithm == .rsa3072 ? "RSA" : "EC", nil)
    else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_keygen_init(context) == 1 else { throw .libcrypto(code: failure.code, failure.message) }
    let isSet =
      switch algorithm {
      case .p256: EVP_PKEY_CTX_set_group_name(context, "P-256")
      case .p384: EVP_PKEY_CTX_set_group_name(context, "P-384")
      case .rsa3072: EVP_PKEY_CTX_set_rsa_keygen_bits(context, 3072)
      }
    var key: OpaquePointer?
    guard isSet == 1, EVP_PKEY_generate(context, &key) == 1, let key else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    return PrivateKey(owning: key)
  }

  private static func makeCertificate(
    _ key: PrivateKey, _ name: String, from seconds: Int64, days: Int
  ) throws(CryptoError) -> Certificate {
    precondition((1...36_500).contains(days))
    let failure = CryptoError(
      code: "certificate-failed",
      message: "libcrypto could not make a certificate. Run again; where it stays, run `sluice self-test`.")
    guard let pointer = X509_new_ex(try Libcrypto.loaded().libraryContext, nil) else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    let certificate = Certificate(owning: pointer)
    try setSerialNumber(of: pointer, failure)
    let text = Array(name.utf8)
    guard X509_set_version(pointer, 2) == 1, let subject = X509_get_subject_name(pointer),
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, Int32(text.count), -1, 0) == 1,
      X509_set_issuer_name(pointer, subject) == 1, X509_set_pubkey(pointer, key.pointer) == 1,
      ASN1_TIME_set(X509_getm_notBefore(pointer), time_t(seconds)) != nil,
      ASN1_TIME_set(X509_getm_notAfter(pointer), time_t(seconds + Int64(days) * 86_400)) != nil
    else { throw .libcrypto(code: failure.code, failure.message) }
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, pointer, pointer, nil, nil, 0)
    for (kind, value) in [
      (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
      (NID_subject_key_identifier, "hash"),
    ] {
      guard let part = X509V3_EXT_conf_nid(nil, &context, kind, value) else {
        throw .libcrypto(code: failure.code, failure.message)
      }
      defer { X509_EXTENSION_free(part) }
      guard X509_add_ext(pointer, part, -1) == 1 else {
        throw .libcrypto(code: failure.code, failure.message)
      }
    }
    let digest = KeyAlgorithm(of: key.pointer) == .p384 ? EVP_sha384() : EVP_sha256()
    guard X509_sign(pointer, key.pointer, digest) > 0 else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    return certificate
  }

  /// 127 random bits: positive, and never the same twice.
  private static func setSerialNumber(of certificate: OpaquePointer, _ failure: CryptoError)
    throws(CryptoError)
  {
    let bytes = try SecretBytes(count: 16)
    // Bound first: Swift 6.3 does not compile a write through the property itself with ThreadSanitizer.
    let random = bytes.mutableBytes
    try Libcrypto.loaded().fillWithRandomBytes(random)
    random[0] = random[0] & 0x7F | 0x40
    let number = BN_bin2bn(bytes.base.assumingMemoryBound(to: UInt8.self), Int32(bytes.count), nil)
    defer { BN_free(number) }
    guard let number, BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil else {
      throw .libcrypto(code: failure.code, failure.message)
    }
  }
}
