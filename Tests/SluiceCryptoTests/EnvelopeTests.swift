import Foundation
import SluiceCrypto
import Testing

/// Envelopes of ours against the `openssl` command, and the other way round.
@Suite(.enabled(if: OpenSSLTool.isThere, "the openssl command is not installed"))
struct EnvelopeTests {
  private static let p256 = "EC -pkeyopt ec_paramgen_curve:P-256"
  private static let rsa = "RSA -pkeyopt rsa_keygen_bits:3072"
  /// What `openssl cms -encrypt` takes to make what we make.
  private static let ecdh = "-keyopt ecdh_kdf_md:sha256"
  private static let oaep =
    "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha256"

  private func seal(_ content: [UInt8], to certificate: String, _ tool: OpenSSLTool) throws -> [UInt8] {
    let recipient = try EnvelopeRecipient(certificate: try tool.bytes(certificate), at: OpenSSLTool.now)
    var (rest, output) = (content[...], [UInt8]())
    // Pieces of odd lengths, as a pipe gives them.
    let count = try EnvelopeWriter.seal(
      to: recipient,
      read: { buffer in
        let piece = rest.prefix(min(buffer.count, 1 + rest.count % 9973))
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
      },
      write: {
        output += $0
        return true
      })
    #expect(count == content.count)
    return output
  }

  private func open(_ message: [UInt8], key: String, certificate: String? = nil, _ tool: OpenSSLTool) throws
    -> [UInt8]
  {
    var output: [UInt8] = []
    try message.withUnsafeBytes {
      try EnvelopeReader.open(
        $0, keyFile: tool.path(key), certificateFile: certificate.map(tool.path)
      ) {
        output += $0
        return true
      }
    }
    return output
  }

  private func content(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
  }

  @Test(arguments: [p256, "EC -pkeyopt ec_paramgen_curve:P-384", rsa])
  func opensslOpensWhatWeSealAndWeDoToo(key: String) throws {
    let tool = try OpenSSLTool()
    try tool.certificate("r", key: key)
    for count in [1, 4096, 300_001] {
      let content = content(count)
      let message = try seal(content, to: "r.pem", tool)
      try Data(message).write(to: URL(fileURLWithPath: tool.path("m")))
      try tool.make("cms -decrypt -inform DER -binary -in m -inkey r.key -recip r.pem -out o")
      #expect(try tool.bytes("o") == content)
      #expect(try open(message, key: "r.key", tool) == content)
      #expect(try open(message, key: "r.key", certificate: "r.pem", tool) == content)
    }
    let printed = try tool.run("cms -cmsout -print -noout -inform DER -in m").output
    #expect(printed.contains("aes-256-gcm") && printed.contains("id-smime-ct-authEnvelopedData"))
    #expect(printed.contains(key == Self.rsa ? "rsaesOaep" : "dhSinglePass-stdDH-sha256kdf-scheme"))
    #expect(!printed.contains("sha1"))
  }

