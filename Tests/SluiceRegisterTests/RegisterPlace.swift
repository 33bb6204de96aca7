import Foundation
import Sluice
import SluiceCrypto
import SluiceRegister
import Testing

/// A folder with a register in it, the sample documents, and the main job on them.
final class RegisterPlace {
  static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Samples")
  static let now = instant("2026-10-05T00:00:00Z")

  let path: String
  let register: Register
  let catalog: Catalog
  private(set) var policies: PolicySet

  var file: String { path + "/demands.register" }
  var packets: String { path + "/packets" }

  init(policies change: (String, String) -> String = { $1 }) throws {
    path = FileManager.default.temporaryDirectory.path + "/sluice-register-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    register = try Register.create(
      path: path + "/demands.register", name: "provider.example/register",
      now: Self.instant("2019-01-01T00:00:00Z"))
    var problems = ProblemList()
    let schemas = try Self.names("schemas").compactMap {
      SchemaDocument.read(Array(try Self.text("schemas/\($0)").utf8), file: $0, problems: &problems)
    }
    catalog = Catalog(schemas: schemas, problems: &problems)
    policies = try Self.policies(catalog, Self.now, change)
    #expect(!problems.hasErrors)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static func instant(_ text: String) -> Instant {
    let bytes = Array(text.utf8)
    guard let instant = bytes.withUnsafeBufferPointer({ try? Instant(rfc3339: $0) }) else {
      preconditionFailure("a test's instant")
    }
    return instant
  }

  static func text(_ name: String) throws -> String {
    try String(contentsOf: samples.appending(path: name), encoding: .utf8)
  }

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: samples.appending(path: folder).path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
  }

  private static func policies(
    _ catalog: Catalog, _ now: Instant, adding more: [String: String] = [:],
    _ change: (String, String) -> String
  ) throws -> PolicySet {
    var problems = ProblemList()
    var files = try names("policies").map {
      (name: $0, bytes: Array(change($0, try text("policies/\($0)")).utf8))
    }
    files += more.sorted { $0.key < $1.key }.map { (name: $0.key, bytes: Array($0.value.utf8)) }
    let set = PolicySet.read(files: files, catalog: catalog, now: now, needed: nil, problems: &problems)
    return try #require(set, "\(problems.inOrder)")
  }

  /// Uses policies that are changed, and others beside them, for the runs that follow.
  func change(adding more: [String: String] = [:], _ change: (String, String) -> String) throws {
    policies = try Self.policies(catalog, Self.now, adding: more, change)
  }

  /// A sample demand, with lines replaced: `["reference": "US-1"]`.
  func demand(_ name: String, _ changes: [String: String] = [:], document: UInt8 = 1) throws -> Demand {
    let lines = try Self.text("demands/\(name).yaml").split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        guard let key = line.split(separator: ":").first, let value = changes[String(key)] else {
          return String(line)
        }
        return "\(key): \(value)"
      }
    var problems = ProblemList()
    let demand = DemandDocument.read(
      Array(lines.joined(separator: "\n").utf8), file: name, problems: &problems,
      documentDigest: { _ in Array(repeating: document, count: 32) })
    return try #require(demand, "\(problems.inOrder)")
  }

  func facts(_ now: Instant) -> RunFacts {
    RunFacts(
      toolVersion: "1.0.0", now: now, clockIsGiven: true, format: .ndjson,
      schemas: catalog.schemas.map { RunFacts.Document(name: $0.name, digest: $0.digest) },
      baselineDigest: policies.baseline.digest)
  }

  /// Rules on demands and notes it.
  @discardableResult
  func note(
    _ demands: [Demand], now: Instant = now, reasons: RegisterRun.Reasons = RegisterRun.Reasons(),
    in register: Register? = nil
  ) throws -> (run: RegisterRun, granted: [GrantedRuling]) {
    let rulings = Gates.rule(demands, policies: policies, catalog: catalog, now: now)
    let run = try RegisterRun(
      register ?? self.register, rulings, policies: policies, facts: facts(now), reasons: reasons)
    return (run, rulings.compactMap { if case .granted(let granted) = $0 { granted } else { nil } })
  }

  /// The main job, with the register as its witness.
  @discardableResult
  func seal(
    _ demands: [Demand], now: Instant = now, reasons: RegisterRun.Reasons = RegisterRun.Reasons(),
    in folder: String = "packets", witness: ((RegisterRun) -> any DisclosureWitness)? = nil
  ) throws -> DisclosureRun.Outcome {
    let (run, granted) = try note(demands, now: now, reasons: reasons)
    let before = try run.answeredBefore(granted)
    let open = granted.filter { before[$0.demand.packetName] == nil }
    let outcome = try disclose(open, run, witness?(run) ?? run, now: now, in: folder)
    try run.aborted(outcome, of: open)
    return outcome
  }

  /// What the register says came of each demand, in the order of their receipt.
  func outcomes() throws -> [DemandHistory.Outcome] {
    try register.demandHistories(
      receivedIn: Period(from: Instant(seconds: .min), until: Instant(seconds: .max))
    ).map(\.outcome)
  }

  private func disclose(
    _ granted: [GrantedRuling], _ run: RegisterRun, _ witness: any DisclosureWitness, now: Instant,
    in folder: String = "packets", layer: FileLayer = FileLayer()
  ) throws -> DisclosureRun.Outcome {
    var facts = facts(now)
    facts.checkpointDigest = run.checkpointDigest
    let schema = try #require(catalog.schemas.firstIndex { $0.name == "messenger" })
    let records = Self.samples.appending(path: "records/sample.ndjson").path
    let key = path + "/root.key"
    let rootKey =
      try FileManager.default.fileExists(atPath: key)
      ? RootKey(contentsOfFile: key) : RootKey.create(atPath: key, epoch: 1)
    let folder = try PacketFolder(path: "\(path)/\(folder)", layer: layer)
    let outcome = DisclosureRun(
      rulings: granted, sources: try SourceList.expand(paths: [records], schemaIndex: schema, format: nil),
      catalog: catalog, facts: facts, options: RunOptions(), witness: witness
    ).seal(rootKey: rootKey, in: folder)
    try folder.removePartial()
    return outcome
  }

  /// The entries' events, in their order, without the first and the status histories.
  func events(of reference: String? = nil) throws -> [String] {
    var events: [String] = []
    try register.entries(of: reference) { (entry) throws(SluiceError) in
      if entry.event != "status", entry.event != "opened" { events.append(entry.event) }
    }
    return events
  }

  /// Every packet in the folder, as a witness.
  func witnesses(_ folder: String = "packets") throws -> [Register.PacketWitness] {
    let folder = path + "/" + folder
    return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
      .map {
        name in
        let packet = try PacketVerifier.verify(path: "\(folder)/\(name)")
        return Register.PacketWitness(
          name: packet.name, digest: packet.digest, checkpointDigest: packet.checkpointDigest)
      }
  }

  /// Why a register does not verify; nil where it does.
  static func fault(
    _ file: String, kept: [String] = [], packets: [Register.PacketWitness] = []
  ) -> SluiceError? {
    do throws(SluiceError) {
      _ = try Register(reading: file).verify(kept: kept, packets: packets)
      return nil
    } catch {
      return error
    }
  }

  /// Does something to a copy of the register with the system's own SQLite, and returns the copy's path.
  func tampered(_ sql: String, name: String = UUID().uuidString) throws -> String {
    let copy = "\(path)/\(name)"
    _ = try Self.sqlite(file, "VACUUM INTO '\(copy)'")
    chmod(copy, 0o600)
    let dropped = RegisterStore.triggers.map { "DROP TRIGGER \($0.name);" }.joined()
    let remade = RegisterStore.triggers.map { "\($0.sql);" }.joined()
    _ = try Self.sqlite(copy, dropped + sql + ";" + remade)
    return copy
  }

  /// Runs statements with Python's sqlite3, which is nobody's of this project; returns the first column.
  @discardableResult
  static func sqlite(_ file: String, _ sql: String) throws -> [String] {
    let (status, rows) = try run(file, sql)
    try #require(status == 0, "\(sql.prefix(200))")
    return rows
  }

  /// The same, and how it ended.
  static func run(_ file: String, _ sql: String) throws -> (status: Int32, rows: [String]) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      """
      import sqlite3, sys
      base = sqlite3.connect(sys.argv[1], isolation_level=None)
      statement = ""
      for part in sys.argv[2].split(";"):
          statement += part
          if not sqlite3.complete_statement(statement + ";"):
              statement += ";"
              continue
          for row in base.execute(statement):
              print(row[0])
          statement = ""
      """, file, sql,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      process.terminationStatus,
      String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    )
  }
}

extension RegisterPlace {
  /// The main job without what follows it, as a run that dies leaves it.
  func sealWithoutAborting(
    _ granted: [GrantedRuling], _ run: RegisterRun, in folder: String = "packets",
    layer: FileLayer = FileLayer(), witness: (RegisterRun) -> any DisclosureWitness
  ) throws -> DisclosureRun.Outcome {
    try disclose(granted, run, witness(run), now: Self.now, in: folder, layer: layer)
  }
}
