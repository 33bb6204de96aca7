import Sluice
import Testing

/// B84 and guarantee 1: taking lines away can only take output away.
@Suite("Deleting a line never releases more")
struct DefaultDenyTests {
  struct Cell: Hashable {
    let instrument: String
    let kind: Int
    let field: Int
    let isSubject: Bool
  }

  /// The action of every released field and role under each instrument with all that it grants.
  private func released(_ policy: Policy, _ catalog: Catalog) -> [Cell: Action] {
    var cells: [Cell: Action] = [:]
    for instrument in policy.instruments {
      let granted = Set(instrument.grants.map(\.category))
      for rule in policy.categories.filter({ granted.contains($0.name) }).flatMap(\.rules) {
        for (isSubject, action) in [(true, rule.subject), (false, rule.other)] where action != .withhold {
          let cell = Cell(
            instrument: instrument.name, kind: rule.kind, field: rule.field, isSubject: isSubject)
          cells[cell] = cells[cell].map { Action.leastStrict($0, action) ?? $0 } ?? action
        }
      }
    }
    return cells
  }

  private func check(_ text: String, against whole: [Cell: Action], _ what: String) -> Bool {
    guard let policy = Texts.read(policies: [("no.yaml", text)]).set?.policies.first else { return false }
    let catalog = Texts.catalog()
    for (cell, action) in released(policy, catalog) {
      guard let before = whole[cell] else {
        Issue.record("\(what) releases \(cell)")
        continue
      }
      #expect(action.isStricterOrEqual(to: before), "\(what) makes \(cell) finer")
    }
    return true
  }

  private func whole() throws -> [Cell: Action] {
    let policy = try #require(Texts.read().set?.policies.first)
    return released(policy, Texts.catalog())
  }

  @Test func anyLine() throws {
    let whole = try whole()
    let lines = Texts.policy.split(separator: "\n", omittingEmptySubsequences: false)
    var loaded = 0
    for index in lines.indices {
      var fewer = lines
      fewer.remove(at: index)
      if check(fewer.joined(separator: "\n"), against: whole, "without line \(index + 1)") { loaded += 1 }
    }
    // The test would say nothing if no shortened policy loaded.
    #expect(loaded >= 15)
  }

  @Test(arguments: [0xDE17_0001, 0xDE17_0002, 0xDE17_0003] as [UInt64])
  func anyLines(seed: UInt64) throws {
    let whole = try whole()
    var generator = SplitMix(state: seed)
    let lines = Texts.policy.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "categories:")) + 1
    let end = try #require(lines.firstIndex(of: "tests:"))
    for _ in 0..<60 {
      let kept = lines.indices.filter {
        !(start..<end).contains($0) || Int.random(in: 0..<8, using: &generator) > 0
      }
      _ = check(kept.map { lines[$0] }.joined(separator: "\n"), against: whole, "seed \(seed), lines \(kept)")
    }
  }

  @Test(arguments: [
    ("[subscriber, traffic]", "[subscriber]"), ("[subscriber, traffic]", "[]"),
    ("[subscriber, { traffic: { approval: required } }]", "[subscriber]"),
  ])
  func anyGrant(part: String, replacement: String) throws {
    #expect(check(Texts.policy.with(part, replacement), against: try whole(), replacement))
  }
}
