/// Holds every rule of a policy against the baseline: equal or stricter, or named by an override that counts.
struct BaselineCheck {
  let catalog: Catalog
  let baseline: Baseline
  let overrides: [Override]
  let now: Instant

  func check(_ categories: [PolicyCategory], _ problems: inout ProblemList) {
    for rule in categories.flatMap(\.rules) { check(rule, &problems) }
  }

  private func check(_ rule: FieldRule, _ problems: inout ProblemList) {
    let kind = catalog.kinds[rule.kind]
    let field = kind.fields[rule.field]
    guard let limit = baseline.rule(kind: rule.kind, field: rule.field) else {
      problems.error(
        "not-in-baseline",
        "the baseline does not name “\(kind.name).\(field.name)”, so no policy may; take it out, or have "
          + "the baseline name it",
        at: rule.position)
      return
    }
    guard field.hasRoles else {
      check(rule.subject, limit.subject, .record, rule, &problems)
      return
    }
    check(rule.subject, limit.subject, .subject, rule, &problems)
    check(rule.other, limit.other, .other, rule, &problems)
  }

  private func check(
    _ action: Action, _ limit: Action, _ role: Override.Role, _ rule: FieldRule,
    _ problems: inout ProblemList
  ) {
    let field = catalog.kinds[rule.kind].fields[rule.field]
    if action.isStricterOrEqual(to: limit) { return }
    let named = overrides.filter {
      $0.kind == rule.kind && $0.field == rule.field && $0.role == role && $0.action == action
    }
    if named.contains(where: { now < $0.until }) { return }
    let name = "\(catalog.kinds[rule.kind].name).\(field.name)"
    let advice =
      named.isEmpty ? "make it equal or stricter" : "its override has expired; make it equal or stricter"
    problems.error(
      "wider-than-baseline",
      "\(action.word) of “\(name)” for \(role.rawValue) is wider than the baseline's \(limit.word); \(advice)",
      at: rule.position)
  }
}
