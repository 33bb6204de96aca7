/// Refuses an instrument under which a bundled field is kept by one category and released coarser by another.
///
/// A bundle withholds a kept field where its companions are missing. Were another granted category to release that
/// field coarser, then without the category that keeps it more would leave: default deny would not be monotone (design:
/// section 2, guarantee 1).
package struct BundleCheck {
  let catalog: Catalog
  let bundles: [Bundle]

  /// `bundles`: the baseline's and the policy's own.
  package init(catalog: Catalog, bundles: [Bundle]) {
    (self.catalog, self.bundles) = (catalog, bundles)
  }

  /// Adds a problem for each instrument, field and role, at the rule that is coarser.
  package func check(
    _ instruments: [Instrument], _ categories: [PolicyCategory], _ problems: inout ProblemList
  ) {
    for instrument in instruments {
      let granted = Set(instrument.grants.map(\.category))
      let rules = Dictionary(
        grouping: categories.filter { granted.contains($0.name) }.flatMap(\.rules),
        by: { FieldPlace(kind: $0.kind, field: $0.field) })
      // A field of two bundles is told of once.
      var fields: Set<FieldPlace> = []
      for bundle in bundles {
        for field in bundle.fields {
          let place = FieldPlace(kind: bundle.kind, field: field)
          if fields.insert(place).inserted { check(rules[place] ?? [], instrument, &problems) }
        }
      }
    }
  }

  /// `rules`: of one field, in categories that the instrument grants.
  private func check(_ rules: [FieldRule], _ instrument: Instrument, _ problems: inout ProblemList) {
    for role in [\FieldRule.subject, \FieldRule.other] {
      guard rules.contains(where: { $0[keyPath: role] == .keep }),
        let coarser = rules.first(where: { $0[keyPath: role] != .keep && $0[keyPath: role] != .withhold })
      else { continue }
      problems.error(
        "bundle-undone",
        """
        \(catalog.name(kind: coarser.kind, field: coarser.field)) is in a bundle, and instrument \(instrument.name) \
        grants one category that keeps it and another that releases it coarser; write one action in both
        """, at: coarser.position)
    }
  }

  private struct FieldPlace: Hashable {
    let kind: Int
    let field: Int
  }
}
