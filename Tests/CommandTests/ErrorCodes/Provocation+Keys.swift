import Foundation
import Sluice
import SluiceCrypto

/// Root keys, keys and certificates of signers and recipients, envelopes: bytes of a canary stand where a key should.
extension Provocation {
  static let secret = Array((Canary.word + Canary.phone + "ABCDEFGHIJKL").utf8.prefix(32))

  // MARK: - Root keys

  /// A key file of these bytes.
  private static func key(_ code: String, _ bytes: [UInt8], mode: mode_t = 0o600) -> Provocation {
    thrown(code, .key) { folder in
      let file = try folder.write(bytes: bytes, to: "other.key")
      _ = chmod(file, mode)
      _ = try RootKeys(contentsOfPath: file)
    }
  }

  static let keys: [Provocation] = [
    key("key-empty", []), key("key-short", Array(secret.dropLast())), key("key-long", secret + secret),
    key("key-all-zero", [UInt8](repeating: 0, count: 32)), key("key-mode", secret, mode: 0o644),
    key("key-weak", Array((Canary.word + Canary.word + Canary.word + Canary.word).utf8.prefix(32))),
    key("key-format", Array("sluice-key/9 \(Canary.word)".utf8)),
    key("key-epoch", Array("sluice-key/1 \(Canary.word) \(Canary.word)\n".utf8)),
    key(
      "key-base32",
      Array(
        "sluice-key/1 1 \(Canary.word)\(String(repeating: "1", count: 52 - Canary.word.utf8.count))\n".utf8)),
    thrown("key-missing", .key) { _ = try RootKeys(contentsOfPath: $0.path + "/none") },
    thrown("key-unreadable", .key) { folder in
      _ = try RootKey(contentsOfFile: folder.path + "/" + String(repeating: Canary.word, count: 30))
    },
    thrown("key-path", .key) { _ in _ = try RootKey(contentsOfFile: Canary.word + "\0") },
    thrown("key-not-regular", .key) { folder in _ = try RootKey(contentsOfFile: folder.path) },
    thrown("key-symlink", .key) { folder in
      let link = folder.path + "/link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.key)
      _ = try RootKey(contentsOfFile: link)
    },
    thrown("key-exists", .key) { folder in _ = try RootKey.create(atPath: folder.key, epoch: 1) },
    thrown("key-write", .key) { folder in
      _ = try RootKey.create(atPath: folder.path + "/none/root.key", epoch: 1)
    },
  ]

  /// A folder with root keys of epochs 1 and 2 in it, changed before it is read.
  private static func keyFolder(
    _ code: String, _ change: @escaping @Sendable (_ folder: String) throws -> Void
  ) -> Provocation {
    thrown(code, .key) { folder in
      let path = try folder.make("keys")
      for _ in 1...2 { _ = try RootKeyFolder(ifFolder: path)?.create(epoch: nil) }
      try change(path)
      _ = try RootKeys(contentsOfPath: path).newest()
    }
  }

  private static func move(_ folder: String, _ old: String, _ new: String) throws {
    try FileManager.default.moveItem(atPath: "\(folder)/\(old)", toPath: "\(folder)/\(new)")
  }

  static let keyFolders: [Provocation] = [
    thrown("key-folder-empty", .key) { _ = try RootKeys(contentsOfPath: try $0.make("keys")) },
    keyFolder("key-folder-name") { try move($0, "root-2.key", "root-\(Canary.word).key") },
    keyFolder("key-epoch-name") { try move($0, "root-2.key", "root-3.key") },
    keyFolder("key-epoch-twice") { path in
      try FileManager.default.copyItem(
        atPath: path + "/root-2.key", toPath: path + "/root-2.retired.key")
    },
    keyFolder("key-epoch-used") { _ = try RootKeyFolder(ifFolder: $0)?.create(epoch: 2) },
    keyFolder("key-missing") { _ = try RootKeyFolder(ifFolder: $0)?.retire(epoch: 7) },
    keyFolder("key-retired") { path in
      for epoch in [UInt32(1), 2] { _ = try RootKeyFolder(ifFolder: path)?.retire(epoch: epoch) }
    },
  ]

