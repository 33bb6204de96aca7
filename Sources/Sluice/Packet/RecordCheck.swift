import Glibc

/// Checks a packet's records while they are digested: whole rows, no column that fields.csv does not explain.
///
/// It reads the shape alone (keys, quotes, brackets) and no value; what the values are was decided when they
/// were written.
final class RecordCheck: PayloadVisitor {
  /// The file of one kind and the columns that fields.csv explains.
  struct Columns {
    let path: String
    let format: RecordFormat
    let names: [String]
  }

  /// A longer row is no row: a record of the longest permitted form does not become one.
  private static let rowByteCountMax = 64 << 20

  private let columns: [String: Columns]
  private let others: SideFiles
  private var rowCounts: [String: UInt64] = [:]
  /// Of the file that is being read: its rows so far, and whether its CSV header has passed.
  private var rowCount: UInt64 = 0
  private var hasHeader = false
  /// A row whose end has not been read yet.
  private var started: [UInt8] = []

  /// `columns` by kind; bytes of files that hold no records go to `others`.
  init(columns: [String: Columns], others: SideFiles) {
    self.columns = Dictionary(uniqueKeysWithValues: columns.values.map { ($0.path, $0) })
    self.others = others
  }

  /// How many rows of records a file has; 0 for one that was not read.
  func rowCount(of path: String) -> UInt64 { rowCounts[path] ?? 0 }

  func read(_ bytes: UnsafeRawBufferPointer, of path: String) throws(SluiceError) {
    guard let columns = columns[path] else {
      try others.read(bytes, of: path)
      return
    }
    let check = RowCheck(columns)
    var rest = bytes
    while let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) {
      let length = UnsafeRawPointer(found) - base
      let end = UnsafeRawBufferPointer(rebasing: rest.prefix(length))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length + 1))
      if started.isEmpty {
        try take(end, check, columns)
      } else {
        started.append(contentsOf: end)
        try started.withUnsafeBufferPointer { row throws(SluiceError) in
          try take(UnsafeRawBufferPointer(row), check, columns)
        }
        started.removeAll(keepingCapacity: true)
      }
    }
    started.append(contentsOf: rest)
    guard started.count <= Self.rowByteCountMax else {
      throw BagReader.wrong("packet-records", "a row of \(path) is longer than any can be.")
    }
  }

  func end(of path: String) throws(SluiceError) {
    guard let columns = columns[path] else { return }
    guard started.isEmpty, columns.format != .csv || hasHeader else {
      throw BagReader.wrong("packet-records", "\(path) does not end with a whole row.")
    }
    rowCounts[path] = rowCount
    rowCount = 0
    hasHeader = false
  }

  private func take(
    _ row: UnsafeRawBufferPointer, _ check: RowCheck, _ columns: Columns
  ) throws(SluiceError) {
    if columns.format == .csv, !hasHeader {
      hasHeader = true
      guard row.elementsEqual(CSVText.header(columns.names).dropLast()) else {
        throw BagReader.wrong("packet-columns", "the columns of \(columns.path) are not those of fields.csv.")
      }
      return
    }
    guard check.accepts(row) else {
      throw BagReader.wrong(
        "packet-records",
        "a row of \(columns.path) is not of the columns that fields.csv lists, or is not whole.")
    }
    rowCount += 1
  }
}

/// Whether one row has the shape that its columns allow.
private struct RowCheck {
  private let format: RecordFormat
  private let names: [[UInt8]]

  init(_ columns: RecordCheck.Columns) {
    format = columns.format
    names = columns.names.map { Array($0.utf8) }
  }

  /// `row` is without its LF.
  func accepts(_ row: UnsafeRawBufferPointer) -> Bool {
    switch format {
    case .ndjson: isObject(row)
    case .csv: hasCells(row)
    }
  }

  /// One object without blanks, whose keys are columns, in their order and each at most once.
  private func isObject(_ row: UnsafeRawBufferPointer) -> Bool {
    guard row.first == UInt8(ascii: "{") else { return false }
    var position = 1
    var column = 0
    while true {
      guard position < row.count, row[position] == UInt8(ascii: "\""),
        let end = endOfString(row, position), end < row.count, row[end] == UInt8(ascii: ":")
      else { return false }
      let key = UnsafeRawBufferPointer(rebasing: row[position + 1..<end - 1])
      while column < names.count, !isEqual(key, names[column]) { column += 1 }
      guard column < names.count else { return false }
      column += 1
      guard let next = endOfValue(row, end + 1), next < row.count else { return false }
      position = next + 1
      if row[next] == UInt8(ascii: "}") { return position == row.count }
      guard row[next] == UInt8(ascii: ",") else { return false }
    }
  }

  private func isEqual(_ key: UnsafeRawBufferPointer, _ name: [UInt8]) -> Bool {
    guard key.count == name.count, let base = key.baseAddress else { return false }
    return memcmp(base, name, name.count) == 0
  }

  /// As many quoted cells as columns.
  private func hasCells(_ row: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    for column in names.indices {
      guard position < row.count, row[position] == UInt8(ascii: "\"") else { return false }
      position += 1
      while true {
        guard let quote = find(UInt8(ascii: "\""), row, position) else { return false }
        position = quote + 1
        guard position < row.count, row[position] == UInt8(ascii: "\"") else { break }
        position += 1
      }
      if column == names.count - 1 { return position == row.count }
      guard position < row.count, row[position] == UInt8(ascii: ",") else { return false }
      position += 1
    }
    return false
  }

  private func endOfValue(_ row: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    guard start < row.count else { return nil }
    var position = start
    var depth = 0
    while position < row.count {
      switch row[position] {
      case UInt8(ascii: "\""):
        guard let end = endOfString(row, position) else { return nil }
        position = end - 1
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

  /// The position after the quote that closes the string beginning at `start`.
  private func endOfString(_ row: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    var position = start + 1
    while let quote = find(UInt8(ascii: "\""), row, position) {
      var first = quote
      while row[first - 1] == UInt8(ascii: "\\") { first -= 1 }
      position = quote + 1
      if (quote - first).isMultiple(of: 2) { return position }
    }
    return nil
  }

  private func find(_ byte: UInt8, _ row: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    guard let base = row.baseAddress, start < row.count,
      let found = memchr(base + start, Int32(byte), row.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }
}
