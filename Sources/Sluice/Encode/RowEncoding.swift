/// How released values are written: one conformer a format, chosen once a run, so that the row loop is
/// specialised for it and asks nothing per value.
///
/// Every function appends to a buffer in which the caller reserved room for the whole row.
protocol RowEncoding {
  /// Whether a point takes two cells of its own.
  static var splitsPoints: Bool { get }

  static func beginRow(_ output: inout OutputBuffer)
  static func endRow(_ output: inout OutputBuffer)
  /// Begins a cell; `key` is a comma and the column's key, of which `OutputBuffer.shortByteCount` bytes can be read.
  static func beginCell(_ key: Bytes, isFirst: Bool, _ output: inout OutputBuffer)
  /// The whole cell of a released field that the source lacks.
  static func absent(_ output: inout OutputBuffer)
  /// The whole cell of a field withheld by role or bundle. Returns false where a withheld field has no cell
  /// at all, so that the caller takes back what `beginCell` wrote.
  static func withheld(_ output: inout OutputBuffer) -> Bool
  static func redacted(_ output: inout OutputBuffer)
  static func beginText(_ output: inout OutputBuffer)
  static func endText(_ output: inout OutputBuffer)
  /// What stands before a phone number, inside its text.
  static func phonePrefix(_ output: inout OutputBuffer)
  static func beginNumber(_ output: inout OutputBuffer)
  static func endNumber(_ output: inout OutputBuffer)
  /// Text that may hold any character; between `beginText` and `endText`, or inside an array.
  /// Throws where the text cannot stand in this format at all.
  static func escaped(_ text: Bytes, _ output: inout OutputBuffer) throws(FaultCode)
  /// As `escaped`, for text that does not begin its cell.
  static func escapedTail(_ text: Bytes, _ output: inout OutputBuffer)
  static func beginArray(_ output: inout OutputBuffer)
  static func beginElement(isFirst: Bool, _ output: inout OutputBuffer)
  static func endElement(_ output: inout OutputBuffer)
  /// Whether the text can stand as an element; CSV joins them by `;`.
  static func canBeElement(_ text: Bytes) -> Bool
  static func endArray(_ output: inout OutputBuffer)
}

/// Appends text, eight bytes at a time while none of them is a quote or a backslash, and the others by `each`.
@inline(__always)
private func appendPlain(
  _ text: Bytes, _ output: inout OutputBuffer, each: (UInt8, inout OutputBuffer) -> Void
) {
  guard let base = text.baseAddress else { return }
  var index = 0
  while index < text.count {
    if index &+ 8 <= text.count {
      let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
      if stringStops(word) == 0 {
        UnsafeMutableRawPointer(output.base + output.count).storeBytes(of: word, as: UInt64.self)
        output.count &+= 8
        index &+= 8
        continue
      }
    }
    each(base[index], &output)
    index &+= 1
  }
}

/// One JSON object a line; only what RFC 8259 requires is escaped.
enum NDJSONRow: RowEncoding {
  static var splitsPoints: Bool { false }

  @inline(__always) static func beginRow(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "{")) }

  @inline(__always) static func endRow(_ output: inout OutputBuffer) { output.append("}\n") }

  @inline(__always)
  static func beginCell(_ key: Bytes, isFirst: Bool, _ output: inout OutputBuffer) {
    let skipped = isFirst ? 1 : 0
    output.appendShort(key.baseAddress.unsafelyUnwrapped + skipped, key.count &- skipped)
  }

  @inline(__always) static func absent(_ output: inout OutputBuffer) { output.append("null") }

  @inline(__always) static func withheld(_ output: inout OutputBuffer) -> Bool { false }

  @inline(__always) static func redacted(_ output: inout OutputBuffer) { output.append("\"[redacted]\"") }

  @inline(__always) static func beginText(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "\"")) }

  @inline(__always) static func endText(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "\"")) }

  @inline(__always) static func phonePrefix(_ output: inout OutputBuffer) {}

  @inline(__always) static func beginNumber(_ output: inout OutputBuffer) {}

  @inline(__always) static func endNumber(_ output: inout OutputBuffer) {}

  static func escaped(_ text: Bytes, _ output: inout OutputBuffer) { escapedTail(text, &output) }

  static func escapedTail(_ text: Bytes, _ output: inout OutputBuffer) {
    appendPlain(text, &output) { byte, output in
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { output.append(UInt8(ascii: "\\")) }
      output.append(byte)
    }
  }

  @inline(__always) static func beginArray(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "[")) }

  @inline(__always)
  static func beginElement(isFirst: Bool, _ output: inout OutputBuffer) {
    if !isFirst { output.append(UInt8(ascii: ",")) }
    output.append(UInt8(ascii: "\""))
  }

  @inline(__always) static func endElement(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "\"")) }

  @inline(__always) static func canBeElement(_ text: Bytes) -> Bool { true }

  @inline(__always) static func endArray(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "]")) }
}

/// RFC 4180 with LF, every cell quoted. No cell begins with what a spreadsheet takes for a formula.
enum CSVRow: RowEncoding {
  static var splitsPoints: Bool { true }

  @inline(__always) static func beginRow(_ output: inout OutputBuffer) {}

  @inline(__always) static func endRow(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "\n")) }

  @inline(__always)
  static func beginCell(_ key: Bytes, isFirst: Bool, _ output: inout OutputBuffer) {
    if !isFirst { output.append(UInt8(ascii: ",")) }
  }

  @inline(__always) static func absent(_ output: inout OutputBuffer) { output.append("\"\"") }

  @inline(__always) static func withheld(_ output: inout OutputBuffer) -> Bool {
    output.append("\"[withheld]\"")
    return true
  }

  @inline(__always) static func redacted(_ output: inout OutputBuffer) { output.append("\"[redacted]\"") }

  @inline(__always) static func beginText(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "\"")) }

  @inline(__always) static func endText(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "\"")) }

  /// A bare `+` would begin a formula.
  @inline(__always) static func phonePrefix(_ output: inout OutputBuffer) { output.append("tel:") }

  @inline(__always) static func beginNumber(_ output: inout OutputBuffer) {
    output.append(UInt8(ascii: "\""))
  }

  @inline(__always) static func endNumber(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "\"")) }

  static func escaped(_ text: Bytes, _ output: inout OutputBuffer) throws(FaultCode) {
    if let first = text.first {
      switch first {
      case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D:
        throw .textStart
      default: break
      }
    }
    escapedTail(text, &output)
  }

  static func escapedTail(_ text: Bytes, _ output: inout OutputBuffer) {
    appendPlain(text, &output) { byte, output in
      if byte == UInt8(ascii: "\"") { output.append(byte) }
      output.append(byte)
    }
  }

  @inline(__always) static func beginArray(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "\"")) }

  @inline(__always)
  static func beginElement(isFirst: Bool, _ output: inout OutputBuffer) {
    if !isFirst { output.append(UInt8(ascii: ";")) }
  }

  @inline(__always) static func endElement(_ output: inout OutputBuffer) {}

  static func canBeElement(_ text: Bytes) -> Bool { !text.contains(UInt8(ascii: ";")) }

  @inline(__always) static func endArray(_ output: inout OutputBuffer) { output.append(UInt8(ascii: "\"")) }
}
