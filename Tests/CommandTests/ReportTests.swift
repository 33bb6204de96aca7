import Foundation
import Testing

/// `sluice report`: the figures of a register, in each form.
struct ReportTests {
  /// A register with what came of five sample demands.
  private func register() throws -> CommandFolder {
    let folder = try CommandFolder()
    let made = try folder.run(["register", "new", "demands.register", "--now", "2026-09-30T00:00:00Z"])
    try #require(made.status == 0, "\(made.talk)")
    let run = try folder.disclose(
      ["us-warrant", "us-emergency", "us-subpoena-refused", "hk-paused", "no-unknown"],
      ["--register", "demands.register"])
    try #require(run.status == 10, "\(run.talk)")
    return folder
  }

  private func report(_ folder: CommandFolder, _ more: [String]) throws -> CommandOutcome {
    try folder.run(
      ["report", "--register", "demands.register", "--period", "2026-H2", "--now", "2027-02-01T00:00:00Z"]
        + more)
  }

  @Test func figuresComeFromTheRegister() throws {
    let folder = try register()
    let outcome = try report(folder, [])
    #expect(outcome.status == 0, "\(outcome.talk)")
    #expect(outcome.talk == "")
    let rows = outcome.lines.dropFirst().map { $0.dropFirst().dropLast().components(separatedBy: "\",\"") }
    #expect(
      rows.map { [$0[2], $0[3], $0[7], $0[8], $0[10], $0[11]] } == [
        ["HK", "legal-process", "paused-review", "1", "0", "1"],
        ["NO", "unknown", "declined", "1", "0", "1"],
        ["US", "legal-process", "active", "2", "1", "1"], ["US", "emergency", "active", "1", "1", "0"],
      ])
    #expect(rows[0][19] == "paused-review since 2020-07-06")
  }

  @Test(arguments: ["csv", "reasons", "meta", "google", "google-diplomatic", "json", "html"])
  func everyFormIsWrittenToANewFileOrToStandardOutput(_ format: String) throws {
    let folder = try register()
    let outcome = try report(folder, ["--format", format])
    #expect(outcome.status == 0 && !outcome.output.isEmpty)
    #expect(try report(folder, ["--format", format, "--out", "report"]).output == "")
    #expect(try folder.text("report") == outcome.output)
    #expect(try report(folder, ["--format", format, "--out", "report"]).status == 6)
  }

  @Test func smallCountsAreHiddenOnRequest() throws {
    let folder = try register()
    let page = try report(folder, ["--format", "html", "--suppress-below", "5", "--provider", "A & B"])
    #expect(page.output.contains("Small counts are not shown.") && page.output.contains("A &amp; B"))
    let table = try report(folder, ["--suppress-below", "5"])
    #expect(!table.output.contains("\"1\"") && !table.output.contains("\"2\""))
    #expect(try report(folder, ["--format", "google", "--suppress-below", "5"]).talk.contains("not shown"))
  }

  @Test(arguments: [
    ["--period", "2026"], ["--suppress-below", "2"], ["--policies", "p"], ["--format", "xls"],
  ])
  func whatCannotBeUnderstoodIsRefused(_ arguments: [String]) throws {
    let folder = try CommandFolder()
    #expect(try report(folder, arguments).status == 64)
  }

  @Test func aHalfYearThatIsNotOverIsSaid() throws {
    let folder = try register()
    let outcome = try folder.run(
      ["report", "--register", "demands.register", "--period", "2026-H2", "--now", "2026-12-31T23:59:59Z"])
    #expect(outcome.talk.contains("2026-H2 is not over"))
  }

  /// With policies, an instrument in bands shows where it was never used.
  @Test func policiesTellStatusAndBands() throws {
    let folder = try register()
    var policy = try String(contentsOfFile: CommandFolder.samples + "/policies/US.yaml", encoding: .utf8)
    policy.replace("  preservation:\n", with: "  preservation:\n    report-band: 500\n")
    try folder.write(policy, to: "policies/US.yaml")
    try FileManager.default.copyItem(
      atPath: CommandFolder.samples + "/policies/baseline.yaml",
      toPath: folder.path + "/policies/baseline.yaml")
    let outcome = try report(
      folder,
      ["--policies", "policies", "--schema"]
        + ["messenger", "bandicoot"].map { "\(CommandFolder.samples)/schemas/\($0).yaml" })
    #expect(outcome.status == 0, "\(outcome.talk)")
    #expect(outcome.output.contains("\"preservation\",\"preservation\""))
    #expect(outcome.output.contains("\"0\",\"499\""))
  }
}
