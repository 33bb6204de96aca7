import Sluice
import Testing

@Suite struct TimelineCountsTests {
  private func add(_ text: String, to counts: inout TimelineCounts) {
    Array(text.utf8).withUnsafeBytes { counts.add($0) }
  }

  private func counts(_ step: TimeStep, _ times: [String]) -> TimelineCounts {
    var counts = TimelineCounts(step: step)
    for time in times { add(time, to: &counts) }
    return counts
  }

  @Test func aHundredStepsFitAndOneMoreDoesNot() {
    let days = (1...9).flatMap { month in (1...28).map { "2026-0\(month)-\($0 < 10 ? "0" : "")\($0)" } }
    let fits = counts(.day, ["2026-01-01", "2026-04-10"])
    #expect(fits.step == .day && fits.counts.count == 100 && !fits.isMerged)
    let merged = counts(.day, ["2026-01-01", "2026-04-11"])
    #expect(merged.step == .month && merged.counts == [1, 0, 0, 1] && merged.isMerged)
    #expect(counts(.day, days) == counts(.day, days.reversed()))
  }

  @Test(
    "Parts of a file come to what the whole does", arguments: [TimeStep.hour, .day, .week, .month, .year])
  func parts(step: TimeStep) {
    let seed = UInt64.random(in: .min ... .max)
    var generator = PacketGenerator(seed: seed)
    for round in 0..<80 {
      // Days, months, years, centuries.
      let days = [3, 120, 9000, 400_000][round % 4]
      let times = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
        let day = Int.random(in: 0..<days, using: &generator)
        let (year, month, date) = (1970 + day / 336, day / 28 % 12 + 1, day % 28 + 1)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return step == .week
          ? "\(year)-W\(two(day % 52 + 1))"
          : String("\(year)-\(two(month))-\(two(date))T\(two(day % 24))Z".prefix(step.prefixByteCount))
      }
      let cut = Int.random(in: 0...times.count, using: &generator)
      var sum = counts(step, Array(times[..<cut]))
      sum.add(counts(step, Array(times[cut...])))
      #expect(sum.total == times.count)
      #expect(sum == counts(step, times), "seed \(seed), round \(round): \(times)")
      for time in times { add(time, to: &sum) }
      #expect(sum == counts(step, times + times), "seed \(seed), round \(round): \(times)")
    }
  }

  /// Elsewhere in the calendar the numbers of a year and of its decade lie too far apart to be taken for each other.
  @Test func aYearOfTheFirstCenturyIsNoDecade() {
    for parts in [(["0001", "0150"], ["0005"]), (["0005"], ["0001", "0150"])] {
      var sum = counts(.year, parts.0)
      sum.add(counts(.year, parts.1))
      #expect(sum == counts(.year, parts.0 + parts.1) && sum.step == .decade && sum.counts.first == 2)
    }
  }

  @Test func stepsNeverBecomeFinerThanTheyBegan() {
    #expect(counts(.year, ["2026"]).step == .year)
    #expect(counts(.week, ["2026-W01", "2026-W53"]).step == .week)
    // 2020-W53 is followed by 2021-W01.
    #expect(counts(.week, ["2020-W53", "2021-W01"]).counts == [1, 1])
    #expect(counts(.week, ["2020-W53", "2029-W01"]).step == .year)
    #expect(counts(.week, ["2020-W53", "2029-W01"]).step.label(2020) == "2020")
  }

  @Test func aWeekThatItsYearDoesNotHaveIsNotCounted() {
    // The Monday after 9999-W52 lies in the year 10000.
    let weeks = counts(.week, ["9999-W52", "9999-W53", "2026-W53"])
    #expect(weeks.total == 2 && weeks.step == .century)
    #expect(counts(.week, ["2026-W53", "2027-W53"]).total == 1)
  }

  @Test func theWholeCalendarFitsIntoCenturies() {
    let times = ["0001-01-01T00Z", "9999-12-31T23Z", "1969-12-31T23Z", "1970-01-01T00Z"]
    let counts = counts(.hour, times)
    #expect(counts.step == .century)
    #expect(counts.total == 4)
    #expect(counts.first == 0 && counts.counts.count == 100)
    #expect(counts.step.label(19) == "1900 to 1999")
    #expect(TimeStep.decade.label(202) == "2020 to 2029")
  }

  @Test(arguments: [
    "", "[redacted]", "[withheld]", "null", "2026", "2026-02-30T00Z", "2026-13-01T00Z", "2026-03-14T24Z",
    "2026-03-14 09Z", "20x6-03-14T09Z", "2026-03-14T0", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
  ])
  func whatIsNoTimeIsNotCounted(text: String) {
    #expect(counts(.hour, [text]).counts == [])
    #expect(counts(.hour, ["2026-03-14T09Z", text]).total == 1)
  }

  @Test func labelsAreTheTimesAsThePacketWritesThem() throws {
    let seed = UInt64.random(in: .min ... .max)
    var generator = PacketGenerator(seed: seed)
    var output = OutputBuffer(capacity: 64)
    for (granularity, step) in [
      (Granularity.hour, TimeStep.hour), (.day, .day), (.week, .week), (.month, .month), (.year, .year),
    ] {
      for _ in 0..<500 {
        let second = Int64.random(in: Instant.representableSeconds, using: &generator)
        output.count = 0
        output.reserve(Instant.textByteCountMax)
        Instant(seconds: second).write(truncatedTo: granularity, to: &output)
        let text = output.text
        let index = Array(text.utf8).withUnsafeBytes { step.index(of: $0) }
        #expect(step.label(try #require(index)) == text, "seed \(seed)")
      }
    }
  }
}
