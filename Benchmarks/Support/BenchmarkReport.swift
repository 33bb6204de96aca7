import Foundation
import SluiceCrypto
import Testing

/// The rows and ratios of a run, printed and saved when the last benchmark is done.
final class BenchmarkReport: @unchecked Sendable {
  // Unchecked: the suites are serialized, so one test at a time has it.

  static let shared = BenchmarkReport()

  /// What the project set out to reach.
  enum Target {
    case atMost(Double)
    case atLeast(Double)

    var text: String {
      switch self {
      case .atMost(let bound): "at most \(bound)"
      case .atLeast(let bound): "at least \(bound)"
      }
    }

    func isMet(by value: Double) -> Bool {
      switch self {
      case .atMost(let bound): value <= bound
      case .atLeast(let bound): value >= bound
      }
    }
  }

  /// A quotient of two figures of this run.
  private struct Ratio {
    let name: String
    let value: Double
    let target: Target?
  }

  private var rows: [BenchmarkRow] = []
  private var ratios: [Ratio] = []
  private var notes: [String] = []

  /// One pass of memchr over the records, which every row is compared with: these machines are noisy, and a multiple of
  /// what the same machine did at the same time is less so.
  private var memchr: BenchmarkRow?

  /// Measures the pass of memchr, before everything else.
  func begin() throws {
    let records = SharedRecords.repeating.ndjson
    var found = 0
    memchr = try measure(
      .scan, "one pass of memchr", records: records.recordCount, bytes: records.byteCount
    ) { found = records.lineCount }
    #expect(found == records.recordCount)
  }

  /// Runs something several times and adds its row. The caller checks what came of it.
  @discardableResult
  func measure(
    _ stage: BenchmarkRow.Stage, _ name: String, records: Int, bytes: Int,
    counting: BenchmarkRow.Counting = .thread, runs: Int = BenchmarkRow.runCount, _ body: () throws -> Void
  ) throws -> BenchmarkRow {
    try withoutActuallyEscaping(body) { body in
      let subject = BenchmarkRow.Subject(
        name: name, recordCount: records, byteCount: bytes, counting: counting, body: body)
      return try measure(stage, inTurn: [subject], runs: runs)[0]
    }
  }

  /// Runs some things several times, in turn, and adds their rows. What they allocate is checked here, but in a debug
  /// build, where generics of the standard library are not specialised and allocate.
  @discardableResult
  func measure(
    _ stage: BenchmarkRow.Stage, inTurn subjects: [BenchmarkRow.Subject], runs: Int = BenchmarkRow.runCount
  ) throws -> [BenchmarkRow] {
    let measured = try BenchmarkRow.measure(stage, inTurn: subjects, runs: runs)
    rows += measured
    #if !DEBUG
      for (row, subject) in zip(measured, subjects) {
        guard case .thread = subject.counting, let allocations = row.allocations else { continue }
        #expect(allocations < 0.01, "\(row.title) allocates for each record")
      }
    #endif
    return measured
  }

  func add(_ row: BenchmarkRow) { rows.append(row) }

  func add(ratio name: String, _ value: Double, _ target: Target? = nil) {
    ratios.append(Ratio(name: name, value: value, target: target))
  }

  /// A line below the table.
  func add(note: String) { notes.append(note) }

  /// Prints everything, and writes the rows to the file that `make bench` names.
  func finish() throws {
    rows = BenchmarkRow.Stage.allCases.flatMap { stage in rows.filter { $0.stage == stage } }
    let machine = Machine()
    print(machine.line, "", table, "", sums, separator: "\n")
    guard let path = ProcessInfo.processInfo.environment["SLUICE_BENCH_JSON"] else { return }
    try json(machine).write(to: URL(filePath: path))
  }

  // MARK: - For people

  private var table: String {
    let head =
      "row".padded(58)
      + ["records/s", "MB/s", "ns/record", "CPU ns", "least", "x memchr", "allocations"]
      .map { $0.aligned(12) }.joined()
    return ([head] + rows.map(line)).joined(separator: "\n")
  }

  private func line(_ row: BenchmarkRow) -> String {
    let records = Double(max(row.recordCount, 1))
    let wall = row.wallSeconds.median
    // A row over no bytes, such as of demands, is no multiple of a pass over any.
    let hasBytes = row.byteCount > 0
    let cells = [
      (Double(row.recordCount) / wall).text(0),
      hasBytes ? (Double(row.byteCount) / wall / 1e6).text(0) : "-",
      (wall / records * 1e9).text(1), (row.processorPerRecord * 1e9).text(1),
      ((row.processorSeconds.min() ?? 0) / records * 1e9).text(1),
      hasBytes ? (row.processorPerByte / max(memchr?.processorPerByte ?? 0, 1e-15)).text(1) : "-",
      row.allocations?.text(3) ?? "-",
    ]
    return "\(row.title)".padded(58) + cells.map { $0.aligned(12) }.joined()
  }

  private var sums: String {
    let ratios = ratios.map { ratio in
      ratio.name.padded(80) + ratio.value.text(2).aligned(8)
        + (ratio.target.map { "  \($0.text): \($0.isMet(by: ratio.value) ? "met" : "not met")" } ?? "")
    }
    return (ratios + notes).joined(separator: "\n")
  }

  // MARK: - For `make bench-compare`

  private func json(_ machine: Machine) throws -> Data {
    let rows = rows.map { row -> [String: Any] in
      [
        "name": "\(row.title)", "records": row.recordCount, "bytes": row.byteCount,
        "wallNanoseconds": Int(row.wallSeconds.median * 1e9),
        "processorNanoseconds": Int(row.processorSeconds.median * 1e9),
        "allocations": row.allocations as Any? ?? NSNull(),
      ]
    }
    let document: [String: Any] = [
      "date": machine.date, "machine": machine.processor, "swift": machine.swift,
      "libcrypto": machine.libcrypto,
      "cores": machine.cores, "commit": machine.commit, "rows": rows,
      "ratios": ratios.map { ratio -> [String: Any] in
        [
          "name": ratio.name, "value": ratio.value,
          "target": ratio.target?.text as Any? ?? NSNull(),
          "met": ratio.target?.isMet(by: ratio.value) as Any? ?? NSNull(),
        ]
      },
    ]
    return try JSONSerialization.data(withJSONObject: document, options: [.prettyPrinted, .sortedKeys])
  }
}

/// Gives the report before and after the benchmarks: the pass of memchr first, the table last.
struct ReportTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let report = BenchmarkReport.shared
    try report.begin()
    try await function()
    try report.finish()
  }
}

extension Trait where Self == ReportTrait {
  static var report: Self { Self() }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func aligned(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

extension Double {
  /// With so many decimals.
  func text(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}
