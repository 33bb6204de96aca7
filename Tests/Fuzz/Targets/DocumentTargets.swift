import Sluice

/// Documents: whatever the text, reading ends, says the same twice, and never loads more than the rules allow.
enum DocumentTargets {
  private static let now = Instant(rfc3339: "2026-10-05T00:00:00Z")!

  private static let catalog: Catalog = {
    var problems = ProblemList()
    let schemas = ["messenger", "bandicoot"].map { name in
      let bytes = PackageFile.bytes("Samples/schemas/\(name).yaml")
      guard let schema = SchemaDocument.read(bytes, file: name, problems: &problems) else {
        preconditionFailure("a sample schema does not load: \(problems.inOrder)")
      }
      return schema
    }
    return Catalog(schemas: schemas, problems: &problems)
  }()

  private static let baseline: Baseline = {
    var problems = ProblemList()
    let baseline = BaselineDocument.read(
      PackageFile.bytes("Samples/policies/baseline.yaml"), file: "baseline.yaml", catalog: catalog,
      problems: &problems)
    guard let baseline else { preconditionFailure("the baseline does not load: \(problems.inOrder)") }
    return baseline
  }()

  private static let policies: [Policy] = ["US", "GB", "DE", "EU", "HK", "BR", "IN"].map { name in
    var problems = ProblemList()
    guard let policy = policy(PackageFile.bytes("Samples/policies/\(name).yaml"), &problems) else {
      preconditionFailure("a sample policy does not load: \(problems.inOrder)")
    }
    return policy
  }

  private static func policy(_ bytes: [UInt8], _ problems: inout ProblemList) -> Policy? {
    PolicyDocument.read(
      bytes, file: "policy.yaml", catalog: catalog, baseline: baseline, now: now, problems: &problems)
  }

  /// Reads twice; what the two do not agree on, or a place that the text does not have.
  private static func read<Value>(
    _ bytes: [UInt8], _ body: (inout ProblemList) -> Value?
  ) -> (value: Value?, finding: String?) {
    var (first, second) = (ProblemList(), ProblemList())
    let value = body(&first)
    let again = body(&second)
    let lineCount = bytes.count { $0 == 0x0A || $0 == 0x0D } + 2
    if first.inOrder != second.inOrder || (value == nil) != (again == nil) {
      return (nil, "read twice, it has other problems")
    }
    if first.inOrder.contains(where: { $0.line > lineCount }) {
      return (nil, "a problem has a line that is not there")
    }
    if (value == nil) != first.hasErrors {
      return (nil, value == nil ? "it does not load and has no problem" : "it loads with a problem")
    }
    return (value, nil)
  }

  static func schema(_ bytes: [UInt8]) -> String? {
    let (schema, finding) = read(bytes) {
      SchemaDocument.read(bytes, file: "schema.yaml", problems: &$0)
    }
    guard let schema else { return finding.map { "schema: \($0)" } }
    var problems = ProblemList()
    let catalog = Catalog(schemas: [schema], problems: &problems)
    guard !problems.hasErrors else { return "schema: it contradicts itself" }
    var limits = Limits()
    limits.recordByteCountMax = 1 << 10
    let layout = RecordLayout(schema: schema, catalog: catalog)
    let pair = DecoderPair(layout: layout, schema: schema, limits: limits)
    return pair.compareJSON(Array(#"{"kind":"message","a":{"b":1},"x":[null]}"#.utf8), followedBy: [])
      .map { "schema: \($0)" }
  }

  /// No policy that loads names content or a secret, or is wider than the baseline without an override in force.
  static func policy(_ bytes: [UInt8]) -> String? {
    let (policy, finding) = read(bytes) { Self.policy(bytes, &$0) }
    guard let policy else { return finding.map { "policy: \($0)" } }
    for rule in policy.categories.flatMap(\.rules) {
      let field = catalog.kinds[rule.kind].fields[rule.field]
      if field.type == .content || field.type == .secret { return "policy: it names content" }
      guard let limit = baseline.rule(kind: rule.kind, field: rule.field) else {
        return "policy: it names a field that the baseline does not"
      }
      if !field.hasRoles, rule.other != rule.subject, rule.other != .withhold {
        return "policy: a record's own field has two actions"
      }
      for (action, most) in [(rule.subject, limit.subject), (rule.other, limit.other)] {
        guard field.hasRoles || action == rule.subject else { continue }
        let isOverridden = policy.overrides.contains {
          $0.kind == rule.kind && $0.field == rule.field && $0.action == action && now < $0.until
        }
        guard isOverridden || action.isStricterOrEqual(to: most) else {
          return "policy: it is wider than the baseline"
        }
      }
    }
    return nil
  }

  /// What is granted was demanded, and the instrument grants it.
  static func demand(_ bytes: [UInt8]) -> String? {
    let (demand, finding) = read(bytes) {
      DemandDocument.read(bytes, file: "demand.yaml", problems: &$0, documentDigest: { _ in [1] })
    }
    guard let demand else { return finding.map { "demand: \($0)" } }
    guard case .granted(let ruling) = Gates.rule(demand, policies: policies, catalog: catalog, now: now)
    else { return nil }
    let granted = Set(ruling.grantedCategories)
    guard granted.isSubset(of: demand.categories),
      granted.isSubset(of: ruling.instrument.grants.map(\.category)), !granted.isEmpty
    else { return "demand: more is granted than was demanded or may be" }
    guard ruling.subjects.contains(where: { $0.refusal == nil }) else {
      return "demand: it is granted without a subject"
    }
    return nil
  }
}
