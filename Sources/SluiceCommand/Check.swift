import ArgumentParser
import Sluice

/// `sluice check`: what counsel runs after a change.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lint policies, schemas and demands, run the policies' own tests, and list every override.",
    discussion: """
      Ends with 3 where anything is wrong, with every problem at its file, line and column.

      Example:
        sluice check --policies policies --schema schemas/messenger.yaml --demands demands/*.yaml
      """)

  @Option(help: ArgumentHelp("The folder of policies.", valueName: "folder")) var policies: String
  @Option(parsing: .upToNextOption, help: ArgumentHelp("Schemas.", valueName: "file")) var schema: [String]
  @Option(parsing: .upToNextOption, help: ArgumentHelp("Demands to check too.", valueName: "file"))
  var demands: [String] = []
  @OptionGroup var clock: ClockOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    talk.apply()
    var documents = Documents()
    let now = try clock.instant()
    let catalog = try documents.catalog(schema)
    let set = try documents.policies(policies, catalog: catalog, now: now, needed: nil)
    _ = try documents.demands(demands, limits: Limits())
    let check = PolicyCheck(policies: set, catalog: catalog, now: now)
    let problems = documents.problems.inOrder + check.problems
    if talk.json { printJSON(check, problems) } else { printText(check, problems) }
    if problems.contains(where: { $0.severity == .error }) || check.failedTestCount > 0 {
      Process.end(.document)
    }
  }

  private func printText(_ check: PolicyCheck, _ problems: [Problem]) {
    for problem in problems { Terminal.print(problem.description) }
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

  private func printJSON(_ check: PolicyCheck, _ problems: [Problem]) {
    func quoted(_ text: String) -> String {
      var result = "\""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        default:
          guard scalar.value < 0x20 else {
            result.unicodeScalars.append(scalar)
            continue
          }
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
      return result + "\""
    }
    let list = problems.map {
      "{\"severity\":\(quoted($0.severity.rawValue)),\"code\":\(quoted($0.code)),\"file\":\(quoted($0.file)),"
        + "\"line\":\($0.line),\"column\":\($0.column),\"message\":\(quoted($0.message))}"
    }
    let overrides = check.overrides.map {
      "{\"field\":\(quoted($0.field)),\"role\":\(quoted($0.role)),\"action\":\(quoted($0.action)),"
        + "\"approved-by\":\(quoted($0.approvedBy)),\"reason\":\(quoted($0.reason)),\"until\":\(quoted($0.until.text))}"
    }
    Terminal.print(
      "{\"problems\":[\(list.joined(separator: ","))],\"overrides\":[\(overrides.joined(separator: ","))],"
        + "\"tests\":\(check.testCount),\"failed-tests\":\(check.failedTestCount)}")
  }
}
