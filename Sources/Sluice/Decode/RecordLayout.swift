/// A schema compiled for decoding: each path it reads has a slot, each key a node of a tree.
///
/// Made once a run and shared by all workers; nothing in it changes.
package final class RecordLayout: Sendable {
  /// A kind as the decoder and the selector need it.
  package struct KindLayout: Sendable {
    /// Index into the catalog's kinds.
    package let kindIndex: Int
    package let conditions: [(slot: Int, value: [UInt8])]
    package let fields: [FieldLayout]
    package let timeField: Int?
    /// Indices into `fields`.
    package let parties: [Int]
    /// A bit a slot: the slots of this kind's fields and conditions.
    package let slotMask: [UInt64]
    /// The slots of fields of type content and secret, with the field's name in the report.
    package let neverSlots: [(slot: Int, name: String)]
  }

  /// Where a field's value stands. `second` is the longitude of a point.
  package struct FieldLayout: Sendable {
    package let slots: [Int]
    package let second: Int?
  }

  /// A key of the tree: it leads to a slot, to further keys, or (during decoding) to nothing known.
  package struct Key: Sendable {
    package let bytes: [UInt8]
    package let slot: Int?
    package let child: Int?
  }

  package struct Node: Sendable {
    /// The dotted path that leads here, empty for the record's own object.
    package var path: String
    package var keys: [Key]
    /// Every slot below, to be marked where something else stands here.
    package var slots: [Int]
  }

  package let slotCount: Int
  package let kinds: [KindLayout]
  package let nodes: [Node]
  /// The dotted text of each slot's path; empty for constants.
  package let slotPaths: [String]
  /// The slots of parties and mentions.
  let identifierSlots: Set<Int>
  /// The slots of `from: source` fields, by the field's name.
  package let sourceSlots: [(name: String, slot: Int)]

  package init(schema: Schema, catalog: Catalog) {
    var builder = Builder()
    kinds = schema.kinds.map { kind in
      guard let index = catalog.kindIndex(kind.name) else {
        preconditionFailure("the catalog holds every kind of its schemas")
      }
      return builder.add(kind, index: index)
    }
    slotCount = builder.paths.count
    slotPaths = builder.paths.map(\.text)
    identifierSlots = builder.identifierSlots
    sourceSlots = builder.sourceSlots
    nodes = builder.nodes()
  }

  /// Whether a table of these columns, whose source gives these constants, may hold a record of some kind: one that can be
  /// told from the others, has a time where its kind has one, and a party.
  package func canHold(columns: [[UInt8]], constants: [String: String]) -> Bool {
    let columns = Set(columns)
    var given = Set(slotPaths.indices.filter { columns.contains(Array(slotPaths[$0].utf8)) })
    for (name, slot) in sourceSlots where constants[name] != nil { given.insert(slot) }
    return kinds.contains { kind in
      func isGiven(_ field: Int) -> Bool { kind.fields[field].slots.contains(where: given.contains) }
      return kind.conditions.allSatisfy { given.contains($0.slot) }
        && (kind.timeField.map(isGiven) ?? true) && kind.parties.contains(where: isGiven)
    }
  }

  /// Words of a bit mask over the slots.
  package var maskWordCount: Int { (slotCount + 63) / 64 }

  private struct Builder {
    var paths: [SourcePath] = []
    var slotOfPath: [SourcePath: Int] = [:]
    var identifierSlots: Set<Int> = []
    var sourceSlots: [(name: String, slot: Int)] = []

    mutating func slot(_ path: SourcePath) -> Int {
      if let slot = slotOfPath[path] { return slot }
      paths.append(path)
      slotOfPath[path] = paths.count - 1
      return paths.count - 1
    }

    mutating func slot(source name: String) -> Int {
      if let known = sourceSlots.first(where: { $0.name == name }) { return known.slot }
      paths.append(SourcePath([]))
      sourceSlots.append((name, paths.count - 1))
      return paths.count - 1
    }

    mutating func add(_ kind: Kind, index: Int) -> KindLayout {
      let conditions = kind.conditions.map { (slot: slot($0.path), value: Array($0.value.utf8)) }
      let fields = kind.fields.map { field in
        switch field.origin {
        case .paths(let paths): FieldLayout(slots: paths.map { slot($0) }, second: nil)
        case .point(let latitude, let longitude):
          FieldLayout(slots: [slot(latitude)], second: slot(longitude))
        case .source: FieldLayout(slots: [slot(source: field.name)], second: nil)
        }
      }
      for index in kind.parties + kind.mentions { identifierSlots.formUnion(fields[index].slots) }
      let used = conditions.map(\.slot) + fields.flatMap { $0.slots + [$0.second].compactMap { $0 } }
      var mask = [UInt64](repeating: 0, count: paths.count / 64 + 1)
      for slot in used { mask[slot / 64] |= 1 << UInt64(slot % 64) }
      var never: [(slot: Int, name: String)] = []
      for (field, layout) in zip(kind.fields, fields) where field.type == .content || field.type == .secret {
        never += layout.slots.map { ($0, "\(kind.name).\(field.name)") }
      }
      return KindLayout(
        kindIndex: index, conditions: conditions, fields: fields, timeField: kind.timeField,
        parties: kind.parties, slotMask: mask, neverSlots: never)
    }

    /// The tree of keys; every path was checked by the schema, so none is both a value and a container.
    func nodes() -> [Node] {
      var nodes = [Node(path: "", keys: [], slots: [])]
      for (slot, path) in paths.enumerated() where !path.keys.isEmpty {
        var node = 0
        for (depth, key) in path.keys.enumerated() {
          let bytes = Array(key.utf8)
          nodes[node].slots.append(slot)
          if depth == path.keys.count - 1 {
            nodes[node].keys.append(Key(bytes: bytes, slot: slot, child: nil))
          } else if let child = nodes[node].keys.first(where: { $0.bytes == bytes })?.child {
            node = child
          } else {
            nodes.append(
              Node(path: path.keys[...depth].joined(separator: "."), keys: [], slots: []))
            nodes[node].keys.append(Key(bytes: bytes, slot: nil, child: nodes.count - 1))
            node = nodes.count - 1
          }
        }
      }
      return nodes
    }
  }
}
