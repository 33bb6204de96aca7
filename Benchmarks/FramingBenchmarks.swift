import Sluice
import Testing

extension Benchmarks {
  /// Where records end, in bytes that were read.
  @Suite struct Framing {
    private let report = BenchmarkReport.shared

    @Test func newlines() throws {
      let records = SharedRecords.repeating.ndjson
      var ends = 0
      try report.measure(.framing, "NDJSON", records: records.recordCount, bytes: records.byteCount) {
        ends = 0
        for block in records.blocks {
          var start = 0
          while let end = NewlineFraming.endOfRecord(block.block.base, from: start, to: block.block.count) {
            start = end
            ends &+= end
          }
        }
      }
      #expect(ends == Self.sum(records))
    }

    @Test("CSV, bare and quoted cells", arguments: [false, true]) func delimited(isQuoted: Bool) throws {
      let records = isQuoted ? SharedRecords.repeating.quotedCSV() : SharedRecords.repeating.csv
      var ends = 0
      try report.measure(
        .framing, isQuoted ? "CSV, every cell quoted" : "CSV", records: records.recordCount,
        bytes: records.byteCount
      ) {
        ends = 0
        for block in records.blocks {
          var start = 0
          var scan = DelimitedFraming.Scan()
          while let end = DelimitedFraming.endOfRecord(
            block.block.base, from: start, to: block.block.count, separator: UInt8(ascii: ","), scan: &scan)
          {
            start = end
            ends &+= end
          }
        }
      }
      // No cell of these records holds a line feed, so each one ends a record.
      #expect(ends == Self.sum(records))
    }

    private static func sum(_ records: RecordBlocks) -> Int {
      records.blocks.reduce(0) { $0 + $1.lineEnds.reduce(0, +) }
    }
  }
}
