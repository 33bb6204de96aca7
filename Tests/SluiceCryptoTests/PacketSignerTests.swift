import Foundation
import SluiceCrypto
import Synchronization
import Testing

/// Signatures of ours against the `openssl` command, and the other way round.
@Suite(.enabled(if: OpenSSLTool.isThere, "the openssl command is not installed"))
struct PacketSignerTests {
  private let content = Array("0f  bag-info.txt\n1e  bagit.txt\n".utf8)

  private func signer(_ tool: OpenSSLTool, _ name: String, chain: String? = nil) throws -> PacketSigner {
    try PacketSigner(
      keyFile: tool.path(name + ".key"), certificateFile: tool.path(chain ?? name + ".pem"),
      at: OpenSSLTool.now)
  }

  private func trust(_ tool: OpenSSLTool, _ name: String) throws -> SignatureTrust {
    try SignatureTrust(contentsOfFile: tool.path(name + ".pem"))
  }

  private func write(_ tool: OpenSSLTool, _ bytes: [UInt8], _ name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: tool.path(name)))
  }

  @Test(arguments: KeyAlgorithm.allCases)
  func opensslVerifiesASelfMadeSignersSignature(algorithm: KeyAlgorithm) throws {
    let tool = try OpenSSLTool()
    let now = OpenSSLTool.now
    let fingerprint = try SelfMadeSigner.create(
      keyFile: tool.path("s.key"), certificateFile: tool.path("s.pem"), name: "Émile, Example",
      algorithm: algorithm,
      from: now - 60, days: 2)
    let signer = try signer(tool, "s")
    #expect(signer.fingerprint == fingerprint)
    try write(tool, try signer.sign(content, at: now), "c.p7s")
    try write(tool, content, "c")
    let verify = "cms -verify -binary -inform DER -in c.p7s -content c -CAfile s.pem -out out"
    for purpose in ["", " -purpose any", " -cades"] {
      let verified = try tool.run(verify + purpose)
      #expect(verified.status == 0, "\(verified.output)")
    }
    let printed = try tool.run("cms -cmsout -print -noout -inform DER -in c.p7s").output
    #expect(printed.contains(algorithm == .p384 ? "sha384" : "sha256"))
    #expect(printed.contains("signingTime") && printed.contains("signingCertificateV2"))
    #expect(!printed.contains("SMIMECapabilities"))
    let checked = try SignatureCheck.check(try tool.bytes("c.p7s"), of: content, trust: try trust(tool, "s"))
    #expect(checked.signedAt == now && checked.isVouchedFor && checked.fingerprint == fingerprint)
    #expect(checked.subject == "CN=\\C3\\89mile\\, Example")
    let status =
      try FileManager.default.attributesOfItem(atPath: tool.path("s.key"))[.posixPermissions] as? Int
    #expect(status == 0o600)
    try write(tool, content + [0x0A], "c")
    #expect(try tool.run(verify).status != 0)
  }

  @Test func theChainGoesAlongAndLeadsToATrustedRoot() throws {
    let tool = try OpenSSLTool()
    try tool.authority("root")
    try tool.authority("issuer", issuer: "root")
    try tool.certificate("leaf", issuer: "issuer", extensions: ["keyUsage=digitalSignature"])
    try tool.authority("other")
    try tool.join(["leaf", "issuer"], to: "chain.pem")
    let now = OpenSSLTool.now
    let signature = try signer(tool, "leaf", chain: "chain.pem").sign(content, at: now)
    try write(tool, signature, "c.p7s")
    try write(tool, content, "c")
    let verified = try tool.run(
      "cms -verify -binary -inform DER -in c.p7s -content c -CAfile root.pem -purpose any -out o")
    #expect(verified.status == 0, "\(verified.output)")
    for name in ["root", "issuer", "leaf"] {
      #expect(
        try SignatureCheck.check(signature, of: content, trust: trust(tool, name)).isVouchedFor, "\(name)")
    }
    #expect(
      cryptoCode { _ = try SignatureCheck.check(signature, of: content, trust: trust(tool, "other")) }
        == "signature-untrusted")
    #expect(try !SignatureCheck.check(signature, of: content, trust: nil).isVouchedFor)
    // Without the certificate between, no chain leads to the root.
    let alone = try signer(tool, "leaf").sign(content, at: now)
    #expect(
      cryptoCode { _ = try SignatureCheck.check(alone, of: content, trust: trust(tool, "root")) }
        == "signature-untrusted")
  }

  /// A certificate for signing must not be able to make others.
  @Test func aSignersCertificateVouchesForNobodyElse() throws {
    let tool = try OpenSSLTool()
    try tool.authority("root")
    try tool.certificate(
      "leaf", issuer: "root", extensions: ["basicConstraints=critical,CA:FALSE", "keyUsage=digitalSignature"])
    try tool.certificate("forged", issuer: "leaf", extensions: ["keyUsage=digitalSignature"])
    try tool.join(["forged", "leaf"], to: "chain.pem")
    let signature = try signer(tool, "forged", chain: "chain.pem").sign(content, at: OpenSSLTool.now)
    for name in ["root", "leaf"] {
      #expect(
        cryptoCode { _ = try SignatureCheck.check(signature, of: content, trust: trust(tool, name)) }
          == "signature-untrusted", "\(name)")
    }
  }

  @Test func everyFlippedBitOfASignatureIsFoundOrChangesNothingThatWasSigned() throws {
    let tool = try OpenSSLTool()
    try tool.certificate("leaf", extensions: ["keyUsage=digitalSignature"])
    let now = OpenSSLTool.now
    let signature = try signer(tool, "leaf").sign(content, at: now)
    let trust = try trust(tool, "leaf")
    let whole = try SignatureCheck.check(signature, of: content, trust: trust)
    var accepted = 0
    for index in signature.indices {
      for bit in [UInt8(1), 0x20, 0x80] {
        var changed = signature
        changed[index] ^= bit
        guard let found = try? SignatureCheck.check(changed, of: content, trust: trust) else { continue }
        accepted += 1
        // What CMS leaves unsigned (a version number, say) may change; who signed, what and when may not.
        #expect(found == whole, "byte \(index), bit \(bit)")
      }
    }
    #expect(accepted == 0, "\(accepted) changes were not noticed")
    for count in [0, 1, signature.count / 2, signature.count - 1] {
      #expect(
        cryptoCode { _ = try SignatureCheck.check(Array(signature.prefix(count)), of: content, trust: nil) }
          == "signature-format")
    }
    #expect(
      cryptoCode { _ = try SignatureCheck.check(signature + [0], of: content, trust: nil) }
        == "signature-format")
    #expect(cryptoCode { _ = try SignatureCheck.check(signature, of: [], trust: nil) } == "signature-wrong")
  }

  @Test(arguments: [
    ("-nodetach", "signature-format"), ("-noattr", "signature-time"), ("-md sha1", "signature-algorithm"),
    ("-nocerts", "signature-signers"), ("-signer two.pem -inkey two.key", "signature-signers"), ("", "none"),
  ])
  func signaturesOfOthersAreTakenOnlyWhereTheySayWhatTheyMust(option: String, code: String) throws {
    let tool = try OpenSSLTool()
    try tool.certificate("one", extensions: ["keyUsage=digitalSignature"])
    try tool.certificate("two", extensions: ["keyUsage=digitalSignature"])
    try write(tool, content, "c")
    try tool.make("cms -sign -binary -in c -signer one.pem -inkey one.key -outform DER -out c.p7s " + option)
    #expect(
      cryptoCode {
        _ = try SignatureCheck.check(try tool.bytes("c.p7s"), of: content, trust: trust(tool, "one"))
      } == code)
  }

  /// Anybody can sign with a key whose certificate is for something else.
  @Test func aSignatureByACertificateForSomethingElseIsNotTaken() throws {
    let tool = try OpenSSLTool()
    try tool.certificate("one", extensions: ["keyUsage=keyAgreement"])
    try write(tool, content, "c")
    try tool.make("cms -sign -binary -in c -signer one.pem -inkey one.key -outform DER -out c.p7s")
    #expect(
      cryptoCode {
        _ = try SignatureCheck.check(try tool.bytes("c.p7s"), of: content, trust: trust(tool, "one"))
      } == "signature-usage")
  }

  @Test(arguments: [
    ("RSA -pkeyopt rsa_keygen_bits:2048", ["keyUsage=digitalSignature"], "sha256", 30, "certificate-weak"),
    (
      "EC -pkeyopt ec_paramgen_curve:secp256k1", ["keyUsage=digitalSignature"], "sha256", 30,
      "certificate-weak"
    ),
    ("ED25519", ["keyUsage=digitalSignature"], "sha256", 30, "certificate-weak"),
    ("EC -pkeyopt ec_paramgen_curve:P-256", ["keyUsage=digitalSignature"], "sha1", 30, "certificate-weak"),
    ("EC -pkeyopt ec_paramgen_curve:P-256", ["keyUsage=keyAgreement"], "sha256", 30, "signer-usage"),
    ("EC -pkeyopt ec_paramgen_curve:P-256", [], "sha256", 30, "none"),
  ])
  func aSignerThatIsWeakOrMayNotSignIsRefused(
    key: String, extensions: [String], digest: String, days: Int, code: String
  ) throws {
    let tool = try OpenSSLTool()
    try tool.certificate("s", key: key, extensions: extensions, digest: digest, days: days)
    #expect(cryptoCode { _ = try signer(tool, "s") } == code)
  }

  @Test func aSignerMustHaveItsOwnKeyAndBeValid() throws {
    let tool = try OpenSSLTool()
    try tool.certificate("one")
    try tool.certificate("two")
    let now = OpenSSLTool.now
    #expect(
      cryptoCode {
        _ = try PacketSigner(keyFile: tool.path("two.key"), certificateFile: tool.path("one.pem"), at: now)
      } == "signer-mismatch")
    for moved in [-86_400, 31 * 86_400] as [Int64] {
      #expect(
        cryptoCode {
          _ = try PacketSigner(
            keyFile: tool.path("one.key"), certificateFile: tool.path("one.pem"), at: now + moved)
        } == "certificate-expired")
      // And a signature that claims such a time is not taken.
      let signature = try signer(tool, "one").sign(content, at: now + moved)
      #expect(
        cryptoCode { _ = try SignatureCheck.check(signature, of: content, trust: nil) } == "signature-expired"
      )
    }
  }

  @Test func aKeyFileIsOnlyItsOwnersAndNeverAskedAbout() throws {
    let tool = try OpenSSLTool()
    try tool.certificate("s")
    let key = tool.path("s.key")
    func code(_ path: String) -> String {
      cryptoCode {
        _ = try PacketSigner(keyFile: path, certificateFile: tool.path("s.pem"), at: OpenSSLTool.now)
      }
    }
    #expect(code(key) == "none")
    for mode in [mode_t(0o640), 0o604, 0o700, 0o4600] {
      #expect(chmod(key, mode) == 0)
      #expect(code(key) == "pem-mode")
    }
    #expect(chmod(key, 0o400) == 0)
    #expect(code(key) == "none")
    try FileManager.default.createSymbolicLink(atPath: tool.path("link"), withDestinationPath: key)
    #expect(code(tool.path("link")) == "pem-symlink")
    #expect(mkfifo(tool.path("pipe"), 0o600) == 0)
    #expect(code(tool.path("pipe")) == "pem-not-regular")
    #expect(code(tool.folder.path) == "pem-not-regular")
    #expect(code(tool.path("none")) == "pem-missing")
    #expect(code("") == "pem-path")
    #expect(code(try tool.folder.write(Array("no key\n".utf8), to: "text")) == "pem-key")
    #expect(code(try tool.folder.write(Array(repeating: 0x41, count: 20_000), to: "long")) == "pem-long")
    try tool.make("pkcs8 -topk8 -in s.key -out locked.key -passout pass:x")
    #expect(chmod(tool.path("locked.key"), 0o600) == 0)
    #expect(code(tool.path("locked.key")) == "pem-encrypted")
  }

  @Test func manyThreadsSignAtOnce() throws {
    let tool = try OpenSSLTool()
    try tool.certificate("s")
    let signer = try signer(tool, "s")
    let now = OpenSSLTool.now
    let trust = try trust(tool, "s")
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 64) { index in
      let own = content + [UInt8(index)]
      let found = try? SignatureCheck.check(signer.sign(own, at: now), of: own, trust: trust)
      if found?.isVouchedFor != true { wrong.withLock { $0 += 1 } }
    }
    #expect(wrong.withLock { $0 } == 0)
  }

  @Test func aSelfMadeSignerOverwritesNothing() throws {
    let tool = try OpenSSLTool()
    func create(_ key: String, _ certificate: String, name: String = "x") -> String {
      cryptoCode {
        _ = try SelfMadeSigner.create(
          keyFile: tool.path(key), certificateFile: tool.path(certificate), name: name, algorithm: .p256,
          from: 0,
          days: 1)
      }
    }
    #expect(create("a.key", "a.pem") == "none")
    let before = try tool.bytes("a.pem")
    #expect(create("b.key", "a.pem") == "pem-exists")
    #expect(create("a.key", "b.pem") == "pem-exists")
    #expect(try tool.bytes("a.pem") == before)
    for left in ["b.key", "b.pem"] { #expect(!FileManager.default.fileExists(atPath: tool.path(left))) }
    for name in ["", "a\nb", String(repeating: "x", count: 65)] {
      #expect(create("c.key", "c.pem", name: name) == "signer-name")
    }
    #expect(create("none/c.key", "c.pem") == "pem-write")
    #expect(!FileManager.default.fileExists(atPath: tool.path("c.pem")))
  }
}
