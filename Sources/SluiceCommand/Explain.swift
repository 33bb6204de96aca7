import ArgumentParser
import Sluice

/// `sluice explain`: what an instrument releases, field by field.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Say what happens to every field under a jurisdiction's instrument, by which rule and citation.",
    discussion: """
      Reads no record.

      Example:
        sluice explain --jurisdiction US --instrument warrant \\
          --policies Samples/policies --schema Samples/schemas/*.yaml
      """)

  @Option(help: ArgumentHelp("ISO 3166-1 code.", valueName: "code")) var jurisdiction: String
  @Option(help: ArgumentHelp("The instrument's name in the policy.", valueName: "name")) var instrument:
    String
  @Option(help: ArgumentHelp("The folder of policies.", valueName: "folder")) var policies: String
  @Option(parsing: .upToNextOption, help: ArgumentHelp("Schemas.", valueName: "file")) var schema: [String]
  @OptionGroup var clock: ClockOptions
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    talk.apply()
    var documents = Documents()
    let now = try clock.instant()
    let (catalog, set) = try documents.rules(
      schemas: schema, policies: policies, now: now, needed: [jurisdiction])
    let explanation: Explanation
    do {
      explanation = try Explanation(
        jurisdiction: jurisdiction, instrument: instrument, policies: set, catalog: catalog, now: now)
    } catch {
      throw SluiceError(
        .refused, error.rawValue, "a demand under this jurisdiction and instrument is refused")
    }
    Terminal.print(result.json ? explanation.json : Array(explanation.text.utf8))
  }
}
