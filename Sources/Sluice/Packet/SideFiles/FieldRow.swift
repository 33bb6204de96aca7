/// A row of fields.csv: a column and what happens to it for a role.
struct FieldRow {
  static let columns = [
    "kind", "column", "role", "definition", "type", "unit", "category", "citation", "provenance", "action",
    "precision", "note",
  ]

  /// A cell for each of `columns`.
  let cells: [String]

  /// Nil where there are not as many cells as columns.
  init?(_ cells: [String]) {
    guard cells.count == Self.columns.count else { return nil }
    self.cells = cells
  }

  var kind: String { cells[0] }
  var column: String { cells[1] }
  /// `subject`, `other`, or `record` for whatever role.
  var role: String { cells[2] }
  var definition: String { cells[3] }
  /// A type's word, or `array of` one.
  var type: String { cells[4] }
  var unit: String { cells[5] }
  var category: String { cells[6] }
  var citation: String { cells[7] }
  /// `original`, `derived` or `withheld`.
  var provenance: String { cells[8] }
  var action: String { cells[9] }
  var precision: String { cells[10] }
  var note: String { cells[11] }
}
