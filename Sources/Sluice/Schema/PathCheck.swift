/// Checks that the paths of a kind's fields can all be read from one record.
struct PathCheck {
  let kind: String
  let drafts: [FieldDraft]
  let conditions: [KindCondition]
  let position: Position

  func check(_ problems: inout ProblemList) {
    var owners: [SourcePath: String] = [:]
    for draft in drafts {
      for path in Self.paths(of: draft) {
        if let owner = owners[path] {
          problems.error(
            "path-duplicate", "“\(draft.name)” reads what “\(owner)” reads already; take one of them out",
            at: draft.position)
        }
        owners[path] = draft.name
      }
    }
    checkContainers(owners, &problems)
    var paths: Set<SourcePath> = []
    for condition in conditions where !paths.insert(condition.path).inserted {
      problems.error("when-duplicate", "“when” names a path twice; name it once", at: position)
    }
  }

  /// A path that leads to a value cannot also lead into one.
  private func checkContainers(_ owners: [SourcePath: String], _ problems: inout ProblemList) {
    let values = Set(owners.keys).union(conditions.map(\.path))
    for draft in drafts {
      for path in Self.paths(of: draft) where hasValueAbove(path, values) {
        problems.error(
          "path-conflict",
          "“\(draft.name)” is read from inside of what another field or “when” reads as a value; correct "
            + "one of their paths",
          at: draft.position)
      }
    }
    for condition in conditions where hasValueAbove(condition.path, Set(owners.keys)) {
      problems.error(
        "path-conflict",
        "“when” reads from inside of what a field reads as a value; correct one of their paths", at: position)
    }
  }

  private func hasValueAbove(_ path: SourcePath, _ values: Set<SourcePath>) -> Bool {
    (1..<path.keys.count).contains { values.contains(SourcePath(Array(path.keys.prefix($0)))) }
  }

  private static func paths(of draft: FieldDraft) -> [SourcePath] {
    switch draft.origin {
    case .paths(let paths): paths
    case .point(let latitude, let longitude): [latitude, longitude]
    case .source: []
    }
  }
}
