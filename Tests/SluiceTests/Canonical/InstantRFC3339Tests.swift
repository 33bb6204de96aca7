import Sluice
import Testing

private func read(_ text: String) -> Result<Instant, FaultCode> {
  CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try Instant(rfc3339: bytes) }
}

@Suite("RFC 3339 instants") struct InstantRFC3339Tests {
  @Test(
    "accepted forms",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, 0),
      ("2026-03-14T09:30:05Z", 1_773_480_605, 0),
      ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
      ("2026-03-14T09:30:05.123456789Z", 1_773_480_605, 123_456_789),
      ("2026-03-14T09:30:05.1Z", 1_773_480_605, 100_000_000),
      ("2026-03-14T15:00:05+05:30", 1_773_480_605, 0),
      ("2026-03-14T00:00:05.25-09:30", 1_773_480_605, 250_000_000),
      ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
      // B64
      ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
      // B62
      ("2026-03-14t09:30:05z", 1_773_480_605, 0),
      // B59
      ("2026-03-14T09:30:05-00:00", 1_773_480_605, 0),
      // B58
      ("2026-03-14T23:30:05+14:00", 1_773_480_605, 0),
      ("2026-03-13T21:30:05-12:00", 1_773_480_605, 0),
      ("2026-03-15T09:29:05+23:59", 1_773_480_605, 0),
      // B54, and the leap second of RFC 3339's own example in another offset
      ("1998-12-31T23:59:60Z", 915_148_799, 999_999_999),
      ("1990-06-30T23:59:60.000Z", 646_790_399, 999_999_999),
      ("1990-12-31T15:59:60-08:00", 662_687_999, 999_999_999),
      ("1999-01-01T00:59:60+01:00", 915_148_799, 999_999_999),
      // B56
      ("2000-02-29T00:00:00Z", 951_782_400, 0),
      ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
      // B63: cut, not rounded
      ("2026-03-14T09:30:05.999999999999999Z", 1_773_480_605, 999_999_999),
      ("2026-03-14T09:30:05.123456789123456789123456789123Z", 1_773_480_605, 123_456_789),
    ])
  func accepted(text: String, seconds: Int64, nanoseconds: Int32) {
    #expect(read(text) == .success(Instant(seconds: seconds, nanoseconds: nanoseconds)))
  }

  @Test(
    "refused forms",
    arguments: [
      // B55
      "1998-12-31T23:58:60Z", "1998-12-31T22:59:60Z", "1998-12-31T23:59:61Z", "1998-12-31T23:59:60+01:00",
      "1998-11-30T23:59:60Z", "1998-12-30T23:59:60Z", "1999-01-01T00:00:60Z",
      // B56
      "2026-02-30T00:00:00Z", "2026-04-31T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
      "2023-02-29T00:00:00Z", "2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z", "2026-01-00T00:00:00Z",
      "2026-01-32T00:00:00Z",
      // B57
      "2026-01-01T24:00:00Z", "2026-01-01T24Z", "2026-01-01T23:60:00Z", "2026-01-01T25:00:00Z",
      // B58
      "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+10:60", "2026-01-01T00:00:00+01",
      "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+01:0",
      "2026-01-01T00:00:00+01:000", "2026-01-01T00:00:00 01:00", "2026-01-01T00:00:00+01:00Z",
      // B60
      "2024-03-31T02:30:00", "2024-03-31T02:30:00.5",
      // B62
      "2026-01-01 00:00:00Z", "2026-01-01_00:00:00Z",
      // B63
      "2026-01-01T00:00:00.1234567890123456789012345678901Z",
      "2026-01-01T00:00:00.1234567890123456789012345678901234567890Z", "2026-01-01T00:00:00,5Z",
      "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.5", "2026-01-01T00:00:00.5+", "2026-01-01T00:00:00..5Z",
      // B64
      "2026-W11-6T00:00:00Z", "2026-073T00:00:00Z", "+11963-01-01T00:00:00Z", "0000-01-01T00:00:00Z",
      "10000-01-01T00:00:00Z",
      // B65: Bengali and full-width digits
      "২০২৬-03-14T09:30:05Z", "2026-03-14T09:30:0５Z", "2026-03-14T09:30:05.৫Z",
      "2026-03-14T09:30:05", "2026-03-14T09:30:05Y", "2026-03-14T09:30:05ZZ", " 2026-03-14T09:30:05Z",
      "2026-03-14T09:30:05Z ", "2026/03/14T09:30:05Z", "2026-03-14T09.30.05Z", "2026-03-14T09:30Z",
      "-026-03-14T09:30:05Z", "2026-03-14T09:30:05Z\0", "2026-03-14", "Z", "2026-3-14T09:30:05Z",
    ])
  func refused(text: String) {
    #expect(read(text) == .failure(.timeFormat))
  }

  @Test("an empty value, and offsets that lead out of the years 1 to 9999")
  func edges() {
    #expect(read("") == .failure(.valueEmpty))
    #expect(read("0001-01-01T00:00:00+00:01") == .failure(.timeRange))
    #expect(read("9999-12-31T23:59:59-00:01") == .failure(.timeRange))
    #expect(read("9999-12-31T23:59:60-00:01") == .failure(.timeRange))
  }

  @Test("every other byte in every place is refused or is another form of the same kind")
  func everyByte() {
    let valid = Array("2026-03-14T09:30:05Z".utf8)
    for index in valid.indices {
      for byte in UInt8.min...UInt8.max where byte != valid[index] {
        var bytes = valid
        bytes[index] = byte
        let outcome = CanonicalSupport.outcome(bytes) { bytes throws(FaultCode) in try Instant(rfc3339: bytes)
        }
        let isDigitForDigit = (0x30...0x39).contains(valid[index]) && (0x30...0x39).contains(byte)
        let isOtherCase = (valid[index] == 0x54 || valid[index] == 0x5A) && byte == valid[index] | 0x20
        if case .success = outcome {
          #expect(isDigitForDigit || isOtherCase, "byte \(byte) at \(index)")
        } else if isOtherCase {
          Issue.record("case at \(index)")
        }
      }
    }
  }

  // B68: all spellings of one instant are one instant.
  @Test("spellings of a window edge")
  func spellings() {
    let edge = Instant(seconds: 1_788_220_800)
    for text in ["2026-09-01T00:00:00Z", "2026-08-31T20:00:00-04:00", "2026-09-01T05:30:00.000000000+05:30"] {
      #expect(read(text) == .success(edge))
    }
    guard case .success(let before) = read("2026-08-31T23:59:59.999999999999Z") else {
      Issue.record("not read")
      return
    }
    #expect(before < edge)
    #expect(before == Instant(seconds: 1_788_220_799, nanoseconds: 999_999_999))
  }
}

