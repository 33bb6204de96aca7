import Foundation
import SluiceCrypto
import Testing

/// F39: what a key file may be; everything else is refused with its own code, and nothing of it is shown.
@Suite("Key files") struct KeyFileTests {
  static let bytes: [UInt8] = (0..<32).map { $0 &* 37 &+ 11 }
  /// The same bytes as `sluice key new` writes them (RFC 4648, section 6, in lower case).
  static let characters: String = {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
    var text = ""
    var (pending, count) = (0, 0)
    for byte in bytes {
      pending = pending << 8 | Int(byte)
      count += 8
      while count >= 5 {
        text.append(alphabet[pending >> (count - 5) & 31])
        count -= 5
      }
      pending &= (1 << count) - 1
    }
    if count > 0 { text.append(alphabet[pending << (5 - count) & 31]) }
    return text
  }()

  private func code(_ content: some Sequence<UInt8>) -> String? {
    CryptoTestSupport.failure { _ = try KeyFolder.key(content) }?.code
  }

  @Test func rawBytesAndTheLineAreOneKey() throws {
    let raw = try KeyFolder.key(Self.bytes)
    #expect(raw.epoch == 0)
    for end in ["\n", ""] {
      let line = try KeyFolder.key(line: "sluice-key/1 0 \(Self.characters)\(end)")
      #expect(line.rootID == raw.rootID)
    }
    let later = try KeyFolder.key(line: "sluice-key/1 4294967295 \(Self.characters)\n")
    #expect(later.epoch == .max)
    #expect(later.rootID == raw.rootID)
    let cases = try [raw, later].map { try $0.caseKey(jurisdiction: "US", reference: "US-1").keyID }
    #expect(cases[0] != cases[1], "the epoch is part of the case key")
  }

  @Test(arguments: [
    ("", "key-empty"),
    ("sluice-key/2 0 \(characters)\n", "key-format"),
    ("sluice-key/1  \(characters)\n", "key-epoch"),
    ("sluice-key/1 \(characters)\n", "key-format"),
    ("sluice-key/1 01 \(characters)\n", "key-epoch"),
    ("sluice-key/1 -1 \(characters)\n", "key-epoch"),
    ("sluice-key/1 4294967296 \(characters)\n", "key-epoch"),
    ("sluice-key/1 1 \(characters.uppercased())\n", "key-base32"),
    ("sluice-key/1 1 \(characters.dropLast())\n", "key-short"),
    ("sluice-key/1 1 \(characters)=\n", "key-long"),
    ("sluice-key/1 1 \(characters)====\n", "key-long"),
    ("sluice-key/1 1 \(characters.dropLast())1\n", "key-base32"),
    // 52 characters hold 260 bits: the last four have to be zero, or one key had sixteen spellings.
    ("sluice-key/1 1 \(characters.dropLast())b\n", "key-base32"),
    ("sluice-key/1 1 \(characters)\r\n", "key-format"),
    ("sluice-key/1 1 \(characters)\n\n", "key-format"),
    ("sluice-key/1 1 \(String(repeating: "a", count: 52))\n", "key-all-zero"),
    ("\(String(repeating: "x", count: 200))", "key-long"),
    ("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", "key-long"),
  ])
  func otherTextIsRefused(_ content: String, _ code: String) throws {
    let error = try #require(CryptoTestSupport.failure { _ = try KeyFolder.key(content.utf8) })
    #expect(error.code == code)
    #expect(!error.description.contains(Self.characters.prefix(8)))
  }

  @Test func rawBytesAreExactly32AndRandom() {
    #expect(code(Self.bytes.dropLast()) == "key-short")
    #expect(code(Self.bytes + [1]) == "key-long")
    #expect(code(Self.bytes + [0x0A]) == "key-long")
    #expect(code(Self.bytes + Self.bytes) == "key-long")
    #expect(code([UInt8](repeating: 0, count: 32)) == "key-all-zero")
    #expect(code([UInt8](repeating: 7, count: 32)) == "key-weak")
    #expect(code((0..<32).map { UInt8($0 % 15) }) == "key-weak")
    #expect(code((0..<32).map { UInt8($0 % 16) }) == nil)
  }

  @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o700, 0o606, 0o200] as [mode_t])
  func aFileThatOthersCanReachIsRefused(_ mode: mode_t) throws {
    let folder = try KeyFolder()
    let path = try folder.write(Self.bytes, mode: mode)
    let error = try #require(CryptoTestSupport.failure { _ = try RootKey(contentsOfFile: path) })
    // Who is not root cannot even open a file that he may only write.
    #expect(error.code == "key-mode" || (mode == 0o200 && error.code == "key-unreadable"))
    #expect(!error.message.contains(folder.path))
  }

  @Test(arguments: [0o600, 0o400] as [mode_t]) func theOwnersOwnIsRead(_ mode: mode_t) throws {
    let folder = try KeyFolder()
    #expect(try RootKey(contentsOfFile: folder.write(Self.bytes, mode: mode)).epoch == 0)
  }

  @Test func onlyARegularFileIsRead() throws {
    let folder = try KeyFolder()
    let file = try folder.write(Self.bytes)
    func code(_ path: String) -> String? {
      CryptoTestSupport.failure { _ = try RootKey(contentsOfFile: path) }?.code
    }
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: file)
    #expect(code(folder.path + "/link") == "key-symlink")
    // Nobody writes it: opening must not wait.
    #expect(mkfifo(folder.path + "/fifo", 0o600) == 0)
    #expect(code(folder.path + "/fifo") == "key-not-regular")
    #expect(code(folder.path) == "key-not-regular")
    #expect(code("/dev/null") == "key-not-regular")
    #expect(code(folder.path + "/missing") == "key-missing")
    #expect(code(file + "/below") == "key-missing")
    #expect(code("") == "key-path")
    #expect(code(file + "\0.txt") == "key-path")
  }

  @Test func aNewKeyIsOneLineThatItsOwnerAloneCanRead() throws {
    let folder = try KeyFolder()
    let path = folder.path + "/new"
    let made = try RootKey.create(atPath: path, epoch: 3)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.wholeMatch(of: /sluice-key\/1 3 [a-z2-7]{52}\n/) != nil)
    let read = try RootKey(contentsOfFile: path)
    #expect(read.rootID == made.rootID && read.epoch == 3)
    let other = try RootKey.create(atPath: folder.path + "/other", epoch: 3)
    #expect(other.rootID != made.rootID)
  }

  @Test func whatLiesThereIsNeverOverwritten() throws {
    let folder = try KeyFolder()
    let file = try folder.write("mine".utf8)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: folder.path + "/elsewhere")
    for path in [file, folder.path + "/link", folder.path] {
      let error = try #require(CryptoTestSupport.failure { _ = try RootKey.create(atPath: path, epoch: 1) })
      #expect(error.code == "key-exists", "\(path)")
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"))
    let missing = CryptoTestSupport.failure {
      _ = try RootKey.create(atPath: folder.path + "/no/key", epoch: 1)
    }
    #expect(missing?.code == "key-write")
  }
}
