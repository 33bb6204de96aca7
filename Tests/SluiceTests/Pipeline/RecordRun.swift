import Foundation
import Sluice
import SluiceCrypto
import Testing

/// Small sources through the whole record path, counted and not sealed.
struct RecordRun {
  let catalog: Catalog
  let rulings: [GrantedRuling]
  let rootKey: RootKey
  let facts: RunFacts

  /// Demands of the sample documents. Both of these have +12025550100 and the account a-7f31 as their subject and
  /// September 2026 as their period; the court order grants traffic, the warrant subscriber and location besides.
  static let samples = Result {
    try RecordRun(SampleRun(demands: ["us-court-order", "us-warrant"], in: SourceFolder()))
  }

  init(_ run: SampleRun) {
    (catalog, rulings, rootKey, facts) = (run.catalog, run.rulings, run.rootKey, run.facts(.ndjson))
  }

  /// Rules on demands against documents of a test's own; the demands are what `demand` makes.
  init(schema: String, baseline: String, policy: String, demands: [String]) throws {
    let documents = try TestDocuments(schemas: [("schema.yaml", Array(schema.utf8))]) { _ in
      [("baseline.yaml", Array(baseline.utf8)), ("policy.yaml", Array(policy.utf8))]
    }
    catalog = documents.catalog
    rulings = try demands.map { try documents.grant($0) }
    rootKey = try TestDocuments.rootKey(in: SourceFolder())
    facts = documents.facts(.ndjson)
  }

  static func demand(_ reference: String, instrument: String, categories: String, subject: String) -> String {
    """
    sluice: demand/1
    reference: \(reference)
    jurisdiction: US
    instrument: \(instrument)
    authority: { name: "Example Court", official: "Official A", title: Judge, contact: c, reference: r }
    issued: 2026-10-02
    received: 2026-10-03T09:12:00Z
    subjects: [ { \(subject) } ]
    period: { from: 2026-09-01T00:00:00Z, until: 2026-10-01T00:00:00Z }
    categories: [\(categories)]
    prepared: { by: a, at: 2026-10-04T08:00:00Z }
    """
  }

  /// What a run over sources made of them.
  func preview(
    _ sources: [SourceSpecification], limits: Limits = RecordRun.lenient, readSize: Int = .max,
    workers: Int = 1,
    isStrict: Bool = false
  ) -> DisclosureRun.Outcome {
    var options = RunOptions(limits: limits, workerCount: workers, isStrict: isStrict)
    options.readByteCountMax = readSize
    return DisclosureRun(
      rulings: rulings, sources: sources, catalog: catalog, facts: facts, options: options
    ).preview(rootKey: rootKey)
  }

  /// What a run over one source of these bytes made of it.
  func preview(
    _ bytes: [UInt8], _ format: SourceFormat = .ndjson, _ compression: SourceCompression = .none,
    limits: Limits = RecordRun.lenient, readSize: Int = .max, workers: Int = 1, isStrict: Bool = false
  ) -> DisclosureRun.Outcome {
    let folder = SourceFolder()
    let source = source(folder.write(bytes, to: "records"), format, compression)
    return preview([source], limits: limits, readSize: readSize, workers: workers, isStrict: isStrict)
  }

  /// A source named `records`, of the sample schema or the only one.
  func source(
    _ path: String, _ format: SourceFormat = .ndjson, _ compression: SourceCompression = .none
  ) -> SourceSpecification {
    SourceSpecification(
      name: "records", place: .file(path: path), format: format, compression: compression,
      schemaIndex: catalog.schemas.firstIndex { $0.name == "messenger" } ?? 0)
  }

  /// Any number of records may be rejected.
  static var lenient: Limits {
    var limits = Limits()
    limits.recordsPerRejected = 1
    return limits
  }

  /// What one packet counted for a kind.
  func tally(_ outcome: DisclosureRun.Outcome, packet: Int = 0, kind: String = "message") -> KindTally {
    guard outcome.tallies.indices.contains(packet), let index = catalog.kindIndex(kind) else {
      return KindTally()
    }
    return outcome.tallies[packet].kinds[index]
  }

  /// What may be said of any input: the schema's names, and the sentences that each code has.
  var names: String {
    let kinds = catalog.kinds.flatMap { [$0.name] + $0.fields.map(\.name) }
    return (kinds + FaultCode.allCases.flatMap { [$0.code, $0.sentence] }).joined(separator: "\n")
  }

  /// Everything that a run says about its input: descriptions of errors, warnings and the operator's report.
  func everythingSaid(_ outcome: DisclosureRun.Outcome) -> String {
    let report = OperatorReport(
      facts: facts, kindNames: catalog.kinds.map(\.name), sources: outcome.sources, answers: outcome.answers,
      warnings: outcome.warnings)
    let errors = (outcome.faults + [outcome.failure].compactMap { $0 }).map(\.description)
    return (errors + outcome.warnings + [String(decoding: report.document, as: UTF8.self)]).joined(
      separator: "\n")
  }
}
