extension JSONText {
  /// Reads a document that `document` wrote; nil for anything else, down to a blank or an escape that it would not
  /// have written.
  package init?(reading document: [UInt8]) {
    var reader = Reader(bytes: document)
    guard let value = reader.value(depth: 0), value.document == document else { return nil }
    self = value
  }

  /// The value of an object's key, or nil where there is none.
  package subscript(_ key: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var integer: UInt64? { if case .integer(let number) = self { number } else { nil } }
  package var elements: [JSONText]? { if case .array(let elements) = self { elements } else { nil } }

  /// Reads leniently what must then be written back alike.
  private struct Reader {
    private static let depthMax = 16

    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func value(depth: Int) -> JSONText? {
      guard depth < Self.depthMax else { return nil }
      skipBlanks()
      switch byte {
      case UInt8(ascii: "{"): return object(depth)
      case UInt8(ascii: "["):
        var elements: [JSONText] = []
        let isWhole = parts("]") { reader in
          guard let element = reader.value(depth: depth + 1) else { return false }
          elements.append(element)
          return true
        }
        return isWhole ? .array(elements) : nil
      case UInt8(ascii: "\""): return text().map(JSONText.string)
      case UInt8(ascii: "t"): return take("true") ? .boolean(true) : nil
      case UInt8(ascii: "f"): return take("false") ? .boolean(false) : nil
      case UInt8(ascii: "n"): return take("null") ? .null : nil
      default: return number()
      }
    }

    private mutating func object(_ depth: Int) -> JSONText? {
      var members: [(key: String, value: JSONText)] = []
      let isWhole = parts("}") { reader in
        reader.skipBlanks()
        guard let key = reader.text(), reader.take(":"), let value = reader.value(depth: depth + 1)
        else { return false }
        members.append((key, value))
        return true
      }
      // No document of ours says one thing twice, and two readers could take different ones.
      return isWhole && Set(members.lazy.map(\.key)).count == members.count ? .object(members) : nil
    }

    /// Reads what stands between brackets, with commas between.
    private mutating func parts(_ end: StaticString, _ part: (inout Reader) -> Bool) -> Bool {
      index += 1
      skipBlanks()
      if take(end) { return true }
      while part(&self) {
        skipBlanks()
        if take(end) { return true }
        guard take(",") else { return false }
      }
      return false
    }

    private mutating func text() -> String? {
      guard take("\"") else { return nil }
      var text = takeRun()
      while take("\\") {
        guard let byte = takeEscaped() else { return nil }
        text.append(byte)
        text += takeRun()
      }
      // What is no UTF-8 is not written back alike.
      return take("\"") ? String(decoding: text, as: UTF8.self) : nil
    }

    /// Takes what stands up to the next quote or backslash.
    private mutating func takeRun() -> ArraySlice<UInt8> {
      let run = bytes[index...].prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
      index = run.endIndex
      return run
    }

    /// Takes what follows a backslash.
    private mutating func takeEscaped() -> UInt8? {
      guard let escaped = byte else { return nil }
      index += 1
      guard escaped == UInt8(ascii: "u") else { return escaped }
      guard index + 4 <= bytes.count,
        let code = UInt8(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
      else { return nil }
      index += 4
      return code
    }

    private mutating func number() -> JSONText? {
      let digits = bytes[index...].prefix { (0x30...0x39).contains($0) }
      index += digits.count
      return UInt64(String(decoding: digits, as: UTF8.self)).map(JSONText.integer)
    }

    private mutating func skipBlanks() { while byte == 0x20 || byte == 0x0A { index += 1 } }

    private mutating func take(_ word: StaticString) -> Bool {
      let matches = word.withUTF8Buffer { bytes[index...].starts(with: $0) }
      if matches { index += word.utf8CodeUnitCount }
      return matches
    }
  }
}
