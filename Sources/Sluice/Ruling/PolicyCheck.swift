/// What `sluice check` says of policies that load: failed tests, warnings, and what counsel should see at a glance.
public struct PolicyCheck: Sendable {
  /// Errors (a failed test) and warnings, in the order of the policies.
  public let problems: [Problem]
  /// Every override of the policies, in their order; expired ones too.
  public let overrides: [OverrideNotice]
  /// Every category that tells that records of a kind exist.
  public let existence: [ExistenceNotice]
  /// The tests of all policies.
  public let testCount: Int
  /// Tests of which at least one expectation does not hold; each such expectation is an error in `problems`.
  public let failedTestCount: Int

  /// An approved widening, in words.
  public struct OverrideNotice: Sendable {
    /// Where the override stands in its policy.
    public let position: Position
    /// `KIND.FIELD`.
    public let field: String
    /// `subject`, `other`, or `record` for a field without roles.
    public let role: String
    /// The action that it allows, in words.
    public let action: String
    /// Why, as the policy says it.
    public let reason: String
    /// Who approved it, as the policy says it.
    public let approvedBy: String
    /// The first instant at which it no longer counts.
    public let until: Instant
  }

  /// A category by which a receiver learns that records of a kind exist, because it releases fields of it: a
  /// record in reach leaves as soon as one field leaves with a value.
  public struct ExistenceNotice: Sendable {
    /// The policy's file name as given.
    public let file: String
    /// The category's name in the policy.
    public let category: String
    /// The kind's name in its schema.
    public let kind: String
    /// The fields that leave for some role, in the category's order.
    public let fields: [String]
  }

  /// Checks every policy and runs its tests.
  /// - Parameter now: decides which status is in force, and nothing in the tests.
  public init(policies: PolicySet, catalog: Catalog, now: Instant) {
    self.init(policies: policies.policies, catalog: catalog, now: now)
  }

  package init(policies: [Policy], catalog: Catalog, now: Instant) {
    var problems: [Problem] = []
    var failedTestCount = 0
    for policy in policies {
      problems += PolicyLint.problems(policy, catalog: catalog, now: now)
      for test in policy.tests {
        let failures = PolicyTestRun(test, of: policy, catalog: catalog).failures
        failedTestCount += failures.isEmpty ? 0 : 1
        problems += failures
      }
    }
    self.problems = problems
    self.failedTestCount = failedTestCount
    testCount = policies.reduce(0) { $0 + $1.tests.count }
    overrides = policies.flatMap { policy in
      policy.overrides.map { OverrideNotice($0, catalog: catalog) }
    }
    existence = policies.flatMap { policy in
      policy.categories.flatMap { ExistenceNotice.all($0, of: policy, catalog: catalog) }
    }
  }
}

extension PolicyCheck.OverrideNotice {
  fileprivate init(_ override: Override, catalog: Catalog) {
    let field = catalog.kinds[override.kind].fields[override.field]
    self.init(
      position: override.position, field: catalog.name(kind: override.kind, field: override.field),
      role: override.role.rawValue, action: override.action.description(for: field.type),
      reason: override.reason, approvedBy: override.approvedBy, until: override.until)
  }
}

extension PolicyCheck.ExistenceNotice {
  fileprivate static func all(_ category: PolicyCategory, of policy: Policy, catalog: Catalog) -> [Self] {
    catalog.kinds.enumerated().compactMap { index, kind in
      let fields = category.rules.filter { $0.kind == index && $0.isReleasing }
      guard !fields.isEmpty else { return nil }
      return Self(
        file: policy.file, category: category.name, kind: kind.name,
        fields: fields.map { kind.fields[$0.field].name })
    }
  }
}

extension Catalog {
  /// `KIND.FIELD`, as policies write it.
  package func name(kind: Int, field: Int) -> String {
    "\(kinds[kind].name).\(kinds[kind].fields[field].name)"
  }
}
