/// The part of a packet's page that says what is not here, and why.
struct ReportAbsence {
  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  func append(to html: inout HTMLText) {
    html.markup("<section aria-labelledby=\"absent\">\n<h2 id=\"absent\">What is not here, and why</h2>\n")
    html.list([
      "Content of communications, passwords and keys: no policy can name them.",
      "Whatever no granted category names: only what is listed on this page was looked for.",
      "Records outside the period, or in which no granted subject takes part.",
      facts.hasUnreadable
        ? "Records that could not be read: there were some among the provider's records that were searched."
        : "Records that could not be read: there were none among the provider's records that were searched.",
    ])
    appendRecords(&html)
    appendFields(&html)
    appendCategories(&html)
    html.markup("</section>\n")
  }

  private func appendRecords(_ html: inout HTMLText) {
    let rows = facts.kinds.flatMap { kind in
      kind.reasons.map { reason in
        [
          kind.kind, Self.outcome(reason.outcome), reason.reason,
          ReportWords.reason(reason.reason, smallestCount: facts.smallestCount), String(reason.count),
        ]
      }
    }
    guard !rows.isEmpty else {
      html.paragraph("Every record that the demand reached is released.")
      return
    }
    html.table(
      HTMLTable(
        "Records that the demand reached and that stay in",
        [
          .init("Kind", .value), .init("Outcome", .value), .init("Code", .value), .init("Why", .words),
          .init("Records", .number),
        ], rows))
  }

  static func outcome(_ word: String) -> String {
    switch word {
    case SmallCounts.Row.Outcome.withheld.rawValue: "withheld"
    case SmallCounts.Row.Outcome.rejected.rawValue: "rejected"
    default: "withheld or rejected"
    }
  }

  private func appendFields(_ html: inout HTMLText) {
    let rows = facts.withheld.filter { $0.what == "field" }
    guard !rows.isEmpty else {
      html.paragraph("No field of a granted category is withheld by rule.")
      return
    }
    html.table(
      HTMLTable(
        "Fields of granted categories that are withheld by rule",
        [
          .init("Field", .value), .init("Kind", .value), .init("Of", .value), .init("Rule", .value),
          .init("Why", .words),
        ],
        rows.map { row in
          let whose = row.role == "record" ? "everyone" : row.role == "subject" ? "subjects" : "others"
          return [
            row.name, row.kind, whose, row.rule,
            "\(row.reason.prefix(1).uppercased())\(row.reason.dropFirst()).",
          ]
        }))
  }

  private func appendCategories(_ html: inout HTMLText) {
    let rows = facts.withheld.filter { $0.what == "category" }
    guard !rows.isEmpty else {
      html.paragraph("Every category demanded is granted.")
      return
    }
    html.table(
      HTMLTable(
        "Categories demanded and refused",
        [.init("Category", .value), .init("Code", .value), .init("Why", .words)],
        rows.map { [$0.name, $0.reason, ReportWords.category($0.reason)] }))
  }
}
