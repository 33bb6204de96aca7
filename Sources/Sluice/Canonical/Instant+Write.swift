extension Instant {
  /// The longest text that `write(truncatedTo:to:)` appends: `2026-03-14T09:30:05.123456789Z`.
  package static let textByteCountMax = 30

  /// Appends the instant as text, cut to `granularity`, in UTC; the caller reserved `textByteCountMax` bytes.
  ///
  /// `2026`, `2026-03`, `2026-W11` (ISO 8601 week-year and week), `2026-03-14`, `2026-03-14T09Z`,
  /// `2026-03-14T09:30Z`, `2026-03-14T09:30:05Z`; nil writes the whole instant, its fraction to nine digits without
  /// trailing zeros. Always cut, never rounded. The instant lies in the years 1 to 9999. Does not allocate.
  @inline(__always)
  package func write(truncatedTo granularity: Granularity?, to output: inout OutputBuffer) {
    precondition(Instant.representableSeconds.contains(seconds), "an instant outside the years 1 to 9999")
    // Counted from 0001-01-01, so that the division is unsigned.
    let sinceYearOne = UInt64(bitPattern: seconds &- Instant.representableSeconds.lowerBound)
    let (day, secondOfDay) = sinceYearOne.quotientAndRemainder(dividingBy: 86_400)
    let days = Int(day) &- 719_162
    let target = output.base + output.count
    if granularity == .week {
      let (year, week) = CivilDate.isoWeek(daysSinceEpoch: days)
      Instant.writeYear(year, target)
      target[4] = UInt8(ascii: "-")
      target[5] = UInt8(ascii: "W")
      writePair(week, target + 6)
      output.count &+= 8
      return
    }
    let date = CivilDate(daysSinceEpoch: days)
    Instant.writeYear(date.year, target)
    if granularity == .year {
      output.count &+= 4
      return
    }
    target[4] = UInt8(ascii: "-")
    writePair(date.month, target + 5)
    if granularity == .month {
      output.count &+= 7
      return
    }
    target[7] = UInt8(ascii: "-")
    writePair(date.day, target + 8)
    if granularity == .day {
      output.count &+= 10
      return
    }
    output.count &+= 10 &+ writeClock(Int(secondOfDay), granularity, target + 10)
  }

  @inline(__always) private static func writeYear(_ year: Int, _ target: UnsafeMutablePointer<UInt8>) {
    writePair(year / 100, target)
    writePair(year % 100, target + 2)
  }

  /// Writes `T09Z` to `T09:30:05.25Z`; returns its length.
  @inline(__always) private func writeClock(
    _ secondOfDay: Int, _ granularity: Granularity?, _ target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    target[0] = UInt8(ascii: "T")
    writePair(secondOfDay / 3_600, target + 1)
    var length = 3
    if granularity != .hour {
      target[3] = UInt8(ascii: ":")
      writePair(secondOfDay / 60 % 60, target + 4)
      length = 6
      if granularity != .minute {
        target[6] = UInt8(ascii: ":")
        writePair(secondOfDay % 60, target + 7)
        length = 9
        if granularity == nil, nanoseconds != 0 { length &+= writeFraction(target + 9) }
      }
    }
    target[length] = UInt8(ascii: "Z")
    return length &+ 1
  }

  @inline(__always) private func writeFraction(_ target: UnsafeMutablePointer<UInt8>) -> Int {
    target[0] = UInt8(ascii: ".")
    writeDigits(UInt64(UInt32(bitPattern: nanoseconds)), 9, endingAt: target + 10)
    var length = 10
    while target[length &- 1] == UInt8(ascii: "0") { length &-= 1 }
    return length
  }
}
