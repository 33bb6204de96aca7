internal import CLibcrypto

/// What a signature says of who made it and when.
public struct PacketSignature: Equatable, Sendable {
  /// The signer's name as its certificate gives it (RFC 4514), printable ASCII alone.
  public let subject: String
  /// SHA-256 of the signer's certificate.
  public let fingerprint: [UInt8]
  /// The signing time, in seconds since 1970; the signer's own statement.
  public let signedAt: Int64
  /// Whether a certificate that the receiver trusts vouches for the signer. False also where none was given.
  public let isVouchedFor: Bool
}

/// Checks a detached CMS signature.
public enum SignatureCheck {
  /// More than any chain of certificates takes.
  public static let byteCountMax = 1 << 20

  /// Checks that a signature is one of these bytes, by exactly one signer with an algorithm that may be relied on, and
  /// where `trust` is given that a trusted certificate vouches for the signer at the signing time.
  ///
  /// - Throws: `signature-format` (not a detached CMS signature in DER, or anything after it), `signature-signers` (none
  ///   or several, or the certificate is not in it), `signature-algorithm`, `signature-time` (it states no signing time),
  ///   `signature-usage`, `signature-expired` (the certificate was not valid then), `signature-wrong` (of other bytes or
  ///   damaged), `signature-untrusted`, or an error of libcrypto.
  public static func check(
    _ signature: [UInt8], of content: [UInt8], trust: SignatureTrust?
  ) throws(CryptoError) -> PacketSignature {
    let message = try SignedMessage(signature)
    let signer = try message.signer()
    try message.checkAlgorithms(signer)
    let certificate = try message.certificate(of: signer)
    try message.checkReferences(of: signer, to: certificate)
    guard certificate.algorithm != nil else { throw algorithm }
    guard let seconds = SignedMessage.signingTime(of: signer) else {
      throw CryptoError(code: "signature-time", message: "the signature does not say when it was made.")
    }
    guard certificate.permits(KU_DIGITAL_SIGNATURE, KU_NON_REPUDIATION) else {
      throw CryptoError(
        code: "signature-usage", message: "the signer's certificate does not permit signatures.")
    }
    guard message.isSignature(of: content) else {
      throw CryptoError(
        code: "signature-wrong",
        message: "the signature is not of this packet's tagmanifest-sha256.txt, or one of both was changed.")
    }
    guard certificate.isValid(at: seconds) else {
      throw CryptoError(
        code: "signature-expired",
        message: "the signer's certificate was not valid at the time that the signature states.")
    }
    if let objection = try trust?.objection(
      to: certificate, chain: message.certificates(), at: seconds)
    {
      throw CryptoError(
        code: "signature-untrusted",
        message: "no trusted certificate vouches for the signer (\(objection)).")
    }
    return PacketSignature(
      subject: certificate.subject, fingerprint: try certificate.fingerprint(), signedAt: seconds,
      isVouchedFor: trust != nil)
  }

  static let algorithm = CryptoError(
    code: "signature-algorithm",
    message:
      "the signature rests on an algorithm that is not relied on; it takes \(KeyAlgorithm.list), and SHA-256, "
      + "SHA-384 or SHA-512.")
}

/// A CMS SignedData message under examination.
private final class SignedMessage {
  private let pointer: OpaquePointer

  /// Reads a message that is detached SignedData over data, and nothing more than it.
  init(_ bytes: [UInt8]) throws(CryptoError) {
    let libcrypto = try Libcrypto.loaded()
    var message = CMS_ContentInfo_new_ex(libcrypto.libraryContext, nil)
    let end = bytes.withUnsafeBufferPointer { bytes -> Int? in
      var place = bytes.baseAddress
      guard d2i_CMS_ContentInfo(&message, &place, bytes.count) != nil, let place, let base = bytes.baseAddress
      else {
        return nil
      }
      return place - base
    }
    ERR_clear_error()
    guard let message else { throw Self.format }
    pointer = message
    guard end == bytes.count, OBJ_obj2nid(CMS_get0_type(message)) == NID_pkcs7_signed,
      OBJ_obj2nid(CMS_get0_eContentType(message)) == NID_pkcs7_data, CMS_is_detached(message) == 1,
      Self.isDistinguished(message, bytes), bytes.withUnsafeBufferPointer(Self.hasVersions)
    else { throw Self.format }
  }

