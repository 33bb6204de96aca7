import Foundation
import Sluice
import SluiceCrypto

/// Signatures, certificates and envelopes of others, which the `openssl` command makes.
extension Provocation {
  private static let p256 = "EC -pkeyopt ec_paramgen_curve:P-256"
  /// What `openssl cms -encrypt` takes to make what we make.
  private static let ecdh = "-keyopt ecdh_kdf_md:sha256"
  private static let content = Array(String(repeating: Canary.word, count: 20).utf8)
  /// Certificates of the tool's own are of the clock's time.
  private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

  /// Something in the library that throws, in a folder with keys of the tool's own in it.
  private static func made(
    _ code: String, _ status: SluiceError.Status = .key,
    _ work: @escaping @Sendable (CommandFolder) throws -> Void
  ) -> Provocation {
    thrown(code, status, work).needing(.openssl)
  }

  // MARK: - Certificates

  private static func signer(_ folder: CommandFolder) throws -> PacketSigner {
    try PacketSigner(keyFile: folder.path + "/a.key", certificateFile: folder.path + "/a.pem", at: now)
  }

  private static func recipient(_ folder: CommandFolder) throws -> EnvelopeRecipient {
    try EnvelopeRecipient(certificate: try EnvelopeRecipient.file(folder.path + "/a.pem"), at: now)
  }

  // MARK: - Signatures

  /// A packet with a signature that the tool makes with a certificate of these extensions.
  private static func signature(
    _ code: String, _ options: String, extensions: [String] = ["keyUsage=digitalSignature"]
  ) -> Provocation {
    made(code, .verification) { folder in
      for name in ["a", "b"] { try folder.certificate(name, extensions: extensions) }
      try verify(in: folder) { manifest in
        try folder.write(bytes: manifest, to: "c")
        try folder.openssl(
          "cms -sign -binary -in c -signer a.pem -inkey a.key -outform DER -out c.p7s " + options)
        return try folder.bytes("c.p7s")
      }
    }
  }

  static let signing: [Provocation] = [
    made("certificate-weak") { folder in
      try folder.certificate("a", digest: "sha1")
      _ = try signer(folder)
    },
    made("certificate-weak") { folder in
      try folder.certificate("a", key: "ED25519")
      _ = try recipient(folder)
    },
    made("signer-usage") { folder in
      try folder.certificate("a", extensions: ["keyUsage=keyAgreement"])
      _ = try signer(folder)
    },
    made("pem-encrypted") { folder in
      try folder.certificate("a")
      try folder.openssl("pkcs8 -topk8 -in a.key -out locked.key -passout pass:" + Canary.word)
      try FileManager.default.removeItem(atPath: folder.path + "/a.key")
      try FileManager.default.moveItem(
        atPath: folder.path + "/locked.key", toPath: folder.path + "/a.key")
      _ = chmod(folder.path + "/a.key", 0o600)
      _ = try signer(folder)
    },
    signature("signature-time", "-noattr"), signature("signature-algorithm", "-md sha1"),
    signature("signature-signers", "-nocerts"),
    signature("signature-signers", "-signer b.pem -inkey b.key"),
    signature("signature-usage", "", extensions: ["keyUsage=keyAgreement"]),
  ]

  // MARK: - Envelopes

  private static func seal(_ folder: CommandFolder) throws -> [UInt8] {
    try folder.certificate("a")
    var (rest, output) = (content[...], [UInt8]())
    _ = try EnvelopeWriter.seal(
      to: try recipient(folder),
      read: { buffer in
        let piece = rest.prefix(buffer.count)
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
      },
      write: {
        output += $0
        return true
      })
    return output
  }

  private static func open(_ message: [UInt8], key: String = "a", _ folder: CommandFolder) throws {
    try message.withUnsafeBytes { bytes in
      try EnvelopeReader.open(bytes, keyFile: "\(folder.path)/\(key).key", certificateFile: nil) { _ in true }
    }
  }

  /// An envelope that the tool makes.
  private static func envelope(_ code: String, _ options: String) -> Provocation {
    made(code) { folder in
      try folder.certificate("a")
      try folder.write(bytes: content, to: "c")
      try folder.openssl("cms -encrypt -binary -in c -outform DER -out m -recip a.pem " + options)
      try open(try folder.bytes("m"), folder)
    }
  }

