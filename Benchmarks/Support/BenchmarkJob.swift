import Foundation
import Sluice
import SluiceCrypto
import SluiceRegister

/// The documents of the benchmarks, and a folder for records and packets that is gone afterwards.
final class BenchmarkJob {
  static let now = Instant(seconds: 1_793_491_200)

  let folder: String
  let catalog: Catalog
  let policies: PolicySet
  let rootKey: RootKey

  /// Loads the policies of a folder of `Documents`.
  init(policies folder: String = "policies") throws {
    let documents = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Documents")
    var problems = ProblemList()
    func bytes(_ name: String) throws -> [UInt8] {
      Array(try Data(contentsOf: documents.appending(path: name)))
    }
    let schema = SchemaDocument.read(try bytes("messages.yaml"), file: "messages.yaml", problems: &problems)
    let catalog = Catalog(schemas: schema.map { [$0] } ?? [], problems: &problems)
    let files = try ["baseline.yaml", "US.yaml"].map { (name: $0, bytes: try bytes("\(folder)/\($0)")) }
    let set = PolicySet.read(
      files: files, catalog: catalog, now: Self.now, needed: nil, problems: &problems)
    guard let set, problems.inOrder.isEmpty else {
      throw SluiceError(.document, "benchmark-documents", "\(problems.inOrder)")
    }
    (self.catalog, policies) = (catalog, set)
    self.folder =
      FileManager.default.temporaryDirectory.appending(
        path: "sluice-benchmark-\(getpid())-\(UInt64.random(in: 0 ... .max))"
      ).path
    try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
    rootKey = try RootKey.create(atPath: self.folder + "/root.key", epoch: 1)
    try clearOutputs()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Where packets and streams go.
  var outputs: String { folder + "/outputs" }

  /// Removes what was written and has the disk come to rest: neither is the next run's to pay for.
  func clearOutputs() throws {
    if FileManager.default.fileExists(atPath: outputs) { try FileManager.default.removeItem(atPath: outputs) }
    try FileManager.default.createDirectory(atPath: outputs, withIntermediateDirectories: true)
    sync()
  }

  /// Writes records to a file; `part` says how many of so many blocks, the first ones, where it is not all.
  func source(
    _ records: SharedRecords, _ format: SourceFormat, part: (Int) -> Int = { $0 }
  ) throws -> SourceSpecification {
    let path = folder + "/records-\(UInt64.random(in: 0 ... .max)).\(format.rawValue)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    if format == .csv {
      try write(records.header.joined(separator: [UInt8(ascii: ",")]) + [0x0A], to: descriptor)
    }
    let blocks = (format == .csv ? records.csv : records.ndjson).blocks
    for block in blocks.prefix(part(blocks.count)) {
      try block.block.bytes.withMemoryRebound(to: UInt8.self) { try write($0, to: descriptor) }
    }
    return SourceSpecification(
      name: "records", place: .file(path: path), format: format, compression: .none, schemaIndex: 0)
  }

  /// A source that is not read: for a worker that is given its blocks.
  func unread(_ format: SourceFormat) -> SourceSpecification {
    SourceSpecification(
      name: "records", place: .file(path: "/dev/null"), format: format, compression: .none, schemaIndex: 0)
  }

  /// A ruling on a stream in which every party is `other`.
  func streamRuling(_ instrument: String) throws -> StreamRuling {
    try Gates.ruleStream(
      jurisdiction: "US", instrument: instrument, name: "benchmark", subjects: nil, period: nil,
      policies: policies, catalog: catalog, now: Self.now)
  }

  /// The job of `minimize`, with every party as `other`, to a file.
  func minimize(
    _ source: SourceSpecification, to path: String, instrument: String = "coarse",
    format: RecordFormat = .ndjson, workers: Int
  ) throws {
    let ruling = try streamRuling(instrument)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    let outcome = StreamRun(
      ruling: ruling, sources: [source], catalog: catalog, format: format, kindName: nil,
      options: RunOptions(workerCount: workers)
    ).write(toDescriptor: descriptor, rootKey: rootKey)
    if let failure = outcome.failure { throw failure }
  }

