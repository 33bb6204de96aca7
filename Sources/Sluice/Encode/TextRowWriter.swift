/// Writes rows of text alone, for the benchmarks of encoding: what the transform stage does for a row once its actions
/// have made the cells.
///
/// It stands in this module because the encodings are inlined here and nowhere else.
package final class TextRowWriter {
  /// The columns' keys, each with a comma before it, one after the other.
  private let keys: FrozenArray<UInt8>
  private let keyRanges: [Range<Int>]

  package init(columns: [String]) {
    var keys: [UInt8] = []
    var ranges: [Range<Int>] = []
    for column in columns {
      let start = keys.count
      keys += ",\"\(column)\":".utf8
      ranges.append(start..<keys.count)
    }
    self.keys = FrozenArray(padded: keys)
    keyRanges = ranges
  }

  deinit { keys.deallocate() }

  /// Appends a row; there are as many cells as columns.
  package func append(
    _ cells: UnsafeBufferPointer<Bytes>, _ format: RecordFormat, to output: inout OutputBuffer
  ) throws(FaultCode) {
    switch format {
    case .ndjson: try append(NDJSONRow.self, cells, &output)
    case .csv: try append(CSVRow.self, cells, &output)
    }
  }

  @inline(__always)
  private func append<Row: RowEncoding>(
    _: Row.Type, _ cells: UnsafeBufferPointer<Bytes>, _ output: inout OutputBuffer
  ) throws(FaultCode) {
    output.reserve(64)
    Row.beginRow(&output)
    for (index, cell) in cells.enumerated() {
      let key = keyRanges[index]
      output.reserve(key.count + cell.count * 2 + 64)
      Row.beginCell(
        Bytes(start: keys.base + key.lowerBound, count: key.count), isFirst: index == 0, &output)
      Row.beginText(&output)
      try Row.escaped(cell, &output)
      Row.endText(&output)
    }
    Row.endRow(&output)
  }
}
