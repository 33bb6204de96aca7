import SluiceCrypto

/// Reads a schema document (design: section 3.1).
public enum SchemaDocument {
  /// Reads a schema, or returns nil where something keeps it from loading; every problem found is added.
  public static func read(_ bytes: [UInt8], file: String, problems: inout ProblemList) -> Schema? {
    var found = ProblemList()
    let schema = readDocument(bytes, file: file, &found)
    problems.append(found)
    return found.hasErrors ? nil : schema
  }

  private static func readDocument(
    _ bytes: [UInt8], file: String, _ problems: inout ProblemList
  ) -> Schema? {
    guard let root = Document.read(bytes, file: file, problems: &problems),
      let keys = MappingReader(
        root, "a schema", required: ["sluice", "name", "kinds"], optional: ["region"], problems: &problems)
    else { return nil }
    keys.checkFormat("schema/1", &problems)
    let name = keys["name"]?.identifier("name", separator: "-", &problems)
    let region = keys["region"].flatMap { readRegion($0, &problems) }
    let members = keys["kinds"]?.members("kinds", &problems) ?? []
    if members.isEmpty, let node = keys["kinds"] {
      problems.error("kinds-missing", "the schema declares no kind; declare at least one", at: node.position)
    }
    var kinds: [Kind] = []
    for member in members {
      guard isIdentifier(member.key, separator: "_") else {
        problems.error(
          "kind-name", "this cannot name a kind; begin with a-z and use a-z, 0-9 and “_”, at most 40",
          at: member.keyPosition)
        continue
      }
      let needsCondition = members.count > 1
      let kind = KindReader(member, region: region, needsCondition: needsCondition).read(&problems)
      if let kind { kinds.append(kind) }
    }
    checkConditions(kinds, at: root.position, &problems)
    guard let name else { return nil }
    return Schema(name: name, file: file, digest: SHA256.hash(bytes), kinds: kinds)
  }

  /// Two kinds with the same conditions would make every record of either ambiguous.
  private static func checkConditions(_ kinds: [Kind], at position: Position, _ problems: inout ProblemList) {
    for (index, kind) in kinds.enumerated() where !kind.conditions.isEmpty {
      let same = kinds[..<index].first { Set($0.conditions) == Set(kind.conditions) }
      if let same {
        problems.error(
          "when-duplicate",
          "kinds “\(same.name)” and “\(kind.name)” have the same “when”; let their values differ",
          at: position)
      }
    }
  }

  static func readRegion(_ node: DocumentNode, _ problems: inout ProblemList) -> String? {
    guard let code = node.string("region", &problems) else { return nil }
    guard PhoneRegion(code: code) != nil else {
      problems.error(
        "region-unknown", "region is no state; write its two capital letters (ISO 3166-1)", at: node.position)
      return nil
    }
    return code
  }
}
