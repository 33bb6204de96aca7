/// Instants in documents, where a `String` costs nothing.
extension Instant {
  /// Midnight UTC of a date, `2026-03-14`; nil for any other form and for a day that does not exist.
  public init?(date text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
    var numbers = [0, 0, 0]
    for (index, range) in [0..<4, 5..<7, 8..<10].enumerated() {
      for byte in bytes[range] {
        guard digitValue(byte) <= 9 else { return nil }
        numbers[index] = numbers[index] * 10 + Int(digitValue(byte))
      }
    }
    let date = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2])
    guard date.exists else { return nil }
    self.init(seconds: Int64(date.daysSinceEpoch) * 86_400)
  }

  /// Reads an RFC 3339 date-time with an offset, as `init(rfc3339:)` reads it from a record; nil where that fails.
  public init?(rfc3339 text: String) {
    var text = text
    let instant = text.withUTF8 { bytes in try? Instant(rfc3339: bytes) }
    guard let instant else { return nil }
    self = instant
  }

  /// RFC 3339 in UTC, the fraction to nine digits without trailing zeros: `2026-03-14T09:30:05.25Z`.
  ///
  /// The instant lies in the years 1 to 9999.
  public var text: String { text(truncatedTo: nil) }

  /// The text that a truncated value has in a packet: `2026-03`, `2026-W11`, `2026-03-14T09Z`.
  ///
  /// The instant lies in the years 1 to 9999.
  public func text(truncatedTo granularity: Granularity?) -> String {
    var output = OutputBuffer(capacity: Instant.textByteCountMax)
    write(truncatedTo: granularity, to: &output)
    return output.text
  }
}
