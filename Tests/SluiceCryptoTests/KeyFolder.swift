import Foundation
import SluiceCrypto

/// A folder of one test's own, to hold key files; gone when the test is.
final class KeyFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "sluice-key-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file of a mode and returns its path.
  func write(_ bytes: some Sequence<UInt8>, to name: String = "key", mode: mode_t = 0o600) throws -> String {
    let file = path + "/" + name
    try Data(Array(bytes)).write(to: URL(fileURLWithPath: file))
    guard chmod(file, mode) == 0 else { throw CocoaError(.fileWriteUnknown) }
    return file
  }

  /// Reads the root key from a file with this content.
  static func key(_ content: some Sequence<UInt8>) throws -> RootKey {
    let folder = try KeyFolder()
    return try RootKey(contentsOfFile: folder.write(content))
  }

  /// Reads the root key from a file with this line.
  static func key(line: String) throws -> RootKey { try key(line.utf8) }
}

extension PseudonymContext {
  /// The pseudonym of an identifier as text.
  mutating func text(classByte: UInt8, letter: Character, _ canonical: [UInt8]) throws -> String {
    // One guard byte more on either side, which must survive.
    var output = [UInt8](repeating: 0xEE, count: Self.characterCount + 2)
    let isWritten = output.withUnsafeMutableBufferPointer { output in
      canonical.withUnsafeBytes {
        write(classByte: classByte, letter: letter.asciiValue!, $0, to: output.baseAddress! + 1)
      }
    }
    guard isWritten, output.first == 0xEE, output.last == 0xEE else { throw PseudonymFailure() }
    return String(decoding: output.dropFirst().dropLast(), as: UTF8.self)
  }
}

/// A context did not write a pseudonym, or wrote beyond it.
struct PseudonymFailure: Error {}
