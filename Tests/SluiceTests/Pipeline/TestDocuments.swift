import Foundation
import Sluice
import SluiceCrypto
import Testing

/// Schemas and policies that a test gives as bytes, loaded as the command loads them, and rulings against them.
struct TestDocuments {
  typealias File = (name: String, bytes: [UInt8])

  static let now = RulingFixtures.day(2026, 10, 5)

  let catalog: Catalog
  let policies: PolicySet

  /// Throws where the policies, which may be made to fit the schemas, do not load; every other problem is an issue of
  /// the test.
  init(schemas: [File], policies: (Catalog) throws -> [File]) throws {
    var problems = ProblemList()
    let read = schemas.compactMap { SchemaDocument.read($0.bytes, file: $0.name, problems: &problems) }
    catalog = Catalog(schemas: read, problems: &problems)
    let set = PolicySet.read(
      files: try policies(catalog), catalog: catalog, now: Self.now, needed: nil, problems: &problems)
    guard let set else {
      throw SluiceError(.document, "policies", "the policies do not load: \(problems.inOrder)")
    }
    self.policies = set
    #expect(problems.inOrder.map(\.description) == [])
  }

  /// Reads a demand; its document, if it names one, is there.
  static func demand(_ bytes: [UInt8], file: String) throws -> Demand {
    var problems = ProblemList()
    let demand = DemandDocument.read(bytes, file: file, problems: &problems, documentDigest: { _ in [1] })
    #expect(problems.inOrder.map(\.description) == [])
    return try #require(demand)
  }

  /// Rules on a demand.
  func rule(on demand: [UInt8], file: String = "demand.yaml") throws -> Ruling {
    Gates.rule(
      try Self.demand(demand, file: file), policies: policies, catalog: catalog, now: Self.now)
  }

  /// Rules on a demand that has to be granted.
  func grant(_ demand: String) throws -> GrantedRuling {
    let ruling = try rule(on: Array(demand.utf8))
    return try #require(ruling.granted, "refused: \(String(describing: ruling.reason))")
  }

  func facts(_ format: RecordFormat) -> RunFacts {
    RunFacts(
      toolVersion: "1.0.0", now: Self.now, clockIsGiven: true, format: format,
      schemas: catalog.schemas.map { RunFacts.Document(name: $0.name, digest: $0.digest) },
      baselineDigest: policies.baseline.digest)
  }

  /// The same key for every test, in a file of the folder.
  static func rootKey(in folder: SourceFolder) throws -> RootKey {
    let key = folder.write((0..<32).map { UInt8($0 * 7 + 1) }, to: "root.key")
    chmod(key, 0o600)
    return try RootKey(contentsOfFile: key)
  }
}
