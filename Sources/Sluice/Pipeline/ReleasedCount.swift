/// How many values of each field a pass would release to one demand.
public struct ReleasedCount: Sendable {
  /// The kinds that the plan has a file for, in the catalog's order.
  public let kinds: [KindCount]

  /// One kind's.
  public struct KindCount: Sendable {
    /// Index into the catalog's kinds.
    public let kindIndex: Int
    /// Rows that would leave: as many as `KindTally.released`.
    public internal(set) var recordCount: UInt64 = 0
    /// For each column of the kind's plan, the rows that have a value in it: one that is neither absent nor redacted, nor
    /// an array without any such.
    public internal(set) var valueCounts: [UInt64]
  }
}

/// Counts the values in the rows of a pass, and keeps none.
final class ReleasedCounter {
  private struct File {
    var count: ReleasedCount.KindCount
    let shape: RowShape
    /// Those of the row at hand, one a column.
    var values: [UnsafeRawBufferPointer]

    init(_ plan: KindPlan) {
      count = ReleasedCount.KindCount(
        kindIndex: plan.kindIndex, valueCounts: Array(repeating: 0, count: plan.columns.count))
      shape = RowShape(.ndjson, plan.columnNames(.ndjson))
      values = Array(
        repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: plan.columns.count)
    }

    mutating func take(_ row: UnsafeRawBufferPointer) {
      guard shape.accepts(row, &values) else { preconditionFailure("a row of other columns than its plan's") }
      count.recordCount += 1
      for column in values.indices where Self.isValue(values[column]) { count.valueCounts[column] += 1 }
    }

    /// Whether a value leaves in a cell.
    private static func isValue(_ cell: UnsafeRawBufferPointer) -> Bool {
      guard let start = cell.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
      if RowShape.isText(start) { return !isRedacted(cell) }
      guard cell.first == UInt8(ascii: "[") else { return !cell.elementsEqual("null".utf8) }
      return !JSONElements.texts(of: cell).allSatisfy(isRedacted)
    }

    private static func isRedacted(_ text: UnsafeRawBufferPointer) -> Bool {
      text.elementsEqual("[redacted]".utf8)
    }
  }

  /// By demand, in it by kind.
  private var files: [[File]]

  init(_ plans: [ReleasePlan]) { files = plans.map { $0.kinds.filter(\.hasFile).map(File.init) } }

  func take(_ packet: Int, _ rows: consuming ReleasedRows) {
    let kindIndex = rows.kindIndex
    guard let place = files[packet].firstIndex(where: { $0.count.kindIndex == kindIndex }) else {
      preconditionFailure("rows of a kind that the plan has no file for")
    }
    var lines = LineReader()
    lines.read(rows.bytes) { line, _ in files[packet][place].take(line) }
  }

  /// One for each demand.
  var counts: [ReleasedCount] { files.map { ReleasedCount(kinds: $0.map(\.count)) } }
}
