extension Catalog {
  /// Joins the schemas of a run; kinds of one name must be equal and are listed once.
  public init(schemas: [Schema], problems: inout ProblemList) {
    var kinds: [Kind] = []
    for schema in schemas {
      for kind in schema.kinds {
        guard let known = kinds.first(where: { $0.name == kind.name }) else {
          kinds.append(kind)
          continue
        }
        if known != kind {
          problems.error(
            "kind-conflict",
            "kind “\(kind.name)” is declared differently in another schema of this run; make both equal",
            at: Position(file: schema.file))
        }
      }
    }
    self.init(schemas: schemas, kinds: kinds)
  }

  /// Finds `KIND.FIELD`, or adds a problem that names the nearest one there is.
  func field(
    _ name: String, at position: Position, _ problems: inout ProblemList
  ) -> (kind: Int, field: Int)? {
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      problems.error("unknown-field", "this names no field; write KIND.FIELD", at: position)
      return nil
    }
    guard let kind = kindIndex(parts[0]) else {
      let hint = nearestNameHint(to: parts[0], in: kinds.map(\.name))
      problems.error(
        "unknown-kind",
        "no schema declares the kind of this field; give that schema or correct the name\(hint)", at: position
      )
      return nil
    }
    guard let field = kinds[kind].fields.firstIndex(where: { $0.name == parts[1] }) else {
      let names = kinds[kind].fields.map { "\(kinds[kind].name).\($0.name)" }
      let hint = nearestNameHint(to: name, in: names)
      problems.error(
        "unknown-field",
        "kind “\(kinds[kind].name)” has no such field; declare it in the schema or correct the name\(hint)",
        at: position)
      return nil
    }
    return (kind, field)
  }
}
