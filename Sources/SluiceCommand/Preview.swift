import ArgumentParser
import Sluice

/// `sluice preview`: what a batch would release, in counts.
struct Preview: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Do everything that disclose does but seal: counts and fields, no values.",
    discussion: """
      Example:
        sluice preview Samples/demands/us-warrant.yaml \\
          --sources Samples/sources.yaml --policies Samples/policies \\
          --key root.key
      """)

  @Argument(help: ArgumentHelp("Demand documents, or folders of them.", valueName: "demand")) var demands:
    [String]
  @OptionGroup(title: "Records") var records: RecordOptions
  @Option(help: ArgumentHelp("The folder of policies.", valueName: "folder")) var policies: String
  @OptionGroup var key: KeyOptions
  @OptionGroup var clock: ClockOptions
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup(title: "Run and limits") var runOptions: RunOptionGroup

  func run() throws {
    talk.apply()
    try Process.secure()
    let inputs = try BatchInputs(
      demands: demands, records: records, policies: policies, clock: clock, runOptions: runOptions)
    var tallies: [PacketTally] = []
    if !inputs.granted.isEmpty {
      let outcome = DisclosureRun(
        rulings: inputs.granted,
        sources: try records.specifications(inputs.records),
        catalog: inputs.catalog, facts: inputs.facts(.ndjson, clockIsGiven: clock.now != nil),
        options: runOptions.options()
      ).preview(rootKey: try key.anyRoot())
      Terminal.note(outcome)
      if let failure = outcome.failure { throw failure }
      tallies = outcome.tallies
    }
    if result.json { Terminal.print(json(inputs, tallies).document) } else { printText(inputs, tallies) }
    if !inputs.refused.isEmpty { Process.end(.refused) }
  }

  private func printText(_ inputs: BatchInputs, _ tallies: [PacketTally]) {
    for (ruling, tally) in zip(inputs.granted, tallies) {
      Terminal.print(
        "\(ruling.demand.packetName): granted \(ruling.grantedCategories.joined(separator: ", "))")
      for kind in ruling.plan.kinds {
        let counts = tally.kinds[kind.kindIndex]
        let columns = kind.columns.map(\.field.name).joined(separator: ", ")
        Terminal.print(
          "  \(kind.kind.name): \(counts.reached) reached, \(counts.released) would be released "
            + "(\(columns.isEmpty ? "no field" : columns))")
      }
    }
    for refusal in inputs.refused {
      Terminal.print("\(refusal.demand.packetName): refused, \(refusal.reason.rawValue)")
    }
  }

  private func json(_ inputs: BatchInputs, _ tallies: [PacketTally]) -> JSONText {
    let granted = zip(inputs.granted, tallies).map { ruling, tally in
      let kinds = ruling.plan.kinds.map { kind in
        let counts = tally.kinds[kind.kindIndex]
        return JSONText.object([
          ("kind", .string(kind.kind.name)), ("reached", .integer(counts.reached)),
          ("released", .integer(counts.released)), ("fields", .strings(kind.columns.map(\.field.name))),
        ])
      }
      return JSONText.object([
        ("demand", .string(ruling.demand.packetName)), ("outcome", .string("granted")),
        ("kinds", .array(kinds)),
      ])
    }
    let refused = inputs.refused.map {
      JSONText.object([
        ("demand", .string($0.demand.packetName)), ("outcome", .string("refused")),
        ("code", .string($0.reason.rawValue)),
      ])
    }
    return .array(granted + refused)
  }
}
