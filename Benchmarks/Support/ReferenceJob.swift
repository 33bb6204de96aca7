import Foundation
import SluiceCrypto

/// The job of the policy's category `coarse`, written slowly and from the formats alone: what a row has to be equal to.
struct ReferenceJob {
  private let key: ClassKey

  init(_ rootKey: RootKey) throws {
    key = try rootKey.streamKey(jurisdiction: "US", name: "benchmark").classKey("phone")
  }

  /// The row of a record in NDJSON.
  func row(_ line: Data) throws -> String {
    guard let record = try JSONSerialization.jsonObject(with: line) as? [String: Any] else {
      throw Missing(name: "an object")
    }
    func text(_ name: String) throws -> String {
      guard let text = record[name] as? String else { throw Missing(name: name) }
      return text
    }
    let raw = String(decoding: line, as: UTF8.self)
    let address = try text("client_ip").split(separator: ".")
    return
      #"{"kind":"message","sent_at":"\#(try text("sent_at").prefix(13))Z","sender":"\#(try pseudonym(try text("sender")))","#
      + #""recipient":"\#(try pseudonym(try text("recipient")))","type":"\#(try text("type"))","#
      + #""client_ip":"\#(address[0]).\#(address[1]).\#(address[2]).0/24","#
      + #""position":{"lat":\#(try corner(raw, "lat")),"lon":\#(try corner(raw, "lon"))}}"#
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
