/// Checks a packet's records while they are digested: whole rows, no column that fields.csv does not explain.
///
/// The side files must come first, as `BagReader` gives them.
final class RecordCheck: PayloadVisitor {
  /// The file of one kind and the columns that fields.csv explains.
  struct Columns {
    let path: String
    let format: RecordFormat
    let names: [String]
  }

  private let side: SideFiles
  /// Files that their writer has checked, by path.
  private let written: [String: WrittenFile]
  /// By path; nil until fields.csv is there whole.
  private var columns: [String: Columns]?
  private var rowCounts: [String: UInt64] = [:]
  /// Of the file that is being read.
  private var check: RowCheck?

  /// Bytes of files that hold no records go to `side`.
  init(_ side: SideFiles, written: [String: WrittenFile]) {
    self.side = side
    self.written = written
  }

  /// How many rows of records a file has; 0 for one that was not read.
  func rowCount(of path: String) -> UInt64 { written[path]?.rowCount ?? rowCounts[path] ?? 0 }

  func read(_ bytes: UnsafeRawBufferPointer, of path: String) throws(SluiceError) {
    guard path.hasPrefix(Self.prefix) else {
      try side.read(bytes, of: path)
      return
    }
    if check == nil { check = try start(path) }
    try check?.read(bytes)
  }

  func end(of path: String) throws(SluiceError) {
    guard path.hasPrefix(Self.prefix) else { return }
    if check == nil { check = try start(path) }
    rowCounts[path] = try check?.end()
    check = nil
  }

  /// The columns by kind, each with the file that was there for it; all are of one format.
  func columnsByKind() throws(SluiceError) -> [String: Columns] {
    let names = try Self.names(side)
    for format in RecordFormat.allCases {
      let columns = Self.columns(names, format)
      let isThere = columns.values.allSatisfy { rowCounts[$0.path] != nil || written[$0.path] != nil }
      if isThere { return columns }
    }
    throw BagReader.wrong("packet-files", "a records file that data/fields.csv explains is not there.")
  }

  private static let prefix = "data/records/"

  private func start(_ path: String) throws(SluiceError) -> RowCheck {
    if columns == nil {
      let names = try Self.names(side)
      columns = [:]
      for format in RecordFormat.allCases {
        for file in Self.columns(names, format).values { columns?[file.path] = file }
      }
    }
    guard let file = columns?[path] else {
      throw BagReader.wrong("packet-files", "a file or folder is missing or was added.")
    }
    return RowCheck(file)
  }

  /// The names of the columns by kind, as fields.csv lists them.
  private static func names(_ side: SideFiles) throws(SluiceError) -> [String: [String]] {
    guard side.files["data/fields.csv"] != nil else {
      throw BagReader.wrong("packet-files", "there is no data/fields.csv.")
    }
    var names: [String: [String]] = [:]
    for row in try side.rows("data/fields.csv", PacketTables.fieldColumns)
    where names[row[0], default: []].last != row[1] {
      guard row[0].utf8.allSatisfy({ kindBytes.contains($0) }) else {
        throw BagReader.wrong("packet-side-file", "data/fields.csv names a kind as none can be named.")
      }
      names[row[0], default: []].append(row[1])
    }
    return names
  }

  private static func columns(_ names: [String: [String]], _ format: RecordFormat) -> [String: Columns] {
    var columns: [String: Columns] = [:]
    for (kind, names) in names {
      let path = "\(prefix)\(kind).\(format.rawValue)"
      columns[kind] = Columns(path: path, format: format, names: names)
    }
    return columns
  }

  private static let kindBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789_".utf8)
}
