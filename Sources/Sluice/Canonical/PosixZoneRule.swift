/// A zone's yearly rule in the form of POSIX `TZ`, as it ends a zone file: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct PosixZoneRule {
  /// Seconds east of UTC.
  var standard: Int32
  var daylight: Daylight?

  struct Daylight {
    /// Seconds east of UTC.
    var offset: Int32
    var begins: Change
    var ends: Change
  }

  /// The day of a change and its local time, in seconds after midnight; RFC 8536 lets it run to ±167 hours.
  struct Change {
    enum Day {
      /// 1 to 365; February 29 is never counted.
      case julian(Int)
      /// 0 to 365; February 29 is counted.
      case ordinal(Int)
      /// The week 1 to 4, or 5 for the last, and the weekday, 0 being Sunday.
      case weekday(month: Int, week: Int, day: Int)
    }
    var day: Day
    var time: Int
  }

  /// The two changes of a year, in order, each with the offset that holds from then on.
  func changes(in year: Int) -> [(start: Int64, offset: Int32)] {
    guard let daylight else { return [] }
    let begins = daylight.begins.local(in: year) - Int64(standard)
    let ends = daylight.ends.local(in: year) - Int64(daylight.offset)
    return begins < ends
      ? [(begins, daylight.offset), (ends, standard)] : [(ends, standard), (begins, daylight.offset)]
  }
}

extension PosixZoneRule.Change {
  /// The local time of the change, in seconds since 1970 as if it were UTC.
  func local(in year: Int) -> Int64 {
    let newYear = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
    let days: Int
    switch day {
    case .julian(let number):
      days = newYear + number - (CivilDate.isLeapYear(year) && number >= 60 ? 0 : 1)
    case .ordinal(let number):
      days = newYear + number
    case .weekday(let month, let week, let day):
      let first = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
      // Day 0 was a Thursday, 4 after Sunday; 735,000 is a multiple of 7 that keeps the sum positive.
      let weekdayOfFirst = (first + 4 + 735_000) % 7
      var date = 1 + (day - weekdayOfFirst + 7) % 7 + 7 * (week - 1)
      if date > CivilDate.lengthOfMonth(month, year: year) { date -= 7 }
      days = first + date - 1
    }
    return Int64(days) * 86_400 + Int64(time)
  }
}

extension PosixZoneRule {
  /// Reads a rule; nil where it is not of the form.
  init?(_ text: ArraySlice<UInt8>) {
    var reader = Reader(rest: text)
    guard reader.skipName(), let west = reader.time(hoursMax: 24) else { return nil }
    standard = Int32(-west)
    daylight = nil
    guard !reader.rest.isEmpty else { return }
    guard reader.skipName() else { return nil }
    var offset = standard + 3_600
    if reader.rest.first != UInt8(ascii: ",") {
      guard let west = reader.time(hoursMax: 24) else { return nil }
      offset = Int32(-west)
    }
    guard let begins = reader.change(), let ends = reader.change(), reader.rest.isEmpty else { return nil }
    daylight = Daylight(offset: offset, begins: begins, ends: ends)
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func skip(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest.removeFirst()
      return true
    }

    /// A designation: three letters or more, or anything between `<` and `>`.
    mutating func skipName() -> Bool {
      if skip(UInt8(ascii: "<")) {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
        rest = rest[(end + 1)...]
        return true
      }
      let name = rest.prefix { (0x61...0x7A).contains($0 | 0x20) }
      rest = rest[name.endIndex...]
      return name.count >= 3
    }

    mutating func number(max: Int) -> Int? {
      let digits = rest.prefix { digitValue($0) <= 9 }
      guard (1...3).contains(digits.count) else { return nil }
      rest = rest[digits.endIndex...]
      let value = digits.reduce(0) { $0 * 10 + Int(digitValue($1)) }
      return value <= max ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time(hoursMax: Int) -> Int? {
      let isNegative = skip(UInt8(ascii: "-"))
      if !isNegative { _ = skip(UInt8(ascii: "+")) }
      guard var seconds = number(max: hoursMax).map({ $0 * 3_600 }) else { return nil }
      for unit in [60, 1] where skip(UInt8(ascii: ":")) {
        guard let value = number(max: 59) else { return nil }
        seconds += value * unit
      }
      return isNegative ? -seconds : seconds
    }

    /// `,Mm.w.d`, `,Jn` or `,n`, and a time after `/`; two in the morning where none is given.
    mutating func change() -> Change? {
      guard skip(UInt8(ascii: ",")) else { return nil }
      let day: Change.Day
      if skip(UInt8(ascii: "M")) {
        guard let month = number(max: 12), month >= 1, skip(UInt8(ascii: ".")),
          let week = number(max: 5), week >= 1, skip(UInt8(ascii: ".")), let weekday = number(max: 6)
        else { return nil }
        day = .weekday(month: month, week: week, day: weekday)
      } else if skip(UInt8(ascii: "J")) {
        guard let number = number(max: 365), number >= 1 else { return nil }
        day = .julian(number)
      } else {
        guard let number = number(max: 365) else { return nil }
        day = .ordinal(number)
      }
      guard skip(UInt8(ascii: "/")) else { return Change(day: day, time: 2 * 3_600) }
      return time(hoursMax: 167).map { Change(day: day, time: $0) }
    }
  }
}
