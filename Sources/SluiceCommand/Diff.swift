import ArgumentParser
import Sluice
import SluiceCrypto

/// `sluice diff`: what a change of policies does, before it is adopted.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say what two folders of policies release differently, field by field, and over a sample.",
    discussion: """
      Compares every instrument of the policies that are in force now, or at --now, in either folder. Each change is \
      wider (more may leave), stricter, neutral, or incomparable: read that as wider. A proposal that takes force later \
      is looked at with a --now of that time. A record that was rejected for a value that cannot be read may leave once \
      that field does not: the sample shows it, the table says `stricter`.

      With --demands and --records it also answers the demands over the records under both, and says which would be \
      answered otherwise: counts alone, nothing is sealed and no key is needed.

      Example:
        sluice diff Samples/policies Samples/proposed-policies \\
          --jurisdiction IN --demands Samples/demands/in-notice.yaml \\
          --sources Samples/sources.yaml
      """)

  @Argument(help: ArgumentHelp("The folder of policies that holds now.", valueName: "old")) var old: String
  @Argument(help: ArgumentHelp("The folder of policies that may take its place.", valueName: "new")) var new:
    String
  @Option(help: ArgumentHelp("Only one jurisdiction, an ISO 3166-1 code.", valueName: "code"))
  var jurisdiction: String?
  @Option(help: ArgumentHelp("Only the instruments of this name.", valueName: "name")) var instrument: String?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Demands of a sample, or folders of them; with --records.", valueName: "demand"))
  var demands: [String] = []
  @OptionGroup(title: "Records") var records: RecordOptions
  @OptionGroup var clock: ClockOptions
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup(title: "Run and limits") var runOptions: RunOptionGroup

  func validate() throws {
    guard demands.isEmpty else { return }
    guard !records.isGiven else { throw ValidationError("a sample has --demands besides its records") }
    guard !records.schema.isEmpty else { throw ValidationError("give a --schema") }
  }

  func run() throws {
    talk.apply()
    try Process.secure()
    let now = try clock.instant()
    var documents = Documents()
    let inputs = demands.isEmpty ? nil : try records.inputs(&documents)
    let sample = try documents.demands(
      demands, limits: runOptions.limits, workerCount: runOptions.workerCount
    ).filter { demand in
      (jurisdiction.map { $0 == demand.jurisdiction } ?? true)
        && (instrument.map { $0 == demand.instrument } ?? true)
    }
    let rules = try documents.comparedRules(
      schemas: inputs?.schemaFiles ?? records.schema, old: old, new: new, now: now
    ) { inputs?.check($0, &$1) }
    try clock.check(sample, now)
    let difference: PolicyDifference
    do {
      difference = try PolicyDifference(
        from: rules.old, to: rules.new, catalog: rules.catalog, now: now, jurisdiction: jurisdiction,
        instrument: instrument)
    } catch {
      throw SluiceError(
        .refused, error.rawValue,
        "neither folder has what to compare; check --jurisdiction, --instrument and --now")
    }
    let overSample = try inputs.map { inputs in
      let sources = try records.specifications(inputs)
      guard sources.allSatisfy(\.canBeReadAgain) else {
        throw ValidationError("a sample is read twice; give its records as files")
      }
      return try compare(sample, sources, rules, now)
    }
    if result.json {
      Terminal.print(
        JSONText.object([
          ("policies", difference.json), ("sample", overSample?.json ?? .null),
        ]).document)
    } else {
      Terminal.print(Array(difference.text.utf8))
      if let overSample { Terminal.print(Array("\n\(overSample.text)".utf8)) }
    }
  }

  /// Answers the demands of the sample under both sets of policies.
  private func compare(
    _ demands: [Demand], _ sources: [SourceSpecification],
    _ rules: (catalog: Catalog, old: PolicySet, new: PolicySet), _ now: Instant
  ) throws -> SampleDifference {
    let key = try RootKey.throwaway()
    var recordCount: UInt64 = 0
    let sides = try [("old", rules.old), ("new", rules.new)].map { name, policies in
      let rulings = Gates.rule(demands, policies: policies, catalog: rules.catalog, now: now)
      let run = DisclosureRun(
        rulings: rulings.granted, sources: sources, catalog: rules.catalog,
        facts: RunFacts(rules.catalog, policies, now: now, clockIsGiven: clock.now != nil, .ndjson),
        options: runOptions.options())
      let (outcome, counts) = run.count(rootKey: key)
      if !outcome.faults.isEmpty || !outcome.warnings.isEmpty {
        Terminal.note("under the \(name) policies:")
        Terminal.note(outcome)
      }
      if let failure = outcome.failure { throw failure }
      recordCount = max(recordCount, outcome.recordCount)
      return SampleDifference.Side(rulings: rulings, counts: counts)
    }
    return SampleDifference(from: sides[0], to: sides[1], catalog: rules.catalog, recordCount: recordCount)
  }
}
