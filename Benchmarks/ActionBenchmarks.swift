import Foundation
import Sluice
import Testing

extension Benchmarks {
  /// One row an action: the record path of one worker under a policy that does this to one field and nothing else.
  ///
  /// `withhold` writes no row, so that what another action costs, its cell and its row included, is the difference.
  @Suite struct Actions {
    private let report = BenchmarkReport.shared

    @Test func each() throws {
      let job = try BenchmarkJob(policies: "action-policies")
      let records = RecordBlocks(SharedRecords.repeating.ndjson, recordCount: 250_000)
      let reference = try ReferenceJob(job.rootKey)
      var withheld = 0.0
      for action in ReferenceJob.Action.allCases {
        let worker = try LoneWorker(
          job.streamRuling(action.rawValue), source: job.unread(.ndjson), catalog: job.catalog,
          format: .ndjson,
          rootKey: job.rootKey)
        var counts = LoneWorker.BlockCounts()
        let row = try report.measure(
          .action, action.rawValue, records: records.recordCount, bytes: records.byteCount
        ) { counts = try worker.run(records) }
        #expect(counts.reached == UInt64(records.recordCount))
        try check(worker, action, records.blocks[0], reference)
        if action == .withhold {
          withheld = row.processorPerRecord
          #expect(counts.rowByteCount == 0)
        } else {
          report.add(
            note:
              "\(action.rawValue): \(((row.processorPerRecord - withheld) * 1e9).text(0)) ns more than withhold"
          )
        }
      }
    }

    /// Every row of a block, against the slow way.
    private func check(
      _ worker: LoneWorker, _ action: ReferenceJob.Action, _ block: RecordBlock, _ reference: ReferenceJob
    ) throws {
      _ = try worker.run(block.block)
      let rows = worker.rows.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
      guard action != .withhold else {
        #expect(rows.isEmpty)
        return
      }
      try #require(rows.count == block.lineEnds.count)
      for index in stride(from: 0, to: rows.count, by: max(1, rows.count / 500)) {
        #expect(rows[index] == (try reference.row(Data(block.line(index)), action)))
      }
    }
  }
}
