import ArgumentParser
import Sluice

/// `sluice check`: what counsel runs after a change.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Lint policies, schemas and demands, run the policies' own tests, and list every override.",
    discussion: """
      Ends with 3 where anything is wrong, with every problem at its file, line and column.

      Example:
        sluice check --policies Samples/policies --schema Samples/schemas/*.yaml \\
          --demands Samples/demands/us-warrant.yaml
      """)

  @Option(help: ArgumentHelp("The folder of policies.", valueName: "folder")) var policies: String
  @Option(parsing: .upToNextOption, help: ArgumentHelp("Schemas.", valueName: "file")) var schema: [String]
  @Option(parsing: .upToNextOption, help: ArgumentHelp("Demands to check too.", valueName: "file"))
  var demands: [String] = []
  @OptionGroup var clock: ClockOptions
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    talk.apply()
    var documents = Documents()
    let now = try clock.instant()
    _ = try documents.demands(demands, limits: Limits(), workerCount: 1)
    let loaded = try documents.load(schemas: schema, policies: policies, now: now, needed: nil)
    let check = loaded.map { PolicyCheck(policies: $0.policies, catalog: $0.catalog, now: now) }
    let problems = documents.problems.inOrder + (check?.problems ?? [])
    if result.json { Terminal.print(json(check, problems).document) } else { printText(check, problems) }
    let isClean = check?.failedTestCount == 0 && !problems.contains { $0.severity == .error }
    if !isClean { Process.end(.document) }
  }

  private func printText(_ check: PolicyCheck?, _ problems: [Problem]) {
    for problem in problems { Terminal.print(problem.description) }
    guard let check else {
      Terminal.print("the documents do not load, so no policy test was run")
      return
    }
    for override in check.overrides {
      Terminal.print(
        "\(override.position.file):\(override.position.line): override: \(override.field) (\(override.role)) "
          + "\(override.action) until \(override.until.text), approved by \(override.approvedBy): \(override.reason)"
      )
    }
    for notice in check.existence {
      Terminal.print(
        "\(notice.file): category \(notice.category) discloses that \(notice.kind) records exist "
          + "(\(notice.fields.joined(separator: ", ")))")
    }
    Terminal.print("\(check.testCount) policy tests, \(check.failedTestCount) failed")
  }

  private func json(_ check: PolicyCheck?, _ problems: [Problem]) -> JSONText {
    .object([
      (
        "problems",
        .array(
          problems.map {
            .object([
              ("severity", .string($0.severity.rawValue)), ("code", .string($0.code)),
              ("file", .string($0.file)), ("line", .integer(UInt64($0.line))),
              ("column", .integer(UInt64($0.column))), ("message", .string($0.message)),
            ])
          })
      ),
      (
        "overrides",
        .array(
          (check?.overrides ?? []).map {
            .object([
              ("field", .string($0.field)), ("role", .string($0.role)), ("action", .string($0.action)),
              ("approved-by", .string($0.approvedBy)), ("reason", .string($0.reason)),
              ("until", .string($0.until.text)),
            ])
          })
      ),
      ("tests", check.map { .integer(UInt64($0.testCount)) } ?? .null),
      ("failed-tests", check.map { .integer(UInt64($0.failedTestCount)) } ?? .null),
    ])
  }
}
