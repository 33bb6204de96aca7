/// A day of the proleptic Gregorian calendar, year 1 to 9999.
struct CivilDate {
  var year: Int
  var month: Int
  var day: Int

  @inline(__always) init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date `days` after 1970-01-01, from year 0 on.
  ///
  /// The multiplications in place of divisions follow C. Neri and L. Schneider, "Euclidean affine functions and
  /// their application to calendar algorithms" (2022): years begin in March, so that the leap day comes last.
  @inline(__always) init(daysSinceEpoch days: Int) {
    let sinceMarchOfYearZero = UInt32(truncatingIfNeeded: days &+ 719_468)
    let quarterDays = 4 &* sinceMarchOfYearZero &+ 3
    let century = quarterDays / 146_097
    let dayOfCentury = (quarterDays % 146_097) / 4
    let scaled = 2_939_745 &* UInt64(4 &* dayOfCentury &+ 3)
    let yearOfCentury = UInt32(truncatingIfNeeded: scaled &>> 32)
    let dayOfYear = UInt32(truncatingIfNeeded: scaled) / 2_939_745 / 4
    let monthAndDay = 2_141 &* dayOfYear &+ 197_913
    let month = monthAndDay &>> 16
    let isNextYear = dayOfYear >= 306
    year = Int(100 &* century &+ yearOfCentury) &+ (isNextYear ? 1 : 0)
    self.month = Int(isNextYear ? month &- 12 : month)
    day = Int((monthAndDay & 0xFFFF) / 2_141) &+ 1
  }

  /// Whether the calendar has this day and the year is 1 to 9999.
  @inline(__always) var exists: Bool {
    year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1
      && (day <= 28 || day <= CivilDate.lengthOfMonth(month, year: year))
  }

  /// Days since 1970-01-01.
  @inline(__always) var daysSinceEpoch: Int {
    let isBeforeMarch = month <= 2
    let year = UInt32(truncatingIfNeeded: isBeforeMarch ? self.year &- 1 : self.year)
    let month = UInt32(truncatingIfNeeded: isBeforeMarch ? self.month &+ 9 : self.month &- 3)
    let dayOfYear = (153 &* month &+ 2) / 5 &+ UInt32(truncatingIfNeeded: day) &- 1
    return Int(365 &* year &+ year / 4 &- year / 100 &+ year / 400 &+ dayOfYear) &- 719_468
  }

  static func isLeapYear(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  static func lengthOfMonth(_ month: Int, year: Int) -> Int {
    if month == 2 { return isLeapYear(year) ? 29 : 28 }
    // 31 for the odd months up to July and the even ones from August.
    return 30 + ((month + month >> 3) & 1)
  }

  /// The ISO 8601 week that holds the day, and the year that the week counts to.
  @inline(__always) static func isoWeek(daysSinceEpoch days: Int) -> (year: Int, week: Int) {
    // Day 0 was a Thursday; a week belongs to the year of its Thursday. 719,163 is a multiple of 7 less 3.
    let daysSinceMonday = (days &+ 3 &+ 7 &* 105_000) % 7
    let thursday = days &- daysSinceMonday &+ 3
    let year = CivilDate(daysSinceEpoch: thursday).year
    let firstDay = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
    return (year, (thursday &- firstDay) / 7 &+ 1)
  }
}
