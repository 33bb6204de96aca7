internal import CLibcrypto

/// Opens CMS AuthEnvelopedData messages of AES-256-GCM.
public enum EnvelopeReader {
  /// Decrypts a whole message with the recipient's key and hands the plaintext to `write`, which returns false where it
  /// fails. `certificateFile` is the recipient's, where the message could be to several.
  ///
  /// libcrypto gives plaintext before it has checked the tag: what was written is worth nothing, and must be removed,
  /// unless this returns.
  ///
  /// - Throws: what `PEMFile` throws; `envelope-format`, `envelope-cipher`, `envelope-tag`, `envelope-recipient` (the
  ///   content key goes by another way than RSA-OAEP or ECDH with a SHA-2 KDF), `envelope-wrong` (the key does not open
  ///   it, or it was changed).
  public static func open(
    _ message: UnsafeRawBufferPointer, keyFile: String, certificateFile: String?,
    write: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws(CryptoError) {
    let key = try PEMFile.privateKey(path: keyFile, of: "recipient")
    let certificate = try certificateFile.map { path throws(CryptoError) in
      try PEMFile.certificates(path: path, of: "recipient")[0]
    }
    let bytes = message.assumingMemoryBound(to: UInt8.self)
    try EnvelopeStructure.check(bytes)
    let content = try decode(bytes)
    defer {
      CMS_ContentInfo_free(content)
      ERR_clear_error()
    }
    try checkRecipients(of: content)
    let sink = try SinkBIO(write)
    guard CMS_decrypt_set1_pkey(content, key.pointer, certificate?.pointer) == 1,
      CMS_decrypt(content, nil, nil, nil, sink.pointer, UInt32(CMS_BINARY)) == 1, !sink.hasFailed
    else {
      throw CryptoError(
        code: "envelope-wrong",
        message:
          "The key does not open it: it is to another recipient, or it was changed on its way. Try your "
          + "other keys, or fetch it again.")
    }
  }

  private static func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(CryptoError) -> OpaquePointer {
    var content = CMS_ContentInfo_new_ex(try Libcrypto.loaded().libraryContext, nil)
    var place = bytes.baseAddress
    let isRead = d2i_CMS_ContentInfo(&content, &place, bytes.count) != nil
    guard let content else { throw format }
    guard isRead, let place, let base = bytes.baseAddress, place - base == bytes.count,
      OBJ_obj2nid(CMS_get0_type(content)) == NID_id_smime_ct_authEnvelopedData
    else {
      CMS_ContentInfo_free(content)
      ERR_clear_error()
      throw format
    }
    return content
  }

  private static let format = CryptoError(
    code: "envelope-format",
    message: "It is not one whole CMS AuthEnvelopedData message (DER) and nothing else. Fetch it again.")

  /// The ways by which a content key may come.
  private static func checkRecipients(of content: OpaquePointer) throws(CryptoError) {
    let recipients = CMS_get0_RecipientInfos(content)
    for index in 0..<max(0, OPENSSL_sk_num(recipients)) {
      guard let recipient = OPENSSL_sk_value(recipients, index).map({ OpaquePointer($0) }) else { continue }
      var algorithm: UnsafeMutablePointer<X509_ALGOR>?
      let allowed: [Int32]
      switch CMS_RecipientInfo_type(recipient) {
      case CMS_RECIPINFO_TRANS:
        CMS_RecipientInfo_ktri_get0_algs(recipient, nil, nil, &algorithm)
        allowed = [NID_rsaesOaep]
      case CMS_RECIPINFO_AGREE:
        CMS_RecipientInfo_kari_get0_alg(recipient, &algorithm, nil)
        allowed = [
          NID_dhSinglePass_stdDH_sha256kdf_scheme, NID_dhSinglePass_stdDH_sha384kdf_scheme,
          NID_dhSinglePass_stdDH_sha512kdf_scheme,
        ]
      default: allowed = []
      }
      guard let algorithm, allowed.contains(OBJ_obj2nid(algorithm.pointee.algorithm)) else {
        throw CryptoError(
          code: "envelope-recipient",
          message:
            "Its key goes to a recipient by another way than RSA-OAEP or ECDH with SHA-256 or better, which is "
            + "not relied on. Ask its sender for one of those.")
      }
    }
  }
}
