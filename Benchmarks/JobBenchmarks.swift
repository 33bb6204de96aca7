import Foundation
import Sluice
import SluiceCrypto
import Testing

extension Benchmarks {
  /// The whole job, from bytes on the disk to rows or packets.
  @Suite struct Job {
    private let report = BenchmarkReport.shared

    @Test(arguments: [MessageRecords.Accounts.repeat, .unique])
    func minimize(_ accounts: MessageRecords.Accounts) throws {
      let records = SharedRecords.of(accounts)
      let job = try BenchmarkJob()
      let ndjson = try Source(job, records, .ndjson)
      let csv = try Source(job, records, .csv)
      try checkAgainstReference(job, ndjson, records)
      try checkThatFormatsAgree(job, ndjson, csv)

      func subject(_ name: String, _ source: Source, _ format: RecordFormat, _ workers: Int)
        -> BenchmarkRow.Subject
      {
        source.subject("minimize \(name), \(accounts), \(workers) worker\(workers == 1 ? "" : "s")") {
          try job.minimize($0, to: "/dev/null", format: format, workers: workers)
        }
      }
      let rows = try report.measure(
        .job,
        inTurn: [
          subject("NDJSON", ndjson, .ndjson, 1), subject("NDJSON", ndjson, .ndjson, 2),
          subject("CSV", csv, .ndjson, 1), subject("CSV to CSV", csv, .csv, 2),
        ])
      report.add(
        ratio: "two workers' records/s over one's, \(accounts)",
        rows[0].wallSeconds.median(over: rows[1].wallSeconds), .atLeast(1.85))
      let delimited = rows[2].processorSeconds.median(over: rows[0].processorSeconds)
      report.add(ratio: "CSV over NDJSON, \(accounts), CPU a record", delimited)
      report.add(
        ratio: "CSV over NDJSON, \(accounts), CPU a byte",
        delimited * Double(ndjson.byteCount) / Double(csv.byteCount), .atMost(1))
    }

    /// One packet that every record goes to, against `minimize` of the same records to a file.
    @Test(arguments: [("fine", "second", 1.25), ("coarse", "hour, sorted", 1.8)])
    func onePacket(instrument: String, title: String, bound: Double) throws {
      let records = SharedRecords.oneSender
      let job = try BenchmarkJob()
      let source = try Source(job, records, .ndjson)
      let rulings = try job.rulings(accounts: [MessageRecords.sender], instrument: instrument)
      let path = job.outputs + "/stream"
      let rows = try report.measure(
        .job,
        inTurn: [
          source.subject("disclose all, time to the \(title), 2 workers", prepare: job.clearOutputs) {
            let released = try job.disclose($0, rulings, workers: 2)
            #expect($0 != source.whole || released == UInt64(source.recordCount))
          },
          source.subject(
            "disclose all without the leak gate, time to the \(title.prefix { $0 != "," }), 2 workers",
            prepare: job.clearOutputs
          ) { _ = try job.disclose($0, rulings, workers: 2, searchesForLeaks: false) },
          source.subject(
            "minimize to a file, time to the \(title.prefix { $0 != "," }), 2 workers",
            prepare: job.clearOutputs
          ) {
            try job.minimize(
              $0, to: $0 == source.whole ? path : "/dev/null", instrument: instrument, workers: 2)
          },
        ])
      #expect(lineCount(of: path) == source.recordCount)
      let name = "disclose all over minimize to a file, time to the \(title)"
      report.add(
        ratio: "\(name), time", rows[0].wallSeconds.median(over: rows[2].wallSeconds), .atMost(bound))
      report.add(ratio: "\(name), CPU", rows[0].processorSeconds.median(over: rows[2].processorSeconds))
      report.add(
        ratio: "disclose all with the leak gate over without it, time to the \(title), CPU",
        rows[0].processorSeconds.median(over: rows[1].processorSeconds))
    }