  /// Rulings on a demand for each of some accounts, made together as the command makes them.
  func rulings(accounts: [String], instrument: String) throws -> [GrantedRuling] {
    var problems = ProblemList()
    let demands = try accounts.enumerated().map { index, account in
      let text =
        "sluice: demand/1\nreference: US-\(index)\njurisdiction: US\ninstrument: \(instrument)\n"
        + "authority: { name: Court, official: Judge, title: Judge, contact: none, reference: \"1\" }\n"
        + "issued: 2026-10-01\nreceived: 2026-10-02T00:00:00Z\nsubjects: [ { phone: \"\(account)\" } ]\n"
        + "period: { from: 2026-01-01T00:00:00Z, until: 2026-03-01T00:00:00Z }\n"
        + "categories: [\(instrument)]\nprepared: { by: somebody, at: 2026-10-02T10:00:00Z }\n"
      let demand = DemandDocument.read(
        Array(text.utf8), file: "demand.yaml", problems: &problems, documentDigest: { _ in nil })
      guard let demand else { throw SluiceError(.bug, "unread", "a demand of the benchmarks does not load") }
      return demand
    }
    let rulings = Gates.rule(demands, policies: policies, catalog: catalog, now: Self.now).granted
    guard rulings.count == demands.count else {
      throw SluiceError(.bug, "refused", "a demand of the benchmarks is refused")
    }
    return rulings
  }

  /// Counts what each of some rulings would release; returns how many records in all.
  func preview(_ source: SourceSpecification, _ rulings: [GrantedRuling], workers: Int) throws -> UInt64 {
    try released(run(source, rulings, workers).preview(rootKey: rootKey))
  }

  /// Seals a packet for each of some rulings; returns how many records were released in all. The packets lie in
  /// `outputs` until they are cleared.
  func disclose(
    _ source: SourceSpecification, _ rulings: [GrantedRuling], workers: Int, searchesForLeaks: Bool = true,
    signer: PacketSigner? = nil, register: Register? = nil
  ) throws -> UInt64 {
    let out = outputs + "/packets-\(UInt64.random(in: 0 ... .max))"
    let witness = try register.map {
      try RegisterRun($0, rulings.map(Ruling.granted), policies: policies, facts: facts(nil))
    }
    _ = try witness?.answeredBefore(rulings)
    let outcome = run(source, rulings, workers, searchesForLeaks, signer, witness).seal(
      rootKey: rootKey, in: try PacketFolder(path: out))
    return try released(outcome)
  }

  /// A new register among the outputs.
  func register() throws -> Register {
    try Register.create(
      path: outputs + "/demands-\(UInt64.random(in: 0 ... .max)).register", name: "benchmark", now: Self.now)
  }

  /// A signer whose certificate, `ALGORITHM.pem` in the folder, is its own and valid at `now`.
  func signer(_ algorithm: KeyAlgorithm) throws -> PacketSigner {
    let (key, certificate) = ("\(folder)/\(algorithm).key", "\(folder)/\(algorithm).pem")
    _ = try SelfMadeSigner.create(
      keyFile: key, certificateFile: certificate, name: "Benchmark", algorithm: algorithm,
      from: Self.now.seconds - 60, days: 2)
    return try PacketSigner(keyFile: key, certificateFile: certificate, at: Self.now.seconds)
  }

  private func run(
    _ source: SourceSpecification, _ rulings: [GrantedRuling], _ workers: Int,
    _ searchesForLeaks: Bool = true,
    _ signer: PacketSigner? = nil, _ register: RegisterRun? = nil
  ) -> DisclosureRun {
    var options = RunOptions(workerCount: workers)
    options.searchesForLeaks = searchesForLeaks
    var facts = facts(signer)
    facts.checkpointDigest = register?.checkpointDigest
    return DisclosureRun(
      rulings: rulings, sources: [source], catalog: catalog, facts: facts, options: options, witness: register
    )
  }

  private func facts(_ signer: PacketSigner?) -> RunFacts {
    var facts = RunFacts(
      toolVersion: "benchmark", now: Self.now, clockIsGiven: true, format: .ndjson, schemas: [],
      baselineDigest: policies.baseline.digest)
    facts.signer = signer
    return facts
  }

  private func released(_ outcome: DisclosureRun.Outcome) throws -> UInt64 {
    if let failure = outcome.failure { throw failure }
    return outcome.tallies.reduce(0) { $0 + $1.kinds.reduce(0) { $0 + $1.released } }
  }
}

/// Writes all of some bytes to a descriptor.
func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) throws {
  var isWhole: Bool?
  try bytes.withContiguousStorageIfAvailable { buffer in
    var rest = buffer[...]
    while !rest.isEmpty {
      let part = UnsafeBufferPointer(rebasing: rest)
      let count = Glibc.write(descriptor, part.baseAddress, part.count)
      guard count > 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
      rest = rest.dropFirst(count)
    }
    isWhole = true
  }
  precondition(isWhole == true, "the bytes lie in one piece")
}
