/// What a cell tells of how it was made: the roles whose rule may have made it.
struct CellReading {
  let content: CellExplanation.Content
  /// Of the cell's values, each once, in the order in which they come.
  let forms: [ValueForm]
  let valueCount: Int
  /// The rows of fields.csv that may have made the cell; at least one.
  let roles: [FieldRow]
  /// Whether each value is of just one of the roles.
  let roleIsTold: Bool
  let namesGrantedSubject: Bool

  /// - Parameters:
  ///   - rows: those of fields.csv for the cell's column.
  ///   - identifiers: by which the demand names its granted subjects, by class.
  init(_ cell: CellContent, _ rows: [FieldRow], identifiers: [String: Set<String>]) {
    let texts: [String]
    switch cell {
    case .withheld, .absent: texts = []
    case .value(let text): texts = [text]
    case .list(let elements): texts = elements
    }
    // A kept text may read like what an action writes; it is that only where a rule here has that action.
    let written = rows.compactMap(ValueForm.init(writtenBy:))
    let found = texts.map { text in
      let form = ValueForm(of: text, in: rows[0])
      return written.contains(form) ? form : .whole
    }
    forms = found.unique()
    valueCount = texts.count
    namesGrantedSubject = texts.contains { identifiers[rows[0].valueType]?.contains($0) == true }
    let makers: [[FieldRow]]
    switch cell {
    // A role's rule withholds, but so do a bundle, a value that cannot be read, and a party that is not there.
    case .withheld:
      content = .withheld
      makers = [rows]
    case .absent:
      content = .absent
      // An array has no role of its own; of anything else the rule has to be one that writes what the source lacks.
      let writing = rows.filter { !["withhold", "redact"].contains($0.action) }
      makers = [rows[0].isArray || writing.isEmpty ? rows : writing]
    case .list([]):
      content = .emptyList
      makers = [rows]
    case .value, .list:
      content = forms == [.redacted] ? .redacted : .value
      makers = found.map { form in rows.filter { ValueForm(writtenBy: $0) == form } }
    }
    // A value that no rule here writes comes of a later version of Sluice: then none is told.
    let isReadable = makers.allSatisfy { !$0.isEmpty }
    roleIsTold = isReadable && makers.allSatisfy { $0.count == 1 }
    roles = isReadable ? rows.filter { row in makers.joined().contains { $0.role == row.role } } : rows
  }
}