  /// Whether the bytes are the one encoding (DER) of the message, so that no bit of it can be turned unseen.
  private static func isDistinguished(_ message: OpaquePointer, _ bytes: [UInt8]) -> Bool {
    var encoding: UnsafeMutablePointer<UInt8>?
    let count = i2d_CMS_ContentInfo(message, &encoding)
    defer { CRYPTO_free(encoding, nil, 0) }
    return count >= 0 && UnsafeBufferPointer(start: encoding, count: Int(count)).elementsEqual(bytes)
  }

  /// Whether message and signer state the versions that RFC 5652 demands: 1, or 3 for a signer named by its key.
  /// libcrypto reads whatever stands there.
  private static func hasVersions(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let reader = BERReader(bytes: bytes)
    do {
      var message = try reader.children(of: reader.element(at: 0, before: bytes.count))
      guard message.next(0x06) != nil, let wrapped = message.next(0xA0) else { return false }
      var outer = try reader.children(of: wrapped)
      guard let signed = outer.next(0x30) else { return false }
      var parts = try reader.children(of: signed)
      guard let version = parts.next(0x02), parts.next(0x31) != nil, parts.next(0x30) != nil else {
        return false
      }
      _ = parts.next(0xA0)
      _ = parts.next(0xA1)
      guard let signers = parts.next(0x31), parts.isEmpty else { return false }
      var list = try reader.children(of: signers)
      guard let signer = list.next(0x30) else { return list.isEmpty }
      var words = try reader.children(of: signer)
      guard let own = words.next(0x02), let form = words.rest.first else { return false }
      let number: [UInt8] = form.identifier == 0x30 ? [1] : [3]
      return reader.content(of: version).elementsEqual(number)
        && reader.content(of: own).elementsEqual(number)
    } catch {
      return false
    }
  }

  deinit { CMS_ContentInfo_free(pointer) }

  private static let format = CryptoError(
    code: "signature-format", message: "its signature is not a detached CMS signature in DER.")

  /// The one signer, with its certificate found in the message.
  func signer() throws(CryptoError) -> OpaquePointer {
    defer { ERR_clear_error() }
    guard let signers = CMS_get0_SignerInfos(pointer), OPENSSL_sk_num(signers) == 1,
      let signer = OPENSSL_sk_value(signers, 0), CMS_set1_signers_certs(pointer, nil, 0) == 1
    else {
      throw CryptoError(
        code: "signature-signers", message: "the signature is not of one signer whose certificate is in it.")
    }
    return OpaquePointer(signer)
  }

  func checkAlgorithms(_ signer: OpaquePointer) throws(CryptoError) {
    var digest: UnsafeMutablePointer<X509_ALGOR>?
    var algorithm: UnsafeMutablePointer<X509_ALGOR>?
    CMS_SignerInfo_get0_algs(signer, nil, nil, &digest, &algorithm)
    let digests = [NID_sha256, NID_sha384, NID_sha512]
    let algorithms = [
      NID_ecdsa_with_SHA256, NID_ecdsa_with_SHA384, NID_ecdsa_with_SHA512, NID_rsaEncryption,
      NID_sha256WithRSAEncryption, NID_sha384WithRSAEncryption, NID_sha512WithRSAEncryption, NID_rsassaPss,
    ]
    guard let digest, digests.contains(OBJ_obj2nid(digest.pointee.algorithm)), let algorithm,
      algorithms.contains(OBJ_obj2nid(algorithm.pointee.algorithm))
    else { throw SignatureCheck.algorithm }
    // libcrypto goes by the digest's own entry whatever digest the signature algorithm names; RSA's names none.
    var named: Int32 = 0
    guard
      OBJ_find_sigid_algs(OBJ_obj2nid(algorithm.pointee.algorithm), &named, nil) != 1
        || named == NID_undef || named == OBJ_obj2nid(digest.pointee.algorithm)
    else { throw SignatureCheck.algorithm }
  }

