/// The part of a packet's page that shows that the counts add up.
struct ReportCounts {
  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  func append(to html: inout HTMLText) {
    html.markup("<section aria-labelledby=\"counts\">\n<h2 id=\"counts\">Counts that add up</h2>\n")
    html.paragraph(
      "Every record that the demand reached is released, withheld or rejected. Counts below "
        + "\(facts.smallestCount) are put together, so that they do not tell what single records were; the sums "
        + "are exact.")
    if facts.kinds.isEmpty {
      html.paragraph("No kind of records is granted, so there is nothing to count.")
    } else {
      html.table(
        HTMLTable(
          "Reconciliation by kind",
          [
            .init("Kind", .value), .init("Outcome", .value), .init("Code", .value), .init("Records", .number),
          ], bodies: facts.kinds.map(rows)))
    }
    html.markup("</section>\n")
  }

  /// What became of the records of a kind, their sum, and what was reached.
  private func rows(_ kind: VerifiedPacket.KindCounts) -> [HTMLTable.Row] {
    let sum = kind.reasons.reduce(kind.released) { $0 + $1.count }
    return [HTMLTable.Row([kind.kind, "released", "", String(kind.released)])]
      + kind.reasons.map {
        HTMLTable.Row([kind.kind, ReportAbsence.outcome($0.outcome), $0.reason, String($0.count)])
      } + [
        HTMLTable.Row([kind.kind, "sum", "", String(sum)], isSum: true),
        HTMLTable.Row([kind.kind, "reached", "", String(kind.reached)], isSum: true),
        HTMLTable.Row([kind.kind, "remainder", "", String(kind.reached - sum)]),
      ]
  }
}
