/// The categories demanded, split into those granted and those refused, each in the order demanded.
struct CategoryRuling {
  private(set) var granted: [String] = []
  private(set) var refused: [(category: String, reason: ReasonCode)] = []

  init(_ context: GateContext, policy: Policy, instrument: Instrument) {
    for category in context.demand.categories {
      if let reason = Self.reason(category, context, policy: policy, instrument: instrument) {
        refused.append((category, reason))
      } else {
        granted.append(category)
      }
    }
  }

  private static func reason(
    _ name: String, _ context: GateContext, policy: Policy, instrument: Instrument
  ) -> ReasonCode? {
    let category = policy.categories.first { $0.name == name }
    guard let category else { return .categoryUnknown }
    let grant = instrument.grants.first { $0.category == name }
    guard let grant else { return .categoryNotGranted }
    if grant.requiresApproval && context.approvalFault != nil { return .categoryApprovalMissing }
    let needsPeriod = category.rules.contains { context.catalog.kinds[$0.kind].timeField != nil }
    return needsPeriod && context.demand.period == nil ? .periodMissing : nil
  }
}
