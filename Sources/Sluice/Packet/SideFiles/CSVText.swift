/// The one writer of a packet's CSV side files: every cell quoted, LF, the header in row 1.
///
/// Titles, definitions and citations come from people, so a cell is checked: it never begins a formula in a
/// spreadsheet and holds no character that could hide or reorder text. Rows of records come encoded and do
/// not pass here.
package struct CSVText {
  package private(set) var bytes: [UInt8] = []
  /// The file's name, for messages.
  private let name: String
  private let columnCount: Int

  package init(_ name: String, columns: [String]) throws(SluiceError) {
    self.name = name
    columnCount = columns.count
    try append(columns)
  }

  /// Appends a row. Throws status 3 where a cell cannot be written safely.
  package mutating func append(_ cells: [String]) throws(SluiceError) {
    precondition(cells.count == columnCount, "every row has a cell for each column")
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      Self.appendQuoted(try PlainText.line(cell, in: name), to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  /// The header row of a file of records.
  static func header(_ columns: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, column) in columns.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      appendQuoted(column, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private static func appendQuoted(_ cell: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(cell, plain: { $0 != UInt8(ascii: "\"") }, other: { $1 += [$0, $0] })
    bytes.append(UInt8(ascii: "\""))
  }

  /// Reads a file that this writer wrote: every cell quoted, LF, every row as long as the first.
  ///
  /// Returns nil for anything else, also for a cell with a control character.
  package static func rows(_ bytes: [UInt8]) -> [[String]]? {
    let isText = bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { firstInvalidUTF8($0, bytes.count) == nil } ?? true
    }
    guard isText else { return nil }
    let quote = UInt8(ascii: "\"")
    var rows: [[String]] = []
    var cells: [String] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == quote else { return nil }
      var cell = run(bytes, after: index)
      index = cell.endIndex
      while index + 1 < bytes.count, bytes[index] == quote, bytes[index + 1] == quote {
        let next = run(bytes, after: index + 1)
        cell.append(quote)
        cell += next
        index = next.endIndex
      }
      guard index + 1 < bytes.count, bytes[index] == quote else { return nil }
      // A cell ends where a character does.
      cells.append(String(decoding: cell, as: UTF8.self))
      switch bytes[index + 1] {
      case UInt8(ascii: ","): break
      case UInt8(ascii: "\n"):
        rows.append(cells)
        cells = []
        cells.reserveCapacity(rows[0].count)
      default: return nil
      }
      index += 2
    }
    guard cells.isEmpty, let first = rows.first, rows.allSatisfy({ $0.count == first.count }) else {
      return nil
    }
    return rows
  }

  /// What follows a quote up to the next one or to a control character.
  private static func run(_ bytes: [UInt8], after quote: Int) -> ArraySlice<UInt8> {
    bytes[(quote + 1)...].prefix { $0 != UInt8(ascii: "\"") && $0 >= 0x20 }
  }
}
