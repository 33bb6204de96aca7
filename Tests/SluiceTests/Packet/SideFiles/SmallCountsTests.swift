import Sluice
import Testing

/// What small counts look like in a packet; the rule is design 3.5's.
@Suite struct SmallCountsTests {
  private func rows(_ withheld: [UInt64], _ rejected: [FaultCode: UInt64] = [:], smallest: Int) -> [String] {
    var tally = KindTally()
    tally.released = 100
    tally.withheld = withheld
    tally.rejected = rejected
    tally.reached = 100 + withheld.reduce(0, +) + rejected.values.reduce(0, +)
    return SmallCounts(tally, smallest: smallest).rows.map { "\($0.reason) \($0.count)" }
  }

  @Test func countsAtOrAboveTheSmallestStand() {
    #expect(
      rows([5, 6, 7], [.timeFormat: 5], smallest: 5)
        == ["nothing-present 5", "rule 6", "bundle 7", "time-format 5"])
    #expect(
      rows([1, 0, 2], [.timeFormat: 1], smallest: 1) == ["nothing-present 1", "bundle 2", "time-format 1"])
    #expect(rows([1, 0, 0], smallest: 0) == ["nothing-present 1"])
    #expect(rows([0, 0, 0], smallest: 5) == [])
  }

  @Test func smallCountsAreMergedUntilTheMergedIsNotSmall() {
    #expect(rows([2, 9, 0], [.timeFormat: 3], smallest: 5) == ["rule 9", "other-reasons 5"])
    // What is merged is still small, so the next smallest joins it.
    #expect(rows([2, 9, 30], smallest: 5) == ["bundle 30", "other-reasons 11"])
    #expect(rows([2, 0, 0], smallest: 5) == ["other-reasons 2"])
    #expect(rows([4, 4, 4], smallest: 5) == ["other-reasons 12"])
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func sumsAreExactAndNoSmallCountIsShownBesideAnother(seed: UInt64) {
    var generator = PacketGenerator(seed: seed)
    var tally = KindTally()
    tally.released = UInt64.random(in: 0...50, using: &generator)
    tally.withheld = (0..<3).map { _ in UInt64.random(in: 0...12, using: &generator) }
    for code in FaultCode.allCases.shuffled(using: &generator).prefix(
      Int.random(in: 0...6, using: &generator))
    {
      tally.rejected[code] = UInt64.random(in: 1...12, using: &generator)
    }
    tally.reached = tally.released + tally.withheld.reduce(0, +) + tally.rejected.values.reduce(0, +)
    let smallest = Int.random(in: 0...15, using: &generator)
    let counts = SmallCounts(tally, smallest: smallest)
    #expect(counts.reached == counts.released + counts.rows.reduce(0) { $0 + $1.count }, "seed \(seed)")
    #expect(counts.rows.allSatisfy { $0.count > 0 })
    if counts.rows.count > 1 { #expect(counts.rows.allSatisfy { $0.count >= smallest }, "seed \(seed)") }
    #expect(counts.rows.filter { $0.reason == "other-reasons" }.count <= 1)
  }
}
