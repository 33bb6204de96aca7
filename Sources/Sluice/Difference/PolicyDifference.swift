/// What two sets of policies let out differently, as of one instant: `sluice diff` prints it, as a table or as JSON.
///
/// Both sets are held against one catalog. Each category that an instrument grants is compared by itself, and not what
/// the instrument grants in all: a demand may name one category alone, and a rule that another one's hides in the sum
/// holds there.
public struct PolicyDifference: Sendable {
  /// What a change does to what leaves.
  ///
  /// A field that is no longer released is stricter, though a record whose value in it cannot be read, rejected before,
  /// may leave without it.
  public enum Effect: String, CaseIterable, Sendable {
    /// More may leave than before.
    case wider
    /// Less may leave than before.
    case stricter
    /// As much as before, but otherwise: another citation, other words of a map, another reason to refuse.
    case neutral
    /// The order of actions (design: section 3.2, Stricter) does not say which lets out more, so read it as wider. Of that
    /// sort is a kept field of a bundle that becomes coarser: the bundle no longer holds it back.
    case incomparable
  }

  /// One thing that is otherwise in the new policies.
  public struct Change: Hashable, Sendable {
    /// The states in which it is so, ISO 3166-1 codes in their order, at least one.
    public fileprivate(set) var jurisdictions: [String]
    /// The instruments under which it is so, at least one: those of the old policies in their order, then new ones.
    public fileprivate(set) var instruments: [String]
    /// The category whose rule it is; nil for a condition of the instruments.
    public let category: String?
    /// A field, as `message.client_ip`; or a condition by its word in a policy, as `longest-period`. `in-force` is said of
    /// an instrument that only one set has; `status` of whether demands received now pass, or those received in a span of
    /// time; `grant`, `kinds` and `period` of a category: whether it is granted, which kinds its rules reach, and whether it
    /// is refused without a period; `bundle` of fields that leave together.
    public let what: String
    /// `subject`, `other`, or `record` for a field without roles; `unreadable` for what becomes of a value that cannot be
    /// read; nil for a condition.
    public let role: String?
    /// What the old policies do, in words.
    public let old: String
    /// What the new policies do, in words.
    public let new: String
    /// What the change does to what leaves.
    public let effect: Effect
    /// Where the old rule stands; nil for a condition, and where no granted category names the field.
    public let oldRule: Position?
    /// Where the new rule stands; nil as for the old one.
    public let newRule: Position?
  }

  /// The instant at which both sets are looked at.
  public let instant: Instant
  /// How many instruments were compared, each once for each state: those that a policy in force at the instant names, in
  /// either set.
  public let instrumentCount: Int
  /// How many states they are of.
  public let stateCount: Int
  /// The policies of the states asked for that are not in force at the instant, and so let nothing out: the old set's,
  /// then the new one's.
  public let outOfForce: [(file: String, valid: Period)]
  /// By jurisdiction, in it the conditions of each instrument and then its categories, field by field; a change that is
  /// the same under several instruments, or for the same ones in several states, stands once. Empty where nothing differs.
  public let changes: [Change]

  /// How many changes have an effect.
  public func count(of effect: Effect) -> Int { changes.count { $0.effect == effect } }

  /// Compares two sets of policies.
  /// - Parameters:
  ///   - catalog: what both sets were read against.
  ///   - now: policies in force at this instant are compared, and status is told for it.
  ///   - jurisdiction: only this state; nil means all.
  ///   - instrument: only instruments of this name; nil means all.
  /// - Throws: `jurisdiction-unknown` where no policy of either set serves the state, `policy-not-in-force` where none of
  ///   those asked for is in force, `instrument-unknown` where none in force names the instrument.
  public init(
    from old: PolicySet, to new: PolicySet, catalog: Catalog, now: Instant, jurisdiction: String? = nil,
    instrument: String? = nil
  ) throws(ReasonCode) {
    try self.init(
      from: old.policies, to: new.policies, catalog: catalog, now: now, jurisdiction: jurisdiction,
      instrument: instrument)
  }

  package init(
    from old: [Policy], to new: [Policy], catalog: Catalog, now: Instant, jurisdiction: String? = nil,
    instrument: String? = nil
  ) throws(ReasonCode) {
    let serving = (old + new).filter { policy in
      jurisdiction.map { policy.jurisdictions.contains($0) } ?? true
    }
    guard jurisdiction == nil || !serving.isEmpty else { throw .jurisdictionUnknown }
    guard serving.contains(where: { $0.valid.contains(now) }) else { throw .policyNotInForce }
    let states = jurisdiction.map { [$0] } ?? Set(serving.flatMap(\.jurisdictions)).sorted()
    var changes: [Change] = []
    var instrumentCount = 0
    var stateCount = 0
    for state in states {
      let before = PoliciesOfState(old, state, now)
      let after = PoliciesOfState(new, state, now)
      let names = (before.instrumentNames + after.instrumentNames).unique()
        .filter { name in instrument.map { $0 == name } ?? true }
      instrumentCount += names.count
      if !names.isEmpty { stateCount += 1 }
      var ofState: [Change] = []
      for name in names {
        let comparison = InstrumentComparison(
          jurisdiction: state, instrument: name, old: InstrumentTerms(name, in: before),
          new: InstrumentTerms(name, in: after), catalog: catalog, now: now)
        for change in comparison.changes { Self.merge(change, \.instruments, into: &ofState) }
      }
      for change in ofState.filter({ $0.category == nil }) + ofState.filter({ $0.category != nil }) {
        Self.merge(change, \.jurisdictions, into: &changes)
      }
    }
    guard instrument == nil || instrumentCount > 0 else { throw .instrumentUnknown }
    instant = now
    self.instrumentCount = instrumentCount
    self.stateCount = stateCount
    outOfForce = serving.filter { !$0.valid.contains(now) }.map { ($0.file, $0.valid) }
    self.changes = changes
  }

  /// Adds a change, or its names to those of one that is the same but for them.
  private static func merge(
    _ change: Change, _ names: WritableKeyPath<Change, [String]>, into changes: inout [Change]
  ) {
    let same = changes.firstIndex { known in
      var renamed = known
      renamed[keyPath: names] = change[keyPath: names]
      return renamed == change
    }
    if let same {
      changes[same][keyPath: names] += change[keyPath: names]
    } else {
      changes.append(change)
    }
  }
}
