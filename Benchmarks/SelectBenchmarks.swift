import Sluice
import Testing

extension Benchmarks {
  /// A pass in which no record is in reach: decoded, its parties read and looked up, and left.
  @Suite struct Select {
    private let report = BenchmarkReport.shared

    @Test func outOfReach() throws {
      let job = try BenchmarkJob()
      let records = SharedRecords.repeating.ndjson
      // A digit longer than the numbers of the records, so that none is among them.
      let strangers = (0..<1000).map { "+1202555" + "\(1000 + $0)" }
      var costs: [Double] = []
      for count in [1, 100, 1000] {
        let rulings = try job.rulings(accounts: Array(strangers.prefix(count)), instrument: "fine")
        let worker = try LoneWorker(
          rulings, source: job.unread(.ndjson), catalog: job.catalog, format: .ndjson, rootKey: job.rootKey)
        var counts = LoneWorker.BlockCounts()
        let row = try report.measure(
          .select, "out of reach of \(count) demand\(count == 1 ? "" : "s")", records: records.recordCount,
          bytes: records.byteCount
        ) { counts = try worker.run(records) }
        #expect(counts == LoneWorker.BlockCounts(read: UInt64(records.recordCount)))
        costs.append(row.processorPerRecord)
      }
      report.add(ratio: "1,000 demands over 1, no record in reach, CPU", costs[2] / costs[0])
    }
  }
}

extension LoneWorker {
  /// Takes every block through the path; returns what they came to.
  func run(_ records: RecordBlocks) throws -> BlockCounts {
    var sum = BlockCounts()
    for block in records.blocks {
      let counts = try run(block.block)
      sum.read += counts.read
      sum.reached += counts.reached
      sum.unreadable += counts.unreadable
      sum.rowByteCount += counts.rowByteCount
    }
    return sum
  }
}
