/// An instrument as one set of policies has it in force.
struct InstrumentTerms {
  let policy: Policy
  let instrument: Instrument
  private let inSet: PoliciesOfState

  init?(_ name: String, in policies: PoliciesOfState) {
    guard let (policy, instrument) = policies.inForce.instrument(named: name) else { return nil }
    self.policy = policy
    self.instrument = instrument
    inSet = policies
  }

  /// The code with which the jurisdiction's status refuses a demand received at an instant and produced now; nil where it
  /// passes.
  func refusal(received: Instant) -> ReasonCode? {
    StatusGate.reason(
      serving: inSet.serving, inForce: inSet.inForce, instrument: instrument.name,
      instants: [received, inSet.now], now: inSet.now)
  }

  /// The instants up to now at which a status of the jurisdiction begins.
  var statusStarts: [Instant] {
    inSet.serving.flatMap { $0.statuses.map(\.from) }.filter { $0 <= inSet.now }
  }

  func grant(of category: String) -> Grant? { instrument.grants.first { $0.category == category } }

  /// The rules of a category, empty where the instrument does not grant it.
  func rules(of category: String) -> [FieldRule] {
    guard grant(of: category) != nil else { return [] }
    return policy.categories.first { $0.name == category }?.rules ?? []
  }
}

/// The policies of one set that serve a state.
struct PoliciesOfState {
  let serving: [Policy]
  let inForce: [Policy]
  let now: Instant

  init(_ policies: [Policy], _ state: String, _ now: Instant) {
    serving = policies.filter { $0.jurisdictions.contains(state) }
    inForce = serving.filter { $0.valid.contains(now) }
    self.now = now
  }

  var instrumentNames: [String] { inForce.flatMap { $0.instruments.map(\.name) } }
}
