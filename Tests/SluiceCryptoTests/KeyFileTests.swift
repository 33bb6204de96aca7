import Foundation
import SluiceCrypto
import Testing

/// What a key file may hold and be; each refusal has its own code (F39).
@Suite("Key file") struct KeyFileTests {
  /// A key with 32 distinct bytes, its hexadecimal digits and its base32.
  static let bytes = (0..<32).map { UInt8(0x51) &+ 37 &* $0 }
  static let base32 = ReferenceBase32.encode(bytes)

  /// The code that reading a file ends with, or nil; its message must not tell the path or the content.
  static func code(ofFileAt path: String, content: [UInt8] = bytes) throws -> String? {
    let error = CryptoTestSupport.failure { _ = try RootKey(contentsOfFile: path) }
    guard let error else { return nil }
    let text = error.description
    for part in path.split(separator: "/") where part.count > 3 { #expect(!text.contains(part)) }
    // Words that the message has of its own are none of the key.
    let words = text.split { !$0.isLetter && !$0.isNumber }
    for word in String(decoding: content, as: UTF8.self).split(whereSeparator: { " \n\r".contains($0) })
    where word.count > 12 && word != "sluice-key/1" {
      #expect(!text.contains(word) && !words.contains { $0.count > 3 && word.contains($0) && $0 != "sluice" })
    }
    #expect(!text.contains(base32.prefix(6)) && !text.contains(Base16.encode(bytes).prefix(6)))
    return error.code
  }

  /// The code for a file of mode 0600 with this content.
  static func code(_ content: some Sequence<UInt8>) throws -> String? {
    let folder = try KeyFolder()
    let content = Array(content)
    return try code(ofFileAt: folder.write(content, to: "k7x9q2"), content: content)
  }

  static func code(_ content: String) throws -> String? { try code(content.utf8) }

  // MARK: Content

  @Test(
    "Raw bytes: exactly 32", arguments: [0, 1, 16, 31, 32, 33, 52, 63, 64, 65, 127, 128, 129, 130, 1 << 20])
  func rawLength(count: Int) throws {
    let content = (0..<count).map { Self.bytes[$0 % 32] }
    let expected: String? =
      switch count {
      case 0: "key-empty"
      case 1...31: "key-short"
      case 32: nil
      default: "key-long"
      }
    #expect(try Self.code(content) == expected)
  }

  @Test("Raw bytes with an end of line, hexadecimal digits, or a byte order mark are not read")
  func rawVariants() throws {
    for ending in ["\n", "\r\n", "\n\n", " ", "\0"] {
      #expect(try Self.code(Self.bytes + Array(ending.utf8)) == "key-long")
    }
    #expect(try Self.code(Base16.encode(Self.bytes)) == "key-long")
    #expect(try Self.code("\u{FEFF}sluice-key/1 0 \(Self.base32)\n") == "key-long")
    #expect(try Self.code(Self.base32) == "key-long")
    for ending in ["\n", "\r", " ", "\0"] {
      // One of the 32 bytes, that is the key's own.
      let key = Self.bytes.dropLast() + Array(ending.utf8)
      #expect(try Self.code(key) == nil)
      #expect(try KeyFolder.key(key).matches(Array(key)))
    }
    // Never taken for raw bytes, though 32 long.
    #expect(try Self.code("sluice-key/2 abcdefghijklmnopqrs") == "key-format")
  }

  static let lines: [(line: String, code: String?)] = [
    ("sluice-key/1 0 KEY", nil),
    ("sluice-key/1 0 KEY\n", nil),
    ("sluice-key/1 0 KEY\n\n", "key-format"),
    ("sluice-key/1 0 KEY\r\n", "key-format"),
    ("sluice-key/1 0 KEY\r", "key-format"),
    ("sluice-key/1 0\nKEY", "key-format"),
    ("sluice-key/1 0 KEY\n#", "key-format"),
    ("\nsluice-key/1 0 KEY", "key-long"),
    (" sluice-key/1 0 KEY", "key-long"),
    ("sluice-key/1 0 KEY \n", "key-long"),
    ("sluice-key/1 0  KEY\n", "key-long"),
    ("sluice-key/1 0 KEY\0", "key-long"),
    ("sluice-key/1 0\tKEY\n", "key-format"),
    ("sluice-key/1\t0 KEY\n", "key-format"),
    ("sluice-key/1 0", "key-format"),
    ("sluice-key/1 0\n", "key-format"),
    ("sluice-key/1 0 ", "key-short"),
    ("sluice-key/1 0 \n", "key-short"),
    ("sluice-key/1 KEY\n", "key-format"),
    ("sluice-key/1 ", "key-format"),
    ("sluice-key/1", "key-format"),
    ("sluice-key/1\n", "key-format"),
    ("sluice-key/", "key-format"),
    ("sluice-key/2 0 KEY\n", "key-format"),
    ("sluice-key/11 0 KEY\n", "key-format"),
    ("SLUICE-KEY/1 0 KEY\n", "key-long"),
    ("sluice-key 0 KEY\n", "key-long"),
    ("sluice-key/1 0 KEY 0\n", "key-long"),
  ]

  @Test("The line: one, ended by a line feed or nothing", arguments: 0..<28) func line(index: Int) throws {
    let (line, code) = Self.lines[index]
    #expect(try Self.code(line.replacingOccurrences(of: "KEY", with: Self.base32)) == code)
  }

  static let epochs: [(text: String, value: UInt32?)] = [
    ("0", 0), ("1", 1), ("9", 9), ("10", 10), ("2026", 2026), ("4294967295", .max), ("4294967296", nil),
    ("9999999999", nil), ("10000000000", nil), ("18446744073709551616", nil), ("", nil), ("00", nil),
    ("01", nil), ("-1", nil), ("-0", nil), ("+1", nil), ("1.0", nil), ("1e3", nil), ("0x1", nil),
    ("1_000", nil), ("1,000", nil), ("a", nil), ("\u{661}", nil), ("\u{FF11}", nil), ("1\0", nil),
    ("\t1", nil),
    ("/", nil), (":", nil),
  ]

  @Test("The epoch: plain digits, no leading zero, at most 4294967295", arguments: 0..<28)
  func epoch(index: Int) throws {
    let (text, value) = Self.epochs[index]
    let line = "sluice-key/1 \(text) \(Self.base32)\n"
    #expect(try Self.code(line) == (value == nil ? "key-epoch" : nil))
    if let value { #expect(try KeyFolder.key(line: line).epoch == value) }
  }

  @Test("Base32: lower case, of its alphabet, 52 characters, no padding") func base32Characters() throws {
    let key = Self.base32
    let code = { (key: String) in try Self.code("sluice-key/1 3 \(key)\n") }
    #expect(try code(key) == nil)
    #expect(try code(key.uppercased()) == "key-base32")
    #expect(try code(key + "====") == "key-long")
    #expect(try code(key.dropLast() + "=") == "key-base32")
    #expect(try code(String(key.dropLast())) == "key-short")
    #expect(try code(key + "a") == "key-long")
    // Hyphens and the digits that look like letters are no characters of it, wherever they stand.
    for other in ["A", "Z", "0", "1", "8", "9", "-", "=", "{", "`", "\u{0}", "\u{7F}"] {
      for place in [0, 1, 25, 51] {
        var characters = Array(key)
        characters[place] = Character(other)
        #expect(try code(String(characters)) == "key-base32", "at \(place)")
      }
    }
    // Two bytes that take the room of two characters.
    #expect(try code("é" + key.dropFirst(2)) == "key-base32")
  }

  @Test("Base32: of the last character only the first bit may be set") func trailingBits() throws {
    for (value, character) in ReferenceBase32.alphabet.enumerated() {
      let key = Self.base32.dropLast() + String(UnicodeScalar(character))
      let isWhole = value & 0b01111 == 0
      #expect(try Self.code("sluice-key/1 3 \(key)\n") == (isWhole ? nil : "key-base32"))
    }
  }

  @Test(
    "A line and 32 raw bytes of the same key are one key, for random keys", arguments: [41, 42] as [UInt64])
  func roundTrip(seed: UInt64) throws {
    print("SeededNumbers(seed: \(seed))")
    var numbers = SeededNumbers(seed: seed)
    let folder = try KeyFolder()
    for count in 0..<100 {
      let bytes = numbers.bytes(32)
      let epoch = UInt32.random(in: 0...UInt32.max, using: &numbers)
      let line = "sluice-key/1 \(epoch) \(ReferenceBase32.encode(bytes))" + (count % 2 == 0 ? "\n" : "")
      let fromLine = try RootKey(contentsOfFile: folder.write(line.utf8))
      let fromBytes = try RootKey(contentsOfFile: folder.write(bytes))
      #expect(fromLine.matches(bytes) && fromBytes.matches(bytes), "seed \(seed)")
      #expect(fromLine.epoch == epoch && fromLine.rootID == fromBytes.rootID, "seed \(seed)")
    }
  }

  @Test("Strength: not all zero, at least 16 distinct bytes, in both forms") func strength() throws {
    let distinct = { (count: Int) in (0..<32).map { UInt8($0 % count) &* 3 } }
    let cases: [([UInt8], String?)] = [
      ([UInt8](repeating: 0, count: 32), "key-all-zero"),
      ([UInt8](repeating: 0xFF, count: 32), "key-weak"),
      ([UInt8](repeating: 0, count: 31) + [1], "key-weak"),
      (Array("passwordpasswordpasswordpassword".utf8), "key-weak"),
      (distinct(2), "key-weak"), (distinct(8), "key-weak"), (distinct(15), "key-weak"), (distinct(16), nil),
      (distinct(17), nil), (distinct(32), nil), ((0..<32).map { max($0, 17) }, "key-weak"),
      ((0..<32).map { max($0, 16) }, nil),
      ((0..<32).map { max($0, 16) - 16 + ($0 < 16 ? 200 : 0) }.map(UInt8.init), nil),
    ]
    for (bytes, code) in cases {
      #expect(try Self.code(bytes) == code)
      #expect(try Self.code("sluice-key/1 0 \(ReferenceBase32.encode(bytes))\n") == code)
    }
  }

  // MARK: The file itself

  @Test("Mode: 0600 and 0400, no other of the 4,096") func mode() throws {
    let folder = try KeyFolder()
    let path = try folder.write(Self.bytes)
    var accepted: [mode_t] = []
    for mode in 0...0o7777 as ClosedRange<mode_t> {
      try #require(chmod(path, mode) == 0)
      // Bits that the system did not take (another user's sticky bit) are no case.
      var status = stat()
      try #require(stat(path, &status) == 0)
      guard status.st_mode & 0o7777 == mode else { continue }
      let error = CryptoTestSupport.failure { _ = try RootKey(contentsOfFile: path) }
      if error == nil { accepted.append(mode) }
      let isReadable = geteuid() == 0 || mode & 0o400 != 0
      guard let error else { continue }
      if error.code != (isReadable ? "key-mode" : "key-unreadable") { Issue.record("mode \(mode): \(error)") }
    }
    #expect(accepted == [0o400, 0o600])
  }

  @Test("No file, or a path that goes through one") func missing() throws {
    let folder = try KeyFolder()
    let file = try folder.write(Self.bytes)
    #expect(try Self.code(ofFileAt: folder.path + "/k7x9q2") == "key-missing")
    #expect(try Self.code(ofFileAt: folder.path + "/k7x9q2/k7x9q2") == "key-missing")
    #expect(try Self.code(ofFileAt: file + "/k7x9q2") == "key-missing")
    #expect(
      try Self.code(ofFileAt: folder.path + "/" + String(repeating: "k", count: 300)) == "key-unreadable")
  }

  @Test("A path that is empty or holds a NUL, which the system would cut there") func path() throws {
    let folder = try KeyFolder()
    let file = try folder.write(Self.bytes)
    #expect(try Self.code(ofFileAt: file) == nil)
    #expect(try Self.code(ofFileAt: "") == "key-path")
    #expect(try Self.code(ofFileAt: file + "\0k7x9q2") == "key-path")
    #expect(try Self.code(ofFileAt: "\0") == "key-path")
  }

  @Test("A symbolic link, to a key, to nothing or to itself; a linked directory is none of ours")
  func symbolicLink() throws {
    let folder = try KeyFolder()
    let file = try folder.write(Self.bytes)
    for target in [file, "nowhere", "k7x9q2"] {
      let link = folder.path + "/k7x9q2"
      try #require(symlink(target, link) == 0)
      #expect(try Self.code(ofFileAt: link) == "key-symlink")
      try #require(unlink(link) == 0)
    }
    try #require(symlink(folder.path, folder.path + "/linked") == 0)
    #expect(try Self.code(ofFileAt: folder.path + "/linked/key") == nil)
  }

  @Test("A FIFO that nobody writes is refused at once") func fifo() async {
    // In a process of its own, which the alarm ends where opening or reading waits.
    await #expect(processExitsWith: .success) {
      let folder = try KeyFolder()
      let path = folder.path + "/k7x9q2"
      try #require(mkfifo(path, 0o600) == 0)
      alarm(10)
      let code = try Self.code(ofFileAt: path)
      #expect(code == "key-not-regular")
      // One that has a writer, who writes nothing, is no other.
      let writer = open(path, O_RDWR)
      let again = try Self.code(ofFileAt: path)
      #expect(writer >= 0 && again == "key-not-regular")
    }
  }

