/// Reads a sources document (design: section 3.4).
public enum SourcesDocument {
  /// Reads the list of sources, or returns nil where something keeps it from loading; every problem is added.
  ///
  /// Paths are returned as written: the caller resolves them against the document's own place.
  public static func read(
    _ bytes: [UInt8], file: String, problems: inout ProblemList
  ) -> [SourceListing]? {
    var found = ProblemList()
    let listings = readDocument(bytes, file: file, &found)
    problems.append(found)
    return found.hasErrors ? nil : listings
  }

  private static func readDocument(
    _ bytes: [UInt8], file: String, _ problems: inout ProblemList
  ) -> [SourceListing]? {
    guard let root = Document.read(bytes, file: file, problems: &problems),
      let keys = MappingReader(
        root, "a sources document", required: ["sluice", "sources"], problems: &problems)
    else { return nil }
    keys.checkFormat("sources/1", &problems)
    var listings: [SourceListing] = []
    for entry in keys["sources"]?.list("sources", &problems) ?? [] {
      guard let listing = listing(entry, &problems) else { continue }
      if listings.contains(where: { $0.path == listing.path }) {
        problems.error(
          "source-duplicate", "this path is listed twice, and its records would count twice; list it once",
          at: entry.position)
      }
      listings.append(listing)
    }
    if listings.isEmpty, let node = keys["sources"], !problems.hasErrors {
      problems.error("sources-missing", "the document lists no source; list at least one", at: node.position)
    }
    return listings
  }

  private static func listing(_ node: DocumentNode, _ problems: inout ProblemList) -> SourceListing? {
    guard
      let keys = MappingReader(
        node, "a source", required: ["path", "schema"], optional: ["format", "values"],
        problems: &problems)
    else { return nil }
    let path = keys["path"]?.text("path", &problems)
    let schema = keys["schema"]?.text("schema", &problems)
    let format = keys["format"]?.word("format", SourceFormat.self, &problems)
    var values: [SourceListing.Value] = []
    for member in keys["values"]?.members("values", &problems) ?? [] {
      guard KindReader.isFieldName(member.key) else {
        problems.error(
          "value-name", "this cannot name a field; give a value under the name of one", at: member.keyPosition
        )
        continue
      }
      let name = DocumentNode.printable(member.key, or: "a field")
      guard let text = member.value.text("the value of \(name)", &problems) else { continue }
      values.append(.init(field: member.key, text: text, position: member.keyPosition))
    }
    guard let path, let schema else { return nil }
    return SourceListing(
      path: path, format: format, schemaFile: schema, values: values, position: node.position)
  }
}

/// One entry of a sources document.
public struct SourceListing: Sendable {
  /// A constant that the source's records have for a field with `from: source`.
  public struct Value: Sendable {
    /// The field's name in the schema.
    public let field: String
    /// As written; the field's type reads it. Never shown in a message.
    public let text: String
    /// Where the field's name stands.
    public let position: Position
  }

  /// A file, a folder or `-`, as written.
  public let path: String
  /// Nil: told from the name.
  public let format: SourceFormat?
  /// The schema's file, as written.
  public let schemaFile: String
  /// In the order of the document; each field once.
  public let values: [Value]
  /// Where the entry begins.
  public let position: Position

  /// Adds a problem for each value that no field of the source's schema takes: the records would lack it, and nothing
  /// would say so.
  package func checkValues(against schema: Schema, _ problems: inout ProblemList) {
    let fields = Set(schema.kinds.flatMap(\.fields).filter { $0.origin == .source }.map(\.name))
    for value in values where !fields.contains(value.field) {
      problems.error(
        "value-unknown",
        "no field of this name is `from: source` in \(schema.name); correct the name, here or in the schema",
        at: value.position)
    }
  }
}
