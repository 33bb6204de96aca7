/// Whether a jurisdiction's demands are answered at all, at receipt and at production.
enum StatusGate {
  /// Why an instrument does not pass, or nil where every policy that serves the state lets it pass at every
  /// instant.
  ///
  /// Every policy that names the state counts, one that is no longer in force too: a pause does not end because
  /// the validity of the file that states it does. A policy whose validity has not begun counts from its first
  /// status on. Of several reasons the strongest holds, and `status-paused-production` only where no other
  /// does, because the later gates run behind it.
  static func reason(
    serving: [Policy], inForce: [Policy], instrument: String, instants: [Instant], now: Instant
  ) -> ReasonCode? {
    let isViaTreaty = inForce.instrument(named: instrument)?.instrument.isViaTreaty ?? false
    var reasons: Set<ReasonCode> = []
    for policy in serving {
      for instant in instants {
        guard let entry = policy.status(at: instant) else {
          // No status means declined.
          if policy.valid.from <= now { reasons.insert(.statusDeclined) }
          continue
        }
        let reason = reason(entry, instrument: instrument, isViaTreaty: isViaTreaty)
        if let reason { reasons.insert(reason) }
      }
    }
    return strongestFirst.first(where: reasons.contains)
  }

  private static let strongestFirst = StatusEntry.State.strongestFirst.compactMap {
    reason($0, isViaTreaty: false)
  }

  private static func reason(_ entry: StatusEntry, instrument: String, isViaTreaty: Bool) -> ReasonCode? {
    entry.exceptions.contains(instrument) ? nil : reason(entry.state, isViaTreaty: isViaTreaty)
  }

  private static func reason(_ state: StatusEntry.State, isViaTreaty: Bool) -> ReasonCode? {
    switch state {
    case .active: nil
    case .pausedReview: .statusPausedReview
    case .pausedProduction: .statusPausedProduction
    case .treatyOnly: isViaTreaty ? nil : .statusTreatyOnly
    case .declined: .statusDeclined
    }
  }
}
