/// Reads back what reconciliation.csv and withheld.csv say, and proves that it adds up.
package enum Reconciliation {
  /// Returns the counts by kind. Throws status 8 where a kind's `reached = released + withheld + rejected` does
  /// not hold, where its remainder is not 0, or where the two files do not say the same.
  package static func read(
    reconciliation: [[String]], withheld: [[String]]
  ) throws(SluiceError) -> [VerifiedPacket.KindCounts] {
    var kinds: [VerifiedPacket.KindCounts] = []
    var names: Set<String> = []
    var reached: UInt64 = 0
    var rest = reconciliation[...]
    while let name = rest.first?[0] {
      let end = rest.firstIndex { $0[0] != name } ?? rest.endIndex
      let kind = try kind(name, rest[..<end])
      // The page adds the kinds up.
      let (sum, overflow) = reached.addingReportingOverflow(kind.reached)
      guard names.insert(name).inserted, !overflow else { throw disagreement }
      reached = sum
      kinds.append(kind)
      rest = rest[end...]
    }
    let stated = withheld.filter { $0[0] == "records" }.map { [$0[1], $0[4], $0[5], $0[6]] }
    let counted = kinds.flatMap { kind in
      kind.reasons.map { [kind.kind, $0.outcome, $0.reason, String($0.count)] }
    }
    guard stated == counted else {
      throw BagReader.wrong("packet-withheld", "withheld.csv does not say what reconciliation.csv says.")
    }
    return kinds
  }

  /// The rows of one kind: reached, released, the reasons, remainder.
  private static func kind(
    _ name: String, _ rows: ArraySlice<[String]>
  ) throws(SluiceError) -> VerifiedPacket.KindCounts {
    let rows = Array(rows)
    guard rows.count >= 3, rows[0][1] == "reached", rows[1][1] == "released",
      rows[rows.count - 1][1...] == ["remainder", "", "0"]
    else { throw disagreement }
    let reached = try count(rows[0][3])
    let released = try count(rows[1][3])
    var reasons: [VerifiedPacket.ReasonCount] = []
    var total = released
    for row in rows[2..<rows.count - 1] {
      let reason = VerifiedPacket.ReasonCount(outcome: row[1], reason: row[2], count: try count(row[3]))
      let (sum, overflow) = total.addingReportingOverflow(reason.count)
      guard !overflow, SmallCounts.Row.Outcome(rawValue: row[1]) != nil, !row[2].isEmpty else {
        throw disagreement
      }
      total = sum
      reasons.append(reason)
    }
    guard reached == total else {
      throw BagReader.wrong(
        "packet-conservation", "the records of a kind that were reached are not all accounted for.")
    }
    return VerifiedPacket.KindCounts(kind: name, reached: reached, released: released, reasons: reasons)
  }

  private static func count(_ text: String) throws(SluiceError) -> UInt64 {
    guard let count = UInt64(text), String(count) == text else { throw disagreement }
    return count
  }

  private static var disagreement: SluiceError {
    BagReader.wrong("packet-counts", "data/reconciliation.csv is not written as Sluice writes it.")
  }
}
