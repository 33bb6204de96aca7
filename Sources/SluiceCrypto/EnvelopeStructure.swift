internal import CLibcrypto

/// Looks at the encoding of a CMS AuthEnvelopedData message for what libcrypto does not tell: which cipher encrypts the
/// content and how long its tag is.
///
/// libcrypto took tags of any length and other ciphers from whoever changed the message on its way (CVE-2026-34182), so
/// both are read here before libcrypto may decrypt. Definite and indefinite lengths are read (BER).
struct EnvelopeStructure {
  private let reader: BERReader

  /// Throws `envelope-format` where the bytes are not such a message, `envelope-cipher` where the content cipher is not
  /// AES-256-GCM with a nonce of 12 bytes, `envelope-tag` where its tag has not 16.
  static func check(_ bytes: UnsafeBufferPointer<UInt8>) throws(CryptoError) {
    let structure = EnvelopeStructure(reader: BERReader(bytes: bytes))
    do { try structure.check() } catch {
      throw error as? CryptoError ?? format
    }
  }

  private static let format = CryptoError(
    code: "envelope-format",
    message:
      "It is neither a CMS AuthEnvelopedData message (DER) nor a file of age. Check the path, or fetch "
      + "it again."
  )
  private static let cipher = CryptoError(
    code: "envelope-cipher",
    message:
      "Its content is not encrypted with AES-256-GCM. Another cipher would not show that the "
      + "content was changed. Ask its sender to encrypt with AES-256-GCM.")
  private static let tag = CryptoError(
    code: "envelope-tag",
    message:
      "Its authentication tag is not the whole 16 bytes, so it does not prove that the content is unchanged. "
      + "Do not rely on it; ask its sender for another.")

  private static let authEnvelopedData: [UInt8] = [
    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17,
  ]
  private static let data: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]
  private static let aes256GCM: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2E]

  private func check() throws {
    var message = try reader.children(of: reader.element(at: 0, before: reader.bytes.count))
    guard message.next(isObject: Self.authEnvelopedData, in: reader), let wrapped = message.next(0xA0) else {
      throw Self.format
    }
    var outer = try reader.children(of: wrapped)
    guard let enveloped = outer.next(0x30), outer.isEmpty, message.isEmpty else { throw Self.format }
    var parts = try reader.children(of: enveloped)
    guard parts.next(0x02) != nil else { throw Self.format }
    _ = parts.next(0xA0)
    guard parts.next(0x31) != nil, let content = parts.next(0x30) else { throw Self.format }
    try checkContent(content)
    _ = parts.next(0xA1)
    guard let mac = parts.next(0x04) else { throw Self.format }
    guard mac.end - mac.start == 16 else { throw Self.tag }
  }

  private func checkContent(_ content: BERReader.Element) throws {
    var parts = try reader.children(of: content)
    guard parts.next(isObject: Self.data, in: reader), let algorithm = parts.next(0x30) else {
      throw Self.format
    }
    var words = try reader.children(of: algorithm)
    guard words.next(isObject: Self.aes256GCM, in: reader), let parameters = words.next(0x30) else {
      throw Self.cipher
    }
    var values = try reader.children(of: parameters)
    guard let nonce = values.next(0x04), nonce.end - nonce.start == 12 else { throw Self.cipher }
    // Where no length is stated it is 12 bytes.
    guard let length = values.next(0x02), reader.content(of: length).elementsEqual([16]) else {
      throw Self.tag
    }
  }
}
