import Sluice
import Testing

private typealias Fixtures = RulingFixtures

/// Taking a rule out of a policy must not let more out, bundle or not.
struct BundleCheckTests {
  private static let bundle = Bundle(
    kind: Fixtures.message, fields: [3, 4],
    companions: [Bundle.Companion(field: 0, coarsest: .minute)], isBaseline: true)

  private func problems(_ categories: [FieldRule]..., bundles: [Bundle] = [bundle]) -> [Problem] {
    let named = categories.enumerated().map { PolicyCategory(name: "c\($0)", rules: $1) }
    let grants = named.map { Grant(category: $0.name, requiresApproval: false) }
    var problems = ProblemList()
    BundleCheck(catalog: Fixtures.catalog, bundles: bundles)
      .check([Fixtures.instrument(grants: grants)], named, &problems)
    return problems.problems
  }

  @Test func refusesACoarserReleaseBesideAKeptFieldOfABundle() {
    let whole = [
      Fixtures.rule(Fixtures.message, 0, .truncate(.second)),
      Fixtures.rule(Fixtures.message, 3, .keep, .withhold),
      Fixtures.rule(Fixtures.message, 4, .keep, .withhold),
    ]
    let coarser = [Fixtures.rule(Fixtures.message, 3, .prefix(v4: 24, v6: 48), .withhold, line: 88)]
    #expect(problems(whole).isEmpty)
    for bundles in [[Self.bundle], [Self.bundle, Self.bundle]] {
      let found = problems(whole, coarser, bundles: bundles)
      #expect(found.map(\.code) == ["bundle-undone"])
      #expect(found.map(\.severity) == [.error])
      #expect(found.map(\.line) == [88])
    }
    #expect(problems(whole, coarser, bundles: []).isEmpty)
    // The companion is in no such danger: without the finer rule the bundle fails.
    #expect(problems(whole, [Fixtures.rule(Fixtures.message, 0, .truncate(.hour))]).isEmpty)
  }

  @Test func looksAtEachRoleApart() {
    let kept = [Fixtures.rule(Fixtures.message, 3, .keep, .redact)]
    #expect(problems(kept, [Fixtures.rule(Fixtures.message, 3, .withhold, .redact)]).isEmpty)
    #expect(problems(kept, [Fixtures.rule(Fixtures.message, 3, .redact, .withhold)]).count == 1)
    let both = [Fixtures.rule(Fixtures.message, 3, .keep, .keep)]
    #expect(problems(both, [Fixtures.rule(Fixtures.message, 3, .redact, .redact)]).count == 2)
  }

  /// The baseline's bundle holds too; no verb runs with such a policy.
  @Test func keepsAPolicyFromLoading() {
    let coarser = "account.opened_at: { truncate: month }"
    let text = Texts.policy.with(
      coarser, coarser + "\n    message.client_ip: { subject: { prefix: { v4: 24, v6: 48 } } }")
    let (set, problems) = Texts.read(policies: [("no.yaml", text)])
    #expect(set == nil)
    // One for each instrument, which grants both.
    #expect(problems.map(\.code) == ["bundle-undone", "bundle-undone"])
    #expect(
      problems.allSatisfy {
        [$0.line, $0.column] == text.place(of: "message.client_ip: { subject: { prefix")
      })
  }
}