@Suite("Epoch instants") struct InstantEpochTests {
  private func read(_ text: String, _ unit: EpochUnit) -> Result<Instant, FaultCode> {
    CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try Instant(epoch: bytes, unit: unit) }
  }

  @Test(
    "units and fractions, floored to the nanosecond",
    arguments: [
      ("1711843200", EpochUnit.seconds, 1_711_843_200, 0),
      ("1711843200123", .milliseconds, 1_711_843_200, 123_000_000),
      ("1711843200123456", .microseconds, 1_711_843_200, 123_456_000),
      // B67
      ("1711843200.5", .seconds, 1_711_843_200, 500_000_000),
      ("1711843200.9999999999999", .seconds, 1_711_843_200, 999_999_999),
      ("1711843200000.5", .milliseconds, 1_711_843_200, 500_000),
      ("1711843200000.9999999", .milliseconds, 1_711_843_200, 999_999),
      ("1711843200000000.9999", .microseconds, 1_711_843_200, 999),
      ("631152000", .seconds, 631_152_000, 0),
      ("4102444799.999999999", .seconds, 4_102_444_799, 999_999_999),
    ])
  func accepted(text: String, unit: EpochUnit, seconds: Int64, nanoseconds: Int32) {
    #expect(read(text, unit) == .success(Instant(seconds: seconds, nanoseconds: nanoseconds)))
  }

  // B66 and B67: the unit is declared; what it does not fit is out of range.
  @Test(
    "out of the years 1990 to 2099",
    arguments: [
      ("1711843200000", EpochUnit.seconds), ("1711843200000000", .milliseconds),
      ("1711843200", .milliseconds),
      ("1711843200000000000", .microseconds), ("1711843200", .microseconds), ("0", .seconds),
      ("-0", .seconds),
      ("-1", .seconds), ("-1711843200.5", .seconds), ("9223372036854775808", .seconds),
      ("18446744075421394816", .seconds), ("99999999999999999999999999", .microseconds),
      ("631151999.9", .seconds),
      ("4102444800", .seconds),
    ])
  func outOfRange(text: String, unit: EpochUnit) {
    #expect(read(text, unit) == .failure(.timeRange))
  }

  @Test(
    "refused forms",
    arguments: [
      "1.7e9", "1711843200.", ".5", "-", "+1711843200", "01711843200", "1711843200 ", " 1711843200",
      "1_711_843_200",
      "1711843200.5.5", "১৭১১৮৪৩২০০", "0x6609", "1711843200.1234567890123456789012345678901", "1711843200Z",
      "nan",
    ])
  func refused(text: String) {
    #expect(read(text, .seconds) == .failure(.timeFormat))
  }

  @Test("an empty value") func empty() { #expect(read("", .seconds) == .failure(.valueEmpty)) }
}