  @Test(arguments: [
    (p256, "-aes-256-gcm " + ecdh, "none"), (p256, "-stream -aes-256-gcm " + ecdh, "none"),
    (p256, "-aes-256-gcm", "envelope-recipient"), (p256, "-aes-128-gcm " + ecdh, "envelope-cipher"),
    (p256, "-aes-256-cbc " + ecdh, "envelope-format"), (rsa, "-aes-256-gcm " + oaep, "none"),
    (rsa, "-aes-256-gcm", "envelope-recipient"), (rsa, "-aes-256-cbc " + oaep, "envelope-format"),
  ])
  func ofOthersMessagesOnlyThoseThatShowAChangeAreOpened(key: String, options: String, code: String) throws {
    let tool = try OpenSSLTool()
    try tool.certificate("r", key: key)
    try Data(content(9999)).write(to: URL(fileURLWithPath: tool.path("c")))
    try tool.make("cms -encrypt -binary -in c -outform DER -out m -recip r.pem " + options)
    let bytes = try tool.bytes("m")
    var opened: [UInt8] = []
    #expect(cryptoCode { opened = try open(bytes, key: "r.key", tool) } == code)
    if code == "none" { #expect(opened == content(9999)) }
  }

  @Test(arguments: [p256, rsa]) func noChangedMessageIsOpened(key: String) throws {
    let tool = try OpenSSLTool()
    try tool.certificate("r", key: key)
    try tool.certificate("other", key: key)
    let message = try seal(content(6000), to: "r.pem", tool)
    for index in stride(from: 0, to: message.count, by: key == Self.rsa ? 61 : 7) {
      var changed = message
      changed[index] ^= 1 << UInt8(index % 8)
      // What names the recipient, in clear and not authenticated, may change without harm.
      if let output = try? open(changed, key: "r.key", tool) {
        #expect(output == content(6000), "byte \(index)")
      }
    }
    for index in stride(from: message.count - 5600, to: message.count, by: 97) {
      var changed = message
      changed[index] ^= 0x10
      #expect(cryptoCode { _ = try open(changed, key: "r.key", tool) } != "none", "byte \(index)")
    }
    for count in [0, 1, 2, 100, message.count / 2, message.count - 1] {
      #expect(
        cryptoCode { _ = try open(Array(message.prefix(count)), key: "r.key", tool) } == "envelope-format")
    }
    #expect(cryptoCode { _ = try open(message + [0], key: "r.key", tool) } == "envelope-format")
    #expect(cryptoCode { _ = try open(message, key: "other.key", tool) } == "envelope-wrong")
    #expect(
      cryptoCode { _ = try open(message, key: "r.key", certificate: "other.pem", tool) } == "envelope-wrong")
  }

  /// CVE-2026-34182: libcrypto took a tag of whatever length the message gave, down to one byte.
  @Test(arguments: [15, 12, 8, 4, 1, 0]) func aShortTagIsRefused(count: Int) throws {
    let tool = try OpenSSLTool()
    try tool.certificate("r")
    let message = try seal(content(100), to: "r.pem", tool)
    // The tag is the last element before three ends of contents.
    let end = message.count - 6
    #expect(message[end - 18] == 4 && message[end - 17] == 16)
    var changed = Array(message[..<(end - 17)]) + [UInt8(count)]
    changed += message[(end - 16)..<(end - 16 + count)]
    changed += message[end...]
    #expect(cryptoCode { _ = try open(changed, key: "r.key", tool) } == "envelope-tag")
    // And where the algorithm's own parameter says so.
    let parameter = try #require(
      message.indices.first { message[$0...].starts(with: [0x02, 0x01, 0x10, 0xA0, 0x80]) })
    var stated = changed
    stated[parameter + 2] = UInt8(count)
    #expect(cryptoCode { _ = try open(stated, key: "r.key", tool) } == "envelope-tag")
  }

  @Test(arguments: [
    ("RSA -pkeyopt rsa_keygen_bits:2048", [], "sha256", "certificate-weak"),
    ("X25519", [], "sha256", "none"), ("ED25519", [], "sha256", "certificate-weak"),
    ("EC -pkeyopt ec_paramgen_curve:P-521", [], "sha256", "certificate-weak"),
    (p256, [], "sha1", "certificate-weak"),
    (p256, ["keyUsage=digitalSignature"], "sha256", "recipient-usage"),
    (p256, ["keyUsage=keyAgreement"], "sha256", "none"),
    (rsa, ["keyUsage=keyAgreement"], "sha256", "recipient-usage"),
    (rsa, ["keyUsage=keyEncipherment"], "sha256", "none"),
  ])
  func aRecipientThatIsWeakOrForSomethingElseIsRefused(
    key: String, extensions: [String], digest: String, code: String
  ) throws {
    // Such a key signs no certificate, so openssl makes none of its own.
    guard key != "X25519" else { return }
    let tool = try OpenSSLTool()
    try tool.certificate("r", key: key, extensions: extensions, digest: digest)
    let bytes = try tool.bytes("r.pem")
    #expect(cryptoCode { _ = try EnvelopeRecipient(certificate: bytes, at: OpenSSLTool.now) } == code)
    if code == "none" {
      #expect(
        cryptoCode { _ = try EnvelopeRecipient(certificate: bytes, at: OpenSSLTool.now + 31 * 86_400) }
          == "certificate-expired")
      #expect(
        cryptoCode { _ = try EnvelopeRecipient(certificate: bytes + bytes, at: OpenSSLTool.now) }
          == "recipient-several")
    }
  }

  @Test func aFailureToReadOrWriteEndsTheSealing() throws {
    let tool = try OpenSSLTool()
    try tool.certificate("r")
    let recipient = try EnvelopeRecipient(certificate: try tool.bytes("r.pem"), at: OpenSSLTool.now)
    #expect(
      cryptoCode { _ = try EnvelopeWriter.seal(to: recipient, read: { _ in -1 }, write: { _ in true }) }
        == "envelope-failed")
    // Whichever of the writes fails, the last ones included.
    var (failing, isFailed) = (0, true)
    while isFailed {
      var (count, left) = (0, 3)
      let code = cryptoCode {
        _ = try EnvelopeWriter.seal(
          to: recipient,
          read: { buffer in
            left -= 1
            return left < 0 ? 0 : buffer.count
          },
          write: { _ in
            count += 1
            return count != failing
          })
      }
      isFailed = failing == 0 || count >= failing
      #expect(code == (failing > 0 && count >= failing ? "envelope-failed" : "none"), "write \(failing)")
      failing += 1
    }
    #expect(failing > 10)
  }
}
