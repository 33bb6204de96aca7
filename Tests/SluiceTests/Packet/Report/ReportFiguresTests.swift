import Foundation
import Sluice
import Testing

/// Timelines and places of pages, counted again from the rows of whole packets by a program that is not Sluice.
@Suite struct ReportFiguresTests {
  /// What a packet releases, and how its records lie.
  struct Case: CustomTestStringConvertible, Sendable {
    let time: String
    let place: String
    var dayCount = 20
    var recordCount = 300
    /// Degrees, to so many decimals.
    var spread = 10.0
    var decimals = 3

    var testDescription: String { "\(time), \(place), \(dayCount) days, \(spread) degrees" }
  }

  static let cases = [
    Case(time: "keep", place: "keep", dayCount: 3, recordCount: 100),
    Case(time: "keep", place: "keep", dayCount: 3, spread: 170, decimals: 6),
    Case(time: "keep", place: "keep", recordCount: 400, spread: 0.004, decimals: 12),
    Case(time: "{ truncate: second }", place: "{ grid: 0.1 }", dayCount: 4),
    Case(time: "{ truncate: minute }", place: "{ grid: 0.25 }", dayCount: 5, spread: 60),
    Case(time: "{ truncate: hour }", place: "{ grid: 10 }", spread: 89),
    Case(time: "{ truncate: day }", place: "{ grid: 0.0625 }", dayCount: 400),
    Case(time: "{ truncate: week }", place: "{ geohash: 4 }", dayCount: 300),
    Case(time: "{ truncate: week }", place: "{ geohash: 9 }", dayCount: 3600, spread: 80),
    Case(time: "{ truncate: month }", place: "{ geohash: 1 }", dayCount: 2000, spread: 89),
    Case(time: "{ truncate: year }", place: "redact", dayCount: 3600),
    Case(time: "redact", place: "withhold"),
    Case(time: "withhold", place: "{ grid: 1 }", spread: 45),
    Case(time: "{ truncate: day }", place: "{ subject: { grid: 0.1 }, other: { grid: 1 } }"),
    Case(time: "{ truncate: day }", place: "{ subject: { grid: 0.5 }, other: { geohash: 5 } }"),
    Case(time: "{ truncate: day }", place: "{ subject: keep, other: { geohash: 3 } }"),
  ]

  private static let kinds = """
      ping:
        when: { kind: ping }
        time: at
        parties: [who, with]
        fields:
          seen: timestamp
          at: timestamp
          who: phone
          with: phone
          position: { point: [lat, lon], of: who }
    """

  @Test(arguments: cases, RecordFormat.allCases)
  func figuresAreThoseOfTheRows(_ one: Case, format: RecordFormat) throws {
    let seed = UInt64.random(in: .min ... .max)
    var generator = PacketGenerator(seed: seed)
    let run = try SmallRun(
      kinds: Self.kinds,
      rules: [
        "ping.seen: { truncate: hour }", "ping.at: \(one.time)", "ping.who: keep",
        "ping.position: \(one.place)",
      ])
    let records = (0..<one.recordCount).map { _ in record(one, &generator) }
    let ruling = try run.ruling(from: "2016-01-01T00:00:00Z")
    var options = RunOptions()
    options.limits.spoolByteCountMax = 4096
    let (folder, outcome) = try run.seal(
      [ruling], [run.source(records.joined())], format: format, options: options)
    #expect(outcome.failure == nil)
    let checked = try runTool([PacketReportTests.python, PacketReportTests.checker, folder + "/US-1"])
    #expect(checked.status == 0, "seed \(seed): \(checked.output)")

    // The same records in another order make the same page, but for what tells the files apart.
    let (again, _) = try run.seal(
      [ruling], [run.source(records.shuffled(using: &generator).joined(), name: "shuffled")], into: "again",
      format: format)
    #expect(try figures(folder) == figures(again), "seed \(seed)")
    #expect(try PacketVerifier.verify(path: again + "/US-1").reportIsCompared)
  }

  /// The page without the digests of the files.
  private func figures(_ folder: String) throws -> String {
    let page = try String(contentsOfFile: folder + "/US-1/data/report.html", encoding: .utf8)
    return page.replacing(/[0-9a-f]{64}/, with: "")
  }

  private func record(_ one: Case, _ generator: inout PacketGenerator) -> String {
    let last = 1_790_812_800  // 2026-10-01
    let second = last - 1 - Int.random(in: 0..<one.dayCount * 86_400, using: &generator)
    let time = Date(timeIntervalSince1970: TimeInterval(second)).ISO8601Format()
    let people = Bool.random(using: &generator) ? ("0100", "0199") : ("0199", "0100")
    var lines = [
      "\"kind\":\"ping\"", "\"at\":\"\(time)\"", "\"seen\":\"2026-09-30T00:00:00Z\"",
      "\"who\":\"+1202555\(people.0)\"", "\"with\":\"+1202555\(people.1)\"",
    ]
    if Int.random(in: 0..<10, using: &generator) > 0 {
      for (name, half) in [("lat", 90.0), ("lon", 180.0)] {
        let value = Double.random(in: -min(one.spread, half)...min(one.spread, half), using: &generator)
        lines.append("\"\(name)\":" + String(format: "%.\(one.decimals)f", value))
      }
    }
    return "{" + lines.joined(separator: ",") + "}\n"
  }
}
