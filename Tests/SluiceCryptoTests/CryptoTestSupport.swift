import Foundation
import SluiceCrypto

/// What the tests of this room share.
enum CryptoTestSupport {
  /// The folder that holds Package.swift.
  static let package: URL = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()

  /// The HMAC and HKDF vectors beside the package, or nil where they are absent.
  static let vectors: URL? = {
    let folder = package.deletingLastPathComponent().appendingPathComponent("shared/vectors/hmac")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static let hasVectors = vectors != nil

  /// Decodes a file of these vectors.
  static func vectors<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    try JSONDecoder().decode(type, from: Data(contentsOf: vectors!.appendingPathComponent(name)))
  }

  /// The error that a call ends with, or nil where it ends well.
  static func failure(_ call: () throws -> Void) -> CryptoError? {
    do { try call() } catch { return error as? CryptoError }
    return nil
  }

  /// Where a tool of the system is, or nil.
  static func tool(_ names: String...) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    for name in names {
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
        return "\(folder)/\(name)"
      }
    }
    return nil
  }

  /// Runs a program to its end; what it says on standard error goes nowhere.
  static func run(
    _ program: String, _ arguments: [String], adding environment: [String: String] = [:]
  ) throws -> (status: Int32, output: Data) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data)
  }
}

/// A string of hexadecimal digits as the vectors write bytes.
struct Hex: Decodable, Sendable {
  let bytes: [UInt8]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let bytes = Self.bytes(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not hexadecimal")
    }
    self.bytes = bytes
  }

  /// Reads an even number of lower-case digits, without the program's own tables.
  static func bytes(_ text: String) -> [UInt8]? {
    let digits = text.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
    guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0]! << 4 | digits[$0 + 1]! }
  }
}

/// Base32 as RFC 4648 section 6 describes it, one bit at a time: the oracle for the program's own.
enum ReferenceBase32 {
  static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
    while !bits.count.isMultiple(of: 5) { bits.append(0) }
    let characters = stride(from: 0, to: bits.count, by: 5).map { start in
      alphabet[Int(bits[start..<start + 5].reduce(0) { $0 << 1 | $1 })]
    }
    return String(decoding: characters, as: UTF8.self)
  }

  /// The whole bytes in the characters, or nil where one is not of the alphabet.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var bits: [UInt8] = []
    for character in text.utf8 {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      bits += (0..<5).map { UInt8(value) >> (4 - $0) & 1 }
    }
    return (0..<bits.count / 8).map { index in bits[index * 8..<index * 8 + 8].reduce(0) { $0 << 1 | $1 } }
  }
}

/// SplitMix64; a test that uses it prints its seed.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}