  static let sealing: [Provocation] = [
    envelope("envelope-cipher", "-aes-128-gcm " + ecdh), envelope("envelope-recipient", "-aes-256-gcm"),
    made("envelope-wrong") { folder in
      let message = try seal(folder)
      try folder.certificate("b")
      try open(message, key: "b", folder)
    },
    made("envelope-tag") { folder in
      let message = try seal(folder)
      // The tag is the last element before three ends of contents.
      let end = message.count - 6
      try open(
        Array(message[..<(end - 17)]) + [12] + message[(end - 16)..<(end - 4)] + message[end...], folder)
    },
    made("envelope-failed") { folder in
      try folder.certificate("a")
      _ = try EnvelopeWriter.seal(to: try recipient(folder), read: { _ in -1 }, write: { _ in true })
    },
    // A run tells to whom packets are sealed, so that the recipient's name is no canary here.
    command("envelope-unusable", .output) { folder in
      try folder.certificate("a", holder: "agency")
      let demand = try folder.demand()
      try folder.write(Canary.word, to: "packets/\(CommandFolder.reference).tar.p7m")
      return try folder.discloseNow([demand], ["--to", folder.path + "/a.pem"])
    }.needing(.openssl),
    command("envelope-other", .output) { folder in
      for name in ["a", "b"] { try folder.certificate(name, holder: "agency") }
      let demand = try folder.demand()
      let first = try folder.discloseNow([demand], ["--to", folder.path + "/a.pem"])
      guard first.status == 0 else { return first }
      return try folder.discloseNow([demand], ["--to", folder.path + "/b.pem"])
    }.needing(.openssl),
    command("recipient-authorities", .usage) { folder in
      try folder.certificate("a", holder: "agency")
      let demands = [
        try folder.demand(),
        try folder.demand(
          name: "other",
          ["US-2026-000123": "US-2026-000999", "authority:\n  name: \"": "authority:\n  name: \"Other "]),
      ]
      return try folder.discloseNow(demands, ["--to", folder.path + "/a.pem"])
    }.needing(.openssl),
  ]
}

extension CommandFolder {
  /// The reference of `demand`.
  static let reference = "US-2026-000123"

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path + "/" + name)))
  }

  /// Runs `openssl` in the folder, which must succeed; the arguments are split at blanks.
  func openssl(_ arguments: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments.split(separator: " ").map(String.init)
    process.currentDirectoryURL = URL(filePath: path)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
  }

  /// A key `NAME.key` and a certificate `NAME.pem` for thirty days; `holder` is the name in it.
  func certificate(
    _ name: String, key: String = "EC -pkeyopt ec_paramgen_curve:P-256", extensions: [String] = [],
    digest: String = "sha256", holder: String = Canary.word
  ) throws {
    try openssl("genpkey -algorithm \(key) -out \(name).key")
    _ = chmod(path + "/\(name).key", 0o600)
    let added = extensions.map { " -addext \($0)" }.joined()
    try openssl(
      "req -x509 -new -key \(name).key -out \(name).pem -subj /CN=\(holder) -days 30 -\(digest)\(added)")
  }

  /// The sample's court order with a canary for every value that no packet names its folder by, changed.
  func demand(name: String = "demand", _ changes: [String: String] = [:]) throws -> String {
    var text = try String(contentsOfFile: Self.samples + "/demands/us-court-order.yaml", encoding: .utf8)
    let canaries = [
      "Example County District Court": Canary.word, "Official A": Canary.word, "District Judge": Canary.word,
      "clerk@court.example": Canary.word, "26-CR-0001": Canary.word, "+12025550100": Canary.phone,
      "a-7f31": "a-" + Canary.word, "lert-03": Canary.word,
      "documents/us-court-order.txt": Canary.word + ".txt",
    ]
    for (part, replacement) in canaries.merging(changes, uniquingKeysWith: { $1 }).sorted(by: <) {
      precondition(text.contains(part), "\(part)")
      text = text.replacingOccurrences(of: part, with: replacement)
    }
    try write(Canary.word, to: Canary.word + ".txt")
    return try write(text, to: name + ".yaml")
  }

  /// `disclose` at the clock's time.
  func discloseNow(_ demands: [String], _ more: [String]) throws -> CommandOutcome {
    try run(discloseArguments(demands).filter { !Self.now.contains($0) } + more)
  }
}
