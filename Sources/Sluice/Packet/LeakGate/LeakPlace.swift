/// Where in a packet's file a leak stands, for a person.
struct LeakPlace {
  /// From 1 on; the header of a CSV file counts.
  let row: Int
  /// The column, in a file of records.
  let field: String?

  /// Looks for the place of a cell by where it begins. `file`: the file's path in `folder`; `path`: in the packet.
  init(
    at byteOffset: Int, of path: String, file: String, in folder: Int32, _ layer: FileLayer
  ) throws(SluiceError) {
    let descriptor = try layer.openToRead(file, at: folder)
    var row = 1
    var header: [UInt8] = []
    // What stands before the cell in its row.
    var before: [UInt8] = []
    try layer.readPieces(of: descriptor.number, to: byteOffset, path) { bytes in
      var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      before += lines.removeFirst()
      for line in lines {
        if row == 1 { header = before }
        row += 1
        before = Array(line)
      }
    }
    self.row = row
    field =
      switch path {
      case _ where path.hasPrefix("data/records/") && path.hasSuffix(".csv"):
        Self.column(row == 1 ? before : header, before)
      case _ where path.hasPrefix("data/records/") && path.hasSuffix(".ndjson"): Self.key(before)
      default: nil
      }
  }

  private static func column(_ header: [UInt8], _ before: [UInt8]) -> String? {
    let columns = CSVText.rows(header + [0x0A])?.first ?? []
    let count = (CSVText.rows(before + Array("\"\n".utf8))?.first?.count ?? 0) - 1
    return columns.indices.contains(count) ? columns[count] : nil
  }

  /// The outermost key before a cell: `{"KEY":` or `,"KEY":` at a depth of one.
  private static func key(_ before: [UInt8]) -> String? {
    var name: String?
    var depth = 0
    var index = 0
    while index < before.count {
      switch before[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        let textStart = index + 1
        index += 1
        while index < before.count, before[index] != UInt8(ascii: "\"") {
          index += before[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        if depth == 1, index + 1 < before.count, before[index + 1] == UInt8(ascii: ":") {
          name = String(decoding: before[textStart..<index], as: UTF8.self)
        }
      default: break
      }
      index += 1
    }
    return name
  }
}
