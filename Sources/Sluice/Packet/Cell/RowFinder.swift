/// Takes one row out of a packet's records as their bytes pass, so that what is explained is what was verified, and a
/// long file is neither read twice nor held.
final class RowFinder {
  private let address: CellAddress
  private var lines = LineReader()
  private var lineCount: UInt64 = 0
  /// The row with its LF, and the format of its file; nil where the file is shorter.
  private(set) var found: (row: [UInt8], format: RecordFormat)?

  init(_ address: CellAddress) { self.address = address }

  /// Takes the next bytes of a file of records; those of another kind's, and those after the row, are let pass.
  func read(_ bytes: UnsafeRawBufferPointer, of path: String) {
    guard found == nil,
      let format = RecordFormat.allCases.first(where: { path == RecordCheck.path(of: address.kind, $0) })
    else { return }
    lines.read(bytes) { line, _ in
      if lineCount == lineCountBefore(format) { found = (Array(line), format) }
      lineCount += 1
    }
  }

  /// How many lines come before the row: in CSV the header is one of them.
  private func lineCountBefore(_ format: RecordFormat) -> UInt64 {
    format == .csv ? address.row : address.row - 1
  }
}
