/// The part of a packet's page that says what is here: the files of records, their columns, when and where.
struct ReportRecords {
  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  func append(to html: inout HTMLText) {
    html.markup("<section aria-labelledby=\"here\">\n<h2 id=\"here\">What is here</h2>\n")
    if facts.records.isEmpty { html.paragraph("No file of records belongs to this packet.") }
    for file in facts.records { append(file, to: &html) }
    appendActions(&html)
    html.markup("</section>\n")
  }

  private func append(_ file: ReportFacts.Records, to html: inout HTMLText) {
    html.markup("<section>\n")
    html.element("<h3>", "Records of kind \(file.kind)", "</h3>")
    let rows = file.fields
    html.facts([
      ("Records released", String(file.rowCount)), ("File", file.entry.path), ("Order", order(file)),
      ("Released under", Self.one(rows.map(\.citation))),
    ])
    html.table(meanings(rows, file.kind))
    html.table(actions(rows, file.kind))
    appendTimeline(file, to: &html)
    for (place, counts) in zip(file.plan.places, file.figures.places) {
      PlaceDrawing(place: place, counts: counts, file: file).append(to: &html)
    }
    html.markup("</section>\n")
  }

  /// The order that the plan gives the file; a row of fields.csv tells it.
  private func order(_ file: ReportFacts.Records) -> String {
    let row = file.fields.first { $0.note.hasPrefix(PacketTables.timeNote) }
    let isExact = row.map { $0.action == "keep" || $0.action == "truncate" && $0.precision == "second" }
    return isExact ?? false ? "as in the provider's sources" : "sorted by their bytes, not by time"
  }

  /// What the columns hold.
  private func meanings(_ rows: [FieldRow], _ kind: String) -> HTMLTable {
    var columns: [(name: String, rows: [FieldRow])] = []
    for row in rows {
      if columns.last?.name == row.column {
        columns[columns.count - 1].rows.append(row)
      } else {
        columns.append((row.column, [row]))
      }
    }
    return HTMLTable(
      "Columns of \(kind) and what they mean",
      [.init("Column", .value), .init("Type", .value), .init("Unit", .value), .init("Meaning", .words)],
      columns.map { column in
        let row = column.rows[0]
        let meaning = ([row.definition] + notes(column.rows)).filter { !$0.isEmpty }.joined(separator: " ")
        return [column.name, row.type, row.unit, meaning.isEmpty ? "Not stated." : meaning]
      })
  }

  /// The notes of a column's rows, each once where all have it.
  private func notes(_ rows: [FieldRow]) -> [String] {
    if rows.allSatisfy({ $0.note == rows[0].note }) { return [rows[0].note] }
    return rows.filter { !$0.note.isEmpty }.map { "For \(Self.whose($0.role)): \($0.note)" }
  }

  private static func whose(_ role: String) -> String {
    switch role {
    case "subject": "subjects"
    case "other": "others"
    default: "everyone"
    }
  }

  /// What all texts are; nil where they differ.
  private static func one(_ texts: [String]) -> String? {
    texts.allSatisfy { $0 == texts[0] } ? texts.first : nil
  }

  /// What happens to the columns' values, and under which rule.
  private func actions(_ rows: [FieldRow], _ kind: String) -> HTMLTable {
    // A citation that all have stands above the table.
    let hasCitations = Self.one(rows.map(\.citation)) == nil
    return HTMLTable(
      "Columns of \(kind) and what happens to them",
      [
        .init("Column", .value), .init("Of", .value), .init("Value", .value), .init("Action", .value),
        .init("Precision", .words), .init("Category", .value),
      ] + (hasCitations ? [.init("Citation", .words)] : []),
      rows.map {
        [$0.column, Self.whose($0.role), $0.provenance, $0.action, $0.precision, $0.category]
          + (hasCitations ? [$0.citation] : [])
      })
  }

  private func appendTimeline(_ file: ReportFacts.Records, to html: inout HTMLText) {
    guard let time = file.plan.time, let counts = file.figures.timeline else {
      html.paragraph(
        "There is no timeline: no column of these records is a time that the period is matched on.")
      return
    }
    TimelineDrawing(time: time, counts: counts, file: file).append(to: &html)
  }

  /// The actions that this packet's columns name, in plain words.
  private func appendActions(_ html: inout HTMLText) {
    var words: Set<String> = []
    let rows = facts.fields.compactMap { row in
      words.insert(row.action).inserted ? ReportWords.action(row.action).map { [row.action, $0] } : nil
    }
    guard !rows.isEmpty else { return }
    html.markup("<section>\n<h3>How to read it</h3>\n")
    html.list([
      "A subject is a person whose identifier the demand names and who was granted. Everyone else is an other.",
      "An original value is the provider's own. A derived value was made from it by Sluice and is not the "
        + "provider's record.",
      facts.provenance["format"]?.string == RecordFormat.csv.rawValue
        ? "In the files an empty cell means that the provider's record has no value; [withheld] means that the value "
          + "was left out by rule."
        : "In the files null means that the provider's record has no value; a key that is missing means that the "
          + "value was left out by rule.",
      "All times are UTC.",
    ])
    html.table(
      HTMLTable("What the actions do", [.init("Action", .value), .init("Meaning", .words)], rows))
    html.markup("</section>\n")
  }
}