    /// The pass by preview for one demand and for a day's batch, and the same with sealing.
    ///
    /// Last, because a file system may be slow for a while after thousands of files are removed.
    @Test func demands() throws {
      let records = SharedRecords.repeating
      let job = try BenchmarkJob()
      let source = try Source(job, records, .ndjson)
      let counts = MessageRecords.demandCounts
      // The end of the pool is drawn least, so that each subject has a few records in a million.
      let batches = try counts.map { count in
        let accounts = Array(records.pool.suffix(count))
        return (
          title: "\(count) \(count == 1 ? "demand" : "demands")",
          rulings: try job.rulings(accounts: accounts, instrument: "fine"),
          expected: released(to: Set(accounts.map { Data("\"\($0)\"".utf8) }), records)
        )
      }
      let previews = try report.measure(
        .job,
        inTurn: batches.map { batch in
          source.subject("preview of \(batch.title), 2 workers") {
            let released = try job.preview($0, batch.rulings, workers: 2)
            #expect($0 != source.whole || released == batch.expected)
          }
        })
      var seals: [BenchmarkRow] = []
      for batch in [batches[0], batches[batches.count - 1]] {
        var released: UInt64 = 0
        try job.clearOutputs()
        // What a packet costs outweighs the pass where there are many, so that one run says enough.
        seals.append(
          try report.measure(
            .job, "disclose, \(batch.title), 2 workers", records: source.recordCount, bytes: source.byteCount,
            counting: .none, runs: batch.rulings.count == 1 ? BenchmarkRow.runCount : 1
          ) { released = try job.disclose(source.whole, batch.rulings, workers: 2) })
        #expect(released == batch.expected)
      }
      let name = "\(counts.last ?? 1) demands in one pass over one"
      let (one, all) = (previews[0], previews[previews.count - 1])
      report.add(
        ratio: "\(name), by preview, CPU", all.processorSeconds.median(over: one.processorSeconds),
        .atMost(1.3))
      report.add(
        ratio: "\(name), by preview, time", all.wallSeconds.median(over: one.wallSeconds), .atMost(1.3))
      // The many are sealed once, so medians are divided, and not run by run.
      report.add(
        ratio: "\(name), sealed, CPU", seals[1].processorSeconds.median / seals[0].processorSeconds.median)
      report.add(ratio: "\(name), sealed, time", seals[1].wallSeconds.median / seals[0].wallSeconds.median)
    }

    // MARK: - Are the results right?

    private func checkAgainstReference(_ job: BenchmarkJob, _ source: Source, _ records: SharedRecords) throws
    {
      let path = job.folder + "/reference-check"
      try job.minimize(source.whole, to: path, workers: 2)
      let rows = RecordBlocks(Array(try Data(contentsOf: URL(filePath: path))), blockByteCount: 1 << 30)
      #expect(rows.recordCount == source.recordCount)
      let reference = try ReferenceJob(job.rootKey)
      var before = 0
      for block in records.ndjson.blocks {
        for index in [0, block.lineEnds.count / 2] {
          let row = String(decoding: rows.blocks[0].line(before + index), as: UTF8.self)
          #expect(row == (try reference.row(Data(block.line(index)))))
        }
        before += block.lineEnds.count
      }
    }

    /// NDJSON and CSV of the same records give the same rows, whatever the number of workers.
    private func checkThatFormatsAgree(_ job: BenchmarkJob, _ ndjson: Source, _ csv: Source) throws {
      for format in RecordFormat.allCases {
        var digests: Set<[UInt8]> = []
        for (source, workers) in [(ndjson, 1), (ndjson, 2), (csv, 2)] {
          let path = job.folder + "/format-check"
          try job.minimize(source.whole, to: path, format: format, workers: workers)
          digests.insert(SHA256.hash(Array(try Data(contentsOf: URL(filePath: path)))))
        }
        #expect(digests.count == 1)
      }
    }

    /// How often one of the accounts is in a record, counted once for each packet: an account is one packet's.
    private func released(to accounts: Set<Data>, _ records: SharedRecords) -> UInt64 {
      var count = 0
      for block in records.ndjson.blocks {
        for index in block.lineEnds.indices {
          let cells = block.line(index).split(separator: UInt8(ascii: ","), maxSplits: 5)[3...4]
          let parties = Set(cells.map { Data($0.drop { $0 != UInt8(ascii: ":") }.dropFirst()) })
          count += parties.intersection(accounts).count
        }
      }
      return UInt64(count)
    }

    private func lineCount(of path: String) -> Int? {
      firstLine(of: ["wc", "-l", path]).flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
    }
  }
}

/// Records in a file, and the first half of them in another.
struct Source {
  let whole: SourceSpecification
  let half: SourceSpecification
  let recordCount: Int
  let byteCount: Int

  init(_ job: BenchmarkJob, _ records: SharedRecords, _ format: SourceFormat) throws {
    whole = try job.source(records, format)
    half = try job.source(records, format) { ($0 + 1) / 2 }
    let blocks = format == .csv ? records.csv : records.ndjson
    (recordCount, byteCount) = (blocks.recordCount, blocks.byteCount)
  }

  /// A job over the records, whose allocations are counted with those of the first half.
  func subject(
    _ name: String, prepare: @escaping () throws -> Void = {},
    _ run: @escaping (SourceSpecification) throws -> Void
  ) -> BenchmarkRow.Subject {
    BenchmarkRow.Subject(
      name: name, recordCount: recordCount, byteCount: byteCount,
      counting: .process(half: { try run(half) }), prepare: prepare, body: { try run(whole) })
  }
}
