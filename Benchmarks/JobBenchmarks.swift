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

      @discardableResult
      func measure(_ name: String, _ source: Source, _ format: RecordFormat, _ workers: Int) throws
        -> BenchmarkRow
      {
        try report.measure(
          .job, "minimize \(name), \(accounts), \(workers) worker\(workers == 1 ? "" : "s")",
          records: source.recordCount, bytes: source.byteCount,
          counting: .process(half: {
            try job.minimize(source.half, to: "/dev/null", format: format, workers: workers)
          })
        ) { try job.minimize(source.whole, to: "/dev/null", format: format, workers: workers) }
      }
      let alone = try measure("NDJSON", ndjson, .ndjson, 1)
      let both = try measure("NDJSON", ndjson, .ndjson, 2)
      let delimited = try measure("CSV", csv, .ndjson, 1)
      try measure("CSV to CSV", csv, .csv, 2)
      report.add(
        ratio: "two workers' records/s over one's, \(accounts)", alone.wallSeconds / both.wallSeconds)
      report.add(
        ratio: "CSV over NDJSON, \(accounts), CPU a record",
        delimited.processorPerRecord / alone.processorPerRecord)
      report.add(
        ratio: "CSV over NDJSON, \(accounts), CPU a byte", delimited.processorPerByte / alone.processorPerByte
      )
    }

    /// The pass by preview for one demand and for a day's batch, and the same with sealing.
    @Test func demands() throws {
      let records = SharedRecords.repeating
      let job = try BenchmarkJob()
      let source = try Source(job, records, .ndjson)
      var previews: [BenchmarkRow] = []
      var seals: [BenchmarkRow] = []
      let counts = MessageRecords.demandCounts
      // The end of the pool is drawn least, so that each subject has a few records in a million.
      for count in counts {
        let accounts = Array(records.pool.suffix(count))
        let rulings = try job.rulings(accounts: accounts, instrument: "fine")
        let expected = released(to: Set(accounts.map { Data("\"\($0)\"".utf8) }), records)
        var released: UInt64 = 0
        previews.append(
          try report.measure(
            .job, "preview of \(count) demand\(count == 1 ? "" : "s"), 2 workers",
            records: source.recordCount, bytes: source.byteCount,
            counting: .process(half: { _ = try job.preview(source.half, rulings, workers: 2) })
          ) { released = try job.preview(source.whole, rulings, workers: 2) })
        #expect(released == expected)
        guard count == counts.first || count == counts.last else { continue }
        // What a packet costs outweighs the pass where there are many, so that one run says enough.
        released = 0
        seals.append(
          try report.measure(
            .job, "disclose to \(count) packet\(count == 1 ? "" : "s"), 2 workers",
            records: source.recordCount, bytes: source.byteCount, counting: .none,
            runs: count == 1 ? BenchmarkRow.runCount : 1
          ) { released = try job.disclose(source.whole, rulings, workers: 2) })
        #expect(released == expected)
      }
      let name = "\(counts.last ?? 1) demands in one pass over one"
      func ratio(_ rows: [BenchmarkRow], _ seconds: KeyPath<BenchmarkRow, Double>) -> Double {
        rows[rows.count - 1][keyPath: seconds] / rows[0][keyPath: seconds]
      }
      report.add(ratio: "\(name), by preview, CPU", ratio(previews, \.processorSeconds))
      report.add(ratio: "\(name), by preview, time", ratio(previews, \.wallSeconds))
      report.add(ratio: "\(name), sealed, CPU", ratio(seals, \.processorSeconds))
      report.add(ratio: "\(name), sealed, time", ratio(seals, \.wallSeconds))
    }

    /// One packet that every record goes to, against `minimize` of the same records to a file.
    @Test(arguments: [("fine", "second", 1.25), ("coarse", "hour, sorted", 1.8)])
    func onePacket(instrument: String, title: String, bound: Double) throws {
      let records = SharedRecords.oneSender
      let job = try BenchmarkJob()
      let source = try Source(job, records, .ndjson)
      let rulings = try job.rulings(accounts: [MessageRecords.sender], instrument: instrument)
      let path = job.folder + "/stream"
      var released: UInt64 = 0
      let packet = try report.measure(
        .job, "disclose all, time to the \(title), 2 workers", records: source.recordCount,
        bytes: source.byteCount,
        counting: .process(half: { _ = try job.disclose(source.half, rulings, workers: 2) })
      ) { released = try job.disclose(source.whole, rulings, workers: 2) }
      #expect(released == UInt64(source.recordCount))
      let stream = try report.measure(
        .job, "minimize to a file, time to the \(title.prefix { $0 != "," }), 2 workers",
        records: source.recordCount, bytes: source.byteCount,
        counting: .process(half: {
          try job.minimize(source.half, to: "/dev/null", instrument: instrument, workers: 2)
        })
      ) { try job.minimize(source.whole, to: path, instrument: instrument, workers: 2) }
      #expect(lineCount(of: path) == source.recordCount)
      report.add(
        ratio: "disclose all over minimize to a file, time to the \(title), time",
        packet.wallSeconds / stream.wallSeconds, atMost: bound)
      report.add(
        ratio: "disclose all over minimize to a file, time to the \(title), CPU",
        packet.processorSeconds / stream.processorSeconds)
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
    half = try job.source(records, format, half: true)
    let blocks = format == .csv ? records.csv : records.ndjson
    (recordCount, byteCount) = (blocks.recordCount, blocks.byteCount)
  }
}
