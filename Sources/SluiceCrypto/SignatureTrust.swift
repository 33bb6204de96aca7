internal import CLibcrypto

/// The certificates that a receiver trusts: of the provider itself, or of the authority that issued its certificate.
public final class SignatureTrust: Sendable {
  private let certificates: [Certificate]

  /// Loads the certificates of a PEM file, at least one.
  ///
  /// - Throws: what `PEMFile` throws.
  public init(contentsOfFile path: String) throws(CryptoError) {
    certificates = try PEMFile.certificates(path: path, of: "trusted signer")
  }

  /// Why no chain of valid certificates leads from one of these to `certificate` at an instant; nil where one does.
  ///
  /// Algorithms of less than 112 bits are refused on the way. Revocation lists are not asked for: nothing here uses a
  /// network.
  func objection(
    to certificate: Certificate, chain: [Certificate], at seconds: Int64
  ) throws(CryptoError) -> String? {
    let failure = CryptoError(
      code: "trust-failed",
      message: "libcrypto could not check a certificate. Run again; where it stays, run `sluice self-test`.")
    guard let store = X509_STORE_new(),
      let context = X509_STORE_CTX_new_ex(try Libcrypto.loaded().libraryContext, nil)
    else { throw .libcrypto(code: failure.code, failure.message) }
    defer {
      X509_STORE_CTX_free(context)
      X509_STORE_free(store)
    }
    for trusted in certificates where X509_STORE_add_cert(store, trusted.pointer) != 1 {
      throw .libcrypto(code: failure.code, failure.message)
    }
    let stack = try CertificateStack(chain)
    guard X509_STORE_CTX_init(context, store, certificate.pointer, stack.pointer) == 1,
      let parameters = X509_STORE_CTX_get0_param(context)
    else { throw .libcrypto(code: failure.code, failure.message) }
    X509_VERIFY_PARAM_set_time(parameters, time_t(seconds))
    X509_VERIFY_PARAM_set_auth_level(parameters, 2)
    // A certificate given as trusted is an end of the chain, whoever issued it.
    X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    if X509_verify_cert(context) == 1 { return nil }
    let reason = X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context)))
    ERR_clear_error()
    return reason.map { String(cString: $0) } ?? "unknown"
  }
}
