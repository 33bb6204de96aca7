/// An instrument as one set of policies has it in force.
struct InstrumentTerms {
  let policy: Policy
  let instrument: Instrument
  /// The code with which its demands are refused for their jurisdiction's status; nil where they pass.
  let refusal: ReasonCode?

  /// The rules of a category, empty where the instrument does not grant it.
  func rules(of category: String) -> [FieldRule] {
    guard instrument.grants.contains(where: { $0.category == category }) else { return [] }
    return policy.categories.first { $0.name == category }?.rules ?? []
  }
}

/// What differs for one instrument of a jurisdiction. One that a set does not have lets nothing out there.
struct InstrumentComparison {
  typealias Change = PolicyDifference.Change
  typealias Effect = PolicyDifference.Effect

  let jurisdiction: String
  let instrument: String
  let old: InstrumentTerms?
  let new: InstrumentTerms?
  let catalog: Catalog

  /// Conditions, then the fields of each category, in the order of the old policy's grants and then of the new one's.
  var changes: [Change] {
    var categories: [String] = []
    for grant in (old?.instrument.grants ?? []) + (new?.instrument.grants ?? [])
    where !categories.contains(grant.category) {
      categories.append(grant.category)
    }
    return conditions(categories) + categories.flatMap(fields)
  }

  // MARK: Conditions

  /// What must be met, in the words of a policy.
  private struct Condition {
    let name: String
    let text: String
    /// The larger, the more passes; nil where that does not hang on it.
    let width: Int64?
  }

  private func conditions(_ categories: [String]) -> [Change] {
    guard let old, let new else {
      func presence(_ terms: InstrumentTerms?) -> String {
        guard let terms else { return "no" }
        return terms.refusal.map { "yes, refused with \($0.rawValue)" } ?? "yes"
      }
      return [change("in-force", presence(old), presence(new), old == nil ? .wider : .stricter)]
    }
    let held = bundles(of: old)
    let bundles = held + bundles(of: new).filter { !held.contains($0) }
    return zip(conditions(old, categories, bundles), conditions(new, categories, bundles)).compactMap {
      before, after in
      guard before.text != after.text else { return nil }
      let effect: Effect =
        if let old = before.width, let new = after.width, old != new {
          old < new ? .wider : .stricter
        } else {
          .neutral
        }
      return change(before.name, before.text, after.text, effect)
    }
  }

  /// The conditions of one set, for both in the same order.
  private func conditions(
    _ terms: InstrumentTerms, _ categories: [String], _ bundles: [String]
  ) -> [Condition] {
    let held = self.bundles(of: terms)
    let instrument = terms.instrument
    func need(_ name: String, _ isRequired: Bool) -> Condition {
      Condition(name: name, text: isRequired ? "required" : "none", width: isRequired ? 0 : 1)
    }
    func permission(_ name: String, _ isGiven: Bool) -> Condition {
      Condition(name: name, text: isGiven ? "yes" : "no", width: isGiven ? 1 : 0)
    }
    let days = instrument.longestPeriodSeconds / 86_400
    let isWholeDays = instrument.longestPeriodSeconds % 86_400 == 0
    return [
      Condition(
        name: "status", text: terms.refusal?.rawValue ?? "passes", width: terms.refusal == nil ? 1 : 0),
      need("approval", instrument.requiresApproval), need("document", instrument.requiresDocument),
      Condition(
        name: "longest-period",
        text: isWholeDays ? "\(days) days" : "\(instrument.longestPeriodSeconds) seconds",
        width: instrument.longestPeriodSeconds),
      permission("prospective", instrument.isProspective), permission("via-treaty", instrument.isViaTreaty),
      Condition(
        name: "class", text: instrument.instrumentClass.rawValue,
        width: instrument.instrumentClass == .preservation ? 0 : 1),
      Condition(
        name: "smallest-count", text: String(terms.policy.smallestCount),
        width: -Int64(terms.policy.smallestCount)),
      Condition(name: "cites", text: instrument.cites, width: nil),
    ]
      + categories.map { category in
        let grant = instrument.grants.first { $0.category == category }
        return Condition(
          name: "grant \(category)",
          text: grant.map { $0.requiresApproval ? "with approval" : "yes" } ?? "no",
          width: grant.map { $0.requiresApproval ? 1 : 2 } ?? 0)
      }
      + bundles.map { bundle in
        let isHeld = held.contains(bundle)
        return Condition(name: "bundle \(bundle)", text: isHeld ? "held" : "none", width: isHeld ? 0 : 1)
      }
  }

  /// The bundles that hold under a policy, in words: whether it is the policy or the baseline that has one makes no
  /// difference to what leaves.
  private func bundles(of terms: InstrumentTerms) -> [String] {
    terms.policy.bundles.map { Explanation.BundleRow($0, of: catalog.kinds[$0.kind]).text }
  }

  private func change(_ condition: String, _ old: String, _ new: String, _ effect: Effect) -> Change {
    Change(
      jurisdictions: [jurisdiction], instruments: [instrument], category: nil, what: condition, role: nil,
      old: old, new: new, effect: effect, oldRule: nil, newRule: nil)
  }

  // MARK: Fields

  private func fields(of category: String) -> [Change] {
    let oldRules = old?.rules(of: category) ?? []
    let newRules = new?.rules(of: category) ?? []
    return catalog.kinds.enumerated().flatMap { kindIndex, kind in
      kind.fields.enumerated().flatMap { index, field in
        changes(
          category, "\(kind.name).\(field.name)", field,
          oldRules.first { $0.kind == kindIndex && $0.field == index },
          newRules.first { $0.kind == kindIndex && $0.field == index })
      }
    }
  }

  private func changes(
    _ category: String, _ name: String, _ field: Field, _ old: FieldRule?, _ new: FieldRule?
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
        role.word, before.words(for: field.type), after.words(for: field.type), Effect(before, after))
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
  fileprivate init(_ old: Action, _ new: Action) {
    self =
      switch (new.isStricterOrEqual(to: old), old.isStricterOrEqual(to: new)) {
      case (true, true): .neutral
      case (true, false): .stricter
      case (false, true): .wider
      case (false, false): .incomparable
      }
  }
}

extension Action {
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
