internal import CLibcrypto

/// The test of libcrypto that runs before the first key is used and refuses to go on.
public enum SelfTest {
  /// Checks the loaded libcrypto: its version, its random number generator, and HMAC, HKDF and SHA-256 against
  /// known answers, one HMAC context used again among them. Takes less than 2 ms.
  ///
  /// - Throws: `libcrypto-version`, `libcrypto-load`, `random-failed`, `self-test-hmac`,
  ///   `self-test-hmac-reuse`, `self-test-hmac-blocks`, `self-test-hkdf` or `self-test-sha256`. The program then ends with status 7.
  public static func run() throws(CryptoError) { try run(answers: KnownAnswers()) }

  /// What must come out; a test passes a wrong one to see the self-test fail.
  package struct KnownAnswers: Sendable {
    /// RFC 4231 section 4.2.
    package var shortKeyTag = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    /// RFC 4231 section 4.3.
    package var textKeyTag = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    /// RFC 4231 section 4.7, a key longer than a block.
    package var longKeyTag = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    /// RFC 5869 appendix A.1.
    package var expandedKey =
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    /// FIPS 180-4, the message "abc".
    package var digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    /// The version that the loaded library claims.
    package var versionNumber = UInt(OpenSSL_version_num())

    /// The right answers, and the version of the loaded library.
    package init() {}
  }

  /// Runs the test against given answers.
  package static func run(answers: KnownAnswers) throws(CryptoError) {
    try Libcrypto.checkVersion(answers.versionNumber)
    try checkRandomNumbers()
    try checkAuthentication(answers)
    try checkDerivation(answers)
    try checkDigest(answers)
  }

  private static func checkRandomNumbers() throws(CryptoError) {
    let first = try SecretBytes(count: RootKey.byteCount)
    let second = try SecretBytes(count: RootKey.byteCount)
    try Libcrypto.loaded().fillWithRandomBytes(first.mutableBytes)
    try Libcrypto.loaded().fillWithRandomBytes(second.mutableBytes)
    guard !first.matches(second.base, count: second.count) else {
      throw CryptoError(
        code: "random-failed",
        message:
          "The random number generator repeats itself. Make no key on this system, and have it checked.")
    }
  }

  private static func checkAuthentication(_ answers: KnownAnswers) throws(CryptoError) {
    let shortKey = [UInt8](repeating: 0x0b, count: 20)
    let textKey = Array("Jefe".utf8)
    let longKey = [UInt8](repeating: 0xaa, count: 131)
    let shortMessage = Array("Hi There".utf8)
    let textMessage = Array("what do ya want for nothing?".utf8)
    let longMessage = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)

    var context = try AuthenticationContext(key: shortKey, count: shortKey.count)
    try check(context.tag(of: shortMessage, restarting: false), answers.shortKeyTag, "self-test-hmac")

    // One context, as the record path uses it: keyed anew; used, then restarted; and restarted in the middle
    // of a message. Before OpenSSL 3.0.3 a restarted context gives a wrong tag.
    try context.rekey(textKey, count: textKey.count)
    try check(context.tag(of: textMessage, restarting: false), answers.textKeyTag, "self-test-hmac")
    try check(context.tag(of: textMessage, restarting: true), answers.textKeyTag, "self-test-hmac-reuse")
    let isBegun = context.restart() && context.update(shortMessage, count: shortMessage.count)
    let second = try context.tag(of: textMessage, restarting: true)
    try check(isBegun ? second : [], answers.textKeyTag, "self-test-hmac-reuse")
    try context.rekey(longKey, count: longKey.count)
    try check(context.tag(of: longMessage, restarting: false), answers.longKeyTag, "self-test-hmac")
    try check(context.tag(of: longMessage, restarting: true), answers.longKeyTag, "self-test-hmac-reuse")
    try checkBlocks(answers)
  }

  /// HMAC by block against the same answers, and against the reference for messages of every length up to three
  /// blocks, one authenticator used for all.
  private static func checkBlocks(_ answers: KnownAnswers) throws(CryptoError) {
    let textKey = Array("Jefe".utf8)
    let states = try AuthenticationStates(key: textKey, count: textKey.count)
    var blocks = try BlockAuthenticator()
    let text = Array("what do ya want for nothing?".utf8)
    try check(blocks.tag(of: text, states), answers.textKeyTag, "self-test-hmac-blocks")
    var context = try AuthenticationContext(key: textKey, count: textKey.count)
    var message: [UInt8] = []
    for count in 0...200 {
      let reference = try context.tag(of: message, restarting: true)
      try check(blocks.tag(of: message, states), Base16.encode(reference), "self-test-hmac-blocks")
      message.append(UInt8(truncatingIfNeeded: count &* 7))
    }
  }

  private static func checkDerivation(_ answers: KnownAnswers) throws(CryptoError) {
    let key: [UInt8] = [
      0x07, 0x77, 0x09, 0x36, 0x2c, 0x2e, 0x32, 0xdf, 0x0d, 0xdc, 0x3f, 0x0d, 0xc4, 0x7b, 0xba, 0x63,
      0x90, 0xb6, 0xc7, 0x3b, 0xb5, 0x0f, 0x9c, 0x31, 0x22, 0xec, 0x84, 0x4a, 0xd7, 0xc2, 0xb3, 0xe5,
    ]
    let info: [UInt8] = [0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9]
    let expanded = try KeyDerivation.bytes(.expand, key: key, salt: [], info: info, count: 42)
    try check(expanded, answers.expandedKey, "self-test-hkdf")
  }

  private static func checkDigest(_ answers: KnownAnswers) throws(CryptoError) {
    var digest = try SHA256()
    for byte in "abc".utf8 { withUnsafeBytes(of: byte) { digest.update($0) } }
    try check(digest.finalize(), answers.digest, "self-test-sha256")
  }

  private static func check(_ bytes: [UInt8], _ answer: String, _ code: String) throws(CryptoError) {
    guard Base16.encode(bytes) == answer else {
      throw CryptoError(
        code: code,
        message: "The libcrypto that this process loaded does not give a known answer. Nothing was read. "
          + "Install libssl3 from your distribution and check LD_LIBRARY_PATH and LD_PRELOAD.")
    }
  }
}
