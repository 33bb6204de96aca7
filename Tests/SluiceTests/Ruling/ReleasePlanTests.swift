import Sluice
import Testing

private typealias Fixtures = RulingFixtures

/// What the granted categories let out, field by field and role by role.
struct ReleasePlanTests {
  private func plan(_ categories: [PolicyCategory], bundles: [Bundle] = []) -> ReleasePlan {
    let grants = categories.map { Grant(category: $0.name, requiresApproval: false) }
    let instrument = Fixtures.instrument(grants: grants)
    let policy = Fixtures.policy(instruments: [instrument], categories: categories, bundles: bundles)
    return ReleasePlan(
      policy: policy, instrument: instrument, categories: categories.map(\.name), catalog: Fixtures.catalog)
  }

  private func category(_ name: String, _ rules: FieldRule...) -> PolicyCategory {
    PolicyCategory(name: name, rules: rules)
  }

  @Test func holdsTheKindsAndFieldsThatGrantedCategoriesName() throws {
    let plan = plan([Fixtures.subscriber, Fixtures.activity])
    #expect(plan.kinds.map(\.kindIndex) == [Fixtures.message, Fixtures.account])
    let message = try #require(plan.kind(Fixtures.message))
    #expect(message.fields.map(\.field.name) == ["sent_at", "type"])
    #expect(message.columns.map(\.field.name) == ["sent_at"])
    #expect(plan.kind(Fixtures.location) == nil)
  }

  @Test func holdsTheLeastStrictActionOfEachRoleApart() throws {
    let strict = category(
      "strict", Fixtures.rule(Fixtures.message, 1, .redact, .pseudonymize, line: 7),
      Fixtures.rule(Fixtures.message, 0, .truncate(.day), line: 8))
    let loose = category(
      "loose", Fixtures.rule(Fixtures.message, 1, .keep, .withhold, line: 9),
      Fixtures.rule(Fixtures.message, 0, .truncate(.second), line: 10))
    for order in [[strict, loose], [loose, strict]] {
      let fields = try #require(plan(order).kind(Fixtures.message)).fields
      #expect(fields[0].subject.action == .truncate(.second))
      #expect(fields[0].subject.category == "loose")
      #expect(fields[1].subject.action == .keep)
      #expect(fields[1].subject.category == "loose")
      #expect(fields[1].subject.position.line == 9)
      #expect(fields[1].other.action == .pseudonymize)
      #expect(fields[1].other.category == "strict")
      #expect(fields[1].other.position.line == 7)
      #expect(fields[1].other.citation == "section 1")
    }
  }

  @Test func namesTheFirstCategoryOfThePolicyForEqualActions() throws {
    let first = category("first", Fixtures.rule(Fixtures.message, 5, .keep))
    let second = category("second", Fixtures.rule(Fixtures.message, 5, .keep))
    let policy = Fixtures.policy(categories: [first, second])
    for names in [["first", "second"], ["second", "first"]] {
      let plan = ReleasePlan(
        policy: policy, instrument: Fixtures.instrument(), categories: names, catalog: Fixtures.catalog)
      #expect(plan.kinds.first?.fields.first?.subject.category == "first")
    }
  }

  /// To reject unless every category withholds would let a record leave once the category that rejects is removed.
  @Test func withholdsOnErrorWhereACategoryThatReleasesSaysSo() throws {
    func rule(_ action: Action, _ withholds: Bool) -> FieldRule {
      Fixtures.rule(Fixtures.message, 1, action, .withhold, withholdsOnError: withholds)
    }
    func withholds(_ rules: FieldRule...) -> Bool? {
      let categories = rules.enumerated().map { PolicyCategory(name: "c\($0)", rules: [$1]) }
      return plan(categories).kinds.first?.fields.first?.withholdsOnError
    }
    #expect(withholds(rule(.keep, false), rule(.redact, false)) == false)
    #expect(withholds(rule(.keep, false), rule(.redact, true)) == true)
    #expect(withholds(rule(.keep, true)) == true)
    #expect(withholds(rule(.keep, false), rule(.withhold, true)) == false)
  }

  @Test func givesEachKindItsBundles() {
    let ofMessage = Bundle(kind: Fixtures.message, fields: [3, 4], companions: [], isBaseline: false)
    let ofLocation = Bundle(kind: Fixtures.location, fields: [2], companions: [], isBaseline: true)
    let plan = plan([Fixtures.traffic, Fixtures.subscriber], bundles: [ofLocation, ofMessage])
    #expect(plan.kind(Fixtures.message)?.bundles == [ofMessage])
    #expect(plan.kind(Fixtures.account)?.bundles == [])
  }

  // MARK: Default deny

  /// Removing a category from the grants, or a rule from a category, only ever removes output: every field and
  /// role that is released afterwards was released before, as fine or finer.
  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func removesOutputAlone(seed: UInt64) {
    var random = SplitMix(state: seed)
    let categories = randomCategories(&random)
    let before = plan(categories)
    for index in categories.indices {
      var without = categories
      without.remove(at: index)
      expectNoWider(plan(without), than: before, seed: seed)
      for line in categories[index].rules.indices {
        var rules = categories[index].rules
        rules.remove(at: line)
        var shorter = categories
        shorter[index] = PolicyCategory(name: categories[index].name, rules: rules)
        expectNoWider(plan(shorter), than: before, seed: seed)
      }
    }
  }

  private func expectNoWider(_ after: ReleasePlan, than before: ReleasePlan, seed: UInt64) {
    for kind in after.kinds {
      for field in kind.fields {
        let old = before.kind(kind.kindIndex)?.fields.first { $0.fieldIndex == field.fieldIndex }
        for role in [\FieldPlan.subject, \FieldPlan.other] {
          let action = field[keyPath: role].action
          let held = old?[keyPath: role].action ?? .withhold
          #expect(
            action.isStricterOrEqual(to: held),
            "seed \(seed): \(kind.kind.name).\(field.field.name) became wider")
        }
      }
    }
  }

  /// Up to five categories whose actions for one field all lie on one chain, as a policy that loads has them.
  private func randomCategories(_ random: inout SplitMix) -> [PolicyCategory] {
    let chains: [(kind: Int, field: Int, chain: [Action])] = [
      (
        Fixtures.message, 0,
        [.withhold, .redact, .truncate(.year), .truncate(.day), .truncate(.hour), .truncate(.second), .keep]
      ),
      (Fixtures.message, 1, [.withhold, .redact, .pseudonymize, .keep]),
      (Fixtures.message, 5, [.withhold, .redact, .keep]),
      (Fixtures.account, 0, [.withhold, .redact, .mask(last: 4), .keep]),
      (Fixtures.location, 0, [.withhold, .truncate(.day), .truncate(.hour), .keep]),
    ]
    return (0..<Int.random(in: 1...5, using: &random)).map { index in
      let rules = chains.filter { _ in Bool.random(using: &random) }.map { entry in
        Fixtures.rule(
          entry.kind, entry.field, entry.chain.randomElement(using: &random)!,
          entry.chain.randomElement(using: &random)!)
      }
      return PolicyCategory(name: "category-\(index)", rules: rules)
    }
  }
}

/// Sebastiano Vigna's splitmix64: small, seeded, the same everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
