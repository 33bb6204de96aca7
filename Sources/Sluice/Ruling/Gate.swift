/// The conditions that a whole demand must meet, in the order in which they are asked (design: section 3.3).
///
/// Each is a small function from the context to a reason; nothing behind a gate is looked at before the gate
/// passes. Which categories and subjects are granted comes after the last of them.
package enum Gate: CaseIterable {
  case values, jurisdiction, policyInForce, status, instrument
  case authority, official, issued, subjects, periodLength, periodEnd, document, approval

  /// Why the demand does not pass this gate, or nil where it does.
  package func reason(_ context: GateContext) -> ReasonCode? {
    switch self {
    case .values: Self.values(context)
    case .jurisdiction: context.serving.isEmpty ? .jurisdictionUnknown : nil
    case .policyInForce: context.inForce.isEmpty ? .policyNotInForce : nil
    case .status: Self.status(context)
    case .instrument: context.instrument == nil ? .instrumentUnknown : nil
    case .authority: context.demand.authority.name.isEmpty ? .authorityMissing : nil
    case .official: context.demand.authority.official.isEmpty ? .officialMissing : nil
    case .issued: Self.issued(context)
    case .subjects: context.demand.subjects.isEmpty ? .subjectMissing : nil
    case .periodLength: Self.periodLength(context)
    case .periodEnd: Self.periodEnd(context)
    case .document: Self.document(context)
    case .approval: Self.approval(context)
    }
  }

  /// Canonical subjects, a period that is one, and a receipt that is not after production: a demand from the
  /// future is a wrong clock or a wrong date, and no status can be told for it.
  private static func values(_ context: GateContext) -> ReasonCode? {
    let demand = context.demand
    if let period = demand.period, period.from >= period.until { return .valuesInvalid }
    return demand.invalidValues.isEmpty && demand.received <= context.now ? nil : .valuesInvalid
  }

  private static func status(_ context: GateContext) -> ReasonCode? {
    StatusGate.reason(
      serving: context.serving, inForce: context.inForce, instrument: context.demand.instrument,
      instants: [context.demand.received, context.now], now: context.now)
  }

  /// The day on the instrument must have begun somewhere on earth when the demand was received. It begins first
  /// in UTC+14, fourteen hours before midnight UTC.
  private static func issued(_ context: GateContext) -> ReasonCode? {
    let firstBegin = Instant(seconds: context.demand.issued.seconds - 14 * 3600)
    return firstBegin <= context.demand.received ? nil : .issuedInFuture
  }

  private static func periodLength(_ context: GateContext) -> ReasonCode? {
    guard let period = context.demand.period, let instrument = context.instrument?.instrument else {
      return nil
    }
    return period.isLonger(thanSeconds: instrument.longestPeriodSeconds) ? .periodTooLong : nil
  }

  private static func periodEnd(_ context: GateContext) -> ReasonCode? {
    guard let period = context.demand.period, let instrument = context.instrument?.instrument else {
      return nil
    }
    return period.until <= context.demand.received || instrument.isProspective ? nil : .periodInFuture
  }

  private static func document(_ context: GateContext) -> ReasonCode? {
    guard let instrument = context.instrument?.instrument, instrument.requiresDocument else { return nil }
    return context.demand.documentDigest == nil ? .documentMissing : nil
  }

  private static func approval(_ context: GateContext) -> ReasonCode? {
    guard let instrument = context.instrument?.instrument, instrument.requiresApproval else { return nil }
    return context.approvalFault
  }
}

/// What the gates of one demand look at.
package struct GateContext {
  package let demand: Demand
  package let catalog: Catalog
  package let now: Instant
  /// Every policy that names the jurisdiction, in force or not.
  package let serving: [Policy]
  /// Those whose validity covers production.
  package let inForce: [Policy]
  /// The one policy in force that names the instrument; nil where none does.
  package let instrument: (policy: Policy, instrument: Instrument)?

  package init(_ demand: Demand, policies: [Policy], catalog: Catalog, now: Instant) {
    self.demand = demand
    self.catalog = catalog
    self.now = now
    serving = policies.filter { $0.jurisdictions.contains(demand.jurisdiction) }
    inForce = serving.filter { $0.valid.contains(now) }
    instrument = inForce.instrument(named: demand.instrument)
  }

  /// Why the demand's approval does not count, or nil where it does.
  ///
  /// It counts where two people signed, the second after the first and neither after production.
  package var approvalFault: ReasonCode? {
    guard let approved = demand.approved, approved.at <= now else { return .approvalMissing }
    guard let prepared = demand.prepared, !prepared.by.isSamePerson(as: approved.by) else {
      return .approvalNotIndependent
    }
    return prepared.at <= approved.at ? nil : .approvalMissing
  }
}

extension [Policy] {
  /// The first policy here that names an instrument; policies in force for one state name each instrument once.
  package func instrument(named name: String) -> (policy: Policy, instrument: Instrument)? {
    for policy in self {
      if let instrument = policy.instruments.first(where: { $0.name == name }) { return (policy, instrument) }
    }
    return nil
  }
}

extension Period {
  /// Whether the period lasts longer than a count of seconds, to the nanosecond.
  fileprivate func isLonger(thanSeconds count: Int64) -> Bool {
    let seconds = until.seconds - from.seconds
    return seconds > count || (seconds == count && until.nanoseconds > from.nanoseconds)
  }
}
