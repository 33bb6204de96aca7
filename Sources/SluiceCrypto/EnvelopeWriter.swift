internal import CLibcrypto

/// Encrypts to one recipient: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084), DER but for lengths that are
/// not known beforehand.
///
/// The content key goes by ECDH with the X9.63 KDF and SHA-256 (RFC 5753), or by RSA-OAEP with SHA-256 (RFC 4056).
/// Nothing is held in memory but what libcrypto has in work.
public enum EnvelopeWriter {
  /// The most bytes that one envelope holds: GCM's own limit is 64 GiB less 32 bytes (NIST SP 800-38D).
  public static let byteCountMax = (64 << 30) - 32

  private static let failure = CryptoError(
    code: "envelope-failed",
    message:
      "libcrypto could not encrypt to the recipient. Run again; where it stays, ask for another certificate.")
  private static let pieceByteCount = 64 << 10

  /// Encrypts what `read` gives (0 at the end, less than 0 where it fails) and hands the envelope to `write`, which
  /// returns false where it fails; at least one byte.
  ///
  /// What was written is worth nothing unless this returns. Returns how many bytes were encrypted.
  ///
  /// - Throws: `envelope-failed`, also where `read` or `write` failed, whose own error the caller has; `envelope-long`.
  public static func seal(
    to recipient: EnvelopeRecipient, read: (UnsafeMutableRawBufferPointer) -> Int,
    write: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws(CryptoError) -> Int {
    let libraryContext = try Libcrypto.loaded().libraryContext
    let flags = UInt32(CMS_BINARY | CMS_STREAM | CMS_PARTIAL)
    guard let message = CMS_encrypt_ex(nil, nil, EVP_aes_256_gcm(), flags, libraryContext, nil) else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    defer { CMS_ContentInfo_free(message) }
    try add(recipient, to: message)
    let sink = try SinkBIO(write)
    guard let chain = BIO_new_CMS(sink.pointer, message) else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    // Frees what libcrypto put before the sink, which stays ours.
    defer {
      var bio: OpaquePointer? = chain
      while let next = bio, next != sink.pointer {
        bio = BIO_pop(next)
        BIO_free(next)
      }
    }
    let count = try copy(read, to: chain)
    guard BIO_ctrl(chain, BIO_CTRL_FLUSH, 0, nil) == 1, !sink.hasFailed else {
      throw .libcrypto(code: failure.code, failure.message)
    }
    return count
  }

  private static func copy(
    _ read: (UnsafeMutableRawBufferPointer) -> Int, to chain: OpaquePointer
  ) throws(CryptoError) -> Int {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceByteCount, alignment: 16)
    defer { piece.deallocate() }
    var total = 0
    while true {
      let count = read(piece)
      if count == 0 { return total }
      guard count > 0 else { throw failure }
      total += count
      guard total <= byteCountMax else {
        throw CryptoError(
          code: "envelope-long",
          message:
            "What is to be encrypted is longer than AES-GCM may encrypt with one key (64 GiB). Use an age "
            + "recipient.")
      }
      guard BIO_write(chain, piece.baseAddress, Int32(count)) == Int32(count) else {
        throw .libcrypto(code: failure.code, failure.message)
      }
    }
  }

  private static func add(_ recipient: EnvelopeRecipient, to message: OpaquePointer) throws(CryptoError) {
    guard
      let information = CMS_add1_recipient_cert(
        message, recipient.certificate.pointer, UInt32(CMS_KEY_PARAM)),
      let context = CMS_RecipientInfo_get0_pkey_ctx(information)
    else { throw .libcrypto(code: failure.code, failure.message) }
    // Without these libcrypto would take SHA-1, or PKCS #1 version 1.5.
    let isSet =
      switch recipient.algorithm {
      case .p256, .p384: EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) > 0
      case .rsa3072:
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0
          && EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) > 0
          && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0
      }
    guard isSet else { throw .libcrypto(code: failure.code, failure.message) }
  }
}
