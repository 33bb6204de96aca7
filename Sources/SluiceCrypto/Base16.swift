/// Bytes as hexadecimal digits (RFC 4648, section 8), in lower case as `sha256sum` and manifests write them.
public enum Base16 {
  /// Returns two digits a byte; none for no byte.
  public static func encode(_ bytes: [UInt8]) -> String {
    // From ten on a carry adds the way from the digits to the letters: a jump would be guessed wrong every third time.
    func digit(_ value: UInt8) -> UInt8 { UInt8(ascii: "0") &+ value &+ (value &+ 6) >> 4 &* 39 }
    return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
      for (index, byte) in bytes.enumerated() {
        buffer[2 * index] = digit(byte >> 4)
        buffer[2 * index + 1] = digit(byte & 15)
      }
      return bytes.count * 2
    }
  }

  /// Reads `count` bytes as `encode` writes them; nil for any other text, upper case included.
  public static func decode(_ text: some StringProtocol, count: Int) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count == 2 * count else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
