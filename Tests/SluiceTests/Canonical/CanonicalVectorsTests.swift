import Foundation
import Sluice
import Testing

/// Conformance data from elsewhere, beside the package. Every test here is skipped by name where it is absent.
@Suite("Conformance of canonical forms", .enabled(if: CanonicalSupport.hasVectors))
struct CanonicalVectorsTests {
  // MARK: JSON-Schema-Test-Suite, optional formats

  private struct FormatCase: Decodable {
    var description: String
    var data: StringOrOther
    var valid: Bool
  }

  private struct FormatGroup: Decodable { var tests: [FormatCase] }

  /// The suite also holds numbers and objects, which say that a format does not look at them.
  private enum StringOrOther: Decodable {
    case string(String)
    case other

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        self = .string(text)
      } else {
        self = .other
      }
    }
  }

  /// Unpacks the suite into a folder of its own and reads the cases of one format.
  private func formatCases(_ format: String) throws -> [(text: String, valid: Bool)] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = [
      "tar", "-xzf",
      CanonicalSupport.vectors!.appendingPathComponent("time/json-schema_optional_format.tar.gz").path,
      "-C", folder.path,
    ]
    try tar.run()
    tar.waitUntilExit()
    try #require(tar.terminationStatus == 0)
    let file = folder.appendingPathComponent("tests/draft2020-12/optional/format/\(format).json")
    let groups = try JSONDecoder().decode([FormatGroup].self, from: Data(contentsOf: file))
    return groups.flatMap(\.tests).compactMap { test in
      if case .string(let text) = test.data { (text, test.valid) } else { nil }
    }
  }

  /// The texts on which a reader and the suite differ.
  private func differences<Value>(
    _ format: String, count: Int, _ read: (Bytes) throws(FaultCode) -> Value
  ) throws -> [String] {
    let cases = try formatCases(format)
    #expect(cases.count == count)
    return cases.filter { test in
      if case .success = CanonicalSupport.outcome(test.text, read) { !test.valid } else { test.valid }
    }.map(\.text)
  }

  @Test("JSON Schema date-time") func dateTime() throws {
    let differences = try differences("date-time", count: 27) { bytes throws(FaultCode) in
      try Instant(rfc3339: bytes)
    }
    #expect(differences == [])
  }

  @Test("JSON Schema ipv4") func ipv4() throws {
    let differences = try differences("ipv4", count: 35) { bytes throws(FaultCode) in
      // The format is of IPv4 alone.
      guard try IPAddress(bytes).isIPv4, !bytes.contains(UInt8(ascii: ":")) else { throw .ipFormat }
    }
    #expect(differences == [])
  }

  @Test("JSON Schema ipv6") func ipv6() throws {
    let differences = try differences("ipv6", count: 36) { bytes throws(FaultCode) in
      guard bytes.contains(UInt8(ascii: ":")) else { throw .ipFormat }
      _ = try IPAddress(bytes)
    }
    #expect(differences == [])
  }

  @Test("JSON Schema email") func email() throws {
    let differences = try differences("email", count: 21) { bytes throws(FaultCode) in
      try withUnsafeTemporary { target throws(FaultCode) in try EmailAddress.canonical(bytes, to: target) }
    }
    // Stricter here: the dot-atom form alone, no quoted local parts and no address literals.
    #expect(
      differences == [
        "\"joe bloggs\"@example.com", "\"joe..bloggs\"@example.com", "\"joe@bloggs\"@example.com",
        "joe.bloggs@[127.0.0.1]", "joe.bloggs@[IPv6:::1]",
      ])
  }

  private func withUnsafeTemporary(
    _ body: (UnsafeMutablePointer<UInt8>) throws(FaultCode) -> Int
  ) throws(FaultCode) {
    _ = try CanonicalSupport.written(at: EmailAddress.byteCountMax, body).get()
  }

  // MARK: ip-address

  private struct AddressCase: Decodable { var address: String }

  private func addresses(_ name: String) throws -> [String] {
    try JSONDecoder().decode([AddressCase].self, from: CanonicalSupport.vector("ip/\(name).json")).map(
      \.address)
  }

  @Test(
    "valid addresses are read, but for those with a prefix length or a zone",
    arguments: ["valid-ipv4-addresses", "valid-ipv6-addresses"])
  func validAddresses(list: String) throws {
    for address in try addresses(list) {
      let outcome = CanonicalSupport.outcome(address) { bytes throws(FaultCode) in try IPAddress(bytes) }
      // Stricter here: a subnet is not an address, and a zone means something on one host alone.
      let isStricter = address.contains("/") || address.contains("%")
      if case .success = outcome {
        #expect(!isStricter, "\(address)")
      } else {
        #expect(isStricter, "\(address)")
      }
    }
  }

  @Test("invalid addresses are refused", arguments: ["invalid-ipv4-addresses", "invalid-ipv6-addresses"])
  func invalidAddresses(list: String) throws {
    let list = try addresses(list)
    #expect(!list.isEmpty)
    for address in list {
      let outcome = CanonicalSupport.outcome(address) { bytes throws(FaultCode) in try IPAddress(bytes) }
      // A plain IPv4 address is in the list because it is no IPv6 address; here it is an address.
      let isPlainIPv4 = address == "1.2.3.4"
      #expect((outcome == .failure(.ipFormat)) != isPlainIPv4, "\(address)")
    }
  }

  // MARK: geohash

  /// The files have a key or a number a line, so that numbers are read as written.
  private func lines(_ path: String) throws -> [(key: String, value: String)] {
    String(decoding: try CanonicalSupport.vector(path), as: UTF8.self).split(separator: "\n").map { line in
      let parts = line.split(separator: ":").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " \",[]{}"))
      }
      return parts.count == 2 ? (parts[0], parts[1]) : ("", parts.first ?? "")
    }
  }

  private func geohash(_ latitude: ExactDecimal, _ longitude: ExactDecimal, _ length: Int) throws -> String {
    let point = try GeoPoint(latitude: latitude, longitude: longitude)
    return try CanonicalSupport.written(reserve: 12) { output throws(FaultCode) in
      point.writeGeohash(length, to: &output)
    }.get()
  }

  @Test("4,096 points encode to their geohash") func encode() throws {
    var count = 0
    var hash = ""
    var latitude = ""
    for (key, value) in try lines("geo/geohash_encode.json") {
      switch key {
      case "hash": hash = value
      case "lat": latitude = value
      case "lng":
        count += 1
        let (north, east) = (try #require(ExactDecimal(latitude)), try #require(ExactDecimal(value)))
        for length in 1...hash.count {
          #expect(try geohash(north, east, length) == String(hash.prefix(length)))
        }
      default: break
      }
    }
    #expect(count == 4_096)
  }

  @Test("the centre of each of 4,096 boxes encodes to the box's geohash") func decode() throws {
    var count = 0
    var hash = ""
    var box: [ExactDecimal] = []
    for (key, value) in try lines("geo/geohash_decode.json") {
      if key == "hash" { hash = value }
      guard key.isEmpty, let border = ExactDecimal(value) else { continue }
      box.append(border)
      guard box.count == 4 else { continue }
      count += 1
      let (north, east) = (centre(box[0], box[1]), centre(box[2], box[3]))
      #expect(try geohash(north, east, hash.count) == hash)
      box = []
    }
    #expect(count == 4_096)
  }

  /// Half the sum, exactly: one decimal more than the longer of the two.
  private func centre(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal {
    let scale = max(left.scale, right.scale)
    func units(_ number: ExactDecimal) -> Int128 {
      (0..<(scale - number.scale)).reduce(number.mantissa) { units, _ in units * 10 }
    }
    return ExactDecimal(mantissa: (units(left) + units(right)) * 5, scale: scale + 1)
  }
}
