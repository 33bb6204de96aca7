import Sluice
import Testing

extension Benchmarks {
  /// From texts to rows.
  @Suite struct Encode {
    private let report = BenchmarkReport.shared

    @Test(arguments: RecordFormat.allCases) func rows(of format: RecordFormat) throws {
      let shared = SharedRecords.repeating
      let names = shared.header.map { String(decoding: $0, as: UTF8.self) }
      let writer = TextRowWriter(columns: names)
      let cells = RecordCells(RecordBlocks(shared.csv, recordCount: 250_000))
      var output = OutputBuffer(capacity: 1 << 22)
      var byteCount = 0
      try report.measure(
        .encode, "rows of \(names.count) texts, \(format.rawValue)", records: cells.rowCount,
        bytes: cells.byteCount
      ) {
        byteCount = 0
        for row in 0..<cells.rowCount {
          if output.count > 1 << 20 {
            byteCount += output.count
            output.removeAll()
          }
          try writer.append(cells.row(row), format, to: &output)
        }
        byteCount += output.count
        output.removeAll()
      }
      var expected = 0
      for row in 0..<cells.rowCount { expected += Self.length(cells.row(row), names, format) }
      #expect(byteCount == expected)
      for row in stride(from: 0, to: cells.rowCount, by: max(1, cells.rowCount / 500)) {
        output.removeAll()
        try writer.append(cells.row(row), format, to: &output)
        #expect(output.text == Self.row(cells.row(row), names, format))
      }
    }

    @Test func bytes() throws {
      let cells = RecordCells(RecordBlocks(SharedRecords.repeating.csv, recordCount: 250_000))
      var output = OutputBuffer(capacity: 1 << 22)
      var byteCount = 0
      try report.measure(
        .encode, "the same texts appended", records: cells.rowCount, bytes: cells.byteCount
      ) {
        byteCount = 0
        for row in 0..<cells.rowCount {
          if output.count > 1 << 20 {
            byteCount += output.count
            output.removeAll()
          }
          for cell in cells.row(row) {
            output.reserve(cell.count + OutputBuffer.shortByteCount)
            output.appendShort(cell.baseAddress!, cell.count)
          }
        }
        byteCount += output.count
        output.removeAll()
      }
      #expect(byteCount == cells.byteCount)
      for cell in cells.row(0) {
        output.reserve(cell.count + OutputBuffer.shortByteCount)
        output.appendShort(cell.baseAddress!, cell.count)
      }
      #expect(output.text == cells.row(0).map { String(decoding: $0, as: UTF8.self) }.joined())
    }

    /// A row by the formats alone; no text of these records needs escaping.
    private static func row(
      _ cells: UnsafeBufferPointer<Bytes>, _ names: [String], _ format: RecordFormat
    ) -> String {
      let texts = cells.map { String(decoding: $0, as: UTF8.self) }
      switch format {
      case .ndjson:
        return "{" + zip(names, texts).map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + "}\n"
      case .csv: return texts.map { "\"\($0)\"" }.joined(separator: ",") + "\n"
      }
    }

    private static func length(
      _ cells: UnsafeBufferPointer<Bytes>, _ names: [String], _ format: RecordFormat
    ) -> Int {
      let texts = cells.reduce(0) { $0 + $1.count } + 3 * cells.count
      return format == .csv ? texts : texts + names.reduce(0) { $0 + $1.utf8.count + 3 } + 2
    }
  }
}

/// The cells of CSV records, found beforehand.
struct RecordCells: ~Copyable {
  private let records: RecordBlocks
  private let cells: UnsafeMutableBufferPointer<Bytes>
  private let columnCount: Int
  let byteCount: Int

  var rowCount: Int { records.recordCount }

  init(_ records: RecordBlocks) {
    self.records = records
    var cells: [Bytes] = []
    for block in records.blocks {
      for index in block.lineEnds.indices {
        // What a spreadsheet would take for a formula cannot stand first in a cell; the text behind it can.
        cells += block.line(index).split(separator: UInt8(ascii: ",")).map {
          Bytes(rebasing: $0.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") })
        }
      }
    }
    columnCount = cells.count / records.recordCount
    byteCount = cells.reduce(0) { $0 + $1.count }
    self.cells = .allocate(capacity: cells.count)
    _ = self.cells.initialize(from: cells)
  }

  deinit { cells.deallocate() }

  func row(_ index: Int) -> UnsafeBufferPointer<Bytes> {
    UnsafeBufferPointer(rebasing: cells[index * columnCount..<(index + 1) * columnCount])
  }
}
