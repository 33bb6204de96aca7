/// Reads the forms in which an identifier may stand. Each fills `decoded` and says whether there was anything to decode.
enum LeakForms {
  /// The shortest address in base64 (`1.1.1.1`), which is shorter than eight characters are.
  static let base64CountMin = 10

  /// The six bits that a byte stands for in base64, of either alphabet (RFC 4648); 0xFF for a byte of none.
  static let base64Table = FrozenArray((0...255).map { (byte: UInt8) in base64Value(byte) ?? 0xFF })

  /// Whether a byte can stand in text: what is decoded to other bytes was no text.
  private static func isText(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7F || byte >= 0x09 && byte <= 0x0D
  }

  /// Pairs of hexadecimal digits, `0x` before them or not.
  static func hexadecimal(_ text: Bytes, _ decoded: inout RecordArray<UInt8>) -> Bool {
    decoded.removeAll()
    guard text.count.isMultiple(of: 2) else { return false }
    var index = text[0] == UInt8(ascii: "0") && text[1] | 0x20 == UInt8(ascii: "x") ? 2 : 0
    while index < text.count {
      guard let high = hexDigitValue(text[index]), let low = hexDigitValue(text[index + 1]),
        isText(high << 4 | low)
      else { return false }
      decoded.append(high << 4 | low)
      index += 2
    }
    return decoded.count > 0
  }

  /// Base64 of either alphabet (RFC 4648), without the padding.
  static func base64(_ text: Bytes, _ decoded: inout RecordArray<UInt8>) -> Bool {
    decoded.removeAll()
    guard text.count >= base64CountMin, text.count % 4 != 1 else { return false }
    var bits: UInt32 = 0
    var count = 0
    let table = base64Table
    for byte in text {
      let value = table[Int(byte)]
      guard value != 0xFF else { return false }
      bits = bits << 6 | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      let byte = UInt8(truncatingIfNeeded: bits >> UInt32(count))
      guard isText(byte) else { return false }
      decoded.append(byte)
    }
    return true
  }

  private static func base64Value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - 0x41
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x61 + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }

  /// `%2B` and the like (RFC 3986).
  static func percent(_ text: Bytes, _ decoded: inout RecordArray<UInt8>) -> Bool {
    decoded.removeAll()
    var hasAny = false
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "%"), index + 2 < text.count, let high = hexDigitValue(text[index + 1]),
        let low = hexDigitValue(text[index + 2])
      {
        decoded.append(high << 4 | low)
        hasAny = true
        index += 3
      } else {
        decoded.append(text[index])
        index += 1
      }
    }
    return hasAny
  }

  /// The escapes of JSON strings, and `\x2B`. A character beyond Latin-1 becomes one byte that is part of a word.
  static func backslash(_ text: Bytes, _ decoded: inout RecordArray<UInt8>) -> Bool {
    decoded.removeAll()
    var hasAny = false
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
        decoded.append(text[index])
        index += 1
        continue
      }
      hasAny = true
      let digits = text[index + 1] == UInt8(ascii: "u") ? 4 : text[index + 1] == UInt8(ascii: "x") ? 2 : 0
      if digits > 0, let code = number(text, index + 2, digits) {
        decoded.append(code < 0x100 ? UInt8(code) : 0xFF)
        index += 2 + digits
      } else {
        let isControl = "bfnrt".utf8.contains(text[index + 1])
        decoded.append(isControl ? 0x0A : text[index + 1])
        index += 2
      }
    }
    return hasAny
  }

  private static func number(_ text: Bytes, _ start: Int, _ count: Int) -> Int? {
    guard start + count <= text.count else { return nil }
    var value = 0
    for index in start..<start + count {
      guard let digit = hexDigitValue(text[index]) else { return nil }
      value = value << 4 | Int(digit)
    }
    return value
  }
}
