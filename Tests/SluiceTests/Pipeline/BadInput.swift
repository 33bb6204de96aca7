import Sluice
import Testing

/// A record that something is wrong with, among good ones, and what becomes of it.
///
/// In `line`, `¦` marks the byte at which the fault is reported, and `‹C0 AF›` is bytes in hexadecimal.
struct BadInput: CustomTestStringConvertible, Sendable {
  enum Outcome: Sendable {
    /// No packet can read it.
    case unreadable(FaultCode, field: String? = nil)
    /// The packets with these places in `RecordRun.samples` cannot read a value that they release.
    case rejected(FaultCode, field: String, by: [Int] = [0, 1])
    /// Nothing is wrong with it; both packets release it.
    case released
    case outOfReach
    /// Not a record.
    case blank
  }

  let name: String
  let line: String
  let outcome: Outcome
  /// The source ends with it, without a line end.
  var endsSource = false

  init(_ name: String, _ line: String, _ outcome: Outcome, endsSource: Bool = false) {
    (self.name, self.line, self.outcome, self.endsSource) = (name, line, outcome, endsSource)
  }

  var testDescription: String { name }

  /// The number of the row in the table of bad inputs.
  var row: Int { Int(name.dropFirst().prefix(2)) ?? 0 }

  // MARK: - Records

  static let good =
    #"{"kind":"message","message_id":"0a","timestamp":"2026-09-10T12:00:00Z","sender":"+12025550100","#
    + #""recipients":["+447700900001"],"type":"text","message_style":"individual","message_size":10}"#

  /// A good message but for what else it holds.
  static func message(_ members: String) -> String {
    #"{"kind":"message","timestamp":"2026-09-10T12:00:00Z","sender":"+12025550100","#
      + #""recipients":["+447700900001"],\#(members)}"#
  }

  /// A message of other people that is in reach through what else it holds alone.
  static func parties(_ members: String) -> String {
    #"{"kind":"message","timestamp":"2026-09-10T12:00:00Z","type":"text",\#(members)}"#
  }

  static func time(_ value: String) -> String {
    #"{"kind":"message","timestamp":\#(value),"sender":"+12025550100","type":"text"}"#
  }

  static func location(_ members: String) -> String {
    #"{"kind":"location","timestamp":"2026-09-10T12:00:00Z","account_id":"a-7f31",\#(members)}"#
  }

  static func account(_ members: String) -> String {
    #"{"kind":"account","phone":"+12025550100",\#(members)}"#
  }

  // MARK: - Bytes

  /// The line's bytes, and the place of the mark or 0.
  var bytes: (line: [UInt8], offset: Int) {
    var bytes: [UInt8] = []
    var offset = 0
    var digits: String?
    for character in line {
      switch (character, digits) {
      case ("¦", nil): offset = bytes.count
      case ("‹", nil): digits = ""
      case ("›", let text?):
        bytes += text.split(separator: " ").map { UInt8($0, radix: 16)! }
        digits = nil
      case (_, let text?): digits = text + String(character)
      default: bytes += Array(String(character).utf8)
      }
    }
    return (bytes, offset)
  }

  /// Words of the line that nobody may repeat: all but those that are said of any input. Short ones would be found
  /// by chance.
  func secrets(butFor known: String) -> [String] {
    let words = bytes.line.split { byte in
      !(0x30...0x39).contains(byte) && !(0x61...0x7A).contains(byte | 0x20) && byte < 0x80
    }
    return words.map { String(decoding: $0, as: UTF8.self) }.filter {
      $0.utf8.count >= 4 && !known.contains($0)
    }
  }
}
