import Foundation
import SluiceCrypto
import Testing

@Suite("Self-test") struct SelfTestTests {
  @Test("It passes, again and again, and on several threads") func passes() async throws {
    try SelfTest.run()
    try SelfTest.run(answers: SelfTest.KnownAnswers())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try SelfTest.run() } }
      try await group.waitForAll()
    }
  }

  /// A change to the right answers.
  typealias Change = @Sendable (inout SelfTest.KnownAnswers) -> Void

  static let changes: [(code: String, change: Change)] = [
    ("self-test-hmac", { $0.shortKeyTag = wrong($0.shortKeyTag) }),
    ("self-test-hmac", { $0.textKeyTag = wrong($0.textKeyTag) }),
    ("self-test-hmac", { $0.longKeyTag = wrong($0.longKeyTag) }),
    ("self-test-hkdf", { $0.expandedKey = wrong($0.expandedKey) }),
    ("self-test-sha256", { $0.digest = wrong($0.digest) }),
    ("self-test-sha256", { $0.digest = "" }),
    ("self-test-sha256", { $0.digest = String($0.digest.dropLast()) }),
    ("libcrypto-version", { $0.versionNumber = 0x3000_0020 }),
    ("libcrypto-version", { $0.versionNumber = 0x3000_002F }),
    ("libcrypto-version", { $0.versionNumber = 0x3000_0000 }),
    ("libcrypto-version", { $0.versionNumber = 0x1010_117F }),
    ("libcrypto-version", { $0.versionNumber = 0 }),
  ]

  /// The last digit changed by one bit.
  static func wrong(_ answer: String) -> String {
    String(answer.dropLast()) + String(answer.last!.hexDigitValue! ^ 1, radix: 16)
  }

  @Test("Each wrong answer has its code, and the message says what to do", arguments: 0..<12)
  func wrongAnswer(index: Int) throws {
    var answers = SelfTest.KnownAnswers()
    Self.changes[index].change(&answers)
    let error = try #require(CryptoTestSupport.failure { try SelfTest.run(answers: answers) })
    #expect(error.code == Self.changes[index].code)
    #expect(error.message.contains("libssl3") && error.description == "\(error.code): \(error.message)")
  }

  @Test(
    "3.0.3 and what came later are new enough",
    arguments: [0x3000_0030, 0x3000_0130, 0x3050_0000, 0x4000_0000])
  func newEnough(version: UInt) throws {
    var answers = SelfTest.KnownAnswers()
    answers.versionNumber = version
    try SelfTest.run(answers: answers)
  }

  @Test("A configuration file that OPENSSL_CONF names changes nothing") func hostileConfiguration() async {
    // In a process of its own, before anything in it has loaded libcrypto.
    await #expect(processExitsWith: .success) {
      let folder = try KeyFolder()
      // No provider has these properties: a library context that read this would have no HMAC.
      let configuration = """
        openssl_conf = start
        config_diagnostics = 1
        [start]
        alg_section = algorithms
        [algorithms]
        default_properties = fips=yes,provider=none
        """
      try Self.checkWithConfiguration(at: folder.write(configuration.utf8, to: "openssl.cnf"))
    }
  }

  @Test("Nor does one that is not there") func missingConfiguration() async {
    await #expect(processExitsWith: .success) {
      try Self.checkWithConfiguration(at: KeyFolder().path + "/missing.cnf")
    }
  }

  static func checkWithConfiguration(at path: String) throws {
    setenv("OPENSSL_CONF", path, 1)
    setenv("OPENSSL_MODULES", "/nonexistent", 1)
    try SelfTest.run()
    #expect(Base16.encode(SHA256.hash(Array("abc".utf8))).hasPrefix("ba7816bf"))
    var digest = try SHA512()
    withUnsafeBytes(of: UInt8(0)) { digest.update($0) }
    #expect(digest.finalize().count == 64)
  }
}
