/// The CSV side files of one packet: what the columns are, what stayed in, and that every record is accounted
/// for.
struct PacketTables {
  let ruling: GrantedRuling

  /// How the note of the time that the period is matched on begins.
  static let timeNote = "The period is matched on this time, before anything is cut off it."

  static let withheldColumns = ["what", "kind", "name", "role", "rule", "reason", "count"]
  static let reconciliationColumns = ["kind", "outcome", "reason", "count"]

  /// fields.csv: a row for each column and role, in the order of kinds and columns.
  static func fields(_ kinds: [[FieldRow]]) throws(SluiceError) -> [UInt8] {
    var text = try CSVText("data/fields.csv", columns: FieldRow.columns)
    for rows in kinds {
      for row in rows { try text.append(row.cells) }
    }
    return text.bytes
  }

  /// The rows of fields.csv for one kind.
  static func rows(_ kind: KindPlan, _ format: RecordFormat) -> [FieldRow] {
    var rows: [FieldRow] = []
    for field in kind.columns {
      for column in field.columnNames(format) {
        for role in field.roles {
          let action = role.plan.action
          let row = FieldRow([
            kind.kind.name, column, role.word, field.field.definition,
            field.field.typeWord, field.field.type.unit, role.plan.category, role.plan.citation,
            action == .withhold ? "withheld" : action.isOriginal ? "original" : "derived", action.word,
            action.precision(for: field.field.type), note(field, role.plan, in: kind),
          ])
          if let row { rows.append(row) }
        }
      }
    }
    return rows
  }

  /// What a reader of a column must know beyond its action.
  private static func note(_ field: FieldPlan, _ role: RolePlan, in kind: KindPlan) -> String {
    var notes: [String] = []
    if kind.kind.timeField == field.fieldIndex { notes.append(timeNote) }
    if field.field.isArray, field.other.action == .withhold {
      notes.append("Others may have been left out of the list; no row says so.")
    }
    for bundle in kind.bundles where role.action == .keep && bundle.fields.contains(field.fieldIndex) {
      let companions = bundle.fields.filter { $0 != field.fieldIndex } + bundle.companions.map(\.field)
      let names = companions.map { kind.kind.fields[$0].name }.joined(separator: ", ")
      notes.append("Leaves only together with \(names); where one is missing it is withheld.")
    }
    if case .map = role.action { notes.append("A value without a declared word is withheld.") }
    if field.withholdsOnError { notes.append("Withheld where the source's value cannot be read.") }
    return notes.joined(separator: " ")
  }

  /// withheld.csv: (a) records by kind and reason with their count, (b) fields that a granted category names
  /// and withholds, with rule and reason and without a count, (c) categories demanded and refused, with a code.
  func withheld(_ counts: [SmallCounts]) throws(SluiceError) -> [UInt8] {
    var text = try CSVText("data/withheld.csv", columns: Self.withheldColumns)
    for (kind, counts) in zip(ruling.plan.kinds, counts) {
      for row in counts.rows {
        try text.append([
          "records", kind.kind.name, "", "", row.outcome.rawValue, row.reason, String(row.count),
        ])
      }
    }
    for kind in ruling.plan.kinds {
      for field in kind.fields {
        for role in field.roles where role.plan.action == .withhold {
          try text.append([
            "field", kind.kind.name, field.field.name, role.word, "category \(role.plan.category): withhold",
            "the policy withholds the field for this role under \(role.plan.citation)", "",
          ])
        }
      }
    }
    for refused in ruling.refusedCategories {
      try text.append(["category", "", refused.category, "", "", refused.reason.packetText, ""])
    }
    return text.bytes
  }

  /// reconciliation.csv: for each kind `reached = released + withheld + rejected`, and the remainder, 0.
  func reconciliation(_ counts: [SmallCounts]) throws(SluiceError) -> [UInt8] {
    var text = try CSVText("data/reconciliation.csv", columns: Self.reconciliationColumns)
    for (kind, counts) in zip(ruling.plan.kinds, counts) {
      let name = kind.kind.name
      try text.append([name, "reached", "", String(counts.reached)])
      try text.append([name, "released", "", String(counts.released)])
      for row in counts.rows {
        try text.append([name, row.outcome.rawValue, row.reason, String(row.count)])
      }
      let rest = counts.reached - counts.released - counts.rows.reduce(0) { $0 + $1.count }
      try text.append([name, "remainder", "", String(rest)])
    }
    return text.bytes
  }
}
