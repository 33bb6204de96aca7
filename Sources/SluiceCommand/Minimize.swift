import ArgumentParser
import Glibc
import Sluice
import SluiceCrypto

/// `sluice minimize`: the record path as a filter.
struct Minimize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "minimize",
    abstract: "Filter records as an instrument of a jurisdiction allows. This is not a disclosure.",
    discussion: """
      No demand, no packet, no approval: the stream has what the instrument grants without one. Records keep the \
      order of the source. Without --subjects every party is `other`.

      Example:
        sluice minimize --jurisdiction US --instrument court-order \\
          --case study-1 --policies Samples/policies \\
          --schema Samples/schemas/messenger.yaml \\
          --schema Samples/schemas/bandicoot.yaml \\
          --key root.key < Samples/records/sample.ndjson > minimized.ndjson
      """)

  @Option(help: ArgumentHelp("ISO 3166-1 code.", valueName: "code")) var jurisdiction: String
  @Option(help: ArgumentHelp("The instrument's name in the policy.", valueName: "name")) var instrument:
    String
  @Option(
    name: .customLong("case"), help: ArgumentHelp("What pseudonyms are keyed under.", valueName: "name"))
  var caseName: String
  @Option(help: ArgumentHelp("The folder of policies.", valueName: "folder")) var policies: String
  @OptionGroup var key: KeyOptions
  @Option(help: "The epoch of the root key, to go on with a stream that began under it.") var epoch: UInt32?
  @Option(help: ArgumentHelp("Subjects, a line each: `phone +12025550100`.", valueName: "file")) var subjects:
    String?
  @Option(help: ArgumentHelp("Only records from this instant on.", valueName: "instant")) var from: String?
  @Option(help: ArgumentHelp("Only records before this instant.", valueName: "instant")) var until: String?
  @Option(help: ArgumentHelp("Write to a new file instead of standard output.", valueName: "file")) var out:
    String?
  @Option(help: "The format of released records: ndjson or csv.") var format = RecordFormat.ndjson
  @Option(help: ArgumentHelp("Only records of one kind; CSV needs it.", valueName: "name")) var kind: String?
  @OptionGroup(title: "Records") var records: RecordOptions
  @OptionGroup var clock: ClockOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup(title: "Run and limits") var runOptions: RunOptionGroup

  func run() throws {
    talk.apply()
    try Process.secure()
    var records = records
    if records.records.isEmpty, records.sources == nil { records.records = ["-"] }
    var documents = Documents()
    let inputs = try records.inputs(&documents)
    let now = try clock.instant()
    let (catalog, set) = try documents.rules(
      schemas: inputs.schemaFiles, policies: policies, now: now, needed: [jurisdiction],
      check: inputs.check)
    let ruling: StreamRuling
    do {
      ruling = try Gates.ruleStream(
        jurisdiction: jurisdiction, instrument: instrument, name: caseName, subjects: try subjectList(),
        period: try period(), policies: set, catalog: catalog, now: now)
    } catch let reason as ReasonCode {
      throw SluiceError(.refused, reason.rawValue, "the stream is refused; see `sluice explain`")
    }
    Terminal.note("this stream is not a disclosure: no demand was ruled on and no packet is made")
    let rootKey = try key.root(epoch: epoch)
    let sources = try records.specifications(inputs)
    let file = try out.map { try PartialFile($0) }
    Process.onInterrupt { [file = Unchecked(file)] in file.value?.discard() }
    do { try write(ruling, sources, catalog, rootKey, to: file) } catch {
      file?.discard()
      throw error
    }
    try file?.publish()
  }

  private func write(
    _ ruling: StreamRuling, _ sources: [SourceSpecification], _ catalog: Catalog,
    _ rootKey: any RootOperations,
    to file: PartialFile?
  ) throws {
    guard file != nil || !Process.isOutputClosed else {
      throw SluiceError(.output, "output-failed", "standard output is closed; open it or use --out")
    }
    let descriptor = file?.number ?? STDOUT_FILENO
    if let source = sources.first(where: { $0.isSameFile(asDescriptor: descriptor) }) {
      throw SluiceError(
        .usage, "output-is-input", "the output is one of the sources; write it to another file",
        source: source.name)
    }
    let outcome = StreamRun(
      ruling: ruling, sources: sources, catalog: catalog, format: format, kindName: kind,
      options: runOptions.options()
    ).write(toDescriptor: descriptor, rootKey: rootKey)
    Terminal.note(outcome)
    if let failure = outcome.failure { throw failure }
    if file == nil, close(STDOUT_FILENO) != 0 {
      throw SluiceError(
        .output, "output-failed",
        "standard output could not be written; see that what reads it goes on to the end, and run again")
    }
  }

  private func period() throws -> Period? {
    guard from != nil || until != nil else { return nil }
    return Period(
      from: try instant(from, "--from") ?? Instant(seconds: -62_135_596_800),
      until: try instant(until, "--until") ?? Instant(seconds: 253_402_300_799, nanoseconds: 999_999_999))
  }

  private func instant(_ text: String?, _ flag: String) throws -> Instant? {
    guard let text else { return nil }
    let bytes = Array(text.utf8)
    guard let instant = bytes.withUnsafeBufferPointer({ try? Instant(rfc3339: $0) }) else {
      throw ValidationError("\(flag) takes an RFC 3339 date-time")
    }
    return instant
  }

  private func subjectList() throws -> [Identifier]? {
    guard let subjects else { return nil }
    var found: [Identifier] = []
    let text = String(decoding: try Documents.bytes(subjects), as: UTF8.self)
    for (index, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard !line.isEmpty, line.first != UInt8(ascii: "#") else { continue }
      let parts = String(Substring(line)).split(separator: " ", maxSplits: 1).map(String.init)
      let identifierClass = parts.first.flatMap { word in IdentifierClass.allCases.first { $0.word == word } }
      guard parts.count == 2, let identifierClass,
        let identifier = Identifier(identifierClass, reading: parts[1])
      else {
        throw SluiceError(
          .document, "subject-invalid",
          "line \(index + 1) is no subject; write a class (phone, account, email, ip, device, cell), "
            + "a space and an identifier",
          source: Documents.name(subjects))
      }
      found.append(identifier)
    }
    return found
  }
}
