/// A point in time, UTC, to the nanosecond, without leap seconds.
public struct Instant: Hashable, Comparable, Sendable {
  /// Since 1970-01-01T00:00:00Z; negative before.
  public var seconds: Int64
  /// 0 to 999,999,999, counted forward also before 1970.
  public var nanoseconds: Int32

  /// The instant so many seconds and nanoseconds after 1970-01-01T00:00:00Z. Neither range is checked.
  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  @inline(__always) public static func < (left: Instant, right: Instant) -> Bool {
    left.seconds != right.seconds
      ? left.seconds < right.seconds : left.nanoseconds < right.nanoseconds
  }

  /// The seconds of 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z: every year has four digits.
  package static let representableSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
}

extension Instant {
  /// The instant of a civil time told `offset` seconds east of UTC.
  ///
  /// The caller has checked the ranges of hour and minute. Second 60 is read as 59.999999999 of the same minute
  /// where a leap second may stand (RFC 3339, section 5.7: 23:59:60 UTC at the end of June or December) and is
  /// `timeFormat` elsewhere; a result outside the years 1 to 9999 is `timeRange`.
  @inline(__always) init(
    date: CivilDate, hour: Int, minute: Int, second: Int, nanoseconds: Int32, offset: Int
  ) throws(FaultCode) {
    let isLeapSecond = second == 60
    let days = Int64(date.daysSinceEpoch)
    let secondOfDay = hour &* 3_600 &+ minute &* 60 &+ (isLeapSecond ? 59 : second)
    let seconds = days &* 86_400 &+ Int64(secondOfDay &- offset)
    guard Instant.representableSeconds.contains(seconds) else { throw .timeRange }
    if isLeapSecond {
      guard Instant.mayPrecedeLeapSecond(seconds) else { throw .timeFormat }
      self.init(seconds: seconds, nanoseconds: 999_999_999)
    } else {
      self.init(seconds: seconds, nanoseconds: nanoseconds)
    }
  }

  @inline(never) static func mayPrecedeLeapSecond(_ seconds: Int64) -> Bool {
    guard floorDivide(seconds &+ 1, 86_400) &* 86_400 == seconds &+ 1 else { return false }
    let date = CivilDate(daysSinceEpoch: Int(floorDivide(seconds, 86_400)))
    return (date.month == 6 && date.day == 30) || (date.month == 12 && date.day == 31)
  }
}
