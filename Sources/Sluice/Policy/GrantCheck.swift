/// Refuses an instrument that grants two rules for one field which the strictness order cannot compare: it could
/// not be said which of them holds.
struct GrantCheck {
  let catalog: Catalog

  func check(
    _ instruments: [Instrument], _ categories: [PolicyCategory], _ problems: inout ProblemList
  ) {
    var reported: Set<Position> = []
    for instrument in instruments {
      let granted = Set(instrument.grants.map(\.category))
      var seen: [FieldPlace: [FieldRule]] = [:]
      for rule in categories.filter({ granted.contains($0.name) }).flatMap(\.rules) {
        let place = FieldPlace(kind: rule.kind, field: rule.field)
        let kind = catalog.kinds[rule.kind]
        let isComparable = seen[place, default: []].allSatisfy {
          Action.leastStrict($0.subject, rule.subject) != nil
            && Action.leastStrict($0.other, rule.other) != nil
        }
        if !isComparable, reported.insert(rule.position).inserted {
          problems.error(
            "not-comparable",
            """
            instrument “\(instrument.name)” grants two categories whose actions for \
            “\(kind.name).\(kind.fields[rule.field].name)” cannot be compared; make one stricter
            """, at: rule.position)
        }
        seen[place, default: []].append(rule)
      }
    }
  }

  private struct FieldPlace: Hashable {
    let kind: Int
    let field: Int
  }
}
