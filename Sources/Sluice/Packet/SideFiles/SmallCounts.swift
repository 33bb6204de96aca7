/// The counts of one kind as a packet shows them: small ones merged, so that they do not tell what single
/// records were, and sums exact.
package struct SmallCounts: Equatable {
  /// A count and the reason it stands under.
  package struct Row: Equatable {
    package enum Outcome: String {
      case withheld, rejected
      /// Withheld or rejected, under reasons that are not told.
      case merged = "withheld-or-rejected"
    }

    package let outcome: Outcome
    package let reason: String
    package let count: UInt64
  }

  package static let mergedReason = "other-reasons"

  package let reached: UInt64
  package let released: UInt64
  /// Withheld reasons in their own order, then rejected ones by code, then `other-reasons`. No zeros.
  package let rows: [Row]

  /// Merges every count below `smallest`, smallest first (ties by reason), and then, while what is merged is
  /// itself below it, the next smallest until it is not or no other row is left.
  package init(_ tally: KindTally, smallest: Int) {
    reached = tally.reached
    released = tally.released
    let withheld = WithheldReason.allCases.map {
      Row(outcome: .withheld, reason: $0.code, count: tally.withheld[$0.rawValue])
    }
    let rejected = tally.rejected.map { Row(outcome: .rejected, reason: $0.key.code, count: $0.value) }
      .sorted { $0.reason < $1.reason }
    let rows = (withheld + rejected).filter { $0.count > 0 }
    let smallest = UInt64(max(smallest, 0))

    var merged: UInt64 = 0
    var isMerged = [Bool](repeating: false, count: rows.count)
    let ascending = rows.indices.sorted {
      (rows[$0].count, rows[$0].reason) < (rows[$1].count, rows[$1].reason)
    }
    for index in ascending {
      let isStarted = merged > 0
      guard rows[index].count < smallest || isStarted && merged < smallest else { break }
      merged += rows[index].count
      isMerged[index] = true
    }
    var shown = rows.indices.filter { !isMerged[$0] }.map { rows[$0] }
    if merged > 0 { shown.append(Row(outcome: .merged, reason: Self.mergedReason, count: merged)) }
    self.rows = shown
  }
}
