import Foundation
import Sluice
import Testing

extension Benchmarks {
  /// How near the job with no account twice is to what it cannot do without: the MACs, one look at every byte, one check
  /// of the encoding, and writing the rows. And where the rest goes.
  @Suite struct Limit {
    private let report = BenchmarkReport.shared

    @Test func uniqueJob() throws {
      let shared = SharedRecords.unique
      let records = shared.ndjson
      let job = try BenchmarkJob()
      let source = try Source(job, shared, .ndjson)
      let path = job.folder + "/rows"
      func cost(_ name: String, _ body: () throws -> Void) throws -> Double {
        try BenchmarkRow(.job, name, records: records.recordCount, bytes: records.byteCount, body)
          .processorSeconds
      }
      let whole = try report.measure(
        .job, "minimize to a file, unique, 1 worker", records: source.recordCount, bytes: source.byteCount,
        counting: .process(half: { try job.minimize(source.half, to: "/dev/null", workers: 1) })
      ) { try job.minimize(source.whole, to: path, workers: 1) }.processorSeconds

      let messages = AccountMessages(records)
      let key = [UInt8](repeating: 7, count: 32)
      var tags: (UInt64, UInt64) = (0, 0)
      let blockMACs = try cost("MACs") { tags.0 = try messages.tagsByBlock(key) }
      let referenceMACs = try cost("MACs by EVP_MAC") { tags.1 = try messages.tagsByReference(key) }
      #expect(tags.0 == tags.1 && messages.count == 2 * records.recordCount)
      var lines = 0
      let scan = try cost("memchr") { lines = records.lineCount }
      #expect(lines == records.recordCount)
      var isPlain = true
      let encoding = try cost("UTF-8") {
        for block in records.blocks { isPlain = isASCII(block.block.base, block.block.count) && isPlain }
      }
      #expect(isPlain)
      let rows = try Data(contentsOf: URL(filePath: path))
      let writing = try cost("writing") { try writeInPieces(rows, to: job.folder + "/copy") }
      #expect(try Data(contentsOf: URL(filePath: job.folder + "/copy")) == rows)

      let parts = scan + encoding + writing
      report.add(
        ratio: "the unique job over its unavoidable parts, MACs by EVP_MAC, CPU",
        whole / (parts + referenceMACs),
        atMost: 1.8)
      report.add(
        ratio: "the unique job over its unavoidable parts, MACs by block, CPU", whole / (parts + blockMACs))

      // Where the rest goes: the pieces of the job by themselves.
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
      #expect(counts.reached == UInt64(records.recordCount) && counts.rowByteCount == rows.count)

      func note(_ name: String, _ seconds: Double) {
        let share = "\((seconds / whole * 100).text(0)) %"
        report.add(
          note:
            "the unique job: \(name) \((seconds / Double(records.recordCount) * 1e9).text(0)) ns, \(share)")
      }
      note("the whole", whole)
      note("  MACs by block", blockMACs)
      note("  (MACs by EVP_MAC, which it does not use)", referenceMACs)
      note("  memchr", scan)
      note("  UTF-8", encoding)
      note("  writing", writing)
      note("  reading", reading)
      note("  decoding", decoding)
      note("  selecting", selecting - decoding - encoding - scan)
      note("  transforming and encoding, MACs aside", recordPath - selecting - blockMACs)
      note("  blocks, threads, commits", whole - recordPath - reading - writing)
    }

    /// In pieces as large as the rows of a block are.
    private func writeInPieces(_ rows: Data, to path: String) throws {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      defer { close(descriptor) }
      for start in stride(from: 0, to: rows.count, by: 600_000) {
        try write(rows[start..<min(start + 600_000, rows.count)], to: descriptor)
      }
    }

    private func readInPieces(_ path: String) throws {
      let size = Limits().blockByteCount
      let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      defer { buffer.deallocate() }
      let descriptor = open(path, O_RDONLY)
      defer { close(descriptor) }
      while read(descriptor, buffer, size) > 0 {}
    }
  }
}
