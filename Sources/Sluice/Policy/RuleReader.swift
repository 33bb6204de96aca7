/// Reads what a policy or the baseline says of one field: an action, or one for each role.
struct RuleReader {
  let catalog: Catalog

  struct Rule {
    let kind: Int
    let field: Int
    let subject: Action
    let other: Action
    let withholdsOnError: Bool
    let position: Position
  }

  /// - Parameter needsBothRoles: the baseline writes both; in a policy a bare action is the subject's, and `other`
  ///   is withheld until it is written.
  func read(
    _ member: DocumentNode.Member, needsBothRoles: Bool, _ problems: inout ProblemList
  ) -> Rule? {
    guard let place = catalog.field(member.key, at: member.keyPosition, &problems) else { return nil }
    let field = catalog.kinds[place.kind].fields[place.field]
    guard field.type != .content, field.type != .secret else {
      problems.error(
        "never-field", "a field of type \(field.type.word) never leaves; take it out of the policy",
        at: member.keyPosition)
      return nil
    }
    guard let parts = parts(of: member.value, &problems) else { return nil }
    let reader = ActionReader(type: field.type)
    let subject = parts.subject.flatMap { reader.read($0, &problems) }
    let other = parts.other.flatMap { reader.read($0, &problems) }
    guard (parts.subject == nil) == (subject == nil), (parts.other == nil) == (other == nil) else {
      return nil
    }
    checkRoles(parts, field, member, needsBothRoles: needsBothRoles, &problems)
    if case .text = field.type, let other, other != .withhold, field.hasRoles {
      problems.error(
        "text-other", "text of another person never leaves; write withhold", at: member.value.position)
      return nil
    }
    guard let first = subject ?? other else { return nil }
    let subjectAction = subject ?? .withhold
    return Rule(
      kind: place.kind, field: place.field, subject: field.hasRoles ? subjectAction : first,
      other: field.hasRoles ? other ?? .withhold : first, withholdsOnError: parts.withholdsOnError,
      position: member.keyPosition)
  }

  private struct Parts {
    var subject: DocumentNode?
    var other: DocumentNode?
    var hasRoles = false
    var withholdsOnError = false
  }

  private func parts(of node: DocumentNode, _ problems: inout ProblemList) -> Parts? {
    guard case .mapping(let members) = node.content else { return Parts(subject: node) }
    var parts = Parts()
    var rest: [DocumentNode.Member] = []
    for member in members {
      switch member.key {
      case "on-error":
        guard member.value.scalar == "withhold" else {
          problems.error(
            "on-error",
            "“on-error” says something else than withhold; write withhold, or leave it out and the "
              + "record is rejected",
            at: member.value.position)
          return nil
        }
        parts.withholdsOnError = true
      case "subject": parts.subject = member.value
      case "other": parts.other = member.value
      default: rest.append(member)
      }
    }
    parts.hasRoles = parts.subject != nil || parts.other != nil
    if parts.hasRoles {
      for member in rest { unknown(member, in: ["subject", "other", "on-error"], &problems) }
      return parts
    }
    guard rest.count == 1, let member = rest.first else {
      problems.error(
        "action-invalid",
        "this is no rule; write one action, or { subject: …, other: … }, with “on-error” if wanted",
        at: node.position)
      return nil
    }
    let isLongForm = member.key == "action"
    parts.subject =
      isLongForm ? member.value : DocumentNode(.mapping([member]), at: member.keyPosition)
    return parts
  }

  private func unknown(
    _ member: DocumentNode.Member, in known: [String], _ problems: inout ProblemList
  ) {
    let hint = nearestNameHint(to: member.key, in: known)
    problems.error(
      "unknown-key",
      "a rule with roles has no key \(DocumentNode.printable(member.key, or: "of this name")); correct it or take it "
        + "out\(hint)",
      at: member.keyPosition)
  }

  private func checkRoles(
    _ parts: Parts, _ field: Field, _ member: DocumentNode.Member, needsBothRoles: Bool,
    _ problems: inout ProblemList
  ) {
    if !field.hasRoles, parts.hasRoles {
      problems.error(
        "roles-of-record", "“\(field.name)” is the record's own and has no roles; write one action",
        at: member.value.position)
    }
    if field.hasRoles, needsBothRoles, parts.subject == nil || parts.other == nil {
      problems.error(
        "roles-missing",
        "the field is someone's, and has one action for both roles; write “subject” and “other”",
        at: member.value.position)
    }
  }
}
