/// Checks a packet's records while they are digested: whole rows, no column that fields.csv does not explain.
///
/// The side files must come first, as `BagReader` gives them.
final class RecordCheck: PayloadVisitor {
  /// The file of one kind and the columns that fields.csv explains.
  struct Columns {
    let path: String
    let format: RecordFormat
    let names: [String]
    /// What the packet's page draws of them.
    let figures: FigurePlan

    /// - Parameter rows: those of fields.csv for the kind.
    init(kind: String, _ format: RecordFormat, _ rows: [FieldRow]) {
      path = RecordCheck.path(of: kind, format)
      self.format = format
      var names: [String] = []
      for row in rows where names.last != row.column { names.append(row.column) }
      self.names = names
      figures = FigurePlan(rows, format)
    }
  }

  private let side: SideFiles
  /// Files that their writer has read back, by path.
  private let known: [String: ReportFacts.RecordsFile]
  /// Takes a row out of those that were checked.
  private let finder: RowFinder?
  /// By path; nil until fields.csv is there whole.
  private var columns: [String: Columns]?
  private var rows: [String: RowCheck.Result] = [:]
  /// Of the file that is being read.
  private var check: RowCheck?

  /// Bytes of files that hold no records go to `side`.
  init(_ side: SideFiles, known: [String: ReportFacts.RecordsFile], finder: RowFinder? = nil) {
    self.side = side
    self.known = known
    self.finder = finder
  }

  /// What the rows of a file of records come to; nil for one that was not read.
  func rows(of path: String) -> RowCheck.Result? { rows[path] ?? known[path]?.rows }

  func read(_ bytes: UnsafeRawBufferPointer, of path: String) throws(SluiceError) {
    guard path.hasPrefix(Self.prefix) else {
      try side.read(bytes, of: path)
      return
    }
    if check == nil { check = try start(path) }
    try check?.read(bytes)
    finder?.read(bytes, of: path)
  }

  func end(of path: String) throws(SluiceError) {
    guard path.hasPrefix(Self.prefix) else { return }
    if check == nil { check = try start(path) }
    rows[path] = try check?.end()
    check = nil
  }

  /// The columns by kind, each with the file that was there for it; all are of one format.
  func columnsByKind() throws(SluiceError) -> [String: Columns] {
    let rows = try Self.rowsByKind(side)
    for format in RecordFormat.allCases {
      let columns = Self.columns(rows, format)
      let isThere = columns.values.allSatisfy { self.rows(of: $0.path) != nil }
      if isThere { return columns }
    }
    throw BagReader.wrong("packet-files", "a records file that data/fields.csv explains is not there.")
  }

  /// Where a kind's file lies in the packet.
  static func path(of kind: String, _ format: RecordFormat) -> String {
    "\(prefix)\(kind).\(format.rawValue)"
  }

  private static let prefix = "data/records/"

  private func start(_ path: String) throws(SluiceError) -> RowCheck {
    if columns == nil {
      let rows = try Self.rowsByKind(side)
      columns = [:]
      for format in RecordFormat.allCases {
        for file in Self.columns(rows, format).values { columns?[file.path] = file }
      }
    }
    guard let file = columns?[path] else {
      throw BagReader.wrong("packet-files", "a file or folder is missing or was added.")
    }
    return RowCheck(file)
  }

  /// The rows of fields.csv by kind.
  private static func rowsByKind(_ side: SideFiles) throws(SluiceError) -> [String: [FieldRow]] {
    guard side.files["data/fields.csv"] != nil else {
      throw BagReader.wrong("packet-files", "there is no data/fields.csv.")
    }
    var rows: [String: [FieldRow]] = [:]
    for row in try side.rows("data/fields.csv", FieldRow.columns).compactMap(FieldRow.init) {
      guard row.kind.utf8.allSatisfy({ kindBytes.contains($0) }) else {
        throw BagReader.wrong("packet-side-file", "data/fields.csv names a kind as none can be named.")
      }
      rows[row.kind, default: []].append(row)
    }
    return rows
  }

  private static func columns(_ rows: [String: [FieldRow]], _ format: RecordFormat) -> [String: Columns] {
    var columns: [String: Columns] = [:]
    for (kind, rows) in rows { columns[kind] = Columns(kind: kind, format, rows) }
    return columns
  }

  private static let kindBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789_".utf8)
}
