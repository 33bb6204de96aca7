import Foundation
import Sluice
import SluiceCrypto
import Testing

/// The main job on the sample documents, into a folder of one test's own.
struct SampleRun {
  static let samples = URL(filePath: PacketFixtures.packageFolder).appending(path: "Samples")
  static let now = TestDocuments.now

  let documents: TestDocuments
  let rulings: [GrantedRuling]
  let rootKey: RootKey

  var catalog: Catalog { documents.catalog }
  var policies: PolicySet { documents.policies }

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
    let documents = try TestDocuments(
      schemas: Self.names("schemas").map { (name: $0, bytes: try Self.bytes("schemas/\($0)")) }
    ) { _ in
      try Self.names("policies").map {
        (name: $0, bytes: try change($0, try Self.bytes("policies/\($0)")))
      }
    }
    self.documents = documents
    rulings = try Self.names("demands").filter { only?.contains(String($0.dropLast(5))) ?? true }
      .compactMap { try documents.rule(on: try Self.bytes("demands/\($0)"), file: $0).granted }
    rootKey = try TestDocuments.rootKey(in: folder)
  }

  /// Every demand of the samples, in the order of their files.
  static func demands() throws -> [Demand] {
    try names("demands").map { try TestDocuments.demand(try bytes("demands/\($0)"), file: $0) }
  }

  func facts(_ format: RecordFormat) -> RunFacts { documents.facts(format) }

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
