import Foundation
import Testing

/// Hong Kong, July 2019 to December 2020, over again: invented demands go through the gates at the time they would have,
/// and what comes of them is what was published. The pause of 6 July 2020 in the sample policy does the refusing.
struct ReplayTests {
  /// When each half-year's demands are answered. Those of the first half of 2020 are answered the day before the pause.
  private static let production = [
    ("2019-H2", "2020-01-15T12:00:00Z"), ("2020-H1", "2020-07-05T12:00:00Z"),
    ("2020-H2", "2021-01-15T12:00:00Z"),
  ]

  private func outcomes(_ folder: CommandFolder, _ half: String, _ now: String) throws -> [String: Int] {
    let outcome = try folder.run(
      ["disclose", "replay/demands/\(half)", "--records", "replay/records.ndjson"] + folder.rules
        + ["--key", folder.key, "--out", "packets", "--now", now])
    #expect(outcome.status == 10, "\(outcome.talk)")
    var counts: [String: Int] = [:]
    for line in outcome.lines where !line.hasPrefix(" ") {
      let words = line.split(separator: ": ").last?.split(separator: ", ").map(String.init) ?? []
      let isEmpty = words.first == "sealed" && words.dropFirst().first == "0 records"
      counts[words.first == "refused" ? words[1] : isEmpty ? "nothing in reach" : words[0], default: 0] += 1
    }
    return counts
  }

  @Test func theGatesAnswerAsWasPublished() throws {
    let folder = try CommandFolder()
    let program = folder.start([])
    program.arguments = ["-c", "'\(CommandFolder.products)/sluice-sample-records' --replay replay"]
    try program.run()
    let made = folder.finish(program)
    try #require(made.status == 0, "\(made.talk)")
    var counts: [[String: Int]] = []
    for (half, now) in Self.production { counts.append(try outcomes(folder, half, now)) }
    #expect(counts.map { $0.values.reduce(0, +) } == [241, 262, 202])
    #expect(counts.map { $0["sealed"] ?? 0 } == [111, 63, 0])
    #expect(counts[2] == ["status-paused-review": 202])
  }
}
