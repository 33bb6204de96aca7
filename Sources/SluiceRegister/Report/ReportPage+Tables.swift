import Sluice

/// The tables of a page.
extension ReportPage {
  private static let outcomeColumns = [
    "Demands", "Accounts", "Some data", "Share", "All", "Part", "Nothing found", "Refused", "Pending",
    "Records", "Fields",
  ]

  /// Every jurisdiction in one line, for each half-year; left out where it would say what the next table says.
  func addOverview(_ page: inout Markup) {
    guard report.periods.last.map({ $0.jurisdictions.count > 1 }) ?? false else { return }
    page.add("<section>")
    page.add("<h2>All jurisdictions</h2>")
    for period in report.periods.reversed() {
      addTableStart("Received in \(period.period.text), by jurisdiction", &page)
      addHeads(["Jurisdiction", "Demands", "Accounts", "Some data", "Share", "Status"], &page)
      page.add("<tbody>")
      for jurisdiction in period.jurisdictions {
        let total = jurisdiction.total
        page.add(
          "<tr><th scope=\"row\">\(jurisdiction.name)</th>"
            + Markup.cells([total.demands, total.accounts, total.someData])
            + share(total) + states(jurisdiction) + "</tr>")
      }
      page.add("</tbody>")
      page.add(
        "<tfoot><tr><th scope=\"row\">All</th>"
          + Markup.cells([period.demands, period.accounts, period.someData])
          + share(period.percentage, period.demands, period.someData) + "<td></td></tr></tfoot>")
      addTableEnd(&page)
    }
    page.add("</section>")
  }

  func addJurisdiction(_ code: String, _ page: inout Markup) {
    let entries = entries(code)
    guard let name = entries.first?.report.name else { return }
    page.add("<section class=\"jurisdiction\">")
    page.add("<h2>\(name) <span class=\"code\">\(code)</span></h2>")
    if let states = entries.last?.report.states, !states.isEmpty {
      page.add("<p class=\"status\">Status: \(states.map(\.text).joined(separator: ", then "))</p>")
    }
    page.add("<div class=\"pair\">")
    page.add(ReportChart(code: code, name: name, entries: entries).svg)
    addReasons(entries, name, &page)
    page.add("</div>")
    addOutcomes(entries, name, &page)
    addSeparate(entries, name, &page)
    addBands(entries, name, &page)
    page.add("</section>")
  }

  // MARK: - One jurisdiction

  private typealias Entries = [(period: HalfYear, report: TransparencyReport.JurisdictionReport)]

  /// Totals, and below each what it is made of where that is more than one class.
  private func addOutcomes(_ entries: Entries, _ name: String, _ page: inout Markup) {
    addTableStart("\(name): demands by half-year and class", &page)
    addHeads(["Received in", "Class"] + Self.outcomeColumns, &page)
    page.add("<tbody>")
    for (period, report) in entries {
      let counted = report.rows.filter { $0.classes.allSatisfy(TransparencyReport.countedClasses.contains) }
      let title = counted.count == 1 ? Self.title(counted[0].classes[0]) : "All"
      page.add(outcomes(report.total, period: period, title: title, isTotal: true))
      guard counted.count > 1 else { continue }
      for row in counted {
        page.add(outcomes(row, period: period, title: Self.title(row.classes[0]), isTotal: false))
      }
    }
    page.add("</tbody>")
    addTableEnd(&page)
  }

  /// A row that is hidden as a whole says so once.
  private func outcomes(_ row: ReportRow, period: HalfYear, title: String, isTotal: Bool) -> Markup {
    let start: Markup =
      "<tr class=\"\(isTotal ? "total" : "of-it")\"><th scope=\"row\">\(period.text)</th><td class=\"word\">\(title)</td>"
    guard row.demands != .suppressed else {
      return start
        + "<td class=\"none word\" colspan=\"\(Self.outcomeColumns.count)\">\(Figure.suppressed)</td></tr>"
    }
    return start + Markup.cells([row.demands, row.accounts, row.someData]) + share(row)
      + Markup.cells([row.all, row.part, row.empty, row.refused, row.pending, row.records, row.fields])
      + "</tr>"
  }

