import Foundation
import Sluice
import Testing

@Suite("Every sample document loads")
struct SampleDocumentsTests {
  static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Samples")

  static func files(_ folder: String) throws -> [(name: String, bytes: [UInt8])] {
    let folder = samples.appending(path: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.filter { $0.hasSuffix(".yaml") }.map {
      ($0, Array(try Data(contentsOf: folder.appending(path: $0))))
    }
  }

  static func catalog(_ problems: inout ProblemList) throws -> Catalog {
    let schemas = try files("schemas").compactMap {
      SchemaDocument.read($0.bytes, file: $0.name, problems: &problems)
    }
    return Catalog(schemas: schemas, problems: &problems)
  }

  @Test func schemasPoliciesAndSourcesLoad() throws {
    var problems = ProblemList()
    let catalog = try Self.catalog(&problems)
    #expect(catalog.kinds.count >= 6)
    let files = try Self.files("policies")
    let now = try #require(instant("2026-10-05T00:00:00Z"))
    let set = PolicySet.read(files: files, catalog: catalog, now: now, needed: nil, problems: &problems)
    #expect(problems.problems.map(\.description) == [])
    #expect(set?.policies.count == files.count - 1)
    let sources = try Data(contentsOf: Self.samples.appending(path: "sources.yaml"))
    let listings = SourcesDocument.read(Array(sources), file: "sources.yaml", problems: &problems)
    #expect(listings?.isEmpty == false)
    #expect(!problems.hasErrors)
  }
}
