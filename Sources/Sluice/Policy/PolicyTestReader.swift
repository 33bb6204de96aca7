/// Reads the tests of a policy: a demand with valid values for whatever it does not name, and what is expected.
struct PolicyTestReader {
  let catalog: Catalog

  private static let expectations = ["refused", "granted", "refuses", "releases", "withholds"]

  func read(_ node: DocumentNode?, _ problems: inout ProblemList) -> [PolicyTest] {
    var tests: [PolicyTest] = []
    for entry in node?.list("tests", &problems) ?? [] {
      if let test = test(entry, &problems) { tests.append(test) }
    }
    return tests
  }

  private func test(_ node: DocumentNode, _ problems: inout ProblemList) -> PolicyTest? {
    guard
      let keys = MappingReader(
        node, "a test", required: ["demand"], optional: Self.expectations + ["note"], problems: &problems)
    else { return nil }
    _ = keys["note"]?.text("note", &problems, isLong: true)
    let before = problems.errorCount
    let expectations = expectations(keys, &problems)
    if expectations.isEmpty, problems.errorCount == before {
      problems.error(
        "test-empty", "the test expects nothing; add one of \(Self.expectations.joined(separator: ", "))",
        at: node.position)
    }
    guard let demand = keys["demand"],
      let fields = MappingReader(
        demand, "the demand of a test", required: ["instrument", "categories"],
        optional: ["period-days", "approved", "document", "received", "now"], problems: &problems)
    else { return nil }
    let instrument = fields["instrument"]?.text("instrument", &problems)
    let categories = words(fields["categories"], "categories", &problems)
    let days = fields["period-days"]?.integer("period-days", 1...36_600, &problems)
    let isApproved = fields["approved"]?.boolean("approved", &problems)
    let hasDocument = fields["document"]?.boolean("document", &problems)
    let received = fields["received"]?.instant("received", &problems)
    let now = fields["now"]?.instant("now", &problems)
    guard let instrument else { return nil }
    return PolicyTest(
      position: node.position, instrument: instrument, categories: categories, periodDays: Int(days ?? 1),
      isApproved: isApproved ?? true, hasDocument: hasDocument ?? true, received: received, now: now,
      expectations: expectations)
  }

  private func expectations(
    _ keys: MappingReader, _ problems: inout ProblemList
  ) -> [PolicyTest.Expectation] {
    var found: [PolicyTest.Expectation] = []
    if let node = keys["refused"], let code = code(node, &problems) { found.append(.refused(code: code)) }
    if let node = keys["granted"] {
      found.append(.granted(categories: words(node, "granted", &problems)))
    }
    for member in keys["refuses"]?.members("refuses", &problems) ?? [] {
      guard let code = code(member.value, &problems) else { continue }
      found.append(.refuses(category: member.key, code: code))
    }
    let rules = RuleReader(catalog: catalog)
    for member in keys["releases"]?.members("releases", &problems) ?? [] {
      guard let rule = rules.read(member, needsBothRoles: false, &problems) else { continue }
      found.append(
        .releases(kind: rule.kind, field: rule.field, subject: rule.subject, other: rule.other))
    }
    for entry in keys["withholds"]?.list("withholds", &problems) ?? [] {
      guard let name = entry.string("an entry of withholds", &problems),
        let place = catalog.field(name, at: entry.position, &problems)
      else { continue }
      found.append(.withholds(kind: place.kind, field: place.field))
    }
    return found
  }

  private func code(_ node: DocumentNode, _ problems: inout ProblemList) -> String? {
    guard let text = node.string("a reason code", &problems) else { return nil }
    if ReasonCode(rawValue: text) != nil { return text }
    let hint = nearestNameHint(to: text, in: ReasonCode.allCases.map(\.rawValue))
    problems.error("code-unknown", "there is no such reason code; correct it\(hint)", at: node.position)
    return nil
  }

  private func words(_ node: DocumentNode?, _ what: String, _ problems: inout ProblemList) -> [String] {
    (node?.list(what, &problems) ?? []).compactMap { $0.text("an entry of \(what)", &problems) }
  }
}