  @Test("A directory, a socket, a device") func notRegular() throws {
    let folder = try KeyFolder()
    #expect(try Self.code(ofFileAt: folder.path) == "key-not-regular")
    #expect(try Self.code(ofFileAt: folder.path + "/") == "key-not-regular")
    for device in ["/dev/null", "/dev/zero", "/dev/tty"] where access(device, F_OK) == 0 {
      let code = try Self.code(ofFileAt: device)
      // Without a terminal /dev/tty cannot even be opened; the system says so as for a FIFO without a reader.
      #expect(code == "key-not-regular")
    }
    let name = folder.path + "/k7x9q2"
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(name.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
    #expect(try Self.code(ofFileAt: name) == "key-not-regular")
  }

  @Test("A file that opens and then cannot be read") func unreadable() throws {
    // A regular file, ours and of mode 0600, whose first page is never mapped.
    #expect(try Self.code(ofFileAt: "/proc/self/mem") == "key-unreadable")
  }

  // Only root may give a file away, so elsewhere this is skipped by name.
  @Test("Another user's file", .enabled(if: geteuid() == 0, "only root can give a file away")) func owner()
    throws
  {
    let folder = try KeyFolder()
    let path = try folder.write(Self.bytes)
    try #require(chown(path, 65_534, gid_t.max) == 0)
    #expect(try Self.code(ofFileAt: path) == "key-owner")
    // Whose it is comes before its mode, and the group says nothing.
    try #require(chmod(path, 0o644) == 0)
    #expect(try Self.code(ofFileAt: path) == "key-owner")
    try #require(chown(path, 0, 65_534) == 0 && chmod(path, 0o600) == 0)
    #expect(try Self.code(ofFileAt: path) == nil)
  }

  @Test("Reading a key leaves its file as it was, and no descriptor open") func leavesNothing() async {
    await #expect(processExitsWith: .success) {
      let folder = try KeyFolder()
      let path = try folder.write(Self.bytes)
      _ = try RootKey(contentsOfFile: path)
      let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      for _ in 0..<50 {
        _ = try RootKey(contentsOfFile: path)
        for other in [folder.path, folder.path + "/missing", "/dev/null", "/proc/self/mem", ""] {
          let error = CryptoTestSupport.failure { _ = try RootKey(contentsOfFile: other) }
          #expect(error != nil)
        }
      }
      let after = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      #expect(after == before)
      let content = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(Array(content) == Self.bytes)
    }
  }
}
