/// Rules on demands before any record is opened. Nothing else makes a `GrantedRuling` or a `StreamRuling`.
public enum Gates {
  /// Rules on one demand.
  ///
  /// The gates are asked in order and the first that does not pass refuses the demand. Only a pause of production
  /// lets the later gates run too: their outcome goes into the refusal, for the register alone.
  /// - Parameters:
  ///   - demand: as its document states it.
  ///   - policies: every policy that loaded, not only the demand's.
  ///   - catalog: the kinds that the policies' rules index into.
  ///   - now: the instant of production.
  public static func rule(_ demand: Demand, policies: PolicySet, catalog: Catalog, now: Instant) -> Ruling {
    rule(demand, policies: policies.policies, catalog: catalog, now: now)
  }

  /// Rules on each demand of a batch, as if it were alone; those that are granted the same share one plan.
  public static func rule(
    _ demands: [Demand], policies: PolicySet, catalog: Catalog, now: Instant
  ) -> [Ruling] {
    var plans = PlanTable(catalog: catalog)
    return demands.map { rule($0, policies: policies.policies, plans: &plans, now: now) }
  }

  package static func rule(
    _ demand: Demand, policies: [Policy], catalog: Catalog, now: Instant
  ) -> Ruling {
    var plans = PlanTable(catalog: catalog)
    return rule(demand, policies: policies, plans: &plans, now: now)
  }

  private static func rule(
    _ demand: Demand, policies: [Policy], plans: inout PlanTable, now: Instant
  ) -> Ruling {
    let catalog = plans.catalog
    let context = GateContext(demand, policies: policies, catalog: catalog, now: now)
    var isPaused = false
    for gate in Gate.allCases {
      guard let reason = gate.reason(context) else { continue }
      if reason == .statusPausedProduction {
        isPaused = true
        continue
      }
      guard isPaused else { return .refused(Refusal(demand: demand, reason: reason)) }
      return .refused(
        Refusal(demand: demand, reason: .statusPausedProduction, wouldHaveBeen: reason))
    }
    let ruling = ruleOnScope(context, &plans)
    return isPaused ? .refused(pausedRefusal(ruling)) : ruling
  }

  /// Rules on categories and subjects, once every gate of the whole demand has passed.
  private static func ruleOnScope(_ context: GateContext, _ plans: inout PlanTable) -> Ruling {
    guard let (policy, instrument) = context.instrument else {
      preconditionFailure("the gate before this one asks for the instrument")
    }
    let demand = context.demand
    // Nothing is ever produced under it, whatever categories the demand names.
    guard instrument.instrumentClass != .preservation else {
      return .refused(Refusal(demand: demand, reason: .preservationOnly))
    }
    let categories = CategoryRuling(context, policy: policy, instrument: instrument)
    guard !categories.granted.isEmpty else {
      // Where nothing is granted the packet would say nothing: the demand is refused for the first reason.
      let reason = categories.refused.first?.reason ?? .nothingGranted
      return .refused(Refusal(demand: demand, reason: reason, refusedCategories: categories.refused))
    }
    let plan = plans.plan(policy: policy, instrument: instrument, categories: categories.granted)
    let classes = plan.partyClasses
    let subjects = demand.subjects.map { subject in
      (subject: subject, refusal: subject.isKnown(in: classes) ? nil : ReasonCode.subjectClassUnknown)
    }
    guard subjects.contains(where: { $0.refusal == nil }) else {
      return .refused(
        Refusal(demand: demand, reason: .subjectClassUnknown, refusedCategories: categories.refused))
    }
    return .granted(
      GrantedRuling(
        demand: demand, policy: policy, instrument: instrument, categories: categories, subjects: subjects,
        plan: plan))
  }

  private static func pausedRefusal(_ ruling: Ruling) -> Refusal {
    switch ruling {
    case .granted(let granted):
      Refusal(
        demand: granted.demand, reason: .statusPausedProduction,
        refusedCategories: granted.refusedCategories, wouldHaveGranted: granted.grantedCategories)
    case .refused(let refusal):
      Refusal(
        demand: refusal.demand, reason: .statusPausedProduction,
        refusedCategories: refusal.refusedCategories, wouldHaveBeen: refusal.reason)
    }
  }

  /// Rules on a stream, which is no disclosure: a policy in force, the status at production, a known instrument
  /// and no approval left open.
  ///
  /// Its categories are all that the instrument grants. `minimize` has nobody to approve, so an instrument that
  /// requires approval is refused and a category that requires it is left out.
  /// - Parameters:
  ///   - name: what the stream's pseudonyms are keyed under.
  ///   - subjects: nil makes every party `other` and puts every record with a category in reach.
  /// - Throws: the code of the first gate that does not pass.
  public static func ruleStream(
    jurisdiction: String, instrument: String, name: String, subjects: [Identifier]?, period: Period?,
    policies: PolicySet, catalog: Catalog, now: Instant
  ) throws(ReasonCode) -> StreamRuling {
    try ruleStream(
      jurisdiction: jurisdiction, instrument: instrument, name: name, subjects: subjects, period: period,
      policies: policies.policies, catalog: catalog, now: now)
  }

  package static func ruleStream(
    jurisdiction: String, instrument: String, name: String, subjects: [Identifier]?, period: Period?,
    policies: [Policy], catalog: Catalog, now: Instant
  ) throws(ReasonCode) -> StreamRuling {
    if let period, period.from >= period.until { throw .valuesInvalid }
    let (policy, granting) = try instrumentInForce(
      jurisdiction: jurisdiction, instrument: instrument, policies: policies, now: now)
    guard !granting.requiresApproval else { throw .approvalMissing }
    let categories = granting.grants.filter { !$0.requiresApproval }.map(\.category)
    guard !categories.isEmpty else { throw .nothingGranted }
    let plan = ReleasePlan(policy: policy, instrument: granting, categories: categories, catalog: catalog)
    if let subjects {
      guard !subjects.isEmpty else { throw .subjectMissing }
      let classes = plan.partyClasses
      guard subjects.contains(where: { classes.contains($0.identifierClass) }) else {
        throw .subjectClassUnknown
      }
    }
    return StreamRuling(
      jurisdiction: jurisdiction, instrument: granting, policyDigest: policy.digest, name: name,
      subjects: subjects, period: period, plan: plan)
  }

  /// The gates that a stream shares with a demand: jurisdiction, policy in force, status at production,
  /// instrument.
  private static func instrumentInForce(
    jurisdiction: String, instrument: String, policies: [Policy], now: Instant
  ) throws(ReasonCode) -> (policy: Policy, instrument: Instrument) {
    let serving = policies.filter { $0.jurisdictions.contains(jurisdiction) }
    guard !serving.isEmpty else { throw .jurisdictionUnknown }
    let inForce = serving.filter { $0.valid.contains(now) }
    guard !inForce.isEmpty else { throw .policyNotInForce }
    if let reason = StatusGate.reason(
      serving: serving, inForce: inForce, instrument: instrument, instants: [now], now: now)
    {
      throw reason
    }
    guard let found = inForce.instrument(named: instrument) else { throw .instrumentUnknown }
    return found
  }
}

extension DemandedSubject {
  /// Whether one of the subject's identifiers can be a party's.
  fileprivate func isKnown(in classes: [IdentifierClass]) -> Bool {
    classes.contains(identifier.identifierClass)
      || also.contains { classes.contains($0.identifierClass) }
  }
}
