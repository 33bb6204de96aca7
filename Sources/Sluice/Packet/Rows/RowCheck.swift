internal import CProcessor

/// Checks the rows of one file, or of a part of it, as its bytes are read: each whole, and of the columns.
///
/// It looks at the shape alone (keys, quotes, brackets); what the values are was decided when they were made. Those
/// that the packet's page draws it hands on to be counted, since no other look falls on every row. Before a packet is
/// published each row is searched for leaks too.
struct RowCheck {
  /// What a whole file came to: its rows, the header apart, and their figures.
  typealias Result = (rowCount: UInt64, figures: RecordFigures)

  /// A longer row is no row: a record of the longest permitted form does not become one.
  private static let rowByteCountMax = 64 << 20

  private let columns: RecordCheck.Columns
  private let shape: RowShape
  private let search: LeakSearch?
  private var lines: LineReader
  private var rowCount: UInt64 = 0
  /// Whether the header of a CSV file has passed.
  private var hasHeader: Bool
  /// What the rows so far come to on the packet's page.
  private var figures: RecordFigures
  /// The values of a row that `figures` counts.
  private var cells: [UnsafeRawBufferPointer]

  /// A part of a file begins at `byteOffset`; `isMidLine`: the row that goes on there is another part's.
  init(
    _ columns: RecordCheck.Columns, at byteOffset: Int = 0, isMidLine: Bool = false, search: LeakSearch? = nil
  ) {
    self.columns = columns
    self.search = search
    lines = LineReader(at: byteOffset, isMidLine: isMidLine)
    figures = RecordFigures(columns.figures)
    cells = Array(repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: figures.columns.count)
    shape = RowShape(columns.format, columns.names, marking: figures.columns)
    hasHeader = columns.format == .ndjson || byteOffset > 0
  }

  /// Whether a row has begun whose end has not come yet.
  var isInRow: Bool { lines.startedByteCount > 0 }

  /// Takes the file's next bytes. Throws status 8 at a row that is none.
  mutating func read(_ bytes: UnsafeRawBufferPointer) throws(SluiceError) {
    var lines = LineReader()
    swap(&lines, &self.lines)
    defer { swap(&lines, &self.lines) }
    try lines.read(bytes) { row, byteOffset throws(SluiceError) in try take(row, byteOffset) }
    guard lines.startedByteCount <= Self.rowByteCountMax else {
      throw BagReader.wrong("packet-records", "a row of \(columns.path) is longer than any can be.")
    }
  }

  /// Ends the file or the part.
  func end() throws(SluiceError) -> Result {
    guard !isInRow, hasHeader else {
      throw BagReader.wrong("packet-records", "\(columns.path) does not end with a whole row.")
    }
    return (rowCount, figures)
  }

  /// Takes a row with its LF.
  private mutating func take(_ row: UnsafeRawBufferPointer, _ byteOffset: Int) throws(SluiceError) {
    if hasHeader {
      guard shape.accepts(row, &cells) else {
        throw BagReader.wrong(
          "packet-records",
          "a row of \(columns.path) is not of the columns that fields.csv lists, or is not whole.")
      }
      rowCount += 1
      if !cells.isEmpty { figures.add(cells) }
    } else {
      hasHeader = true
      guard row.elementsEqual(CSVText.header(columns.names)) else {
        throw BagReader.wrong("packet-columns", "the columns of \(columns.path) are not those of fields.csv.")
      }
    }
    search?.search(row, of: columns.path, columns.format, at: byteOffset)
  }
}

/// Whether one row has the shape that its columns allow.
///
/// A row comes with its LF, which stands in no row but at its end: a search for any other byte ends there at the
/// latest, so no step has to look where the row ends.
private struct RowShape {
  private let format: RecordFormat
  /// The columns' keys as they stand in a row, one after another: `"sent_at":`.
  private let keys: [UInt8]
  private let keyEnds: [Int]
  /// The columns whose values are handed on, ascending, and one that no row has.
  private let marked: [Int]

  init(_ format: RecordFormat, _ names: [String], marking marked: [Int]) {
    self.format = format
    self.marked = marked + [names.count]
    var keys: [UInt8] = []
    keyEnds = names.map {
      keys += "\"\($0)\":".utf8
      return keys.count
    }
    self.keys = keys
  }

