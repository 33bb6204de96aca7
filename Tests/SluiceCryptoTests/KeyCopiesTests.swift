import Foundation
import SluiceCrypto
import Testing

/// Looks for bytes in every writable part of this process's memory.
struct MemorySearch {
  /// How often the bytes occur, not counting the place where they are given.
  static func count(of needle: UnsafeRawBufferPointer) throws -> Int {
    var count = 0
    for line in try mappings().split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 1)
      guard fields.count == 2, fields[1].hasPrefix("rw") else { continue }
      let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      var place = UnsafeRawPointer(bitPattern: bounds[0])!
      let end = UnsafeRawPointer(bitPattern: bounds[1])!
      while end - place >= needle.count,
        let hit = memchr(place, Int32(needle[0]), end - place - needle.count + 1)
      {
        let isCopy = memcmp(hit, needle.baseAddress!, needle.count) == 0
        if isCopy, UnsafeRawPointer(hit) != needle.baseAddress! { count += 1 }
        place = UnsafeRawPointer(hit) + 1
      }
    }
    return count
  }

  /// What lies where. Read to its end here: Foundation takes the first short read of such a file for the last.
  private static func mappings() throws -> String {
    let descriptor = open("/proc/self/maps", O_RDONLY)
    defer { close(descriptor) }
    // Below what malloc gives a mapping of its own, which would be listed here and then gone.
    var text = [UInt8](repeating: 0, count: 1 << 16)
    var filled = 0
    while filled < text.count {
      let room = text.count - filled
      let count = text.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, room) }
      try #require(count >= 0)
      if count == 0 { break }
      filled += count
    }
    try #require(filled < text.count)
    return String(decoding: text[..<filled], as: UTF8.self)
  }
}

@Suite("Copies of keys in memory") struct KeyCopiesTests {
  /// Puts a key file together byte by byte at one place, so that no copy of it lies elsewhere.
  static func place(line: Bool) -> UnsafeMutableRawBufferPointer {
    var numbers = SeededNumbers(seed: 31)
    let head = line ? Array("sluice-key/1 7 ".utf8) : []
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: head.count + (line ? 52 : 32), alignment: 1)
    bytes.copyBytes(from: head)
    for index in head.count..<bytes.count {
      bytes[index] = line ? ReferenceBase32.alphabet[Int(numbers.next() & 31)] : UInt8(numbers.next() & 255)
    }
    // The last character holds one bit of the key.
    if line { bytes[bytes.count - 1] = UInt8(ascii: "a") }
    return bytes
  }

  @Test("A root key lies in memory once while it is there, and nowhere after it") func raw() async {
    // In a process of its own, in which no other test has the key.
    await #expect(processExitsWith: .success) { try Self.checkCopies(line: false) }
  }

  @Test("So with the characters of a key file's line, which are gone once it is read") func line() async {
    await #expect(processExitsWith: .success) { try Self.checkCopies(line: true) }
  }

  static func checkCopies(line: Bool) throws {
    try SelfTest.run()
    let folder = try KeyFolder()
    let file = Self.place(line: line)
    let descriptor = open(folder.path + "/key", O_WRONLY | O_CREAT | O_EXCL, 0o600)
    try #require(write(descriptor, file.baseAddress, file.count) == file.count && close(descriptor) == 0)
    // What is looked for: the raw key, or the characters of the line's key.
    let needle = UnsafeRawBufferPointer(rebasing: file[(file.count - (line ? 52 : 32))...])
    #expect(try MemorySearch.count(of: needle) == 0)
    do {
      let key = try RootKey(contentsOfFile: folder.path + "/key")
      #expect(key.epoch == (line ? 7 : 0))
      #expect(try MemorySearch.count(of: needle) == (line ? 0 : 1))
      let classKey = try key.caseKey(jurisdiction: "US", reference: "US-2026-000123").classKey("phone")
      var context = try PseudonymContext(classKey)
      _ = try context.text(classByte: 1, letter: "p", Array("+12025550123".utf8))
      #expect(try MemorySearch.count(of: needle) == (line ? 0 : 1))
    }
    #expect(try MemorySearch.count(of: needle) == 0)
  }
}
