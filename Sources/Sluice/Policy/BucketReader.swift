/// Reads the width or the edges of buckets in the field's own unit.
struct BucketReader {
  let type: FieldType
  private static let edgeCountMax = 256

  func read(_ node: DocumentNode, _ problems: inout ProblemList) -> Buckets? {
    guard case .sequence(let entries) = node.content else {
      guard let width = amount(node, &problems) else { return nil }
      // A bucket of one value is that value, told as derived.
      guard width >= 2 else {
        return node.wrong(
          "the width of a bucket", "is below 2 of the field's own unit; make it at least 2, or write keep",
          &problems)
      }
      return .width(width)
    }
    let edges = entries.compactMap { amount($0, &problems) }
    guard edges.count == entries.count else { return nil }
    guard !edges.isEmpty, edges.count <= Self.edgeCountMax,
      zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      return node.wrong(
        "the edges of buckets",
        "do not ascend, or are none or more than \(Self.edgeCountMax); list them from the smallest to "
          + "the largest",
        &problems)
    }
    return .edges(edges)
  }

  /// A whole number in the field's unit, or for durations a time with its unit: `60s`, `15m`, `1h`.
  private func amount(_ node: DocumentNode, _ problems: inout ProblemList) -> Int64? {
    if case .duration(let unit) = type, let text = node.scalar, let seconds = timeSpanSeconds(text) {
      let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      guard !overflow, nanoseconds % unit.nanoseconds == 0 else {
        return node.wrong("this time", "is no whole number of \(unit.rawValue); round it to one", &problems)
      }
      return nanoseconds / unit.nanoseconds
    }
    return node.integer("a bucket", -(1 << 53)...(1 << 53), &problems)
  }
}
