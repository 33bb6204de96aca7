extension InstrumentComparison {
  /// What a demand must meet and what is held back beside fields, in the words of a policy.
  var conditions: [Change] {
    guard let old, let new else { return [presence] }
    let categories = categories
    return status(old, new)
      + [
        need("approval", old, new, \.instrument.requiresApproval),
        need("document", old, new, \.instrument.requiresDocument),
        change(
          "longest-period", old, new, \.instrument.longestPeriodSeconds, Self.days, Self.wider(where: <)),
        permission("prospective", old, new, \.instrument.isProspective),
        permission("via-treaty", old, new, \.instrument.isViaTreaty),
        change(
          "class", old, new, \.instrument.instrumentClass, \.rawValue,
          { $0 == .preservation ? .wider : $1 == .preservation ? .stricter : .neutral }),
        // Exact counts tell the most.
        change(
          "report-band", old, new, { $0.instrument.reportBand ?? 0 }, { $0 == 0 ? "exact" : String($0) },
          Self.wider(where: >)),
        change("smallest-count", old, new, \.policy.smallestCount, { String($0) }, Self.wider(where: >)),
        change("cites", old, new, \.instrument.cites, { $0 }, { _, _ in .neutral }),
      ].compactMap { $0 }
      + categories.flatMap { category(named: $0, old, new) }
      + bundles(old, new, of: categories)
  }

  /// That one set alone has the instrument in force.
  private var presence: Change {
    func word(_ terms: InstrumentTerms?) -> String {
      guard let terms else { return "no" }
      return terms.refusal(received: now).map { "yes, refused with \($0.rawValue)" } ?? "yes"
    }
    return change("in-force", word(old), word(new), old == nil ? .wider : .stricter)
  }

  // MARK: Status

  /// A demand must pass the status at its receipt as well as now, so what a policy says of the past counts too.
  private func status(_ old: InstrumentTerms, _ new: InstrumentTerms) -> [Change] {
    struct Span: Equatable {
      let old: ReasonCode?
      let new: ReasonCode?
    }
    let starts = Set(old.statusStarts + new.statusStarts).sorted()
    var spans: [(from: Instant?, span: Span)] = []
    for start in [nil] + starts.map(Optional.some) {
      let received = start ?? Instant(seconds: .min)
      let span = Span(old: old.refusal(received: received), new: new.refusal(received: received))
      if spans.last?.span != span { spans.append((start, span)) }
    }
    return spans.indices.reversed().compactMap { index in
      let (from, span) = spans[index]
      guard span.old != span.new else { return nil }
      let effect: Effect = span.old == nil ? .stricter : span.new == nil ? .wider : .neutral
      let until = index + 1 < spans.count ? spans[index + 1].from : nil
      return change(
        Self.statusName(from, until), span.old?.rawValue ?? "passes", span.new?.rawValue ?? "passes", effect)
    }
  }

  /// Of the demands received now, or in an earlier span.
  private static func statusName(_ from: Instant?, _ until: Instant?) -> String {
    guard let until else { return "status" }
    return from.map { "status, received from \($0.text) until \(until.text)" }
      ?? "status, received before \(until.text)"
  }

  // MARK: Categories

  private func category(
    named name: String, _ old: InstrumentTerms, _ new: InstrumentTerms
  ) -> [Change] {
    let grant = change(
      "grant \(name)", old, new, { terms in terms.grant(of: name).map { $0.requiresApproval ? 1 : 2 } ?? 0 },
      { ["no", "with approval", "yes"][$0] }, Self.wider(where: <))
    guard old.grant(of: name) != nil, new.grant(of: name) != nil else { return [grant].compactMap { $0 } }
    // A kind counts as soon as a rule names it, even to withhold: its records are reached and counted in the packet.
    let kinds = change(
      "kinds \(name)", old, new, { Set($0.rules(of: name).map(\.kind)) },
      { kinds in kinds.sorted().map { catalog.kinds[$0].name }.joined(separator: ",") },
      { $0.isSubset(of: $1) ? .wider : $1.isSubset(of: $0) ? .stricter : .incomparable })
    let period = need("period \(name)", old, new) { terms in
      terms.rules(of: name).contains { catalog.kinds[$0.kind].timeField != nil }
    }
    return [grant, kinds, period].compactMap { $0 }
  }

  // MARK: Bundles

  /// The bundles of kinds that a granted category names. Whether the policy or the baseline holds one makes no difference.
  private func bundles(
    _ old: InstrumentTerms, _ new: InstrumentTerms, of categories: [String]
  ) -> [Change] {
    let kinds = Set(categories.flatMap { old.rules(of: $0) + new.rules(of: $0) }.map(\.kind))
    let groups = Set(
      (old.policy.bundles + new.policy.bundles).filter { kinds.contains($0.kind) }.map(Group.init))
    return groups.sorted { $0.precedes($1) }.compactMap { group in
      let kind = catalog.kinds[group.kind]
      let fields = group.fields.map { kind.fields[$0].name }.joined(separator: " and ")
      return change(
        "bundle \(kind.name): \(fields)", old, new, { group.companions(in: $0.policy, kind) },
        { $0.map { $0.isEmpty ? "held" : "held with \($0.joined(separator: ", "))" } ?? "none" },
        { $0 == nil ? .stricter : $1 == nil ? .wider : .incomparable })
    }
  }

  /// Fields that leave together, in whatever order a policy names them.
  private struct Group: Hashable {
    let kind: Int
    let fields: [Int]

    init(_ bundle: Bundle) {
      kind = bundle.kind
      fields = bundle.fields.sorted()
    }

    func precedes(_ other: Group) -> Bool {
      ([kind] + fields).lexicographicallyPrecedes([other.kind] + other.fields)
    }

    /// What must leave with them under a policy, in words; nil where it does not hold them together.
    func companions(in policy: Policy, _ kind: Kind) -> [String]? {
      let bundles = policy.bundles.filter { Group($0) == self }
      guard !bundles.isEmpty else { return nil }
      return Set(bundles.flatMap { Explanation.BundleRow($0, of: kind).with }).sorted()
    }
  }

  // MARK: Changes

  private static func days(_ seconds: Int64) -> String {
    seconds % 86_400 == 0 ? "\(seconds / 86_400) days" : "\(seconds) seconds"
  }

  private static func wider<Value>(
    where isWider: @escaping (_ old: Value, _ new: Value) -> Bool
  ) -> (Value, Value) -> Effect {
    { isWider($0, $1) ? .wider : .stricter }
  }

  private func need(
    _ name: String, _ old: InstrumentTerms, _ new: InstrumentTerms, _ isNeeded: (InstrumentTerms) -> Bool
  ) -> Change? {
    change(name, old, new, isNeeded, { $0 ? "required" : "none" }, { old, _ in old ? .wider : .stricter })
  }

  private func permission(
    _ name: String, _ old: InstrumentTerms, _ new: InstrumentTerms, _ isGiven: (InstrumentTerms) -> Bool
  ) -> Change? {
    change(name, old, new, isGiven, { $0 ? "yes" : "no" }, { old, _ in old ? .stricter : .wider })
  }

  /// A condition whose value differs, and nil where it does not.
  private func change<Value: Equatable>(
    _ name: String, _ old: InstrumentTerms, _ new: InstrumentTerms, _ value: (InstrumentTerms) -> Value,
    _ text: (Value) -> String, _ effect: (_ old: Value, _ new: Value) -> Effect
  ) -> Change? {
    let (before, after) = (value(old), value(new))
    guard before != after else { return nil }
    return change(name, text(before), text(after), effect(before, after))
  }

  private func change(_ name: String, _ old: String, _ new: String, _ effect: Effect) -> Change {
    Change(
      jurisdictions: [jurisdiction], instruments: [instrument], category: nil, what: name, role: nil,
      old: old, new: new, effect: effect, oldRule: nil, newRule: nil)
  }
}
