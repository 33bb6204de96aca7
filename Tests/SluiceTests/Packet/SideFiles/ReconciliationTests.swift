import Sluice
import Testing

/// What a packet's two files of counts come to; they may be anyone's.
@Suite struct ReconciliationTests {
  /// A kind whose records are all withheld.
  private func read(_ kinds: [(name: String, count: UInt64)]) throws -> [VerifiedPacket.KindCounts] {
    try Reconciliation.read(
      reconciliation: kinds.flatMap { kind in
        let count = String(kind.count)
        return [
          [kind.name, "reached", "", count], [kind.name, "released", "", "0"],
          [kind.name, "withheld", "status", count], [kind.name, "remainder", "", "0"],
        ]
      },
      withheld: kinds.map { ["records", $0.name, "", "", "withheld", "status", String($0.count)] })
  }

  @Test func kindsAreReadInTheirOrder() throws {
    let kinds = try read([("message", 3), ("call", .max - 3)])
    #expect(kinds.map(\.kind) == ["message", "call"])
    #expect(kinds.map(\.reached) == [3, .max - 3])
    #expect(try read([]) == [])
  }

  @Test(arguments: [["message", "call"], ["message", "message"]])
  func aSumThatNoCounterHoldsAndAKindThatComesTwiceAreRefused(names: [String]) {
    let error = #expect(throws: SluiceError.self) {
      try read([(names[0], UInt64.max - 2), (names[1], names[0] == names[1] ? 1 : 3)])
    }
    #expect(error?.code == "packet-counts")
  }
}
