import Foundation
import Sluice
import Testing

/// Guarantee 1 on the sample policies, every line of each: without a line nothing leaves that stayed in, and nothing
/// leaves finer.
@Suite("Deleting a line of a sample policy never releases more") struct SamplePolicyLineTests {
  private struct Cell: Hashable {
    let demand: String
    let kind: Int
    let field: Int
    let isSubject: Bool
  }

  private static let samples = Result { try SampleRun(in: SourceFolder()) }

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: SampleRun.samples.appending(path: folder).path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
  }

  /// The demands of the samples that this policy serves, and one of each of its instruments for all categories, approved
  /// and with a document: no sample asks for everything.
  private func demands(_ policy: Policy) throws -> [Demand] {
    var problems = ProblemList()
    var texts = try Self.names("demands").map {
      String(decoding: try SampleRun.bytes("demands/\($0)"), as: UTF8.self)
    }
    for instrument in policy.instruments {
      texts.append(
        """
        sluice: demand/1
        reference: T-\(instrument.name)
        jurisdiction: \(policy.jurisdictions[0])
        instrument: \(instrument.name)
        authority: { name: "Example Court", official: "Official A", title: Judge, contact: c, reference: r }
        issued: 2026-10-02
        received: 2026-10-03T09:12:00Z
        subjects: [ { phone: "+12025550100", also: [ { account: a-7f31 } ] } ]
        period: { from: 2026-09-10T00:00:00Z, until: 2026-09-12T00:00:00Z }
        categories: [\(policy.categories.map(\.name).joined(separator: ", "))]
        document: document.txt
        prepared: { by: a, at: 2026-10-04T08:00:00Z }
        approved: { by: b, at: 2026-10-04T09:00:00Z, decision: granted }
        """)
    }
    return texts.compactMap { text in
      DemandDocument.read(
        Array(text.utf8), file: "demand.yaml", problems: &problems, documentDigest: { _ in [1] })
    }.filter { policy.jurisdictions.contains($0.jurisdiction) }
  }

  private func released(_ policy: Policy, _ demands: [Demand], _ catalog: Catalog) -> [Cell: Action] {
    var cells: [Cell: Action] = [:]
    for demand in demands {
      let ruling = Gates.rule(demand, policies: [policy], catalog: catalog, now: SampleRun.now)
      guard case .granted(let granted) = ruling else { continue }
      for kind in granted.plan.kinds {
        for field in kind.fields {
          for (isSubject, role) in [(true, field.subject), (false, field.other)]
          where role.action != .withhold {
            let cell = Cell(
              demand: demand.reference, kind: kind.kindIndex, field: field.fieldIndex, isSubject: isSubject)
            cells[cell] = role.action
          }
        }
      }
    }
    return cells
  }

  private func read(_ lines: [Substring], _ run: SampleRun) -> Policy? {
    var problems = ProblemList()
    return PolicyDocument.read(
      Array(lines.joined(separator: "\n").utf8), file: "policy.yaml", catalog: run.catalog,
      baseline: run.policies.baseline, now: SampleRun.now, problems: &problems)
  }

  @Test(arguments: ["BR", "DE", "EU", "GB", "HK", "IN", "US"]) func anyLine(_ name: String) throws {
    let run = try Self.samples.get()
    let lines = String(decoding: try SampleRun.bytes("policies/\(name).yaml"), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let whole = try #require(read(lines, run))
    let demands = try demands(whole)
    let before = released(whole, demands, run.catalog)
    var (loaded, changed) = (0, 0)
    for index in lines.indices where !lines[index].allSatisfy({ $0 == " " }) {
      var fewer = lines
      fewer.remove(at: index)
      guard let policy = read(fewer, run) else { continue }
      loaded += 1
      let after = released(policy, demands, run.catalog)
      if after != before { changed += 1 }
      for (cell, action) in after {
        let field = run.catalog.kinds[cell.kind].fields[cell.field]
        let name = "\(run.catalog.kinds[cell.kind].name).\(field.name)"
        guard let earlier = before[cell] else {
          Issue.record("without line \(index + 1) \(name) leaves")
          continue
        }
        #expect(
          action.isStricterOrEqual(to: earlier),
          "without line \(index + 1) \(name) is finer")
      }
    }
    // The test would say nothing if no shortened policy loaded, or none released less.
    #expect(loaded > 10 && (changed > 5 || before.isEmpty), "\(loaded) loaded, \(changed) changed")
    #expect(before.isEmpty == (name == "HK"), "\(before.count) cells")
  }
}
