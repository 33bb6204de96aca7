import Foundation
import SluiceCrypto

/// The job of the policy's category `coarse`, and each action alone, written slowly and from the formats alone: what a row has to be equal to.
struct ReferenceJob {
  /// An action by the instrument of `action-policies` that has it; `withhold` first, which the others are compared with.
  enum Action: String, CaseIterable {
    case withhold, keep, redact, mask, truncate, grid, geohash, prefix, bucket, country, map, pseudonymize
  }

  private static let machines = ["android": "phone", "ios": "phone", "web": "browser", "desktop": "computer"]

  private let key: ClassKey

  init(_ rootKey: RootKey) throws {
    key = try rootKey.streamKey(jurisdiction: "US", name: "benchmark").classKey("phone")
  }

  /// The row of a record in NDJSON.
  func row(_ line: Data) throws -> String {
    let record = try Record(line)
    return
      #"{"kind":"message","sent_at":"\#(try record.text("sent_at").prefix(13))Z","#
      + #""sender":"\#(try pseudonym(try record.text("sender")))","#
      + #""recipient":"\#(try pseudonym(try record.text("recipient")))","type":"\#(try record.text("type"))","#
      + #""client_ip":"\#(try network(record))","position":\#(try cell(record))}"#
  }

  /// The row of a record where one action alone releases something.
  func row(_ line: Data, _ action: Action) throws -> String {
    let record = try Record(line)
    // A redacted field does not make a row, so that the type leaves beside it.
    let type = action == .redact ? #""type":\#(quoted(try record.text("type"))),"# : ""
    let (field, value) =
      switch action {
      case .withhold: ("sender", "")
      case .keep: ("device", quoted(try record.text("device")))
      case .redact: ("device", quoted("[redacted]"))
      case .mask: ("device", quoted("****" + (try record.text("device")).suffix(4)))
      case .truncate: ("sent_at", quoted((try record.text("sent_at")).prefix(13) + "Z"))
      case .grid: ("position", try cell(record))
      case .geohash: ("position", quoted(try geohash(record)))
      case .prefix: ("client_ip", quoted(try network(record)))
      case .bucket: ("size", quoted(try bucket(record)))
      case .country: ("sender", quoted(try callingCode(try record.text("sender"))))
      case .map: ("platform", quoted(Self.machines[try record.text("platform")] ?? ""))
      case .pseudonymize: ("sender", quoted(try pseudonym(try record.text("sender"))))
      }
    return #"{"kind":"message",\#(type)"\#(field)":\#(value)}"#
  }

  /// A record's members, and its text for the numbers, whose digits count.
  private struct Record {
    let members: [String: Any]
    let raw: String

    init(_ line: Data) throws {
      guard let members = try JSONSerialization.jsonObject(with: line) as? [String: Any] else {
        throw Missing(name: "an object")
      }
      self.members = members
      raw = String(decoding: line, as: UTF8.self)
    }

    func text(_ name: String) throws -> String {
      guard let text = members[name] as? String else { throw Missing(name: name) }
      return text
    }

    func number(_ name: String) throws -> NSNumber {
      guard let number = members[name] as? NSNumber else { throw Missing(name: name) }
      return number
    }
  }

  private func quoted(_ text: some StringProtocol) -> String { "\"\(text)\"" }

  private func network(_ record: Record) throws -> String {
    try record.text("client_ip").split(separator: ".").prefix(3).joined(separator: ".") + ".0/24"
  }

  private func cell(_ record: Record) throws -> String {
    #"{"lat":\#(try corner(record.raw, "lat")),"lon":\#(try corner(record.raw, "lon"))}"#
  }

  private func bucket(_ record: Record) throws -> String {
    let thousands = try record.number("size").intValue / 1000
    return "\(thousands * 1000)-\(thousands * 1000 + 999)"
  }

  private func callingCode(_ phone: String) throws -> String {
    guard let code = MessageRecords.callingCodes.first(where: { phone.hasPrefix("+" + $0) }) else {
      throw Missing(name: "a calling code")
    }
    return "+" + code
  }

  /// Five characters of a geohash by halving, longitude first. The borders of cells that large are exact in a Double.
  private func geohash(_ record: Record) throws -> String {
    var ranges = [(-180.0, 180.0), (-90.0, 90.0)]
    let values = [try record.number("lon").doubleValue, try record.number("lat").doubleValue]
    var bits = 0
    for place in 0..<25 {
      let (low, high) = ranges[place % 2]
      let middle = (low + high) / 2
      let isUpper = values[place % 2] >= middle
      ranges[place % 2] = isUpper ? (middle, high) : (low, middle)
      bits = bits * 2 + (isUpper ? 1 : 0)
    }
    let alphabet = Array("0123456789bcdefghjkmnpqrstuvwxyz")
    return String((0..<5).map { alphabet[bits >> (20 - 5 * $0) & 31] })
  }

  private func pseudonym(_ phone: String) throws -> String {
    var context = try PseudonymContext(key)
    var characters = [UInt8](repeating: 0, count: PseudonymContext.characterCount)
    let done = Array(phone.utf8).withUnsafeBytes {
      context.write(classByte: 1, letter: UInt8(ascii: "p"), $0, to: &characters)
    }
    guard done else { throw Missing(name: "the MAC") }
    return String(decoding: characters, as: UTF8.self)
  }

  /// The coordinate's cell, by decimal digits: cut after the first, and one down where the number is below zero.
  private func corner(_ record: String, _ name: String) throws -> String {
    guard let key = record.firstRange(of: "\"\(name)\":"),
      let number = record[key.upperBound...].prefixMatch(of: /(-?)(\d+)\.(\d)(\d*)/),
      let digits = Int(number.2 + number.3)
    else { throw Missing(name: name) }
    let isBelow = number.1 == "-"
    let tenths = isBelow && number.4.contains { $0 != "0" } ? digits + 1 : digits
    return "\(isBelow && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
  }

  /// A record of our own making does not hold what it should.
  struct Missing: Error {
    let name: String
  }
}
