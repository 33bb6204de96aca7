import Glibc

/// Prints a row for each thing measured; ratios are to a row of the same run, because these machines are noisy.
struct BenchmarkTable {
  /// One thing measured: medians of several runs.
  private struct Row {
    let name: String
    let recordCount: Int
    let byteCount: Int
    let wallSeconds: Double
    let processorSeconds: Double
  }

  static var runCount: Int {
    #if DEBUG
      1
    #else
      5
    #endif
  }

  private var rows: [Row] = []

  /// Runs something several times and keeps the medians.
  mutating func measure(
    _ name: String, records: Int, bytes: Int, _ body: () throws -> Void
  ) rethrows {
    var walls: [Double] = []
    var processors: [Double] = []
    for _ in 0..<Self.runCount {
      let (wall, processor) = (Self.seconds(CLOCK_MONOTONIC), Self.seconds(CLOCK_PROCESS_CPUTIME_ID))
      try body()
      walls.append(Self.seconds(CLOCK_MONOTONIC) - wall)
      processors.append(Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - processor)
    }
    rows.append(
      Row(
        name: name, recordCount: records, byteCount: bytes, wallSeconds: Self.median(walls),
        processorSeconds: Self.median(processors)))
  }

  /// The table, with each row's CPU time as a multiple of the first row's for the same bytes.
  var text: String {
    func cell(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func whole(_ value: Double, _ width: Int) -> String { cell("\(Int(value.rounded()))", width) }
    let head =
      "row".padded(44) + cell("records/s", 12) + cell("MB/s", 9) + cell("ns/record", 11) + cell("CPU ns", 9)
      + cell("x first", 9)
    var lines = [head]
    let first = rows.first.map { $0.processorSeconds / Double(max($0.byteCount, 1)) } ?? 0
    for row in rows {
      let records = Double(max(row.recordCount, 1))
      let bytes = Double(max(row.byteCount, 1))
      lines.append(
        row.name.padded(44) + whole(records / row.wallSeconds, 12)
          + whole(bytes / row.wallSeconds / 1e6, 9) + whole(row.wallSeconds / records * 1e9, 11)
          + whole(row.processorSeconds / records * 1e9, 9)
          + cell("\((row.processorSeconds / bytes / max(first, 1e-15) * 10).rounded() / 10)", 9))
    }
    return lines.joined(separator: "\n")
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
