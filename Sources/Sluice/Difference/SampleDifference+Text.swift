extension SampleDifference {
  /// The difference as text: a table of what differs where there is anything, and a sentence that counts the demands. Ends
  /// with a line feed.
  public var text: String {
    let differing = answers.filter(\.differs)
    let table = differing.isEmpty ? [] : TextTable.lines([Self.head] + differing.flatMap(\.rows)) + [""]
    let summary =
      "\(UInt64(answers.count).of("demand")) over \(recordCount.of("record")): "
      + (differing.isEmpty
        ? "none would be answered otherwise" : "\(differing.count) would be answered otherwise")
    return (table + [summary]).map { $0 + "\n" }.joined()
  }

  private static var head: [String] { ["DEMAND", "WHAT", "OLD", "NEW", "ACTION"] }
}

extension SampleDifference.Answer {
  fileprivate var rows: [[String]] {
    let outcome = oldOutcome == newOutcome ? [] : [[demand, "outcome", oldOutcome, newOutcome, "-"]]
    return outcome
      + counts.filter(\.differs).map { count in
        let unit = count.isRecords ? "record" : "value"
        return [
          demand, count.what, count.old.of(unit), count.new.of(unit),
          count.isRecords ? "-" : count.hasOtherAction ? "another" : "the same",
        ]
      }
  }
}

extension UInt64 {
  fileprivate func of(_ unit: String) -> String { "\(self) \(unit)\(self == 1 ? "" : "s")" }
}
