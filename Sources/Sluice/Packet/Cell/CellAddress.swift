/// Which cell of a packet is asked about, as `sluice explain --cell` takes it: `message:3:sender`.
public struct CellAddress: Equatable, Sendable {
  /// The kind whose file of records holds the cell.
  public let kind: String
  /// The row in that file, from 1; the header of a CSV file does not count.
  public let row: UInt64
  /// The column as the file of records names it: a point is two in CSV, `position.lat` and `position.lon`.
  public let column: String

  /// Reads `KIND:ROW:COLUMN`; whether a packet has such a cell is not asked here.
  ///
  /// Nil for anything else: other than three parts, an empty one, or a row that is not a plain number from 1 to 2⁶⁴ − 1.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, !parts[0].isEmpty, !parts[2].isEmpty, let row = UInt64(parts[1]), row > 0,
      String(row) == parts[1]
    else { return nil }
    (kind, self.row, column) = (parts[0], row, parts[2])
  }
}
