/// The first record of a CSV or TSV source: the names of its columns.
package enum CSVHeader {
  /// Takes the header off a source and returns its cells, unescaped; called before any block is read.
  ///
  /// Nothing is guessed: no other separator, no comment, no missing header. Messages give columns by number,
  /// because the first record of a file without a header is data.
  ///
  /// - Throws: status 5: `csv-no-header` for an empty source, `csv-comment`, `csv-delimiter`,
  ///   `csv-header-quote`, `csv-header-encoding`, `csv-header-blank`, `csv-header-space`,
  ///   `csv-header-duplicate`; status 9: `csv-header-too-long`, `csv-quote-unclosed`.
  package static func read(from blocks: BlockReader) throws(SluiceError) -> [[UInt8]] {
    guard let separator = blocks.source.specification.format.separator else {
      preconditionFailure("NDJSON has no header")
    }
    func error(_ code: String, _ message: String) -> SluiceError {
      SluiceError(.input, code, message, source: blocks.name)
    }
    guard let record = try blocks.takeFirstRecord() else {
      throw error("csv-no-header", "it is empty; begin a CSV or TSV source with the names of its columns")
    }
    guard record.first != UInt8(ascii: "#") else {
      throw error("csv-comment", "it begins with a comment; remove the lines before the column names")
    }
    guard let cells = cells(of: record, separator: separator) else {
      throw error(
        "csv-header-quote",
        "its first record has a stray quote or carriage return; quote whole cells and double quotes inside"
      )
    }
    if cells.count == 1, let other = otherSeparator(in: cells[0], than: separator) {
      let expected = separator == 0x09 ? "TAB" : "a comma"
      throw error("csv-delimiter", "its columns are set apart by \(other), not by \(expected); convert it")
    }
    try checkNames(cells, error)
    return cells
  }

  /// Throws status 5 (`csv-header-foreign`) for a table that holds no record of any kind of its schema, whatever its rows
  /// are: without a row, or with few, nothing else would say so.
  package static func check(
    _ cells: [[UInt8]], of source: SourceSpecification, _ layout: RecordLayout
  ) throws(SluiceError) {
    guard layout.canHold(columns: cells, constants: source.values) else {
      throw SluiceError(
        .input, "csv-header-foreign",
        "its columns are of no kind of its schema: those of its “when”, its time or every party are missing; "
          + "check that the schema is that of this source", source: source.name)
    }
  }

  private static func checkNames(
    _ cells: [[UInt8]], _ error: (String, String) -> SluiceError
  ) throws(SluiceError) {
    var seen: [[UInt8]: Int] = [:]
    for (index, cell) in cells.enumerated() {
      let column = index + 1
      guard let first = cell.first, let last = cell.last, !cell.allSatisfy(isBlank) else {
        throw error("csv-header-blank", "column \(column) has no name; give each column one")
      }
      guard !isBlank(first), !isBlank(last) else {
        throw error("csv-header-space", "the name of column \(column) begins or ends with a blank; remove it")
      }
      guard String(validating: cell, as: UTF8.self) != nil else {
        throw error("csv-header-encoding", "the name of column \(column) is not UTF-8; convert the file")
      }
      // Names that differ in case alone are too easily taken for each other.
      let folded = cell.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
      if let earlier = seen.updateValue(column, forKey: folded) {
        throw error(
          "csv-header-duplicate",
          "columns \(earlier) and \(column) have one name (case aside); name each column once")
      }
    }
  }

  /// The cells of a whole record, or nil where a quote or a carriage return stands where none may.
  private static func cells(of record: [UInt8], separator: UInt8) -> [[UInt8]]? {
    var rest = record[...]
    if rest.last == 0x0A { rest.removeLast() }
    if rest.last == 0x0D { rest.removeLast() }
    var cells: [[UInt8]] = []
    while true {
      guard let cell = takeCell(&rest, separator) else { return nil }
      cells.append(cell)
      guard rest.popFirst() != nil else { return cells }
    }
  }

  /// Takes one cell off the front, up to its separator or the end.
  private static func takeCell(_ rest: inout ArraySlice<UInt8>, _ separator: UInt8) -> [UInt8]? {
    guard rest.first == quote else {
      let cell = rest.prefix { $0 != separator }
      rest = rest[cell.endIndex...]
      return cell.contains { $0 == quote || $0 == 0x0D } ? nil : Array(cell)
    }
    rest.removeFirst()
    var cell: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte != quote {
        cell.append(byte)
      } else if rest.first == quote {
        cell.append(quote)
        rest.removeFirst()
      } else {
        return rest.isEmpty || rest.first == separator ? cell : nil
      }
    }
    return nil
  }

  /// The word for a separator that a lone cell holds and that the format does not use.
  private static func otherSeparator(in cell: [UInt8], than separator: UInt8) -> String? {
    let others: [(byte: UInt8, word: String)] = [
      (0x3B, "`;`"), (0x09, "TAB"), (0x2C, "a comma"), (0x7C, "`|`"),
    ]
    return others.first { $0.byte != separator && cell.contains($0.byte) }?.word
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static let quote: UInt8 = 0x22
}
