import Foundation
import SluiceCrypto
import Testing

/// Looks for bytes in every writable part of this process's memory.
struct MemorySearch {
  /// One line of /proc/self/maps.
  struct Mapping {
    let start: UInt
    let end: UInt
    let flags: Substring
  }

  /// How often the bytes occur, not counting the place where they are given.
  static func count(of needle: UnsafeRawBufferPointer) throws -> Int {
    var count = 0
    try forEachByte(needle[0]) { place, room in
      guard room >= needle.count, memcmp(place, needle.baseAddress!, needle.count) == 0 else { return }
      if place != needle.baseAddress! { count += 1 }
    }
    return count
  }

  /// The flags (smaps, `VmFlags`) of every place where bytes lie that are given turned over.
  static func flags(ofPagesWithHidden hidden: [UInt8]) throws -> [Set<String>] {
    var places: [Int] = []
    try forEachByte(~hidden[0]) { place, room in
      guard room >= hidden.count else { return }
      for index in 1..<hidden.count
      where place.load(fromByteOffset: index, as: UInt8.self) != ~hidden[index] { return }
      places.append(Int(bitPattern: place))
    }
    return try places.map(flags(at:))
  }

  /// The flags of the mapping that holds an address.
  static func flags(at address: Int) throws -> Set<String> {
    var isHere = false
    for line in try text("/proc/self/smaps").split(separator: "\n") {
      if let mapping = mapping(line) {
        isHere = (mapping.start..<mapping.end).contains(UInt(address))
      } else if isHere, line.hasPrefix("VmFlags:") {
        return Set(line.dropFirst(8).split(separator: " ").map(String.init))
      }
    }
    return []
  }

  /// Calls with each place where a byte lies, and the bytes from there to the end of its mapping.
  private static func forEachByte(_ byte: UInt8, _ body: (UnsafeRawPointer, Int) -> Void) throws {
    for mapping in try mappings() where mapping.flags.hasPrefix("rw") {
      var place = UnsafeRawPointer(bitPattern: mapping.start)!
      let end = UnsafeRawPointer(bitPattern: mapping.end)!
      while place < end, let hit = memchr(place, Int32(byte), end - place) {
        body(UnsafeRawPointer(hit), end - UnsafeRawPointer(hit))
        place = UnsafeRawPointer(hit) + 1
      }
    }
  }

  /// What lies where.
  static func mappings() throws -> [Mapping] {
    try text("/proc/self/maps").split(separator: "\n").compactMap(mapping)
  }

  private static func mapping(_ line: Substring) -> Mapping? {
    let fields = line.split(separator: " ", maxSplits: 2)
    guard fields.count >= 2 else { return nil }
    let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
    guard bounds.count == 2 else { return nil }
    return Mapping(start: bounds[0], end: bounds[1], flags: fields[1])
  }

  /// Read to its end here: Foundation takes the first short read of such a file for the last.
  private static func text(_ path: String) throws -> String {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    // Small enough that malloc gives it no mapping of its own, which would be listed here and then gone.
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var text: [UInt8] = []
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      try #require(count >= 0)
      if count == 0 { return String(decoding: text, as: UTF8.self) }
      text += buffer[..<count]
    }
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
