extension Instant {
  /// 1990-01-01T00:00:00Z and, no longer allowed, 2100-01-01T00:00:00Z.
  private static let epochSeconds: Range<UInt64> = 631_152_000..<4_102_444_800

  /// Reads a count of units since 1970-01-01T00:00:00Z: `1711843200`, `1711843200.25`.
  ///
  /// Plain ASCII digits without leading zeros, a leading `-` allowed, no exponent; a fraction has 1 to 30 digits
  /// and is floored to the nanosecond. The unit is declared and never guessed: a value outside the years 1990 to
  /// 2099 in that unit is `timeRange`, so that a wrong declaration shows at once (and so is every negative one).
  /// Other faults: `valueEmpty`, `timeFormat`. Does not allocate.
  package init(epoch bytes: Bytes, unit: EpochUnit) throws(FaultCode) {
    guard !bytes.isEmpty else { throw .valueEmpty }
    let isNegative = bytes[0] == UInt8(ascii: "-")
    let start = isNegative ? 1 : 0
    var index = start
    var units: UInt64 = 0
    while index < bytes.count {
      let digit = digitValue(bytes[index])
      guard digit <= 9 else { break }
      // More than 18 digits are out of range in any unit; the count below says so.
      if index &- start < 18 { units = units &* 10 &+ UInt64(digit) }
      index &+= 1
    }
    let count = index &- start
    guard count >= 1, count == 1 || bytes[start] != UInt8(ascii: "0") else { throw .timeFormat }
    var billionths: Int32 = 0
    if index < bytes.count {
      guard bytes[index] == UInt8(ascii: ".") else { throw .timeFormat }
      (billionths, index) = try Instant.fraction(bytes, from: index &+ 1, fault: .timeFormat)
      guard index == bytes.count else { throw .timeFormat }
    }
    let unitsPerSecond: UInt64 =
      switch unit {
      case .seconds: 1
      case .milliseconds: 1_000
      case .microseconds: 1_000_000
      }
    let (seconds, rest) = units.quotientAndRemainder(dividingBy: unitsPerSecond)
    guard !isNegative, count <= 18, Instant.epochSeconds.contains(seconds) else { throw .timeRange }
    let nanoseconds = rest &* (1_000_000_000 / unitsPerSecond) &+ UInt64(billionths) / unitsPerSecond
    self.init(
      seconds: Int64(truncatingIfNeeded: seconds), nanoseconds: Int32(truncatingIfNeeded: nanoseconds))
  }
}
