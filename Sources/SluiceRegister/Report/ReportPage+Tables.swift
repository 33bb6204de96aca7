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
          "<tr>\(Markup.element("th", "scope=\"row\"", text: jurisdiction.name))"
            + [total.demands, total.accounts, total.someData].map(Markup.cell).joined()
            + share(total) + states(jurisdiction) + "</tr>")
      }
      page.add("</tbody>")
      page.add(
        "<tfoot><tr><th scope=\"row\">All</th>"
          + [period.demands, period.accounts, period.someData].map(Markup.cell).joined()
          + share(period.percentage, period.demands, period.someData) + "<td></td></tr></tfoot>")
      addTableEnd(&page)
    }
    page.add("</section>")
  }

  func addJurisdiction(_ code: String, _ page: inout Markup) {
    let entries = entries(code)
    guard let name = entries.first?.report.name else { return }
    page.add("<section class=\"jurisdiction\">")
    page.add("<h2>\(Markup.escaped(name)) <span class=\"code\">\(Markup.escaped(code))</span></h2>")
    if let states = entries.last?.report.states, !states.isEmpty {
      page.add(
        "<p class=\"status\">Status: "
          + Markup.escaped(states.map(\.text).joined(separator: ", then ")) + "</p>")
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
  private func outcomes(_ row: ReportRow, period: HalfYear, title: String, isTotal: Bool) -> String {
    let start =
      "<tr class=\"\(isTotal ? "total" : "of-it")\">"
      + Markup.element("th", "scope=\"row\"", text: period.text)
      + Markup.element("td", "class=\"word\"", text: title)
    guard row.demands != .suppressed else {
      let words = Markup.words(.suppressed)
      return start + "<td class=\"none word\" colspan=\"\(Self.outcomeColumns.count)\">\(words)</td></tr>"
    }
    return start + [row.demands, row.accounts, row.someData].map(Markup.cell).joined() + share(row)
      + [row.all, row.part, row.empty, row.refused, row.pending, row.records, row.fields]
      .map(Markup.cell).joined() + "</tr>"
  }

  private func addReasons(_ entries: Entries, _ name: String, _ page: inout Markup) {
    var lines: [String] = []
    for (period, report) in entries {
      let counted = report.rows.filter { $0.classes.allSatisfy(TransparencyReport.countedClasses.contains) }
      // The total's stand where no class shows its own.
      let isTotal = counted.allSatisfy(\.reasonsAreHidden) && !report.total.reasonsAreHidden
      for row in isTotal ? [report.total] : counted {
        let title = row.classes.map(Self.title).joined(separator: " and ")
        let start =
          "<tr>\(Markup.element("th", "scope=\"row\"", text: period.text))"
          + Markup.element("td", "class=\"word\"", text: title)
        for reason in row.reasons {
          lines.append(
            start + Markup.element("td", "class=\"word\"", text: reason.code)
              + Markup.cell(.count(reason.count)) + "</tr>")
        }
        if row.reasonsAreHidden {
          lines.append(start + "<td></td>" + Markup.cell(.suppressed) + "</tr>")
        }
      }
    }
    guard !lines.isEmpty else { return }
    addTableStart("\(name): refused demands by reason", &page)
    addHeads(["Received in", "Class", "Reason", "Refused"], &page)
    page.add("<tbody>\n\(lines.joined(separator: "\n"))\n</tbody>")
    addTableEnd(&page)
  }

  private func addSeparate(_ entries: Entries, _ name: String, _ page: inout Markup) {
    var lines: [String] = []
    for (period, report) in entries {
      for row in report.rows where row.classes.allSatisfy(TransparencyReport.separateClasses.contains) {
        lines.append(
          "<tr>\(Markup.element("th", "scope=\"row\"", text: period.text))"
            + Markup.element("td", "class=\"word\"", text: Self.title(row.classes[0]))
            + [row.demands, row.accounts, row.someData].map(Markup.cell).joined() + share(row)
            + [row.refused, row.pending].map(Markup.cell).joined()
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
    page.add("<tbody>\n\(lines.joined(separator: "\n"))\n</tbody>")
    addTableEnd(&page)
  }

  private func addBands(_ entries: Entries, _ name: String, _ page: inout Markup) {
    let lines = entries.flatMap { period, report in
      report.bands.map { band in
        "<tr>\(Markup.element("th", "scope=\"row\"", text: period.text))"
          + Markup.element("td", "class=\"word\"", text: band.instrument)
          + [band.demands, band.accounts].map { range in
            Markup.element(
              "td",
              text: "\(Markup.grouped(range.lowerBound)) to \(Markup.grouped(range.upperBound))")
          }.joined() + "</tr>"
      }
    }
    guard !lines.isEmpty else { return }
    addTableStart("\(name): published in bands, which do not add and are in no total", &page)
    addHeads(["Received in", "Instrument", "Demands", "Accounts"], &page)
    page.add("<tbody>\n\(lines.joined(separator: "\n"))\n</tbody>")
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

  private func share(_ row: ReportRow) -> String { share(row.percentage, row.demands, row.someData) }

  /// A percentage, `not shown` where one of its numbers is hidden, and nothing where there is nothing to divide.
  private func share(_ percentage: Percentage?, _ demands: Figure, _ someData: Figure) -> String {
    if let percentage { return Markup.element("td", text: "\(percentage.text) %") }
    return demands == .suppressed || someData == .suppressed ? Markup.cell(.suppressed) : "<td></td>"
  }

  private func states(_ jurisdiction: TransparencyReport.JurisdictionReport) -> String {
    Markup.element(
      "td", "class=\"word\"", text: jurisdiction.states.map(\.text).joined(separator: ", then "))
  }

  /// A table that is wider than its place can be scrolled, with the keyboard too.
  private func addTableStart(_ caption: String, _ page: inout Markup) {
    page.add(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(Markup.escaped(caption))\">")
    page.add("<table>")
    page.add("<caption><span>\(Markup.escaped(caption))</span></caption>")
  }

  private func addTableEnd(_ page: inout Markup) { page.add("</table>\n</div>") }

  private func addHeads(_ names: [String], _ page: inout Markup) {
    page.add(
      "<thead><tr>"
        + names.map { name in
          let isWord = ["Received in", "Class", "Reason", "Jurisdiction", "Status", "Instrument"].contains(
            name)
          return Markup.element("th", "scope=\"col\"\(isWord ? " class=\"word\"" : "")", text: name)
        }.joined() + "</tr></thead>")
  }
}
