import Foundation
import Sluice
import Testing

extension Benchmarks {
  /// How near the job with no account twice is to what it cannot do without: the MACs, one look at every byte, one check
  /// of the encoding, and writing the rows. And where the rest goes; and how much room CSV has to be as fast by bytes.
  @Suite struct Limit {
    private let report = BenchmarkReport.shared

    @Test func uniqueJob() throws {
      let shared = SharedRecords.unique
      let (records, csv) = (shared.ndjson, shared.csv)
      let job = try BenchmarkJob()
      let source = try Source(job, shared, .ndjson)
      let path = job.folder + "/rows"
      try job.minimize(source.whole, to: path, workers: 1)
      let rows = try Data(contentsOf: URL(filePath: path))
      let messages = AccountMessages(records)
      let key = [UInt8](repeating: 7, count: 32)
      let decoder = SharedSlotDecoder(SlotDecoder(csv: job.catalog, header: shared.header))
      var tags: (UInt64, UInt64) = (0, 0)
      var lines = (0, 0)
      var areValid = (false, false)
      var decoded = 0
      let measured = try BenchmarkRow.measure(
        .job,
        inTurn: [
          source.subject("minimize to a file, unique, 1 worker") {
            try job.minimize($0, to: $0 == source.whole ? path : "/dev/null", workers: 1)
          },
          records.part("MACs by EVP_MAC") { tags.0 = try messages.tagsByReference(key) },
          records.part("MACs by block") { tags.1 = try messages.tagsByBlock(key) },
          records.part("memchr") { lines.0 = records.lineCount },
          records.part("UTF-8") { areValid.0 = records.areUTF8 },
          records.part("writing") { try writeInPieces(rows, to: job.folder + "/copy") },
          csv.part("memchr of CSV") { lines.1 = csv.lineCount },
          csv.part("UTF-8 of CSV") { areValid.1 = csv.areUTF8 },
          csv.part("decoding CSV") { decoded = try decoder.decode(csv) },
        ])
      report.add(measured[0])
      #expect(try Data(contentsOf: URL(filePath: path)) == rows)
      #expect(try Data(contentsOf: URL(filePath: job.folder + "/copy")) == rows)
      #expect(tags.0 == tags.1 && messages.count == 2 * records.recordCount)
      #expect(lines == (records.recordCount, csv.recordCount) && areValid == (true, true))
      #expect(decoded == csv.byteCount)

      let seconds = measured.map(\.processorSeconds)
      for (name, authentication) in [("EVP_MAC", seconds[1]), ("block", seconds[2])] {
        let parts = seconds[0].indices.map { run in
          authentication[run] + seconds[3...5].reduce(0) { $0 + $1[run] }
        }
        report.add(
          ratio: "the unique job over its unavoidable parts, MACs by \(name), CPU",
          seconds[0].median(over: parts), name == "EVP_MAC" ? .atMost(1.8) : nil)
      }

      // CSV has half of the bytes for the same record, so by bytes it may take half of the time: for the same MACs and rows.
      let share = Double(csv.byteCount) / Double(records.byteCount)
      for (parts, name) in [
        ([1, 5, 6, 7], "MACs by EVP_MAC"), ([2, 5, 6, 7, 8], "MACs by block, decoding"),
      ] {
        let floor = seconds[0].indices.map { run in parts.reduce(0) { $0 + seconds[$1][run] } }
        report.add(
          ratio: "CSV's unavoidable parts over NDJSON by bytes, unique, \(name), CPU",
          floor.median(over: seconds[0].map { $0 * share }))
      }

      try sayWhereTheRestGoes(job, source, Array(measured[...5]), rowByteCount: rows.count)
    }

    /// The pieces of the job by themselves.
    private func sayWhereTheRestGoes(
      _ job: BenchmarkJob, _ source: Source, _ measured: [BenchmarkRow], rowByteCount: Int
    ) throws {
      let records = SharedRecords.unique.ndjson
      let (whole, blockMACs) = (measured[0].processorSeconds.median, measured[2].processorSeconds.median)
      func cost(_ name: String, _ body: () throws -> Void) throws -> Double {
        try withoutActuallyEscaping(body) { body in
          try BenchmarkRow.measure(.job, inTurn: [records.part(name, body)])[0].processorSeconds.median
        }
      }
      guard case .file(let input) = source.whole.place else { return }
      let reading = try cost("reading") { try readInPieces(input) }
      var decoder = SlotDecoder(json: job.catalog)
      var decoded = 0
      let decoding = try cost("decoding") { decoded = try decoder.decode(records) }
      #expect(decoded == records.byteCount)
      // A digit longer than any number of the records.
      let stranger = try job.rulings(accounts: ["+12025550100"], instrument: "coarse")
      let selector = try LoneWorker(
        stranger, source: job.unread(.ndjson), catalog: job.catalog, format: .ndjson, rootKey: job.rootKey)
      var counts = LoneWorker.BlockCounts()
      let selecting = try cost("selecting") { counts = try selector.run(records) }
      #expect(counts == LoneWorker.BlockCounts(read: UInt64(records.recordCount)))
      let worker = try LoneWorker(
        job.streamRuling("coarse"), source: job.unread(.ndjson), catalog: job.catalog, format: .ndjson,
        rootKey: job.rootKey)
      let recordPath = try cost("path") { counts = try worker.run(records) }
      #expect(counts.reached == UInt64(records.recordCount) && counts.rowByteCount == rowByteCount)

      func note(_ name: String, _ seconds: Double) {
        let share = "\((seconds / whole * 100).text(0)) %"
        report.add(
          note:
            "the unique job: \(name) \((seconds / Double(records.recordCount) * 1e9).text(0)) ns, \(share)")
      }
      note("the whole", whole)
      for row in measured[1...] { note("  " + row.name, row.processorSeconds.median) }
      let looking = measured[3].processorSeconds.median + measured[4].processorSeconds.median
      note("  reading", reading)
      note("  decoding", decoding)
      note("  selecting", selecting - decoding - looking)
      note("  transforming and encoding, MACs aside", recordPath - selecting - blockMACs)
      note("  blocks, threads, commits", whole - recordPath - reading - measured[5].processorSeconds.median)
    }
  }
}

/// In pieces as large as the rows of a block are.
func writeInPieces(_ rows: Data, to path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  defer { close(descriptor) }
  for start in stride(from: 0, to: rows.count, by: 600_000) {
    try write(rows[start..<min(start + 600_000, rows.count)], to: descriptor)
  }
}

/// In pieces as large as a block.
func readInPieces(_ path: String) throws {
  let size = Limits().blockByteCount
  let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
  defer { buffer.deallocate() }
  let descriptor = open(path, O_RDONLY)
  defer { close(descriptor) }
  while read(descriptor, buffer, size) > 0 {}
}
