/// Checks the rows of one file, or of a part of it, as its bytes are read: each whole, and of the columns.
///
/// It looks at the shape alone (keys, quotes, brackets); what the values are was decided when they were made. They are
/// handed on to be counted for the packet's page, since no other look falls on every row, and before a packet is
/// published to be searched for leaks.
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
  /// The values of the row at hand, one a column.
  private var values: [UnsafeRawBufferPointer]

  /// A part of a file begins at `byteOffset`; `isMidLine`: the row that goes on there is another part's.
  init(
    _ columns: RecordCheck.Columns, at byteOffset: Int = 0, isMidLine: Bool = false, search: LeakSearch? = nil
  ) {
    self.columns = columns
    self.search = search
    search?.begin(columns.path)
    lines = LineReader(at: byteOffset, isMidLine: isMidLine)
    figures = RecordFigures(columns.figures)
    values = Array(repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: columns.names.count)
    shape = RowShape(columns.format, columns.names)
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
      guard shape.accepts(row, &values) else {
        throw BagReader.wrong(
          "packet-records",
          "a row of \(columns.path) is not of the columns that fields.csv lists, or is not whole.")
      }
      rowCount += 1
      figures.add(values)
      search?.search(row, values, at: byteOffset)
    } else {
      hasHeader = true
      guard row.elementsEqual(CSVText.header(columns.names)) else {
        throw BagReader.wrong("packet-columns", "the columns of \(columns.path) are not those of fields.csv.")
      }
    }
  }
}
