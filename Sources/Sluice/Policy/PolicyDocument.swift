import SluiceCrypto

/// Reads a policy document (design: section 3.2) and holds it against the baseline.
public enum PolicyDocument {
  /// Reads a policy, or returns nil where something keeps it from loading; every problem found is added.
  /// - Parameter now: past the day of its `until` an override no longer counts.
  public static func read(
    _ bytes: [UInt8], file: String, catalog: Catalog, baseline: Baseline, now: Instant,
    problems: inout ProblemList
  ) -> Policy? {
    var found = ProblemList()
    guard let root = Document.read(bytes, file: file, problems: &found) else {
      problems.append(found)
      return nil
    }
    let reader = PolicyReader(
      file: file, digest: SHA256.hash(bytes), catalog: catalog, baseline: baseline, now: now)
    let policy = reader.read(root, &found)
    problems.append(found)
    return found.hasErrors ? nil : policy
  }

  /// The states that a document names, or nil where that cannot be told, so that the file counts as needed.
  static func jurisdictions(_ root: DocumentNode) -> [String]? {
    guard case .mapping(let members) = root.content,
      let node = members.first(where: { $0.key == "jurisdiction" })?.value
    else { return nil }
    var ignored = ProblemList()
    let states = jurisdictions(node, &ignored)
    return ignored.hasErrors || states.isEmpty ? nil : states
  }

  /// One ISO 3166-1 code of two capital letters, or a list of them.
  static func jurisdictions(_ node: DocumentNode, _ problems: inout ProblemList) -> [String] {
    var entries = [node]
    if case .sequence(let list) = node.content { entries = list }
    if entries.isEmpty {
      problems.error(
        "jurisdiction-invalid", "the policy names no state; name at least one", at: node.position)
    }
    var states: [String] = []
    for entry in entries {
      guard let state = entry.string("jurisdiction", &problems) else { continue }
      guard state.utf8.count == 2, state.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
        problems.error(
          "jurisdiction-invalid", "this is no state; write its two capital letters (ISO 3166-1)",
          at: entry.position)
        continue
      }
      if states.contains(state) {
        problems.error("jurisdiction-duplicate", "a state is named twice; name it once", at: entry.position)
        continue
      }
      states.append(state)
    }
    return states
  }
}

/// Reads the keys of one policy.
private struct PolicyReader {
  let file: String
  let digest: [UInt8]
  let catalog: Catalog
  let baseline: Baseline
  let now: Instant

  private static let required = [
    "sluice", "jurisdiction", "version", "valid", "status", "instruments", "smallest-count", "bundles",
  ]
  private static let optional = ["categories", "overrides", "tests", "name", "note"]

  func read(_ root: DocumentNode, _ problems: inout ProblemList) -> Policy? {
    guard
      let keys = MappingReader(
        root, "a policy", required: Self.required, optional: Self.optional, problems: &problems)
    else { return nil }
    keys.checkFormat("policy/1", &problems)
    _ = keys["name"]?.text("name", &problems)
    _ = keys["note"]?.text("note", &problems, isLong: true)
    let jurisdictions = keys["jurisdiction"].map { PolicyDocument.jurisdictions($0, &problems) } ?? []
    let version = keys["version"]?.text("version", &problems)
    let valid = keys["valid"].flatMap { validity($0, &problems) }
    let statuses = keys["status"].map { StatusReader.read($0, &problems) } ?? []
    let categories = CategoryReader(catalog: catalog).read(keys["categories"], &problems)
    let instruments = InstrumentReader(categories: categories.map(\.name), baseline: baseline)
      .read(keys["instruments"], &problems)
    let smallest = keys["smallest-count"]?.integer("smallest-count", 1...1_000_000, &problems)
    if let smallest, smallest < baseline.smallestCount, let node = keys["smallest-count"] {
      problems.error(
        "wider-than-baseline", "smallest-count is below the baseline's \(baseline.smallestCount); raise it",
        at: node.position)
    }
    let bundles = BundleReader(catalog: catalog, inherited: baseline.bundles)
      .read(keys["bundles"], &problems)
    let overrides = OverrideReader(catalog: catalog, baseline: baseline, now: now)
      .read(keys["overrides"], &problems)
    BaselineCheck(catalog: catalog, baseline: baseline, overrides: overrides, now: now)
      .check(categories, &problems)
    GrantCheck(catalog: catalog).check(instruments, categories, &problems)
    BundleCheck(catalog: catalog, bundles: bundles).check(
      instruments, categories, &problems)
    let tests = PolicyTestReader(catalog: catalog).read(keys["tests"], &problems)
    guard let version, let valid, let smallest else { return nil }
    return Policy(
      file: file, digest: digest, jurisdictions: jurisdictions, version: version, valid: valid,
      statuses: statuses, instruments: instruments, categories: categories, smallestCount: Int(smallest),
      bundles: bundles, overrides: overrides, tests: tests)
  }

  /// Two dates, the second exclusive and later.
  private func validity(_ node: DocumentNode, _ problems: inout ProblemList) -> Period? {
    guard
      let keys = MappingReader(node, "valid", required: ["from", "until"], problems: &problems)
    else { return nil }
    let from = keys["from"]?.date("from", &problems)
    let until = keys["until"]?.date("until", &problems)
    guard let from, let until else { return nil }
    guard from < until else {
      problems.error(
        "valid-empty", "valid: “until” is not after “from”; correct one of them", at: node.position)
      return nil
    }
    return Period(from: from, until: until)
  }
}
