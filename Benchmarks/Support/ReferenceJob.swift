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
    guard let record = try JSONSerialization.jsonObject(with: line) as? [String: Any] else { return "" }
    func text(_ name: String) -> String { record[name] as? String ?? "" }
    let raw = String(decoding: line, as: UTF8.self)
    let address = text("client_ip").split(separator: ".")
    return
      #"{"kind":"message","sent_at":"\#(text("sent_at").prefix(13))Z","sender":"\#(try pseudonym(text("sender")))","#
      + #""recipient":"\#(try pseudonym(text("recipient")))","type":"\#(text("type"))","#
      + #""client_ip":"\#(address[0]).\#(address[1]).\#(address[2]).0/24","#
      + #""position":{"lat":\#(corner(raw, "lat")),"lon":\#(corner(raw, "lon"))}}"#
  }

  private func pseudonym(_ phone: String) throws -> String {
    var context = try PseudonymContext(key)
    var characters = [UInt8](repeating: 0, count: PseudonymContext.characterCount)
    let done = Array(phone.utf8).withUnsafeBytes {
      context.write(classByte: 1, letter: UInt8(ascii: "p"), $0, to: &characters)
    }
    return done ? String(decoding: characters, as: UTF8.self) : ""
  }

  /// The coordinate's cell, by decimal digits: cut after the first, and one down where the number is below zero.
  private func corner(_ record: String, _ name: String) -> String {
    guard let match = record.firstMatch(of: try! Regex("\"\(name)\":(-?)([0-9]+)\\.([0-9])([0-9]*)")) else {
      return ""
    }
    let (sign, whole, digit, rest) = (
      match[1].substring!, match[2].substring!, match[3].substring!, match[4].substring!
    )
    var tenths = Int(whole)! * 10 + Int(digit)!
    if sign == "-", rest.contains(where: { $0 != "0" }) { tenths += 1 }
    let text = "\(tenths / 10).\(tenths % 10)"
    return sign == "-" && tenths > 0 ? "-" + text : text
  }
}
