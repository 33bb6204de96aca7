/// A length of time by which released records are counted on a page, told from a time as it is written in a packet.
///
/// Times are written so that a coarser one is the beginning of a finer one; a step is how much of it counts. ISO weeks
/// begin their own years, so their years are the ISO calendar's.
package enum TimeStep: String {
  case hour, day, week, month, year, decade, century

  /// How many of a time's first bytes tell the step: `2026-03-14T09` for an hour.
  package var prefixByteCount: Int {
    switch self {
    case .hour: 13
    case .day: 10
    case .week: 8
    case .month: 7
    case .year: 4
    case .decade: 3
    case .century: 2
    }
  }

  /// The next longer step into which whole ones of these go; nil at the last.
  package var coarser: TimeStep? {
    switch self {
    case .hour: .day
    case .day: .month
    case .week, .month: .year
    case .year: .decade
    case .decade: .century
    case .century: nil
    }
  }

  /// The step of times that leave under an action, as fields.csv states it; nil where none leaves as a time.
  package init?(action: String, precision: String) {
    switch (action, precision) {
    case ("keep", _), ("truncate", "second"), ("truncate", "minute"): self = .hour
    case ("truncate", _):
      guard let step = TimeStep(rawValue: precision), step.prefixByteCount >= 4 else { return nil }
      self = step
    default: return nil
    }
  }

  /// The number of the step that a written time lies in, counted without gaps; nil for what is no time of this form.
  package func index(of text: UnsafeRawBufferPointer) -> Int? {
    // A decade and a century are told from a whole year.
    guard text.count >= max(prefixByteCount, 4), let year = Self.number(text, 0, 4) else { return nil }
    switch self {
    case .year: return year
    case .decade: return year / 10
    case .century: return year / 100
    case .month:
      guard let month = Self.month(text) else { return nil }
      return year * 12 + month - 1
    case .week: return Self.week(text, year)
    case .day: return Self.day(text, year)
    case .hour:
      guard let day = Self.day(text, year), text[10] == UInt8(ascii: "T"),
        let hour = Self.number(text, 11, 2), hour <= 23
      else { return nil }
      return day * 24 + hour
    }
  }

  /// A step as it is written on a page: as a packet writes such a time, and `2020 to 2029` for a decade.
  package func label(_ index: Int) -> String {
    switch self {
    case .year: Self.padded(index, 4)
    case .decade: "\(Self.padded(index * 10, 4)) to \(Self.padded(index * 10 + 9, 4))"
    case .century: "\(Self.padded(index * 100, 4)) to \(Self.padded(index * 100 + 99, 4))"
    case .month: "\(Self.padded(floorDivide(index, 12), 4))-\(Self.padded(index % 12 + 1, 2))"
    case .week:
      Self.weekLabel(CivilDate.isoWeek(daysSinceEpoch: index * 7 - Self.daysToMonday))
    case .day: Self.dayLabel(index)
    case .hour:
      "\(Self.dayLabel(floorDivide(index, 24)))T\(Self.padded(index - floorDivide(index, 24) * 24, 2))Z"
    }
  }

  /// The number of the coarser step that a step lies in.
  package func index(_ index: Int, in coarser: TimeStep) -> Int? {
    let label = self.label(index)
    return Array(label.utf8).withUnsafeBytes { coarser.index(of: $0) }
  }

  // MARK: - Parts of a written time

  /// Day 0, 1970-01-01, was a Thursday.
  private static let daysToMonday = 3

  private static func month(_ text: UnsafeRawBufferPointer) -> Int? {
    guard text[4] == UInt8(ascii: "-"), let month = number(text, 5, 2), (1...12).contains(month) else {
      return nil
    }
    return month
  }

  /// Days since 1970-01-01.
  private static func day(_ text: UnsafeRawBufferPointer, _ year: Int) -> Int? {
    guard let month = month(text), text[7] == UInt8(ascii: "-"), let day = number(text, 8, 2) else {
      return nil
    }
    let date = CivilDate(year: year, month: month, day: day)
    return date.exists ? date.daysSinceEpoch : nil
  }

  /// Weeks since the one of 1970-01-01; nil for a week 53 that its year does not have.
  private static func week(_ text: UnsafeRawBufferPointer, _ year: Int) -> Int? {
    guard text[4] == UInt8(ascii: "-"), text[5] == UInt8(ascii: "W"), let week = number(text, 6, 2),
      (1...53).contains(week), (1...9999).contains(year)
    else { return nil }
    // The fourth of January lies in the first week of its year.
    let fourth = CivilDate(year: year, month: 1, day: 4).daysSinceEpoch
    let index = floorDivide(fourth + daysToMonday, 7) + week - 1
    let found = CivilDate.isoWeek(daysSinceEpoch: index * 7 - daysToMonday)
    return found == (year, week) ? index : nil
  }

  private static func number(_ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int? {
    var number = 0
    for index in start..<start + count {
      let digit = digitValue(text[index])
      guard digit <= 9 else { return nil }
      number = number * 10 + Int(digit)
    }
    return number
  }

  private static func dayLabel(_ days: Int) -> String {
    let date = CivilDate(daysSinceEpoch: days)
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  private static func weekLabel(_ week: (year: Int, week: Int)) -> String {
    "\(padded(week.year, 4))-W\(padded(week.week, 2))"
  }

  private static func padded(_ number: Int, _ count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
