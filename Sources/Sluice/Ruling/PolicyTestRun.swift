/// One expectation of a policy about itself, held against what the gates rule.
///
/// A test rules by its own policy alone: what other files of the folder pause or decline today must not make a
/// policy's own statements fail.
struct PolicyTestRun {
  /// Empty where the test passes; one error for each expectation that does not hold.
  let failures: [Problem]

  init(_ test: PolicyTest, of policy: Policy, catalog: Catalog) {
    let demand = Self.demand(test, of: policy)
    let now = test.now ?? demand.received
    let ruling = Gates.rule(demand, policies: [policy], catalog: catalog, now: now)
    failures = test.expectations.compactMap { expectation in
      guard let sentence = Self.failure(expectation, ruling, catalog: catalog) else { return nil }
      return Problem(
        "policy-test-failed", "\(sentence); correct the policy, or the test where the policy is right",
        at: test.position)
    }
  }

  /// A demand that meets every criterion which the test does not name.
  private static func demand(_ test: PolicyTest, of policy: Policy) -> Demand {
    let received = test.received ?? policy.valid.from
    let signed = test.isApproved
    let length = Int64(test.periodDays) * 86_400
    return Demand(
      file: test.position.file, digest: [UInt8](repeating: 0, count: 32), reference: "TEST", part: 1,
      jurisdiction: policy.jurisdictions[0], instrument: test.instrument,
      authority: Authority(name: "test", official: "test", title: "test", contact: "test", reference: "test"),
      issued: Instant(seconds: received.seconds - received.seconds % 86_400), received: received,
      subjects: [everyClass],
      period: Period(
        from: Instant(seconds: received.seconds - length, nanoseconds: received.nanoseconds), until: received),
      categories: test.categories,
      documentDigest: test.hasDocument ? [UInt8](repeating: 0, count: 32) : nil,
      prepared: Signoff(by: "preparer", at: received, decision: ""),
      approved: signed ? Signoff(by: "approver", at: received, decision: "approved for a test") : nil)
  }

  /// A subject with an identifier of each class, so that no test fails for the class of its subject. Phone and
  /// address are of documentation ranges.
  private static let everyClass = DemandedSubject(
    identifier: Identifier(.phone, canonical: Array("+12025550100".utf8), text: "+12025550100"),
    also: [.account, .email, .device, .cell].map {
      Identifier($0, canonical: Array("test".utf8), text: "test")
    } + [Identifier(.ip, canonical: [192, 0, 2, 1], text: "192.0.2.1")])

  /// What was expected and what came, or nil where the expectation holds.
  private static func failure(
    _ expectation: PolicyTest.Expectation, _ ruling: Ruling, catalog: Catalog
  ) -> String? {
    switch expectation {
    case .refused(let code):
      if case .refused(let refusal) = ruling, refusal.reason.rawValue == code { return nil }
      return "expected refused: \(code), got \(outcome(ruling))"
    case .granted(let categories):
      if case .granted(let granted) = ruling, Set(granted.grantedCategories) == Set(categories) { return nil }
      return "expected granted: \(list(categories)), got \(outcome(ruling))"
    case .refuses(let category, let code):
      let got = refusedCategories(ruling).first { $0.category == category }?.reason.rawValue
      if got == code { return nil }
      let found = got.map { "refused with \($0)" } ?? "no refusal of it (\(outcome(ruling)))"
      return "expected category \(category) to be refused with \(code), got \(found)"
    case .releases(let kind, let field, let subject, let other):
      return releases(
        catalog.kinds[kind].fields[field], catalog.name(kind: kind, field: field),
        expected: (subject, other), got: plan(ruling, kind: kind, field: field), ruling)
    case .withholds(let kind, let field):
      // Of a refused demand everything is withheld, and a name misspelt is refused: that would hold of anything.
      guard case .granted = ruling else {
        return
          "expected \(catalog.name(kind: kind, field: field)) to be withheld where others leave, got \(outcome(ruling))"
      }
      guard let got = plan(ruling, kind: kind, field: field), got.isReleased else { return nil }
      return """
        expected \(catalog.name(kind: kind, field: field)) to be withheld, got \
        \(actions(got.subject.action, got.other.action, got.field))
        """
    }
  }

  private static func releases(
    _ field: Field, _ name: String, expected: (subject: Action, other: Action), got: FieldPlan?,
    _ ruling: Ruling
  ) -> String? {
    let wanted = "expected \(name) to leave with \(actions(expected.subject, expected.other, field))"
    guard let got else { return "\(wanted), got nothing of it (\(outcome(ruling)))" }
    if got.subject.action == expected.subject && got.other.action == expected.other { return nil }
    return "\(wanted), got \(actions(got.subject.action, got.other.action, field))"
  }

  private static func plan(_ ruling: Ruling, kind: Int, field: Int) -> FieldPlan? {
    guard case .granted(let granted) = ruling else { return nil }
    return granted.plan.kind(kind)?.fields.first { $0.fieldIndex == field }
  }

  private static func refusedCategories(_ ruling: Ruling) -> [(category: String, reason: ReasonCode)] {
    switch ruling {
    case .granted(let granted): granted.refusedCategories
    case .refused(let refusal): refusal.refusedCategories
    }
  }

  private static func outcome(_ ruling: Ruling) -> String {
    switch ruling {
    case .granted(let granted): "granted: \(list(granted.grantedCategories))"
    case .refused(let refusal): "refused: \(refusal.reason.rawValue)"
    }
  }

  private static func actions(_ subject: Action, _ other: Action, _ field: Field) -> String {
    guard field.hasRoles else { return subject.description(for: field.type) }
    return """
      subject \(subject.description(for: field.type)), other \(other.description(for: field.type))
      """
  }

  private static func list(_ names: [String]) -> String { "[\(names.joined(separator: ", "))]" }
}
