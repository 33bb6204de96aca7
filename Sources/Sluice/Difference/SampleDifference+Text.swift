extension SampleDifference {
  /// The difference as text: a table of what differs where there is anything, and a sentence that counts the demands. Ends
  /// with a line feed.
  public var text: String {
    let differing = answers.filter(\.differs)
    let table = differing.isEmpty ? [] : TextTable.lines([Self.head] + differing.flatMap(\.rows)) + [""]
    let demands = answers.count.of("demand")
    let sample =
      recordCount == 0 ? "\(demands), and no record was read" : "\(demands) over \(recordCount.of("record"))"
    let result = differing.isEmpty ? "none" : "\(differing.count)"
    return (table + ["\(sample): \(result) would be answered otherwise"]).map { $0 + "\n" }.joined()
  }

  private static var head: [String] { ["DEMAND", "WHAT", "OLD", "NEW", "ACTION"] }
}

extension SampleDifference.Answer {
  fileprivate var rows: [[String]] {
    let outcome = old == new ? [] : [[demand, "outcome", old.text, new.text, "-"]]
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

extension SampleDifference.Outcome {
  fileprivate var text: String {
    let whole = refusal.map { "refused with \($0)" } ?? "granted \(grantedCategories.joined(separator: ", "))"
    return refusedParts.isEmpty ? whole : "\(whole) (\(refusedParts.joined(separator: ", ")))"
  }
}
