/// A JSON value to be written: small, in the order given, escaped only where RFC 8259 requires it.
package enum JSONText {
  case null
  case boolean(Bool)
  case integer(UInt64)
  case string(String)
  case array([JSONText])
  case object([(key: String, value: JSONText)])

  /// A string, or null where there is none.
  package static func optional(_ text: String?) -> JSONText { text.map(JSONText.string) ?? .null }

  package static func strings(_ texts: [String]) -> JSONText { .array(texts.map(JSONText.string)) }

  /// The value as a document: two blanks an indentation, a member or element a line, LF at the end.
  package var document: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes, depth: 0)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private func append(to bytes: inout [UInt8], depth: Int) {
    switch self {
    case .null: bytes += "null".utf8
    case .boolean(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += String(value).utf8
    case .string(let text): Self.append(text, to: &bytes)
    case .array(let elements):
      Self.append(elements, UInt8(ascii: "["), UInt8(ascii: "]"), to: &bytes, depth) {
        $0.append(to: &$1, depth: depth + 1)
      }
    case .object(let members):
      Self.append(members, UInt8(ascii: "{"), UInt8(ascii: "}"), to: &bytes, depth) { member, bytes in
        Self.append(member.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        member.value.append(to: &bytes, depth: depth + 1)
      }
    }
  }

  private static func append<Part>(
    _ parts: [Part], _ start: UInt8, _ end: UInt8, to bytes: inout [UInt8], _ depth: Int,
    _ appendPart: (Part, inout [UInt8]) -> Void
  ) {
    bytes.append(start)
    for (index, part) in parts.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      appendLine(to: &bytes, depth + 1)
      appendPart(part, &bytes)
    }
    if !parts.isEmpty { appendLine(to: &bytes, depth) }
    bytes.append(end)
  }

  /// The end of a line and the blanks that the next one begins with.
  private static func appendLine(to bytes: inout [UInt8], _ depth: Int) {
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(
      text, plain: { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") },
      other: appendEscaped)
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    guard byte < 0x20 else {
      bytes += [UInt8(ascii: "\\"), byte]
      return
    }
    bytes += "\\u00".utf8
    bytes.append(UInt8(ascii: "0") + byte >> 4)
    bytes.append(Array("0123456789abcdef".utf8)[Int(byte & 15)])
  }
}
