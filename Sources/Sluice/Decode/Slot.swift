/// What stands at one path of a record.
package enum ValueKind: UInt8 {
  case absent = 0
  case null
  /// A cell of a delimited file without a text, in quotes or not. This and the two before are no value.
  case emptyCell
  /// The bytes between the quotes; `isEscaped` where they hold a backslash.
  case string
  case number
  case `true`
  case `false`
  /// From the opening to the closing bracket.
  case array
  case object
  /// A cell of a delimited file with a text; `isEscaped` where it holds doubled quotes.
  case cell
  /// A constant that the sources file gives.
  case constant
  /// A value that stands where the schema has an object, so the paths below it cannot be read.
  case misplaced
}

/// Where one value of a record lies: offsets, not objects, so that decoding allocates nothing.
package struct Slot {
  /// From the start of the record (of the constants for `.constant`).
  package var offset: UInt32 = 0
  package var length: UInt32 = 0
  package var kind: ValueKind = .absent
  package var isEscaped = false
  /// Of an identifier in the memo of pseudonyms, where the decoder has asked for it.
  package var memoPlace = PseudonymMemo.noPlace

  package init() {}

  @inline(__always)
  package init(
    _ kind: ValueKind, offset: Int, length: Int, isEscaped: Bool = false,
    memoPlace: UInt16 = PseudonymMemo.noPlace
  ) {
    self.offset = UInt32(truncatingIfNeeded: offset)
    self.length = UInt32(truncatingIfNeeded: length)
    self.kind = kind
    self.isEscaped = isEscaped
    self.memoPlace = memoPlace
  }

  /// The slot of a cell of a delimited file.
  @inline(__always)
  package static func cell(offset: Int, length: Int, isEscaped: Bool = false) -> Slot {
    Slot(length == 0 ? .emptyCell : .cell, offset: offset, length: length, isEscaped: isEscaped)
  }

  /// Whether the source gave no value: no key, `null`, or an empty cell.
  @inline(__always) package var isAbsent: Bool {
    kind.rawValue <= ValueKind.emptyCell.rawValue
  }
}
