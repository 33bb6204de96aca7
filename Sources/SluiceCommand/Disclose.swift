import ArgumentParser
import Sluice

/// `sluice disclose`: the main job.
struct Disclose: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disclose",
    abstract: "Rule on demands, read the records once, and seal a packet a demand.",
    discussion: """
      A refused demand opens no source and makes no packet; the others are done, and the exit status is 10.

      Example:
        sluice disclose Samples/demands/us-warrant.yaml \\
          --sources Samples/sources.yaml --policies Samples/policies \\
          --key root.key --out packets --report report.json

      Or, without a sources document:
        sluice disclose Samples/demands/us-*.yaml \\
          --records Samples/records/sample.ndjson \\
          --schema Samples/schemas/messenger.yaml \\
          --schema Samples/schemas/bandicoot.yaml \\
          --policies Samples/policies --key root.key --out packets
      """)

  @Argument(help: ArgumentHelp("Demand documents, or folders of them.", valueName: "demand")) var demands:
    [String]
  @OptionGroup(title: "Records") var records: RecordOptions
  @Option(help: ArgumentHelp("The folder of policies, with baseline.yaml.", valueName: "folder"))
  var policies: String
  @OptionGroup var key: KeyOptions
  @Option(help: ArgumentHelp("The folder that packets are published in.", valueName: "folder")) var out:
    String
  @Option(help: "The format of released records: ndjson or csv.") var format = RecordFormat.ndjson
  @Option(help: ArgumentHelp("Write the operator's report to a new file.", valueName: "file")) var report:
    String?
  @OptionGroup(title: "Register") var register: RegisterOptions
  @Flag(help: "Write the SHA-256 of each source's bytes, unpacked, to the operator's report.")
  var digestSources = false
  @OptionGroup(title: "Signing and sealing") var sealing: SealingOptions
  @OptionGroup var clock: ClockOptions
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup(title: "Run and limits") var runOptions: RunOptionGroup

  func validate() throws { try sealing.check(clock) }

  func run() throws {
    talk.apply()
    try Process.secure()
    let job = DisclosureJob(
      demands: demands, records: records, policies: policies, key: key, out: out, format: format,
      report: report, digestsSources: digestSources, register: register,
      clock: clock, runOptions: runOptions, sealing: sealing)
    let summary = try job.run()
    Terminal.clearProgress()
    summary.print(asJSON: result.json)
    if let status = summary.status { Process.end(status) }
  }
}
