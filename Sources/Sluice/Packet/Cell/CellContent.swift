/// What one cell of a row holds.
enum CellContent {
  /// Left out by rule: no key in NDJSON, `[withheld]` in CSV.
  case withheld
  /// Released, and the source has none: `null` in NDJSON, empty in CSV.
  case absent
  /// One value, as its canonical text.
  case value(String)
  /// The elements of an array that left. In CSV one without elements is empty, and so taken for absent.
  case list([String])

  /// Reads a cell of a row that has the shape of its columns.
  ///
  /// - Parameter field: one of the column's rows of fields.csv.
  init(_ row: [UInt8], of columns: RecordCheck.Columns, _ field: FieldRow) {
    var values = Array(
      repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: columns.names.count)
    self = row.withUnsafeBytes { row in
      let isWhole = RowShape(columns.format, columns.names).accepts(row, &values)
      guard isWhole, let place = columns.names.firstIndex(of: field.column) else {
        preconditionFailure("the row was checked against these columns when the packet was verified")
      }
      let value = values[place]
      guard let start = value.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return .withheld }
      switch columns.format {
      case .csv: return CellContent(csv: value, field)
      case .ndjson:
        return RowShape.isText(start)
          ? .value(Self.unescaped(value, UInt8(ascii: "\\"))) : CellContent(bare: value, field)
      }
    }
  }

  private init(csv cell: UnsafeRawBufferPointer, _ field: FieldRow) {
    let text = Self.unescaped(cell, UInt8(ascii: "\""))
    // A phone number does not begin with its `+` in CSV.
    func plain(_ text: some StringProtocol) -> String {
      field.valueType == "phone" && text.hasPrefix("tel:") ? String(text.dropFirst(4)) : String(text)
    }
    switch text {
    case "": self = .absent
    case "[withheld]": self = .withheld
    default: self = field.isArray ? .list(text.split(separator: ";").map(plain)) : .value(plain(text))
    }
  }

  /// A value of JSON that is no string.
  private init(bare value: UnsafeRawBufferPointer, _ field: FieldRow) {
    let text = String(decoding: value, as: UTF8.self)
    self =
      text == "null"
      ? .absent
      : field.isArray
        ? .list(JSONElements.texts(of: value).map { Self.unescaped($0, UInt8(ascii: "\\")) }) : .value(text)
  }

  /// A text without the byte that escapes the next one; the encodings escape a quote and a backslash so, and no other.
  private static func unescaped(_ text: UnsafeRawBufferPointer, _ escape: UInt8) -> String {
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in text {
      isEscaped = byte == escape && !isEscaped
      if !isEscaped { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