  /// What only the superuser can make: a file of another user's.
  static let owners: [Provocation] = [
    thrown("key-owner", .key) { folder in
      chown(folder.key, 12345, 12345)
      _ = try RootKey(contentsOfFile: folder.key)
    }.needing(.superuser),
    signed("pem-owner") { folder in
      chown(folder.path + "/a.key", 12345, 12345)
      _ = try signer(folder)
    }.needing(.superuser),
  ]

  // MARK: - Signers

  private static let day: Int64 = 86_400
  private static let start: Int64 = 1_780_000_000

  /// A signer of a day, made by itself: `NAME.key` and `NAME.pem`.
  private static func makeSigner(_ folder: CommandFolder, _ name: String) throws {
    _ = try SelfMadeSigner.create(
      keyFile: "\(folder.path)/\(name).key", certificateFile: "\(folder.path)/\(name).pem",
      name: Canary.word, algorithm: .p256, from: start, days: 30)
  }

  private static func signer(
    _ folder: CommandFolder, key: String = "a", _ certificate: String = "a", at seconds: Int64 = start + day
  ) throws -> PacketSigner {
    try PacketSigner(
      keyFile: "\(folder.path)/\(key).key", certificateFile: "\(folder.path)/\(certificate).pem", at: seconds)
  }

  /// Two signers, `a` and `b`.
  private static func signed(
    _ code: String, _ status: SluiceError.Status = .key,
    _ work: @escaping @Sendable (CommandFolder) throws -> Void
  ) -> Provocation {
    thrown(code, status) { folder in
      for name in ["a", "b"] { try makeSigner(folder, name) }
      try work(folder)
    }
  }

  private static let content = Array(Canary.word.utf8)

  /// Verifies a packet with this signature.
  static func verify(
    in folder: CommandFolder, trust: SignatureTrust? = nil, _ sign: (_ tagManifest: [UInt8]) throws -> [UInt8]
  ) throws {
    let packet = try ChangedPacket(in: folder)
    let manifest = Array(try packet.text("tagmanifest-sha256.txt").utf8)
    try Data(try sign(manifest)).write(to: URL(filePath: packet.path + "/tagmanifest-sha256.txt.p7s"))
    _ = try PacketVerifier.verify(path: packet.path, trust: trust)
  }

  static let certificates: [Provocation] = [
    signed("pem-exists") { try makeSigner($0, "a") },
    signed("pem-write") { try makeSigner($0, "none/c") },
    signed("pem-mode") { folder in
      _ = chmod(folder.path + "/a.key", 0o644)
      _ = try signer(folder)
    },
    signed("pem-symlink") { folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/c.key", withDestinationPath: folder.path + "/a.key")
      _ = try signer(folder, key: "c")
    },
    signed("pem-not-regular") { folder in
      _ = try folder.make("c.key")
      _ = try signer(folder, key: "c")
    },
    signed("pem-path") { _ in _ = try NoteKey(contentsOfFile: Canary.word + "\0") },
    signed("pem-unreadable") { folder in
      _ = try signer(folder, key: String(repeating: Canary.word, count: 30))
    },
    signed("pem-key") { folder in
      try folder.write(bytes: content, to: "c.key")
      _ = try signer(folder, key: "c")
    },
    signed("pem-long") { folder in
      try folder.write(bytes: Array(repeating: content, count: 2000).flatMap { $0 }, to: "c.key")
      _ = try signer(folder, key: "c")
    },
    signed("pem-certificate") { folder in
      try folder.write(Canary.word, to: "c.pem")
      _ = try signer(folder, "c")
    },
    signed("pem-certificate") { folder in
      let text = Data(content).base64EncodedString()
      try folder.write(
        "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n", to: "c.pem")
      _ = try signer(folder, "c")
    },
    signed("signer-name") { folder in
      _ = try SelfMadeSigner.create(
        keyFile: folder.path + "/c.key", certificateFile: folder.path + "/c.pem", name: Canary.word + "\n",
        algorithm: .p256, from: start, days: 1)
    },
    signed("signer-mismatch") { _ = try signer($0, key: "b") },
    signed("certificate-expired") { _ = try signer($0, at: start + 40 * day) },
    signed("signature-format", .verification) { try verify(in: $0) { _ in content } },
    signed("signature-wrong", .verification) { folder in
      let signer = try signer(folder)
      try verify(in: folder) { try signer.sign($0 + content, at: start + day) }
    },
    signed("signature-expired", .verification) { folder in
      let signer = try signer(folder)
      try verify(in: folder) { try signer.sign($0, at: start + 40 * day) }
    },
    signed("signature-untrusted", .verification) { folder in
      let signer = try signer(folder)
      let trust = try SignatureTrust(contentsOfFile: folder.path + "/b.pem")
      try verify(in: folder, trust: trust) { try signer.sign($0, at: start + day) }
    },
    signed("note-key") { _ = try NoteKey(contentsOfFile: $0.path + "/a.key") },
  ]

