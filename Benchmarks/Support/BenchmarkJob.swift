import Foundation
import Sluice
import SluiceCrypto

/// The documents of the benchmarks, and a folder for records and packets that is gone afterwards.
final class BenchmarkJob {
  static let now = Instant(seconds: 1_793_491_200)

  let folder: String
  let catalog: Catalog
  let policies: PolicySet
  let rootKey: RootKey

  init() throws {
    let documents = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Documents")
    var problems = ProblemList()
    func bytes(_ name: String) throws -> [UInt8] {
      Array(try Data(contentsOf: documents.appending(path: name)))
    }
    let schema = SchemaDocument.read(try bytes("messages.yaml"), file: "messages.yaml", problems: &problems)
    let catalog = Catalog(schemas: schema.map { [$0] } ?? [], problems: &problems)
    let files = try ["baseline.yaml", "US.yaml"].map { (name: $0, bytes: try bytes("policies/\($0)")) }
    let set = PolicySet.read(
      files: files, catalog: catalog, now: Self.now, needed: nil, problems: &problems)
    guard let set, problems.inOrder.isEmpty else {
      throw SluiceError(.document, "benchmark-documents", "\(problems.inOrder)")
    }
    (self.catalog, policies) = (catalog, set)
    folder =
      FileManager.default.temporaryDirectory.appending(
        path: "sluice-benchmark-\(getpid())-\(UInt64.random(in: 0 ... .max))"
      ).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    rootKey = try RootKey.create(atPath: folder + "/root.key", epoch: 1)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func source(_ bytes: [UInt8], _ format: SourceFormat) throws -> SourceSpecification {
    let path = folder + "/records-\(UInt64.random(in: 0 ... .max)).\(format.rawValue)"
    try Data(bytes).write(to: URL(filePath: path))
    return SourceSpecification(
      name: "records", place: .file(path: path), format: format, compression: .none, schemaIndex: 0)
  }

  /// The job of `minimize`, with every party as `other`, to a descriptor.
  func minimize(
    _ source: SourceSpecification, to path: String, format: RecordFormat = .ndjson, workers: Int
  ) throws {
    let ruling = try Gates.ruleStream(
      jurisdiction: "US", instrument: "coarse", name: "benchmark", subjects: nil, period: nil,
      policies: policies, catalog: catalog, now: Self.now)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    let outcome = StreamRun(
      ruling: ruling, sources: [source], catalog: catalog, format: format, kindName: nil,
      options: RunOptions(workerCount: workers)
    ).write(toDescriptor: descriptor, rootKey: rootKey)
    if let failure = outcome.failure { throw failure }
  }

  /// A packet for each of some accounts; returns how many records were released in all.
  func disclose(_ source: SourceSpecification, accounts: [String], instrument: String) throws -> UInt64 {
    var problems = ProblemList()
    var rulings: [GrantedRuling] = []
    for (index, account) in accounts.enumerated() {
      let text =
        "sluice: demand/1\nreference: US-\(index)\njurisdiction: US\ninstrument: \(instrument)\n"
        + "authority: { name: Court, official: Judge, title: Judge, contact: none, reference: \"1\" }\n"
        + "issued: 2026-10-01\nreceived: 2026-10-02T00:00:00Z\nsubjects: [ { phone: \"\(account)\" } ]\n"
        + "period: { from: 2026-01-01T00:00:00Z, until: 2026-03-01T00:00:00Z }\n"
        + "categories: [\(instrument)]\nprepared: { by: somebody, at: 2026-10-02T10:00:00Z }\n"
      let demand = DemandDocument.read(
        Array(text.utf8), file: "demand.yaml", problems: &problems, documentDigest: { _ in nil })
      guard let demand,
        case .granted(let ruling) = Gates.rule(demand, policies: policies, catalog: catalog, now: Self.now)
      else { throw SluiceError(.bug, "refused", "a demand of the benchmarks is refused") }
      rulings.append(ruling)
    }
    let facts = RunFacts(
      toolVersion: "benchmark", now: Self.now, clockIsGiven: true, format: .ndjson, schemas: [],
      baselineDigest: policies.baseline.digest)
    let out = folder + "/packets-\(UInt64.random(in: 0 ... .max))"
    let outcome = DisclosureRun(
      rulings: rulings, sources: [source], catalog: catalog, facts: facts, options: RunOptions(workerCount: 2)
    ).seal(rootKey: rootKey, in: try PacketFolder(path: out))
    if let failure = outcome.failure { throw failure }
    try FileManager.default.removeItem(atPath: out)
    return outcome.tallies.reduce(0) { $0 + $1.kinds.reduce(0) { $0 + $1.released } }
  }
}
