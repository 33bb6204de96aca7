import Sluice

/// A report as tables for machines. In each, an empty cell is a number that is not reported or not shown, never zero.
public enum ReportTables {
  /// The tidy table: a row a half-year, jurisdiction and class, so that a column can be summed; no totals.
  ///
  /// `suppressed` names the columns that are hidden; `value_low` and `value_high` hold a band's ends, both included, in
  /// a row of their own for demands and for accounts. `stored_or_realtime` and `diplomatic_via` are empty: a register
  /// knows neither.
  public static func tidy(_ report: TransparencyReport) throws(SluiceError) -> [UInt8] {
    var table = try CSVText("the report", columns: tidyColumns)
    for period in report.periods {
      for jurisdiction in period.jurisdictions {
        for row in rows(jurisdiction) { try table.append(tidyCells(row, jurisdiction, period.period)) }
        for band in jurisdiction.bands {
          for (what, range) in [("demands", band.demands), ("accounts specified", band.accounts)] {
            try table.append(bandCells(band, what, range, jurisdiction, period.period))
          }
        }
      }
    }
    return table.bytes
  }

  private static let tidyColumns = [
    "period", "jurisdiction", "iso2", "process_class", "legal_process", "stored_or_realtime",
    "content_class", "status_in_period", "requests", "accounts_specified", "requests_some_data",
    "requests_no_data", "requests_pending", "pct_some_data", "accounts_preserved", "diplomatic_via",
    "value_low", "value_high", "suppressed", "note",
  ]

  /// A jurisdiction without demands has a row of zeros; rows that are hidden as a whole are followed by what they are
  /// together, where that shows.
  private static func rows(_ jurisdiction: TransparencyReport.JurisdictionReport) -> [ReportRow] {
    let rows = jurisdiction.rows + (jurisdiction.merged.map { [$0] } ?? [])
    return rows.isEmpty && jurisdiction.bands.isEmpty ? [jurisdiction.total] : rows
  }

  private static func start(
    _ jurisdiction: TransparencyReport.JurisdictionReport, _ period: HalfYear, _ processClass: String,
    _ instrument: String
  ) -> [String] {
    [
      period.text, jurisdiction.name, jurisdiction.code, processClass, instrument, "", "non-content",
      jurisdiction.states.map(\.state.rawValue).joined(separator: ";"),
    ]
  }

  private static func tidyCells(
    _ row: ReportRow, _ jurisdiction: TransparencyReport.JurisdictionReport, _ period: HalfYear
  ) -> [String] {
    let name = row.classes.map(\.rawValue).joined(separator: "+")
    let figures = [row.demands, row.accounts, row.someData, row.noData, row.pending].map(\.text)
    return start(jurisdiction, period, name, "all") + figures
      + [
        row.percentage?.text ?? "", row.preserved.text, "", "", "", hiddenColumns(row),
        note(row, jurisdiction),
      ]
  }

  private static func bandCells(
    _ band: BandRow, _ what: String, _ range: ClosedRange<Int64>,
    _ jurisdiction: TransparencyReport.JurisdictionReport, _ period: HalfYear
  ) -> [String] {
    start(jurisdiction, period, band.instrumentClass.rawValue, band.instrument)
      + [String](repeating: "", count: 8)
      + [
        String(range.lowerBound), String(range.upperBound), "",
        "band of \(band.width), both ends included, of \(what); bands do not add",
      ]
  }

  /// The columns of the tidy table that a row hides, in their order.
  private static func hiddenColumns(_ row: ReportRow) -> String {
    let columns: [(String, Figure)] = [
      ("requests", row.demands), ("accounts_specified", row.accounts), ("requests_some_data", row.someData),
      ("requests_no_data", row.noData), ("requests_pending", row.pending),
      ("accounts_preserved", row.preserved),
    ]
    var hidden = columns.filter { $0.1 == .suppressed }.map(\.0)
    if row.demands == .suppressed || row.someData == .suppressed {
      hidden.insert("pct_some_data", at: hidden.firstIndex(of: "accounts_preserved") ?? hidden.endIndex)
    }
    return hidden.joined(separator: ";")
  }

  private static func note(
    _ row: ReportRow, _ jurisdiction: TransparencyReport.JurisdictionReport
  ) -> String {
    var notes = jurisdiction.states.filter { $0.state != .active && $0.from != nil }.map(\.text)
    if row.classes == [.unknown] { notes.append("no policy names the instrument") }
    if row.classes.count > 1 { notes.append("the rows of these classes are hidden; this is their sum") }
    if !hiddenColumns(row).isEmpty {
      notes.append("small counts and what would give them away are not shown")
    }
    if row.classes == [.preservation], row.preserved == .blank {
      notes.append("accounts preserved are not reported")
    }
    return notes.joined(separator: "; ")
  }

  /// Refusals by reason, tidy: a row a half-year, jurisdiction, class and code.
  public static func reasons(_ report: TransparencyReport) throws(SluiceError) -> [UInt8] {
    var table = try CSVText(
      "the report",
      columns: ["period", "jurisdiction", "iso2", "process_class", "reason", "requests", "suppressed"])
    for period in report.periods {
      for jurisdiction in period.jurisdictions {
        for row in jurisdiction.rows + (jurisdiction.merged.map { [$0] } ?? []) {
          let name = row.classes.map(\.rawValue).joined(separator: "+")
          let start = [period.period.text, jurisdiction.name, jurisdiction.code, name]
          for (code, count) in row.reasons { try table.append(start + [code, String(count), ""]) }
          if row.reasonsAreHidden { try table.append(start + ["", "", "requests"]) }
        }
      }
    }
    return table.bytes
  }
}