  /// `cells` takes the values of the marked columns without their quotes; empty ones for those that the row lacks.
  func accepts(_ row: UnsafeRawBufferPointer, _ cells: inout [UnsafeRawBufferPointer]) -> Bool {
    guard let start = row.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
    let last = start + (row.count - 1)
    switch format {
    case .ndjson:
      return keys.withUnsafeBufferPointer { keys in
        keys.baseAddress.map { isObject(start, last, $0, &cells) } ?? false
      }
    case .csv: return hasCells(start, last, &cells)
    }
  }

  /// One object without blanks, whose keys are columns, in their order and each at most once.
  private func isObject(
    _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>, _ keys: UnsafePointer<UInt8>,
    _ cells: inout [UnsafeRawBufferPointer]
  ) -> Bool {
    guard start.pointee == UInt8(ascii: "{") else { return false }
    var position = start + 1
    var column = 0
    var keyStart = 0
    for index in cells.indices { cells[index] = Self.noCell }
    var mark = 0
    var markedColumn = marked[0]
    while true {
      while true {
        guard column < keyEnds.count else { return false }
        let (key, count) = (keys + keyStart, keyEnds[column] - keyStart)
        (column, keyStart) = (column + 1, keyEnds[column])
        guard last - position > count, equal(position, key, count) else { continue }
        position += count
        break
      }
      guard let end = endOfValue(position, last) else { return false }
      // `column` is already the next one.
      while column > markedColumn {
        if column == markedColumn + 1 { cells[mark] = Self.cell(position, end) }
        mark += 1
        markedColumn = marked[mark]
      }
      if end.pointee == UInt8(ascii: "}") { return end + 1 == last }
      guard end.pointee == UInt8(ascii: ",") else { return false }
      position = end + 1
    }
  }

  /// As many quoted cells as columns.
  private func hasCells(
    _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>, _ cells: inout [UnsafeRawBufferPointer]
  ) -> Bool {
    var position = start
    var mark = 0
    for column in keyEnds.indices {
      guard position.pointee == UInt8(ascii: "\"") else { return false }
      position += 1
      let cell = position
      while true {
        guard let quote = QuoteSearch.first(from: position, before: last) else { return false }
        position = quote + 1
        guard position.pointee == UInt8(ascii: "\"") else { break }
        position += 1
      }
      if column == marked[mark] {
        cells[mark] = UnsafeRawBufferPointer(start: cell, count: position - 1 - cell)
        mark += 1
      }
      if column == keyEnds.count - 1 { return position == last }
      guard position.pointee == UInt8(ascii: ",") else { return false }
      position += 1
    }
    return false
  }

  private static var noCell: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  /// A value of JSON, a string without its quotes.
  private static func cell(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafeRawBufferPointer {
    guard start.pointee == UInt8(ascii: "\""), end - start >= 2 else {
      return UnsafeRawBufferPointer(start: start, count: end - start)
    }
    return UnsafeRawBufferPointer(start: start + 1, count: end - start - 2)
  }

  /// Where a value ends: at a comma or bracket that does not belong to it, for a string behind its quote. Nil for none.
  @inline(__always)
  private func endOfValue(
    _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    guard start.pointee == UInt8(ascii: "\"") else { return endOfBareValue(start, last) }
    return QuoteSearch.closing(from: start + 1, before: last).map { $0 + 1 }
  }

  private func endOfBareValue(
    _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    var position = start
    var depth = 0
    while position < last {
      switch position.pointee {
      case UInt8(ascii: "\""):
        guard let quote = QuoteSearch.closing(from: position + 1, before: last) else { return nil }
        position = quote
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        // Sixteen bytes are looked at.
        let count = last - position >= 16 ? Int(sluice_plain_number(position)) : 0
        position += max(count, 1) - 1
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if depth == 0 { return position > start ? position : nil }
        depth -= 1
      case UInt8(ascii: ","):
        if depth == 0 { return position > start ? position : nil }
      default: break
      }
      position += 1
    }
    return nil
  }
}