  func certificate(of signer: OpaquePointer) throws(CryptoError) -> Certificate {
    var certificate: OpaquePointer?
    CMS_SignerInfo_get0_algs(signer, nil, &certificate, nil, nil)
    guard let certificate else {
      throw CryptoError(
        code: "signature-signers", message: "the signature does not hold its signer's certificate.")
    }
    return Certificate(sharing: certificate)
  }

  /// Throws unless what names the signer's certificate names it exactly: libcrypto compares names without regard to case, and
  /// leaves the certificate's digest among the signed attributes (RFC 5035) to those who ask.
  func checkReferences(of signer: OpaquePointer, to certificate: Certificate) throws(CryptoError) {
    defer { ERR_clear_error() }
    var issuer: OpaquePointer?
    guard CMS_SignerInfo_get0_signer_id(signer, nil, &issuer, nil) == 1,
      issuer.map({ Self.encoding(of: $0) == Self.encoding(of: X509_get_issuer_name(certificate.pointer)) })
        ?? true,
      try isReferred(certificate, by: signer)
    else {
      throw CryptoError(
        code: "signature-signers", message: "the signature names another certificate than the one in it.")
    }
  }

  private static func encoding(of name: OpaquePointer?) -> [UInt8] {
    var (start, count): (UnsafePointer<UInt8>?, Int) = (nil, 0)
    guard X509_NAME_get0_der(name, &start, &count) == 1 else { return [] }
    return Array(UnsafeBufferPointer(start: start, count: count))
  }

  /// Whether the signed attributes hold this certificate's digest, or none.
  private func isReferred(_ certificate: Certificate, by signer: OpaquePointer) throws(CryptoError) -> Bool {
    guard CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2, -1) >= 0 else {
      return true
    }
    let name = OBJ_nid2obj(NID_id_smime_aa_signingCertificateV2)
    // -3: exactly one, with one value.
    guard let value = CMS_signed_get0_data_by_OBJ(signer, name, -3, V_ASN1_SEQUENCE) else { return false }
    let text = value.assumingMemoryBound(to: ASN1_STRING.self)
    var place = ASN1_STRING_get0_data(text)
    guard let reference = d2i_ESS_SIGNING_CERT_V2(nil, &place, Int(ASN1_STRING_length(text))) else {
      return false
    }
    defer { ESS_SIGNING_CERT_V2_free(reference) }
    let stack = try CertificateStack([certificate])
    return OSSL_ESS_check_signing_certs(nil, reference, stack.pointer, 1) > 0
  }

  /// Every certificate in the message.
  func certificates() -> [Certificate] {
    guard let stack = CMS_get1_certs(pointer) else { return [] }
    defer { OPENSSL_sk_free(stack) }
    return (0..<OPENSSL_sk_num(stack)).compactMap { index in
      OPENSSL_sk_value(stack, index).map { Certificate(owning: OpaquePointer($0)) }
    }
  }

  /// The signing time; nil where the signer states none, or several.
  static func signingTime(of signer: OpaquePointer) -> Int64? {
    defer { ERR_clear_error() }
    let place = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1)
    guard place >= 0, CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, place) < 0,
      let attribute = CMS_signed_get_attr(signer, place), X509_ATTRIBUTE_count(attribute) == 1,
      let value = X509_ATTRIBUTE_get0_type(attribute, 0),
      value.pointee.type == V_ASN1_UTCTIME || value.pointee.type == V_ASN1_GENERALIZEDTIME
    else { return nil }
    let time = value.pointee.value.asn1_string
    guard ASN1_TIME_check(time) == 1, let epoch = ASN1_TIME_set(nil, 0) else { return nil }
    defer { ASN1_STRING_free(epoch) }
    var (days, seconds): (Int32, Int32) = (0, 0)
    guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
    return Int64(days) * 86_400 + Int64(seconds)
  }

  /// Whether the signature is of these bytes and by the certificate in it, which is not vouched for here.
  func isSignature(of content: [UInt8]) -> Bool {
    defer { ERR_clear_error() }
    return content.withUnsafeBytes { bytes in
      guard let input = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return false }
      defer { BIO_free(input) }
      return CMS_verify(
        pointer, nil, nil, input, nil, UInt32(CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY)) == 1
    }
  }
}
