import Foundation
import Sluice

/// What the tests of canonical forms share.
enum CanonicalSupport {
  /// What a reader made of a text: its value, or its fault.
  static func outcome<Value>(
    _ text: String, _ read: (Bytes) throws(FaultCode) -> Value
  ) -> Result<Value, FaultCode> {
    outcome(Array(text.utf8), read)
  }

  static func outcome<Value>(
    _ bytes: [UInt8], _ read: (Bytes) throws(FaultCode) -> Value
  ) -> Result<Value, FaultCode> {
    bytes.withUnsafeBufferPointer { bytes in
      do throws(FaultCode) { return .success(try read(bytes)) } catch { return .failure(error) }
    }
  }

  /// What a writer appended to an output with room for `reserved` bytes and what it threw, if anything.
  static func written(
    reserve reserved: Int, _ write: (inout OutputBuffer) throws(FaultCode) -> Void
  ) -> Result<String, FaultCode> {
    var output = OutputBuffer(capacity: reserved)
    do throws(FaultCode) { try write(&output) } catch { return .failure(error) }
    precondition(output.count <= reserved, "a writer appended more than its stated maximum")
    return .success(output.text)
  }

  /// What a writer put at a pointer with room for `count` bytes, as text.
  static func written(
    at count: Int, _ write: (UnsafeMutablePointer<UInt8>) throws(FaultCode) -> Int
  ) -> Result<String, FaultCode> {
    // One guard byte more, which must survive.
    var buffer = [UInt8](repeating: 0xEE, count: count + 1)
    return buffer.withUnsafeMutableBufferPointer { buffer in
      do throws(FaultCode) {
        let length = try write(buffer.baseAddress!)
        precondition(buffer[count] == 0xEE && length <= count, "a writer left its room")
        return .success(String(decoding: buffer[..<length], as: UTF8.self))
      } catch {
        return .failure(error)
      }
    }
  }

  /// The folder of conformance data beside the package, or nil where it is absent.
  static let vectors: URL? = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let folder = root.deletingLastPathComponent().appendingPathComponent("shared/vectors")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static let hasVectors = vectors != nil

  /// Whether the system has compiled zone files (Debian: tzdata).
  static let hasZones = FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Europe/Berlin")

  static func vector(_ path: String) throws -> Data {
    try Data(contentsOf: vectors!.appendingPathComponent(path))
  }
}

/// SplitMix64: the same numbers on every machine for the same seed.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
