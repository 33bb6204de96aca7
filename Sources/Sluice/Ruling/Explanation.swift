/// What one instrument of a jurisdiction lets out: every field of every kind, for each role, with the rule that
/// decides and the law it cites. `sluice explain` prints it, as a table or as JSON.
public struct Explanation: Sendable {
  /// The state that was asked about, an ISO 3166-1 code.
  public let jurisdiction: String
  /// The instrument's name.
  public let instrument: String
  /// The law that the instrument rests on, as the policy cites it.
  public let citation: String
  /// The file name of the policy in force that names the instrument, as given.
  public let policyFile: String
  /// That policy's version, as it says it.
  public let policyVersion: String
  /// The code with which the status would refuse a demand received and produced now; nil where it passes.
  public let statusRefusal: String?
  /// Whether the whole instrument needs an approval.
  public let requiresApproval: Bool
  /// In the order of the policy.
  public let categories: [Category]
  /// Kinds in the catalog's order, fields in schema order, `subject` before `other`.
  public let rows: [Row]
  /// The bundles of the kinds that a granted category names, in the order of the catalog; the baseline's first.
  public let bundles: [BundleRow]

  /// A category that the instrument grants.
  public struct Category: Sendable {
    /// The category's name in the policy.
    public let name: String
    /// Whether it needs an approval of its own. The rows take it as given.
    public let requiresApproval: Bool
  }

  /// What happens to one field for one role.
  public struct Row: Sendable {
    /// The kind's name in its schema.
    public let kind: String
    /// The field's name in its schema.
    public let field: String
    /// The type's word in a schema; `array of …` for an array.
    public let type: String
    /// `subject`, `other`, or `record` for a field without roles.
    public let role: String
    /// Whether a value leaves.
    public let isReleased: Bool
    /// The action in words, or `withheld: ` and why.
    public let outcome: String
    /// The granted category whose rule holds; nil where no granted category names the field.
    public let category: String?
    /// The law that the instrument rests on; nil where no granted category names the field.
    public let citation: String?
    /// The rule's place in the policy; nil where no rule holds.
    public let file: String?
    /// From 1; nil where no rule holds.
    public let line: Int?
  }

  /// Fields that leave together or not at all.
  public struct BundleRow: Sendable {
    /// The kind's name in its schema.
    public let kind: String
    /// The names of the fields that leave together, in the order of the bundle.
    public let fields: [String]
    /// What must leave too, and how finely: `sent_at at least to the second`.
    public let with: [String]
    /// Whether the baseline holds it for every policy.
    public let isBaseline: Bool
  }

  /// Explains an instrument whatever the status is: the status is part of the answer, not a refusal.
  /// - Throws: `jurisdiction-unknown`, `policy-not-in-force` or `instrument-unknown`.
  public init(
    jurisdiction: String, instrument: String, policies: PolicySet, catalog: Catalog, now: Instant
  ) throws(ReasonCode) {
    try self.init(
      jurisdiction: jurisdiction, instrument: instrument, policies: policies.policies, catalog: catalog,
      now: now)
  }

  package init(
    jurisdiction: String, instrument name: String, policies: [Policy], catalog: Catalog, now: Instant
  ) throws(ReasonCode) {
    let serving = policies.filter { $0.jurisdictions.contains(jurisdiction) }
    guard !serving.isEmpty else { throw .jurisdictionUnknown }
    let inForce = serving.filter { $0.valid.contains(now) }
    guard !inForce.isEmpty else { throw .policyNotInForce }
    guard let (policy, instrument) = inForce.instrument(named: name) else { throw .instrumentUnknown }
    let plan = ReleasePlan(
      policy: policy, instrument: instrument, categories: instrument.grants.map(\.category), catalog: catalog)
    self.jurisdiction = jurisdiction
    self.instrument = name
    citation = instrument.cites
    policyFile = policy.file
    policyVersion = policy.version
    statusRefusal =
      StatusGate.reason(
        serving: serving, inForce: inForce, instrument: name, instants: [now], now: now)?.rawValue
    requiresApproval = instrument.requiresApproval
    categories = policy.categories.compactMap { category in
      instrument.grants.first { $0.category == category.name }
        .map { Category(name: $0.category, requiresApproval: $0.requiresApproval) }
    }
    rows = catalog.kinds.enumerated().flatMap { index, kind in
      kind.fields.indices.flatMap { field in
        Self.rows(
          kind, kindIndex: index, field: field,
          plan: plan.kind(index)?.fields.first { $0.fieldIndex == field }, policy: policy)
      }
    }
    bundles = plan.kinds.flatMap { kind in kind.bundles.map { BundleRow($0, of: kind.kind) } }
  }

  private static func rows(
    _ kind: Kind, kindIndex: Int, field index: Int, plan: FieldPlan?, policy: Policy
  ) -> [Row] {
    let field = kind.fields[index]
    func row(_ role: String, _ rolePlan: RolePlan?) -> Row {
      let action = rolePlan?.action ?? .withhold
      let reason =
        plan == nil ? unnamed(field, kind: kindIndex, index: index, policy: policy) : "by its rule"
      return Row(
        kind: kind.name, field: field.name,
        type: field.typeWord, role: role,
        isReleased: action != .withhold,
        outcome: action == .withhold ? "withheld: \(reason)" : action.description(for: field.type),
        category: rolePlan?.category, citation: rolePlan?.citation, file: rolePlan?.position.file,
        line: rolePlan?.position.line)
    }
    guard field.hasRoles else { return [row("record", plan?.subject)] }
    return [row("subject", plan?.subject), row("other", plan?.other)]
  }

  /// Why a field that no granted category names stays in.
  private static func unnamed(_ field: Field, kind: Int, index: Int, policy: Policy) -> String {
    switch field.type {
    case .content: return "content never leaves"
    case .secret: return "secrets never leave"
    default: break
    }
    let names = policy.categories.filter { category in
      category.rules.contains { $0.kind == kind && $0.field == index }
    }.map(\.name)
    guard !names.isEmpty else { return "no category names it" }
    return "named by \(names.joined(separator: ", ")), not granted"
  }
}

extension Explanation.BundleRow {
  init(_ bundle: Bundle, of kind: Kind) {
    self.init(
      kind: kind.name, fields: bundle.fields.map { kind.fields[$0].name },
      with: bundle.companions.map { companion in
        let name = kind.fields[companion.field].name
        return companion.coarsest.map { "\(name) at least to the \($0.rawValue)" } ?? "\(name) kept"
      },
      isBaseline: bundle.isBaseline)
  }
  /// The fields and what must leave with them: `message: client_ip and client_port, with sent_at at least to the second`.
  var text: String {
    let with = with.isEmpty ? "" : ", with \(with.joined(separator: ", "))"
    return "\(kind): \(fields.joined(separator: " and "))\(with)"
  }
}
