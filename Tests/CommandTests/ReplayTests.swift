import Foundation
import Testing

/// Hong Kong, July 2019 to December 2020, over again: invented demands go through the gates at the time they would have,
/// and what is counted from the register is what was published. The pause of 6 July 2020 in the sample policy does the
/// refusing.
struct ReplayTests {
  /// When each half-year's demands are answered. Those of the first half of 2020 are answered the day before the pause.
  private static let production = [
    ("2019-H2", "2020-01-15T12:00:00Z"), ("2020-H1", "2020-07-05T12:00:00Z"),
    ("2020-H2", "2021-01-15T12:00:00Z"),
  ]

  private func replay(_ folder: CommandFolder) throws {
    let program = folder.start([])
    program.arguments = ["-c", "'\(CommandFolder.products)/sluice-sample-records' --replay replay"]
    try program.run()
    let made = folder.finish(program)
    try #require(made.status == 0, "\(made.talk)")
    let register = try folder.run(["register", "new", "demands.register", "--now", "2019-07-01T00:00:00Z"])
    try #require(register.status == 0, "\(register.talk)")
    for (half, now) in Self.production {
      let outcome = try folder.run(
        ["disclose", "replay/demands/\(half)", "--records", "replay/records.ndjson"] + folder.rules
          + ["--key", folder.key, "--out", "packets", "--register", "demands.register", "--now", now])
      #expect(outcome.status == 10, "\(outcome.talk)")
    }
  }

  @Test func theRegisterCountsWhatWasPublished() throws {
    let folder = try CommandFolder()
    try replay(folder)
    let outcome = try folder.run(
      ["report", "--register", "demands.register", "--format", "json", "--period"] + Self.production.map(\.0))
    #expect(outcome.status == 0, "\(outcome.talk)")
    let document = try #require(try outcome.json() as? [String: Any])
    let periods = try #require(document["periods"] as? [[String: Any]])
    let jurisdictions = try periods.map { try #require(($0["jurisdictions"] as? [[String: Any]])?.first) }
    let totals = try jurisdictions.map { try #require($0["total"] as? [String: Any]) }
    #expect(totals.map { $0["demands"] as? Int } == [241, 262, 202])
    // Of the first half of 2020 the number is invented.
    #expect(totals.map { $0["accounts"] as? Int } == [257, 276, 223])
    #expect(totals.map { $0["some-data"] as? Int } == [111, 63, 0])
    #expect(totals.map { $0["some-data-percent"] as? String } == ["46.06", "24.05", "0.00"])
    #expect(
      totals.map { $0["records"] as? Int }.allSatisfy { $0 != nil } && totals[2]["records"] as? Int == 0)
    #expect(totals[2]["reasons"] as? [String: Int] == ["status-paused-review": 202])
    let classes = try #require(jurisdictions[2]["classes"] as? [[String: Any]])
    #expect(classes.map { $0["classes"] as? [String] } == [["legal-process"], ["emergency"]])
    #expect(classes.map { $0["demands"] as? Int } == [201, 1])
    let states = try #require(jurisdictions[2]["status"] as? [[String: Any]])
    #expect(states.map { $0["state"] as? String } == ["active", "paused-review"])
    #expect(states.last?["since"] as? String == "2020-07-06T00:00:00Z")
    // Those received before the pause, and answered in it.
    let early = try folder.run(
      ["report", "--register", "demands.register", "--format", "reasons", "--period", "2020-H2"])
    #expect(early.output.contains("\"emergency\",\"status-paused-review\",\"1\""))
    #expect(folder.names("packets").allSatisfy { !$0.hasPrefix("HK-2020-H2") })
    #expect(folder.names("replay/demands/2020-H2").count == 202)
  }
}
