import Foundation
import SluiceCrypto
import Testing

/// Root keys by epoch: a folder of them, which one is used for what, and retiring one.
@Suite("Root keys of several epochs") struct RootKeysTests {
  static func open(_ path: String) throws -> RootKeys { try RootKeys(contentsOfPath: path) }

  static func code(_ path: String) -> String? {
    CryptoTestSupport.failure { _ = try RootKeys(contentsOfPath: path) }?.code
  }

  static func create(_ folder: KeyFolder, _ epoch: UInt32? = nil) throws -> RootKey {
    try #require(try RootKeyFolder(ifFolder: folder.path)?.create(epoch: epoch))
  }

  static func retire(_ folder: KeyFolder, _ epoch: UInt32) throws -> Bool? {
    try RootKeyFolder(ifFolder: folder.path)?.retire(epoch: epoch)
  }

  static func names(_ folder: KeyFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test("Epochs are counted up from 1, each in a file of its own that its owner alone can read")
  func counting() throws {
    let folder = try KeyFolder()
    let made = try (0..<3).map { _ in try Self.create(folder) }
    #expect(made.map(\.epoch) == [1, 2, 3])
    #expect(try Self.create(folder, 10).epoch == 10)
    #expect(try Self.create(folder).epoch == 11)
    #expect(
      try Self.names(folder) == ["root-1.key", "root-10.key", "root-11.key", "root-2.key", "root-3.key"])
    let read = try Self.open(folder.path)
    #expect(read.members.map(\.root.epoch) == [1, 2, 3, 10, 11])
    #expect(read.members[0].root.rootID == made[0].rootID)
    #expect(Set(read.members.map(\.root.rootID)).count == 5)
    for name in try Self.names(folder) {
      let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
  }

  @Test("An epoch that was used, or lies below one that was, is not used again; nor is one past the last")
  func usedEpoch() throws {
    let folder = try KeyFolder()
    _ = try Self.create(folder, 7)
    for epoch in [0, 1, 6, 7] as [UInt32] {
      #expect(CryptoTestSupport.failure { _ = try Self.create(folder, epoch) }?.code == "key-epoch-used")
    }
    #expect(try Self.retire(folder, 7) == true)
    #expect(CryptoTestSupport.failure { _ = try Self.create(folder, 7) }?.code == "key-epoch-used")
    _ = try Self.create(folder, .max)
    #expect(CryptoTestSupport.failure { _ = try Self.create(folder) }?.code == "key-epoch-used")
    #expect(try Self.names(folder) == ["root-4294967295.key", "root-7.retired.key"])
  }

  @Test("New cases use the newest key that is not retired; running ones find theirs, retired or not")
  func rotation() throws {
    let folder = try KeyFolder()
    let first = try Self.create(folder)
    let old = try first.caseKey(jurisdiction: "US", reference: "US-1")
    _ = try Self.create(folder)
    #expect(try Self.open(folder.path).newest().epoch == 2)
    #expect(try Self.retire(folder, 1) == true)
    #expect(try Self.retire(folder, 1) == false, "a second time changes nothing")
    let keys = try Self.open(folder.path)
    #expect(keys.members.map(\.isRetired) == [true, false])
    #expect(try keys.newest().epoch == 2)
    let published = try old.published()
    let found = try keys.caseKey(jurisdiction: "US", reference: "US-1", published: published)
    #expect(try found?.epoch == 1 && found?.key.published() == published)
    for (jurisdiction, reference) in [("GB", "US-1"), ("US", "US-2")] {
      let other = try keys.caseKey(
        jurisdiction: jurisdiction, reference: reference, published: published)
      #expect(other == nil)
    }
    // Both the key id and the commitment have to be the key's.
    for forged in [
      PublishedKey(keyID: published.keyID, commitment: [UInt8](repeating: 0, count: 32)),
      PublishedKey(keyID: [UInt8](repeating: 0, count: 8), commitment: published.commitment),
      PublishedKey(keyID: [], commitment: []),
    ] {
      let none = try keys.caseKey(jurisdiction: "US", reference: "US-1", published: forged)
      #expect(none == nil)
    }
    #expect(try Self.retire(folder, 2) == true)
    let error = CryptoTestSupport.failure { _ = try Self.open(folder.path).newest() }
    #expect(error?.code == "key-retired")
    #expect(try Self.create(folder).epoch == 3)
    #expect(try Self.open(folder.path).newest().epoch == 3)
    #expect(CryptoTestSupport.failure { _ = try Self.retire(folder, 9) }?.code == "key-missing")
  }

  @Test("One file is a key of its own, and retired where its name says so") func oneFile() throws {
    let folder = try KeyFolder()
    let key = try RootKey.create(atPath: folder.path + "/any.key", epoch: 5)
    let keys = try Self.open(folder.path + "/any.key")
    #expect(keys.members.count == 1 && !keys.members[0].isRetired)
    #expect(try keys.newest().rootID == key.rootID)
    try FileManager.default.moveItem(
      atPath: folder.path + "/any.key", toPath: folder.path + "/any.retired.key")
    let retired = try Self.open(folder.path + "/any.retired.key")
    #expect(CryptoTestSupport.failure { _ = try retired.newest() }?.code == "key-retired")
    #expect(retired.member(epoch: 5)?.root.rootID == key.rootID && retired.member(epoch: 6) == nil)
    #expect(Self.code(folder.path + "/none.key") == "key-missing")
    #expect(Self.code("") == "key-path")
  }

  @Test("What is not a root key's name is left alone, what is nearly one is refused") func names() throws {
    let folder = try KeyFolder()
    #expect(Self.code(folder.path) == "key-folder-empty")
    _ = try Self.create(folder)
    for name in ["notes.txt", "signer.key", "root-1.key.bak", ".root-2.key"] {
      _ = try folder.write([1], to: name)
    }
    #expect(try Self.open(folder.path).members.count == 1)
    for name in [
      "root.key", "root-.key", "root-01.key", "root-x.key", "root-4294967296.key", "root-+2.key",
      "root_2.key", "root-2.Retired.key", "root-2.retired.retired.key", "root-２.key",
    ] {
      let file = try folder.write([1], to: name)
      #expect(Self.code(folder.path) == "key-folder-name", "\(name)")
      try FileManager.default.removeItem(atPath: file)
    }
  }

  @Test("A key under another epoch's name, twice, open to others or a link is refused") func badFiles() throws
  {
    let folder = try KeyFolder()
    _ = try Self.create(folder)
    let line = try String(contentsOfFile: folder.path + "/root-1.key", encoding: .utf8)
    let second = try folder.write(line.utf8, to: "root-2.key")
    #expect(Self.code(folder.path) == "key-epoch-name")
    try FileManager.default.removeItem(atPath: second)
    let twin = try folder.write(line.utf8, to: "root-1.retired.key")
    #expect(Self.code(folder.path) == "key-epoch-twice")
    try FileManager.default.removeItem(atPath: twin)
    let open = try folder.write(
      line.replacing("sluice-key/1 1 ", with: "sluice-key/1 3 ").utf8, to: "root-3.key", mode: 0o640)
    #expect(Self.code(folder.path) == "key-mode")
    try FileManager.default.removeItem(atPath: open)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/root-4.key", withDestinationPath: folder.path + "/root-1.key")
    #expect(Self.code(folder.path) == "key-symlink")
    try FileManager.default.removeItem(atPath: folder.path + "/root-4.key")
    #expect(mkfifo(folder.path + "/root-5.key", 0o600) == 0)
    #expect(Self.code(folder.path) == "key-not-regular", "and nobody waits for a FIFO's other end")
  }

  @Test("A folder that others may write to, or a link to one, is refused") func badFolders() throws {
    let folder = try KeyFolder()
    _ = try Self.create(folder)
    for mode in [0o770, 0o702, 0o777] as [mode_t] {
      #expect(chmod(folder.path, mode) == 0)
      #expect(Self.code(folder.path) == "key-mode")
    }
    #expect(chmod(folder.path, 0o755) == 0)
    #expect(Self.code(folder.path) == nil)
    let place = try KeyFolder()
    try FileManager.default.createSymbolicLink(
      atPath: place.path + "/link", withDestinationPath: folder.path)
    #expect(Self.code(place.path + "/link") == "key-symlink")
  }

  /// A root key that is held elsewhere: all that is asked of it is HKDF-Expand, here by HMAC as an HSM has it.
  final class Elsewhere: RootOperations {
    let epoch: UInt32 = 1
    let rootID: [UInt8] = []
    let key: [UInt8]

    init(_ key: [UInt8]) { self.key = key }

    func expand(info: [UInt8], count: Int) throws(CryptoError) -> SecretBytes {
      var context = try AuthenticationContext(key: key, count: key.count)
      let tag = try context.tag(of: info + [1], restarting: false)
      return try SecretBytes(count: count) { $0.copyBytes(from: tag.prefix(count)) }
    }
  }

  @Test("A root key held elsewhere, which does one HMAC a case, gives the keys of one held here")
  func elsewhere() throws {
    let bytes = SeededBytes.key
    let here = try KeyFolder.key(line: "sluice-key/1 1 " + ReferenceBase32.encode(bytes))
    let there = Elsewhere(bytes)
    #expect(try there.deriveRootID() == here.rootID && here.deriveRootID() == here.rootID)
    let cases = try [here as any RootOperations, there].map {
      [
        try $0.caseKey(jurisdiction: "US", reference: "US-1").published(),
        try $0.streamKey(jurisdiction: "US", name: "US-1").published(),
      ]
    }
    #expect(cases[0] == cases[1] && cases[0][0] != cases[0][1])
    let keys = try RootKeys([RootKeys.Member(root: there, isRetired: false)])
    #expect(try keys.newest().epoch == 1)
    #expect(
      CryptoTestSupport.failure {
        _ = try RootKeys(
          [here as any RootOperations, there].map { RootKeys.Member(root: $0, isRetired: true) })
      }?.code == "key-epoch-twice")
  }

  /// What is no key's length is never taken for a key.
  final class Short: RootOperations {
    let epoch: UInt32 = 1
    let rootID: [UInt8] = []

    func expand(info: [UInt8], count: Int) throws(CryptoError) -> SecretBytes {
      try SecretBytes(count: 31) { _ in }
    }
  }

  @Test("What gives a key of another length is refused") func shortKey() {
    let error = CryptoTestSupport.failure { _ = try Short().caseKey(jurisdiction: "US", reference: "US-1") }
    #expect(error?.code == "derivation-failed")
  }

  enum SeededBytes {
    static var key: [UInt8] {
      var numbers = SeededNumbers(seed: 72)
      return numbers.bytes(32)
    }
  }

  @Test("Constant-time comparison says what comparison says") func comparison() {
    var numbers = SeededNumbers(seed: 73)
    for count in 0..<40 {
      let bytes = numbers.bytes(count)
      #expect(constantTimeEqual(bytes, bytes) && !constantTimeEqual(bytes, bytes + [0]))
      for index in bytes.indices {
        var other = bytes
        other[index] ^= 1 << UInt8(index % 8)
        #expect(!constantTimeEqual(bytes, other))
      }
    }
  }
}
