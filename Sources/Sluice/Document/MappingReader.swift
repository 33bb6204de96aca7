/// Reads a mapping whose keys are all declared: unknown keys are problems, and so are missing ones.
package struct MappingReader {
  package let position: Position
  /// Looked through for a key: there are few, and only declared ones are asked for.
  private let members: [DocumentNode.Member]

  /// Returns nil where the node is no mapping. An unknown key is reported with the declared one nearest to it.
  /// - Parameter what: how messages call the mapping, for example `an instrument`.
  package init?(
    _ node: DocumentNode, _ what: String, required: [String], optional: [String] = [],
    problems: inout ProblemList
  ) {
    guard let members = node.members(what, &problems) else { return nil }
    position = node.position
    self.members = members
    for member in members where !required.contains(member.key) && !optional.contains(member.key) {
      let hint = nearestNameHint(to: member.key, in: required + optional)
      problems.error(
        "unknown-key",
        "\(what) has no key \(DocumentNode.printable(member.key, or: "of this name")); correct it or take it out\(hint)",
        at: member.keyPosition)
    }
    for key in required where self[key] == nil {
      problems.error("missing-key", "\(what) lacks the key “\(key)”; add it", at: position)
    }
  }

  /// The value of a declared key; nil where it is left out, which for a required one is already reported.
  package subscript(_ key: String) -> DocumentNode? {
    members.first { $0.key == key }?.value
  }

  /// Checks the first line of every document, `sluice: KIND/1`.
  package func checkFormat(_ format: String, _ problems: inout ProblemList) {
    guard let node = self["sluice"], node.scalar != format else { return }
    problems.error(
      "wrong-format",
      "this file is of another format than is read here; give another, or write “sluice: \(format)”",
      at: node.position)
  }
}
