/// What is likely wrong, or worth a second look, in one policy that loads.
enum PolicyLint {
  static func problems(_ policy: Policy, catalog: Catalog, now: Instant) -> [Problem] {
    overdueReview(policy, now: now) + idleInstruments(policy) + idleCategories(policy)
      + timelessTimestamps(policy, catalog: catalog) + bundles(policy, catalog: catalog)
  }

  /// The review is overdue once the day of `next-review` has passed.
  private static func overdueReview(_ policy: Policy, now: Instant) -> [Problem] {
    guard let entry = policy.status(at: now), let nextReview = entry.nextReview else { return [] }
    guard nextReview.seconds + 86_400 <= now.seconds else { return [] }
    return [
      Problem(
        "review-overdue",
        """
        the status in force, \(entry.state.rawValue), is past its next-review date; \
        it stays in force; ask its owner for a new entry or date
        """, at: Position(file: policy.file), severity: .warning)
    ]
  }

  private static func idleInstruments(_ policy: Policy) -> [Problem] {
    policy.instruments.filter { $0.grants.isEmpty && $0.instrumentClass != .preservation }.map { instrument in
      Problem(
        "instrument-grants-nothing",
        "instrument \(instrument.name) grants no category, so every demand under it is refused; grant "
          + "one, or take the instrument out",
        at: instrument.position, severity: .warning)
    }
  }

  private static func idleCategories(_ policy: Policy) -> [Problem] {
    let granted = Set(policy.instruments.flatMap { $0.grants.map(\.category) })
    return policy.categories.filter { !granted.contains($0.name) }.map { category in
      Problem(
        "category-never-granted", "no instrument grants category \(category.name); grant it, or take it out",
        at: category.rules.first?.position ?? Position(file: policy.file), severity: .warning)
    }
  }

  /// Kinds without a time are in every period, so their timestamps tell of instants outside it.
  private static func timelessTimestamps(_ policy: Policy, catalog: Catalog) -> [Problem] {
    policy.categories.flatMap(\.rules).compactMap { rule in
      let kind = catalog.kinds[rule.kind]
      guard kind.timeField == nil, rule.isReleasing else { return nil }
      guard case .timestamp = kind.fields[rule.field].type else { return nil }
      return Problem(
        "timestamp-without-period",
        """
        \(catalog.name(kind: rule.kind, field: rule.field)) leaves whatever the period is, \
        because kind \(kind.name) has no time that the period is matched on; \
        give the kind a time, or see that this is meant
        """, at: rule.position, severity: .warning)
    }
  }

  private static func bundles(_ policy: Policy, catalog: Catalog) -> [Problem] {
    var found: [Problem] = []
    for instrument in policy.instruments {
      let names = instrument.grants.map(\.category)
      let plan = ReleasePlan(policy: policy, instrument: instrument, categories: names, catalog: catalog)
      for kind in plan.kinds {
        for bundle in kind.bundles {
          found += neverWhole(bundle, in: kind, instrument: instrument, catalog: catalog)
        }
      }
    }
    return found
  }

  private static func neverWhole(
    _ bundle: Bundle, in kind: KindPlan, instrument: Instrument, catalog: Catalog
  ) -> [Problem] {
    let kept = kind.fields.filter { plan in
      bundle.fields.contains(plan.fieldIndex) && (plan.subject.action == .keep || plan.other.action == .keep)
    }
    let isWhole =
      bundle.fields.allSatisfy { index in
        kind.fields.contains { $0.fieldIndex == index && $0.isReleased }
      }
      && bundle.companions.allSatisfy { companion in
        kind.fields.contains { plan in
          plan.fieldIndex == companion.field
            && (companion.isMet(by: plan.subject.action) || companion.isMet(by: plan.other.action))
        }
      }
    guard !isWhole else { return [] }
    return kept.map { plan in
      Problem(
        "bundle-never-whole",
        """
        \(catalog.name(kind: bundle.kind, field: plan.fieldIndex)) never leaves under instrument \
        \(instrument.name): its bundle asks for fields that the instrument's categories withhold or coarsen; \
        keep those, or take the bundle's fields out of the categories
        """, at: plan.subject.position, severity: .warning)
    }
  }
}

extension Bundle.Companion {
  /// Whether an action leaves the companion at least as fine as the bundle asks.
  fileprivate func isMet(by action: Action) -> Bool {
    if action == .keep { return true }
    guard let coarsest, case .truncate(let granularity) = action else { return false }
    return granularity.isWithin(coarsest)
  }
}