  // MARK: - Envelopes

  static let envelopes: [Provocation] = [
    signed("recipient-usage") { folder in
      _ = try EnvelopeRecipient(
        certificate: try EnvelopeRecipient.file(folder.path + "/a.pem"), at: start + day)
    },
    signed("recipient-several") { folder in
      let bytes = try EnvelopeRecipient.file(folder.path + "/a.pem")
      _ = try EnvelopeRecipient(certificate: bytes + bytes, at: start + day)
    },
    thrown("recipient-format", .key) { folder in
      let file = try folder.write("\(Canary.word)\n", to: "recipient.pem")
      _ = try PacketRecipient(contentsOfFile: file, at: at("2026-10-05T00:00:00Z"))
    },
    signed("envelope-format") { folder in
      try content.withUnsafeBytes { bytes in
        try EnvelopeReader.open(bytes, keyFile: folder.path + "/a.key", certificateFile: nil) { _ in true }
      }
    },
    thrown("recipient-age", .key) { folder in
      let text = "age1" + String(repeating: Canary.word, count: 6).prefix(58)
      let file = try folder.write("# \(Canary.word)\n\(text)\n", to: "recipient")
      _ = try PacketRecipient(contentsOfFile: file, at: at("2026-10-05T00:00:00Z"))
    },
    signed("envelope-long", .limit) { folder in
      let file = try folder.write(String(repeating: Canary.word, count: 100), to: "packet.tar.p7m")
      _ = try PacketOpening(keyFile: folder.path + "/a.key", byteCountMax: 100)
        .open(file, into: try PacketFolder(path: try folder.make("out")))
    },
    signed("not-a-file", .input) { folder in
      _ = try PacketOpening(keyFile: folder.path + "/a.key")
        .open("/dev/null", into: try PacketFolder(path: try folder.make("out")))
    },
    thrown("age-identity", .key) { folder in
      let file = try folder.write("\(Canary.word)\n", to: "identity")
      _ = chmod(file, 0o600)
      _ = try AgeIdentityFile(path: file)
    },
    thrown("envelope-archive", .verification) { folder in
      let layer = FileLayer()
      let place = try layer.openFolder(folder.path)
      let reader = ArchiveReader(into: place.number, layer: layer)
      let block = Array(String(repeating: Canary.word, count: 200).utf8)
      try block.withUnsafeBytes { bytes throws in try reader.append(bytes) }
      _ = try reader.finish()
    },
  ]

  // MARK: - Questions to a key

  private static func candidates(
    _ code: String, _ text: String, _ identifierClass: IdentifierClass = .phone, name: String? = nil
  ) -> Provocation {
    thrown(code, .document) { _ in
      _ = try CandidateList(Array(text.utf8), of: identifierClass, name: name, file: "candidates.txt")
    }
  }

  static let candidates: [Provocation] = [
    candidates("candidate-class", "\(Canary.phone)\n", name: Canary.word),
    candidates("candidate-invalid", "\(Canary.phone)\n\(Canary.word)\n"),
    candidates("candidates-missing", "# \(Canary.phone)\n"),
    thrown("reason-missing", .usage) { _ in
      _ = try KeyUseGrounds(reason: "", by: Canary.word, at: at("2026-10-05T00:00:00Z"))
    },
  ]
}

extension CommandFolder {
  @discardableResult
  func write(bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(filePath: file))
    _ = chmod(file, 0o600)
    return file
  }
}