  private func addReasons(_ entries: Entries, _ name: String, _ page: inout Markup) {
    var lines: [Markup] = []
    for (period, report) in entries {
      let counted = report.rows.filter { $0.classes.allSatisfy(TransparencyReport.countedClasses.contains) }
      // The total's stand where no class shows its own.
      let isTotal = counted.allSatisfy(\.reasonsAreHidden) && !report.total.reasonsAreHidden
      for row in isTotal ? [report.total] : counted {
        let title = row.classes.map(Self.title).joined(separator: " and ")
        let start: Markup =
          "<tr><th scope=\"row\">\(period.text)</th><td class=\"word\">\(title)</td>"
        for reason in row.reasons {
          lines.append(
            start + "<td class=\"word\">\(reason.code)</td>" + Markup.cell(.count(reason.count)) + "</tr>")
        }
        if row.reasonsAreHidden {
          lines.append(start + "<td></td>" + Markup.cell(.suppressed) + "</tr>")
        }
      }
    }
    guard !lines.isEmpty else { return }
    addTableStart("\(name): refused demands by reason", &page)
    addHeads(["Received in", "Class", "Reason", "Refused"], &page)
    page.add("<tbody>\n\(lines.joined("\n"))\n</tbody>")
    addTableEnd(&page)
  }

  private func addSeparate(_ entries: Entries, _ name: String, _ page: inout Markup) {
    var lines: [Markup] = []
    for (period, report) in entries {
      for row in report.rows where row.classes.allSatisfy(TransparencyReport.separateClasses.contains) {
        lines.append(
          "<tr><th scope=\"row\">\(period.text)</th><td class=\"word\">\(Self.title(row.classes[0]))</td>"
            + Markup.cells([row.demands, row.accounts, row.someData]) + share(row)
            + Markup.cells([row.refused, row.pending])
            + (row.classes == [.preservation] ? Markup.cell(row.preserved) : "<td></td>") + "</tr>")
      }
    }
    guard !lines.isEmpty else { return }
    addTableStart("\(name): demands in no total", &page)
    addHeads(
      [
        "Received in", "Class", "Demands", "Accounts", "Some data", "Share", "Refused", "Pending",
        "Accounts preserved",
      ], &page)
    page.add("<tbody>\n\(lines.joined("\n"))\n</tbody>")
    addTableEnd(&page)
  }

  private func addBands(_ entries: Entries, _ name: String, _ page: inout Markup) {
    let lines = entries.flatMap { period, report in
      report.bands.map { band -> Markup in
        let cells = [band.demands, band.accounts].map { range -> Markup in
          "<td>\(range.lowerBound.grouped) to \(range.upperBound.grouped)</td>"
        }
        return
          "<tr><th scope=\"row\">\(period.text)</th><td class=\"word\">\(band.instrument)</td>\(cells.joined())</tr>"
      }
    }
    guard !lines.isEmpty else { return }
    addTableStart("\(name): published in bands, which do not add and are in no total", &page)
    addHeads(["Received in", "Instrument", "Demands", "Accounts"], &page)
    page.add("<tbody>\n\(lines.joined("\n"))\n</tbody>")
    addTableEnd(&page)
  }

  // MARK: - Cells

  /// What a class is called on a page.
  static func title(_ name: InstrumentClass) -> String {
    switch name {
    case .legalProcess: "Legal process"
    case .emergency: "Emergency"
    case .preservation: "Preservation"
    case .treaty: "Treaty"
    case .unknown: "Unknown"
    }
  }

  private func share(_ row: ReportRow) -> Markup { share(row.percentage, row.demands, row.someData) }

  /// A percentage, `not shown` where one of its numbers is hidden, and nothing where there is nothing to divide.
  private func share(_ percentage: Percentage?, _ demands: Figure, _ someData: Figure) -> Markup {
    if let percentage { return "<td>\(percentage.text) %</td>" }
    return demands == .suppressed || someData == .suppressed ? Markup.cell(.suppressed) : "<td></td>"
  }

  private func states(_ jurisdiction: TransparencyReport.JurisdictionReport) -> Markup {
    "<td class=\"word\">\(jurisdiction.states.map(\.text).joined(separator: ", then "))</td>"
  }

  /// A table that is wider than its place can be scrolled, with the keyboard too.
  private func addTableStart(_ caption: String, _ page: inout Markup) {
    page.add("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(caption)\">")
    page.add("<table>")
    page.add("<caption><span>\(caption)</span></caption>")
  }

  private func addTableEnd(_ page: inout Markup) { page.add("</table>\n</div>") }

  private func addHeads(_ names: [String], _ page: inout Markup) {
    let heads = names.map { name -> Markup in
      let isWord = ["Received in", "Class", "Reason", "Jurisdiction", "Status", "Instrument"].contains(name)
      return isWord ? "<th scope=\"col\" class=\"word\">\(name)</th>" : "<th scope=\"col\">\(name)</th>"
    }
    page.add("<thead><tr>\(heads.joined())</tr></thead>")
  }
}
