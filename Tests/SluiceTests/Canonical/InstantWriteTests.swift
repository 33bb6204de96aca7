import Sluice
import Testing

/// The proleptic Gregorian calendar counted day by day, slowly and apart from the code under test.
private struct CountedCalendar {
  private(set) var (year, month, day) = (1, 1, 1)
  /// 0 is Monday; 0001-01-01 was one.
  private(set) var weekday = 0
  private(set) var dayOfYear = 1
  private(set) var daysSinceEpoch = -719_162

  static func isLeap(_ year: Int) -> Bool {
    if year % 400 == 0 { return true }
    if year % 100 == 0 { return false }
    return year % 4 == 0
  }

  static func length(_ month: Int, _ year: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  mutating func advance() {
    daysSinceEpoch += 1
    weekday = (weekday + 1) % 7
    dayOfYear += 1
    day += 1
    if day > CountedCalendar.length(month, year) { (month, day) = (month + 1, 1) }
    if month > 12 { (year, month, dayOfYear) = (year + 1, 1, 1) }
  }

  /// ISO 8601 from its rule: week 1 holds January 4; the last days may count to the next year.
  var week: String {
    let fromMonday = dayOfYear - 1 - weekday
    var weekYear = year
    var week = (fromMonday + 3 + 7) / 7
    if week == 0 {
      weekYear -= 1
      // December 28 is always in the last week.
      let length = CountedCalendar.isLeap(weekYear) ? 366 : 365
      week = (fromMonday + length + 3 + 7) / 7
    } else if 31 - day < 3 - weekday, month == 12 {
      (weekYear, week) = (year + 1, 1)
    }
    return pad(weekYear, 4) + "-W" + pad(week, 2)
  }

  var date: String { pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) }
}

private func pad(_ number: Int, _ width: Int) -> String {
  String(repeating: "0", count: width - String(number).count) + String(number)
}

private func written(_ instant: Instant, _ granularity: Granularity?) -> Result<String, FaultCode> {
  CanonicalSupport.written(reserve: Instant.textByteCountMax) { output throws(FaultCode) in
    instant.write(truncatedTo: granularity, to: &output)
  }
}

@Suite("Instants as text") struct InstantWriteTests {
  @Test(
    "each granularity",
    arguments: [
      (Granularity.year, "2026"), (.month, "2026-03"), (.week, "2026-W11"), (.day, "2026-03-14"),
      (.hour, "2026-03-14T09Z"), (.minute, "2026-03-14T09:30Z"), (.second, "2026-03-14T09:30:05Z"),
      (nil, "2026-03-14T09:30:05.12Z"),
    ] as [(Granularity?, String)])
  func granularities(granularity: Granularity?, text: String) {
    let instant = Instant(seconds: 1_773_480_605, nanoseconds: 120_000_000)
    #expect(written(instant, granularity) == .success(text))
    #expect(instant.text(truncatedTo: granularity) == text)
  }

  @Test(
    "fractions without trailing zeros",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000000001Z"),
      (100_000_000, "1970-01-01T00:00:00.1Z"),
      (120_300_000, "1970-01-01T00:00:00.1203Z"), (999_999_999, "1970-01-01T00:00:00.999999999Z"),
    ])
  func fractions(nanoseconds: Int32, text: String) {
    #expect(Instant(seconds: 0, nanoseconds: nanoseconds).text == text)
  }

  @Test("before 1970 an instant is cut backwards too, never towards 1970")
  func floor() {
    let instant = Instant(seconds: -1, nanoseconds: 999_999_999)
    #expect(instant.text == "1969-12-31T23:59:59.999999999Z")
    #expect(instant.text(truncatedTo: .hour) == "1969-12-31T23Z")
    #expect(instant.text(truncatedTo: .week) == "1970-W01")
  }

  // B54: the leap second lies in the bucket of the second before it, in every granularity.
  @Test("a leap second stays in its year, month, day and minute")
  func leapSecond() throws {
    let leap = try #require(Instant(rfc3339: "1998-12-31T23:59:60Z"))
    let before = try #require(Instant(rfc3339: "1998-12-31T23:59:59Z"))
    for granularity in Granularity.allCases {
      #expect(leap.text(truncatedTo: granularity) == before.text(truncatedTo: granularity))
    }
  }

  @Test("every day of 1,600 years against a calendar counted by hand")
  func everyDay() {
    var calendar = CountedCalendar()
    var output = OutputBuffer(capacity: 64)
    var isEqual = true
    while calendar.year <= 9999, isEqual {
      // Two whole cycles of 400 years around now, and the first and the last of all.
      if calendar.year <= 400 || calendar.year > 9600 || (1601...2400).contains(calendar.year) {
        let instant = Instant(seconds: Int64(calendar.daysSinceEpoch) * 86_400 + 86_399)
        output.removeAll()
        instant.write(truncatedTo: .day, to: &output)
        isEqual = output.text == calendar.date
        // Weeks and reading back, around each new year and on every 13th day.
        let isNewYear = calendar.dayOfYear > 360 || calendar.dayOfYear < 6
        if isEqual, isNewYear || calendar.daysSinceEpoch % 13 == 0 {
          isEqual =
            instant.text(truncatedTo: .week) == calendar.week
            && Instant(rfc3339: calendar.date + "T23:59:59Z") == instant
            && Instant(date: calendar.date) == Instant(seconds: Int64(calendar.daysSinceEpoch) * 86_400)
        }
      }
      if !isEqual { Issue.record("\(calendar.date), \(calendar.week)") }
      calendar.advance()
    }
    // The day after 9999-12-31.
    #expect(calendar.daysSinceEpoch == 2_932_897)
  }

  @Test("what is written is read back", arguments: [0x5EED_0001, 0x5EED_0002] as [UInt64])
  func roundTrip(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<20_000 {
      let seconds = Int64.random(in: Instant.representableSeconds, using: &numbers)
      let digits = Int32.random(in: 0...9, using: &numbers)
      var step: Int32 = 1
      for _ in 0..<(9 - digits) { step *= 10 }
      let nanoseconds = digits == 0 ? 0 : Int32.random(in: 0..<1_000_000_000 / step, using: &numbers) * step
      let instant = Instant(seconds: seconds, nanoseconds: nanoseconds)
      #expect(Instant(rfc3339: instant.text) == instant, "seed: \(seed)")
    }
  }

  @Test(
    "dates in documents",
    arguments: ["2026-3-14", "2026-02-29", "20260314", "2026-03-14Z", "", "0000-01-01", "２026-03-14"])
  func refusedDates(text: String) {
    #expect(Instant(date: text) == nil)
  }

  @Test("instants are ordered by second, then by nanosecond")
  func order() {
    #expect(Instant(seconds: 1) < Instant(seconds: 2))
    #expect(Instant(seconds: 1, nanoseconds: 5) < Instant(seconds: 1, nanoseconds: 6))
    #expect(!(Instant(seconds: 2) < Instant(seconds: 1, nanoseconds: 6)))
  }
}
