extension ReleasePlan {
  /// Compiles what an instrument's granted categories let out.
  ///
  /// For each field and role the least strict of the granted rules holds. Rules are taken in the order of the
  /// policy's categories, so that of two equal rules the same category is named whatever the demand's order.
  package convenience init(policy: Policy, instrument: Instrument, categories: [String], catalog: Catalog) {
    let granted = policy.categories.filter { categories.contains($0.name) }
    var kinds: [KindPlan] = []
    for (kindIndex, kind) in catalog.kinds.enumerated() {
      var named = [[CategoryRule]](repeating: [], count: kind.fields.count)
      for category in granted {
        for rule in category.rules where rule.kind == kindIndex {
          named[rule.field].append(CategoryRule(category: category.name, rule: rule))
        }
      }
      let fields = named.indices.filter { !named[$0].isEmpty }.map { index in
        FieldPlan(
          fieldIndex: index, field: kind.fields[index], rules: named[index], citation: instrument.cites)
      }
      guard !fields.isEmpty else { continue }
      kinds.append(
        KindPlan(
          kindIndex: kindIndex, kind: kind, fields: fields,
          bundles: policy.bundles.filter { $0.kind == kindIndex }))
    }
    self.init(kinds: kinds)
  }
}

/// A field's rule and the category that states it.
private struct CategoryRule {
  let category: String
  let rule: FieldRule
}

extension FieldPlan {
  /// - Parameter rules: of granted categories, at least one, in the order of the policy.
  fileprivate init(fieldIndex: Int, field: Field, rules: [CategoryRule], citation: String) {
    func leastStrict(_ action: KeyPath<FieldRule, Action>) -> RolePlan {
      var least = rules[0]
      for candidate in rules.dropFirst() {
        let held = least.rule[keyPath: action]
        let offered = candidate.rule[keyPath: action]
        // A policy whose instrument grants two rules that cannot be compared does not load.
        let isStricter = held.isStricterOrEqual(to: offered)
        let isNoLooser = offered.isStricterOrEqual(to: held)
        precondition(isStricter || isNoLooser, "two granted rules without an order")
        if !isNoLooser { least = candidate }
      }
      return RolePlan(
        action: least.rule[keyPath: action], category: least.category, citation: citation,
        position: least.rule.position)
    }
    // A value that cannot be read withholds the field where any category that releases the field says so. The
    // stricter-looking reading, to reject the record unless every category says so, would not be monotone:
    // without the category that rejects, the record would leave, so removing a line would add output.
    let withholdsOnError = rules.contains { $0.rule.withholdsOnError && $0.rule.isReleasing }
    self.init(
      fieldIndex: fieldIndex, field: field, subject: leastStrict(\.subject), other: leastStrict(\.other),
      withholdsOnError: withholdsOnError)
  }
}

extension FieldRule {
  /// Whether the field leaves for some role.
  var isReleasing: Bool { subject != .withhold || other != .withhold }
}
