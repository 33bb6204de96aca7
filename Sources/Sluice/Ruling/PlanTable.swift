/// The plans of a batch: demands that are granted the same categories of the same instrument share one.
struct PlanTable {
  private struct Key: Hashable {
    let policy: ObjectIdentifier
    let instrument: String
    let categories: [String]
  }

  let catalog: Catalog
  private var plans: [Key: ReleasePlan] = [:]

  init(catalog: Catalog) { self.catalog = catalog }

  /// The plan of an instrument's granted categories, compiled where it is asked for first.
  mutating func plan(policy: Policy, instrument: Instrument, categories: [String]) -> ReleasePlan {
    let key = Key(policy: ObjectIdentifier(policy), instrument: instrument.name, categories: categories)
    if let plan = plans[key] { return plan }
    let plan = ReleasePlan(policy: policy, instrument: instrument, categories: categories, catalog: catalog)
    plans[key] = plan
    return plan
  }
}
