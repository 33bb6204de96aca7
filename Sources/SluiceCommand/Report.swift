import ArgumentParser
import Sluice
import SluiceRegister

/// `sluice report`: what a provider publishes of the demands it received.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Count the register's demands into a transparency report by half-year and jurisdiction.",
    discussion: """
      Every demand counts in the half-year of its receipt, UTC, whatever came of it. Emergency demands are shown \
      apart; preservation, treaty and what is published in bands are in no total. The report names no demand, account \
      or authority.

      Each jurisdiction's status comes from the register. --policies takes it from policies instead, and shows an \
      instrument with `report-band` in a half-year without a demand too, so that none and a few look the same.

      --suppress-below hides small counts and what would give them away, and says so.

      Forms: csv, a tidy table whose columns can be summed; reasons, refusals by code; meta, google and \
      google-diplomatic, the columns of those companies' own files; json; html, a page to publish.

      Example:
        sluice report --register register.sqlite --period 2026-H1 > 2026-H1.csv
        sluice report --register register.sqlite --period 2025-H2 2026-H1 \\
          --format html --provider "Example Messenger" --suppress-below 5 --out report.html
      """)

  @Option(help: ArgumentHelp("The register.", valueName: "file")) var register: String
  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Half-years, for example 2026-H1.", valueName: "half-year"))
  var period: [String]
  @Option(help: "csv, reasons, meta, google, google-diplomatic, json or html.") var format = ReportFormat.csv
  @Option(help: ArgumentHelp("Write to a new file instead of standard output.", valueName: "file")) var out:
    String?
  @Option(help: ArgumentHelp("Hide counts from 1 to one less; at least 3.", valueName: "count"))
  var suppressBelow: Int?
  @Option(help: ArgumentHelp("Who publishes, for the page.", valueName: "name")) var provider: String?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Folders of policies, for status and bands.", valueName: "folder"))
  var policies: [String] = []
  @Option(parsing: .upToNextOption, help: ArgumentHelp("The policies' schemas.", valueName: "file"))
  var schema: [String] = []
  @OptionGroup var clock: ClockOptions
  @OptionGroup var talk: TalkOptions

  func validate() throws {
    guard !period.isEmpty else { throw ValidationError("--period names at least one half-year, as 2026-H1") }
    for text in period where HalfYear(text) == nil {
      throw ValidationError("--period takes half-years, as 2026-H1")
    }
    if let suppressBelow, !(3...1_000_000).contains(suppressBelow) {
      throw ValidationError("--suppress-below is at least 3: below that, what is hidden could only be 1")
    }
    guard policies.isEmpty == schema.isEmpty else {
      throw ValidationError("--policies and --schema are given together")
    }
  }

  func run() throws {
    talk.apply()
    let periods = period.compactMap(HalfYear.init)
    let now = try clock.instant()
    let rules = try readPolicies(now: now)
    let source = try Register(reading: register)
    // All of them: a part that was received later belongs to the demand of the first.
    let histories = try source.demandHistories(
      receivedIn: Period(from: Instant(seconds: .min), until: Instant(seconds: .max)))
    var timelines = try source.statusTimelines()
    timelines.merge(StatusSpan.timelines(rules)) { $1 }
    let report = TransparencyReport(
      histories, periods: periods, timelines: timelines,
      bandedInstruments: BandedInstrument.instruments(rules),
      suppressBelow: suppressBelow)
    let bytes = try format.bytes(report, provider: provider)
    if let out { try PartialFile.write(bytes, to: out) } else { Terminal.print(bytes) }
    note(report, now: now)
  }

  private func readPolicies(now: Instant) throws -> [Policy] {
    var policies: [Policy] = []
    for folder in self.policies {
      var documents = Documents()
      policies += try documents.rules(schemas: schema, policies: folder, now: now, needed: nil).1.policies
    }
    return policies
  }

  private func note(_ report: TransparencyReport, now: Instant) {
    for period in report.periods where now < period.period.end {
      Terminal.note("warning: \(period.period.text) is not over; its figures will change")
    }
    if report.hasBands, !format.isWhole {
      Terminal.note("bands have no place in this form and are left out")
    }
    if report.isSuppressed, !format.isWhole {
      Terminal.note(
        "an empty cell of this form may be a small count that is not shown; say so where you publish it")
    }
  }
}

extension ReportFormat: ExpressibleByArgument {}
