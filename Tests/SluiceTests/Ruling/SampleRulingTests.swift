import Foundation
import Sluice
import Testing

/// The sample demands ruled under the sample policies, and what the samples' own first lines say of them.
struct SampleRulingTests {
  /// The package's `Samples` folder, beside `Tests`.
  private static let samples = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Samples")

  private static let now = RulingFixtures.day(2026, 10, 5)

  private struct Loaded {
    let catalog: Catalog
    let policies: PolicySet
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: samples.appending(path: path)))
  }

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: samples.appending(path: folder).path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
  }

  private static func load() throws -> Loaded {
    var problems = ProblemList()
    let schemas = try names("schemas").compactMap { name in
      SchemaDocument.read(try bytes("schemas/\(name)"), file: name, problems: &problems)
    }
    let catalog = Catalog(schemas: schemas, problems: &problems)
    let files = try names("policies").map { (name: $0, bytes: try bytes("policies/\($0)")) }
    let set = PolicySet.read(files: files, catalog: catalog, now: now, needed: nil, problems: &problems)
    #expect(problems.inOrder.map(\.description) == [])
    return Loaded(catalog: catalog, policies: try #require(set))
  }

  /// File, granted categories or none, and codes: of the refused categories, or of the whole.
  static let expected: [(String, granted: [String], codes: [String])] = [
    ("br-judicial", ["registros-de-acesso"], ["category-approval-missing"]),
    ("de-100g", ["verkehrsdaten", "standortdaten"], []), ("eu-judge", ["subscriber", "traffic"], []),
    ("eu-prosecutor", ["identification"], ["category-not-granted"]),
    ("gb-events", ["entity-data", "events-data"], []), ("hk-2019", [], ["status-paused-review"]),
    ("hk-paused", [], ["status-paused-review"]), ("in-notice", ["subscriber", "connection"], []),
    ("no-unknown", [], ["jurisdiction-unknown"]),
    ("us-court-order-narrowed", ["sessions", "connection"], ["category-not-granted"]),
    ("us-court-order", ["traffic"], []), ("us-emergency-unapproved", [], ["approval-missing"]),
    ("us-emergency", ["subscriber", "connection", "location"], []),
    ("us-issued-in-future", [], ["issued-in-future"]), ("us-period-too-long", [], ["period-too-long"]),
    ("us-subpoena-refused", [], ["category-not-granted"]),
    ("us-subpoena", ["subscriber", "identification"], []),
    ("us-warrant", ["subscriber", "traffic", "location"], []),
  ]

  private static func demand(_ name: String) throws -> Demand {
    var problems = ProblemList()
    let demand = DemandDocument.read(
      try bytes("demands/\(name).yaml"), file: name, problems: &problems,
      documentDigest: { path in
        FileManager.default.isReadableFile(atPath: samples.appending(path: "demands/\(path)").path)
          ? [1] : nil
      })
    #expect(problems.inOrder.map(\.description) == [])
    return try #require(demand)
  }

  @Test func rulesAsTheSamplesSay() throws {
    let loaded = try Self.load()
    #expect(try Self.names("demands") == Self.expected.map { "\($0.0).yaml" }.sorted())
    var demands: [Demand] = []
    for (name, granted, codes) in Self.expected {
      let demand = try Self.demand(name)
      demands.append(demand)
      switch Gates.rule(demand, policies: loaded.policies, catalog: loaded.catalog, now: Self.now) {
      case .granted(let ruling):
        #expect(ruling.grantedCategories == granted, "\(name)")
        #expect(ruling.refusedCategories.map(\.reason.rawValue) == codes, "\(name)")
      case .refused(let refusal):
        #expect(granted.isEmpty, "\(name)")
        #expect([refusal.reason.rawValue] == codes, "\(name)")
      }
    }
    #expect(DemandBatch.problems(demands).isEmpty)
  }

  /// The plans that a batch shares are those that each demand has alone.
  @Test func rulesOnABatchAsOnEachDemandAlone() throws {
    let loaded = try Self.load()
    let demands = try Self.expected.map { try Self.demand($0.0) }
    let together = Gates.rule(demands, policies: loaded.policies, catalog: loaded.catalog, now: Self.now)
    #expect(together.map(\.demand.reference) == demands.map(\.reference))
    // A plan is an object, whose own reflection is its name.
    func reflection(_ ruling: Ruling) -> String { String(reflecting: ruling.granted?.plan.kinds) }
    #expect(Set(together.map(reflection)).count > 5)
    for (demand, ruling) in zip(demands, together) {
      let alone = Gates.rule(demand, policies: loaded.policies, catalog: loaded.catalog, now: Self.now)
      #expect(reflection(alone) == reflection(ruling))
      #expect(alone.granted?.grantedCategories == ruling.granted?.grantedCategories)
      #expect(alone.reason == ruling.reason)
    }
  }

  /// The replay that hk-2019.yaml speaks of: received and produced before the pause.
  @Test func replaysHongKongOf2019() throws {
    let loaded = try Self.load()
    let ruling = Gates.rule(
      try Self.demand("hk-2019"), policies: loaded.policies, catalog: loaded.catalog,
      now: RulingFixtures.day(2019, 8, 5))
    #expect(ruling.granted?.grantedCategories == ["subscriber", "connection"])
  }

  @Test func passesTheTestsOfTheSamplePolicies() throws {
    let loaded = try Self.load()
    let check = PolicyCheck(policies: loaded.policies, catalog: loaded.catalog, now: Self.now)
    #expect(check.testCount > 20)
    #expect(check.failedTestCount == 0)
    #expect(check.problems.filter { $0.severity == .error }.map(\.description) == [])
  }

  @Test func explainsEveryInstrumentOfTheSamplePolicies() throws {
    let loaded = try Self.load()
    for policy in loaded.policies.policies {
      for instrument in policy.instruments {
        let explanation = try Explanation(
          jurisdiction: policy.jurisdictions[0], instrument: instrument.name, policies: loaded.policies,
          catalog: loaded.catalog, now: Self.now)
        #expect(explanation.rows.count >= loaded.catalog.kinds.reduce(0) { $0 + $1.fields.count })
      }
    }
  }
}
