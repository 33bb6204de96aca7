/// A table for a person: columns as wide as their widest cell, two blanks between them, none at the end of a line.
enum TextTable {
  /// One line a row; each row has as many cells as the first.
  static func lines(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      let joined = padded.joined(separator: "  ")
      return String(joined.prefix(joined.count - joined.reversed().prefix { $0 == " " }.count))
    }
  }
}
