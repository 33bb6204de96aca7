internal import CLibcrypto

/// A certificate (X.509, RFC 5280), and the checks that do not need its issuer.
///
/// `@unchecked Sendable`: libcrypto locks what it caches of a certificate; nothing else of it changes.
final class Certificate: @unchecked Sendable {
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  /// Another reference to a certificate that something else owns.
  init(sharing pointer: OpaquePointer) {
    X509_up_ref(pointer)
    self.pointer = pointer
  }

  deinit { X509_free(pointer) }

  /// The subject as RFC 4514 writes it; whatever is not printable ASCII is escaped, so that it can be shown.
  var subject: String {
    guard let name = X509_get_subject_name(pointer), let bio = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(bio) }
    guard X509_NAME_print_ex(bio, name, 0, sluice_name_flags) >= 0 else {
      ERR_clear_error()
      return ""
    }
    return String(decoding: MemoryOutput.bytes(of: bio), as: UTF8.self)
  }

  /// SHA-256 of the whole certificate, as `openssl x509 -fingerprint -sha256` prints it.
  func fingerprint() throws(CryptoError) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
    var count = UInt32(digest.count)
    guard X509_digest(pointer, try Libcrypto.loaded().sha256, &digest, &count) == 1 else {
      throw .libcrypto(
        code: "certificate-unreadable",
        "A certificate could not be read. Check the file, or convert it (`openssl x509`).")
    }
    return digest
  }

  /// The algorithm of its key; nil where it is one that nothing may rest on.
  var algorithm: KeyAlgorithm? { X509_get0_pubkey(pointer).flatMap { KeyAlgorithm(of: $0) } }

  /// Whether it is valid at an instant, in seconds since 1970; both ends count.
  func isValid(at seconds: Int64) -> Bool {
    ASN1_TIME_cmp_time_t(X509_get0_notBefore(pointer), time_t(seconds)) <= 0
      && ASN1_TIME_cmp_time_t(X509_get0_notAfter(pointer), time_t(seconds)) >= 0
      && ASN1_TIME_check(X509_get0_notBefore(pointer)) == 1
      && ASN1_TIME_check(X509_get0_notAfter(pointer)) == 1
  }

  /// Whether its key may be used so: one of the KU_ bits, or no word of it in the certificate.
  func permits(_ usages: Int32...) -> Bool {
    // All bits are set where the certificate has no key usage.
    let usage = X509_get_key_usage(pointer)
    return usages.contains { usage & UInt32($0) != 0 }
  }

  /// Whether what its issuer signed it with has at least 112 bits of strength; SHA-1 has not.
  var isSignedStrongly: Bool {
    var bits: Int32 = 0
    guard X509_get_signature_info(pointer, nil, nil, &bits, nil) == 1 else {
      ERR_clear_error()
      return false
    }
    return bits >= 112
  }
}

/// The checks that a certificate must pass before anything rests on it.
extension Certificate {
  /// Refuses a certificate whose key or signature is weak, or that is not valid at an instant.
  func check(at seconds: Int64, of owner: String) throws(CryptoError) {
    guard algorithm != nil else {
      throw CryptoError(
        code: "certificate-weak",
        message:
          "The key of the \(owner)'s certificate is not \(KeyAlgorithm.list). Have one made with such a key.")
    }
    guard isSignedStrongly else {
      throw CryptoError(
        code: "certificate-weak",
        message:
          "The \(owner)'s certificate was issued with a weak digest such as SHA-1. Have it issued anew.")
    }
    guard isValid(at: seconds) else {
      throw CryptoError(
        code: "certificate-expired",
        message: "The \(owner)'s certificate has expired at the date of the run, or is not valid yet. "
          + "Have it renewed, or check the date.")
    }
  }
}

/// What libcrypto wrote into a memory BIO.
enum MemoryOutput {
  static func bytes(of bio: OpaquePointer) -> [UInt8] {
    var start: UnsafeMutablePointer<UInt8>?
    let count = withUnsafeMutablePointer(to: &start) { BIO_ctrl(bio, BIO_CTRL_INFO, 0, $0) }
    return Array(UnsafeBufferPointer(start: start, count: max(0, count)))
  }
}

/// A libcrypto stack of certificates for the length of a call; it shares the certificates.
struct CertificateStack: ~Copyable {
  let pointer: OpaquePointer

  init(_ certificates: [Certificate]) throws(CryptoError) {
    guard let stack = OPENSSL_sk_new_null() else {
      throw .libcrypto(
        code: "out-of-memory",
        "There is no memory for certificates. Give the process more (`ulimit -v`), or free some.")
    }
    for certificate in certificates {
      guard OPENSSL_sk_push(stack, UnsafeRawPointer(certificate.pointer)) > 0 else {
        OPENSSL_sk_free(stack)
        throw .libcrypto(
          code: "out-of-memory",
          "There is no memory for certificates. Give the process more (`ulimit -v`), or free some.")
      }
    }
    pointer = stack
  }

  deinit { OPENSSL_sk_free(pointer) }
}
