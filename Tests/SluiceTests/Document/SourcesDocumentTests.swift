import Sluice
import Testing

@Suite("Sources documents list what is read")
struct SourcesDocumentTests {
  private static let good = """
    sluice: sources/1
    sources:
      - { path: a.ndjson.gz, schema: m.yaml }
      - { path: ego, format: csv, schema: b.yaml, values: { owner: a-7f31 } }
    """

  private func read(_ text: String) -> (listings: [SourceListing]?, problems: [Problem]) {
    var problems = ProblemList()
    let listings = SourcesDocument.read(Array(text.utf8), file: "sources.yaml", problems: &problems)
    return (listings, problems.inOrder)
  }

  @Test func theListIsReadAsWritten() throws {
    let (found, problems) = read(Self.good)
    #expect(problems == [])
    let listings = try #require(found)
    #expect(listings.map(\.path) == ["a.ndjson.gz", "ego"])
    #expect(listings.map(\.format) == [nil, .csv])
    #expect(listings[1].values.map(\.field) == ["owner"])
    #expect(listings[1].values.map(\.text) == ["a-7f31"])
    #expect(listings[1].position == Position(file: "sources.yaml", line: 4, column: 5))
  }

  @Test(arguments: [
    ("wrong-format", "sources/1", "source/1"), ("missing-key", ", schema: m.yaml", ""),
    ("wrong-value", "format: csv", "format: xlsx"), ("source-duplicate", "path: ego", "path: a.ndjson.gz"),
    ("value-name", "{ owner: a-7f31 }", "{ a.b: a-7f31 }"), ("unknown-key", "format: csv", "fromat: csv"),
    ("wrong-value", "owner: a-7f31", "owner: [a]"),
  ])
  func faultIsFound(code: String, part: String, replacement: String) {
    let (listings, problems) = read(Self.good.with(part, replacement))
    #expect(listings == nil)
    #expect(problems.map(\.code) == [code])
  }

  @Test func anEmptyListIsRefused() {
    #expect(read("sluice: sources/1\nsources: []").problems.map(\.code) == ["sources-missing"])
  }
}
