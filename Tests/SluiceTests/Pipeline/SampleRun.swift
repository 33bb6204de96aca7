import Foundation
import Sluice
import SluiceCrypto
import Testing

/// The main job on the sample documents, into a folder of one test's own.
struct SampleRun {
  static let samples = URL(filePath: PacketFixtures.packageFolder).appending(path: "Samples")
  static let now = RulingFixtures.day(2026, 10, 5)

  let catalog: Catalog
  let policies: PolicySet
  let rulings: [GrantedRuling]
  let rootKey: RootKey

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: samples.appending(path: path)))
  }

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: samples.appending(path: folder).path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
  }

  /// Loads the samples and rules on the demands with these names, or on all of them. `change` may change a policy.
  init(
    demands only: [String]? = nil, in folder: SourceFolder,
    change: (_ policy: String, _ bytes: [UInt8]) throws -> [UInt8] = { $1 }
  ) throws {
    var problems = ProblemList()
    let schemas = try Self.names("schemas").compactMap { name in
      SchemaDocument.read(try Self.bytes("schemas/\(name)"), file: name, problems: &problems)
    }
    catalog = Catalog(schemas: schemas, problems: &problems)
    let files = try Self.names("policies").map {
      (name: $0, bytes: try change($0, try Self.bytes("policies/\($0)")))
    }
    guard
      let set = PolicySet.read(
        files: files, catalog: catalog, now: Self.now, needed: nil, problems: &problems)
    else { throw SluiceError(.document, "policies", "the sample policies do not load") }
    policies = set
    var granted: [GrantedRuling] = []
    for name in try Self.names("demands") where only?.contains(String(name.dropLast(5))) ?? true {
      let demand = DemandDocument.read(
        try Self.bytes("demands/\(name)"), file: name, problems: &problems, documentDigest: { _ in [1] })
      let ruling = Gates.rule(try #require(demand), policies: policies, catalog: catalog, now: Self.now)
      if case .granted(let ruling) = ruling { granted.append(ruling) }
    }
    #expect(problems.inOrder.map(\.description) == [])
    rulings = granted
    let key = folder.write((0..<32).map { UInt8($0 * 7 + 1) }, to: "root.key")
    chmod(key, 0o600)
    rootKey = try RootKey(contentsOfFile: key)
  }

  func facts(_ format: RecordFormat) -> RunFacts {
    RunFacts(
      toolVersion: "1.0.0", now: Self.now, clockIsGiven: true, format: format,
      schemas: catalog.schemas.map { RunFacts.Document(name: $0.name, digest: $0.digest) },
      baselineDigest: policies.baseline.digest)
  }

  func sources(_ paths: [String]) throws -> [SourceSpecification] {
    let schema = try #require(catalog.schemas.firstIndex { $0.name == "messenger" })
    return try SourceList.expand(paths: paths, schemaIndex: schema, format: nil)
  }

  static var sampleRecords: String { samples.appending(path: "records/sample.ndjson").path }

  /// Runs the job and returns what became of it.
  func seal(
    _ paths: [String] = [sampleRecords], into out: String, format: RecordFormat = .ndjson,
    options: RunOptions = RunOptions()
  ) throws -> DisclosureRun.Outcome {
    let run = DisclosureRun(
      rulings: rulings, sources: try sources(paths), catalog: catalog, facts: facts(format), options: options)
    let folder = try PacketFolder(path: out)
    let outcome = run.seal(rootKey: rootKey, in: folder)
    try folder.removePartial()
    return outcome
  }

  /// Every file below a folder with its bytes, by path.
  static func files(under folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      var isFolder: ObjCBool = false
      let full = folder + "/" + path
      guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue else {
        continue
      }
      files[path] = Array(try Data(contentsOf: URL(filePath: full)))
    }
    return files
  }
}
