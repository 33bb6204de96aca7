/// What differs for one instrument of a jurisdiction. One that a set does not have lets nothing out there.
struct InstrumentComparison {
  typealias Change = PolicyDifference.Change
  typealias Effect = PolicyDifference.Effect

  let jurisdiction: String
  let instrument: String
  let old: InstrumentTerms?
  let new: InstrumentTerms?
  let catalog: Catalog
  let now: Instant

  /// Conditions, then the fields of each category.
  var changes: [Change] { conditions + categories.flatMap(fields) }

  /// Those granted under either set, in the order of the old policy's grants and then of the new one's.
  var categories: [String] {
    ((old?.instrument.grants ?? []) + (new?.instrument.grants ?? [])).map(\.category).unique()
  }

  private func fields(of category: String) -> [Change] {
    let oldRules = old?.rules(of: category) ?? []
    let newRules = new?.rules(of: category) ?? []
    return catalog.kinds.enumerated().flatMap { kindIndex, kind in
      kind.fields.enumerated().flatMap { index, field in
        changes(
          category, "\(kind.name).\(field.name)", field, isBundled: isBundled(kindIndex, index),
          oldRules.first { $0.kind == kindIndex && $0.field == index },
          newRules.first { $0.kind == kindIndex && $0.field == index })
      }
    }
  }

  /// Whether a field leaves only with others where it is kept, under either set.
  private func isBundled(_ kind: Int, _ field: Int) -> Bool {
    [old, new].contains { terms in
      terms?.policy.bundles.contains { $0.kind == kind && $0.fields.contains(field) } ?? false
    }
  }

  private func changes(
    _ category: String, _ name: String, _ field: Field, isBundled: Bool, _ old: FieldRule?, _ new: FieldRule?
  ) -> [Change] {
    func change(_ role: String, _ before: String, _ after: String, _ effect: Effect) -> Change {
      Change(
        jurisdictions: [jurisdiction], instruments: [instrument], category: category, what: name, role: role,
        old: before, new: after, effect: effect, oldRule: old?.position, newRule: new?.position)
    }
    let roles: [(word: String, action: KeyPath<FieldRule, Action>)] =
      field.hasRoles ? [("subject", \.subject), ("other", \.other)] : [("record", \.subject)]
    var changes: [Change] = roles.compactMap { role in
      let before = old?[keyPath: role.action] ?? .withhold
      let after = new?[keyPath: role.action] ?? .withhold
      guard before != after else { return nil }
      return change(
        role.word, before.words(for: field.type), after.words(for: field.type),
        Effect(before, after, isBundled: isBundled))
    }
    if let old, let new, old.isReleasing, new.isReleasing, old.withholdsOnError != new.withholdsOnError {
      let (rejects, withholds) = ("rejects the record", "withholds the field")
      changes.append(
        new.withholdsOnError
          ? change("unreadable", rejects, withholds, .wider)
          : change("unreadable", withholds, rejects, .stricter))
    }
    return changes
  }
}

extension PolicyDifference.Effect {
  /// What it does that one action takes another one's place.
  fileprivate init(_ old: Action, _ new: Action, isBundled: Bool) {
    // A bundle holds what is kept alone: a coarser value leaves where the exact one was held.
    let isFreed = isBundled && (old == .keep) != (new == .keep) && old.leaves && new.leaves
    self =
      switch (new.isStricterOrEqual(to: old), old.isStricterOrEqual(to: new)) {
      case _ where isFreed: .incomparable
      case (true, true): .neutral
      case (true, false): .stricter
      case (false, true): .wider
      case (false, false): .incomparable
      }
  }
}

extension Action {
  /// Whether anything of a value leaves.
  fileprivate var leaves: Bool { self != .withhold && self != .redact }

  /// The action in words that tell any two apart; a map by its entries, in the order of its inputs.
  fileprivate func words(for type: FieldType) -> String {
    switch self {
    case .withhold: "withheld"
    case .map(let entries):
      "map " + entries.sorted { $0.key < $1.key }.map { "\($0.key) to \($0.value)" }.joined(separator: ", ")
    default: description(for: type)
    }
  }
}
