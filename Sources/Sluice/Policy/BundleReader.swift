/// Reads bundles: fields of one kind that leave together, and how finely others must leave with them.
struct BundleReader {
  let catalog: Catalog
  /// The baseline's bundles, which are every policy's; nil while the baseline itself is read.
  let inherited: [Bundle]?

  /// Reads the bundles of a document; those that it inherits come first.
  func read(_ node: DocumentNode?, _ problems: inout ProblemList) -> [Bundle] {
    var bundles = inherited ?? []
    var counts: [Int: Int] = [:]
    for bundle in bundles { counts[bundle.kind, default: 0] += 1 }
    for entry in node?.list("bundles", &problems) ?? [] {
      guard let bundle = bundle(entry, &problems) else { continue }
      bundles.append(bundle)
      counts[bundle.kind, default: 0] += 1
      if counts[bundle.kind] == Bundle.countMax + 1 {
        problems.error(
          "bundle-count",
          "a kind has at most \(Bundle.countMax) bundles, those of the baseline among them; take some out",
          at: entry.position)
      }
    }
    return bundles
  }

  private func bundle(_ node: DocumentNode, _ problems: inout ProblemList) -> Bundle? {
    guard
      let keys = MappingReader(
        node, "a bundle", required: ["fields"], optional: ["with"], problems: &problems)
    else { return nil }
    var kinds: Set<Int> = []
    var fields: [Int] = []
    for entry in keys["fields"]?.list("the fields of a bundle", &problems) ?? [] {
      guard let name = entry.string("a field of a bundle", &problems),
        let place = field(name, at: entry.position, &problems)
      else { continue }
      kinds.insert(place.kind)
      // Where it is exact, rows stand in its order: withheld from some of them it could still be told from the others.
      if catalog.kinds[place.kind].timeField == place.field {
        problems.error(
          "bundle-time", "the time of a kind leaves with every record or with none; name it under “with”",
          at: entry.position)
      }
      if fields.contains(place.field) {
        problems.error("bundle-duplicate", "the bundle names a field twice; name it once", at: entry.position)
      }
      fields.append(place.field)
    }
    var companions: [Bundle.Companion] = []
    for member in keys["with"]?.members("“with” of a bundle", &problems) ?? [] {
      guard let place = field(member.key, at: member.keyPosition, &problems) else { continue }
      kinds.insert(place.kind)
      if let read = companion(member, place, &problems) { companions.append(read) }
    }
    if let named = keys["fields"], case .sequence(let entries) = named.content, entries.isEmpty {
      problems.error(
        "bundle-empty", "the bundle names no field; name at least one, or take the bundle out",
        at: named.position)
    }
    guard let kind = kinds.first, !fields.isEmpty else { return nil }
    guard kinds.count == 1 else {
      problems.error(
        "bundle-kinds", "the fields of the bundle are of several kinds; write one bundle for each",
        at: node.position)
      return nil
    }
    return Bundle(kind: kind, fields: fields, companions: companions, isBaseline: inherited == nil)
  }

  /// A bundled field must be one that can be named at all: never content or secret.
  private func field(
    _ name: String, at position: Position, _ problems: inout ProblemList
  ) -> (kind: Int, field: Int)? {
    guard let place = catalog.field(name, at: position, &problems) else { return nil }
    let type = catalog.kinds[place.kind].fields[place.field].type
    guard type != .content, type != .secret else {
      problems.error(
        "never-field", "a field of type \(type.word) never leaves; take it out of the bundle", at: position)
      return nil
    }
    return place
  }

  private func companion(
    _ member: DocumentNode.Member, _ place: (kind: Int, field: Int), _ problems: inout ProblemList
  ) -> Bundle.Companion? {
    if member.value.scalar == "keep" { return Bundle.Companion(field: place.field, coarsest: nil) }
    guard case .timestamp = catalog.kinds[place.kind].fields[place.field].type else {
      return member.value.wrong(
        "“with” of a field that is no timestamp", "is not keep; write keep", &problems)
    }
    return member.value.word("“with” of a timestamp", Granularity.self, &problems).map {
      Bundle.Companion(field: place.field, coarsest: $0)
    }
  }
}
