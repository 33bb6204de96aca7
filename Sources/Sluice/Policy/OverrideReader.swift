/// Reads the approved widenings of a policy beyond the baseline.
struct OverrideReader {
  let catalog: Catalog
  let baseline: Baseline
  let now: Instant

  func read(_ node: DocumentNode?, _ problems: inout ProblemList) -> [Override] {
    var overrides: [Override] = []
    for entry in node?.list("overrides", &problems) ?? [] {
      guard let override = override(entry, &problems) else { continue }
      if override.until <= now {
        problems.warning(
          "override-expired",
          "this override no longer counts: its “until” has passed; take it out, or have it approved again",
          at: entry.position)
      }
      overrides.append(override)
    }
    return overrides
  }

  private func override(_ node: DocumentNode, _ problems: inout ProblemList) -> Override? {
    guard
      let keys = MappingReader(
        node, "an override", required: ["field", "role", "action", "reason", "approved-by", "until"],
        problems: &problems)
    else { return nil }
    let role = keys["role"]?.word("role", Override.Role.self, &problems)
    let reason = keys["reason"]?.text("reason", &problems)
    let approvedBy = keys["approved-by"]?.text("approved-by", &problems)
    let until = keys["until"]?.date("until", &problems)
    guard let fieldNode = keys["field"], let name = fieldNode.string("field", &problems),
      let place = catalog.field(name, at: fieldNode.position, &problems)
    else { return nil }
    let field = catalog.kinds[place.kind].fields[place.field]
    let action = keys["action"].flatMap { ActionReader(type: field.type).read($0, &problems) }
    if baseline.rule(kind: place.kind, field: place.field) == nil {
      problems.error(
        "override-field", "the baseline does not name this field, and no override can; take it out",
        at: fieldNode.position
      )
    }
    if let role, (role == .record) == field.hasRoles {
      let words = field.hasRoles ? "subject or other" : "record"
      problems.error("override-role", "the field has another role; write \(words)", at: node.position)
    }
    if case .text = field.type, role == .other, let action, action != .withhold {
      problems.error(
        "text-other", "text of another person never leaves; take the override out", at: node.position)
    }
    guard let role, let reason, let approvedBy, let until, let action else { return nil }
    return Override(
      kind: place.kind, field: place.field, role: role, action: action, reason: reason,
      approvedBy: approvedBy, until: until, position: node.position)
  }
}

extension Override.Role: CaseIterable {
  /// The roles in the order in which a problem names them.
  public static let allCases: [Override.Role] = [.subject, .other, .record]
}
