import Sluice

/// A report in the column layouts in which large providers publish theirs, for who reads those already.
///
/// The layouts have no place for bands, for a status or for what is hidden: bands are left out, and a hidden number is an
/// empty cell as one that is not reported is.
public enum ReportLayouts {
  /// Meta's table of one half-year: a row a country; totals of legal process and emergency requests, with preservation
  /// beside them and treaty left out. `Content Restrictions` is empty: a register knows none.
  ///
  /// Throws status 64 for several half-years: the layout does not say which.
  public static func meta(_ report: TransparencyReport) throws(SluiceError) -> [UInt8] {
    guard report.periods.count == 1, let period = report.periods.first else {
      throw SluiceError(
        .usage, "one-period", "the layout has no column for the half-year; write a file for each --period")
    }
    var table = try CSVText(
      "the report",
      columns: [
        "Country", "Total Requests for User Data", "Total User Accounts Referenced",
        "Total Percentage of Requests Where Some Data Produced", "Content Restrictions",
        "Preservations Requested", "Users/Accounts Preserved",
      ])
    for jurisdiction in period.jurisdictions {
      let total = jurisdiction.total
      let preservation = jurisdiction.rows.first { $0.classes == [.preservation] }
      guard total.demands != .count(0) || preservation != nil else { continue }
      try table.append([
        jurisdiction.name, total.demands.text, total.accounts.text,
        total.percentage.map { "\($0.text)%" } ?? "", "", preservation.map(\.demands.text) ?? "0",
        preservation.map(\.preserved.text) ?? "0",
      ])
    }
    return table.bytes
  }

  /// Google's table of user data requests: a row a half-year, country and legal process, with a row `All` only where
  /// it stands alone, so that a column can be summed. Preservation and diplomatic requests are not in it.
  public static func google(_ report: TransparencyReport) throws(SluiceError) -> [UInt8] {
    var table = try CSVText(
      "the report",
      columns: [
        "Period Ending", "Country/Region", "CLDR Territory Code", "Legal Process", "User Data Requests",
        "Percentage disclosed", "Accounts",
      ])
    for period in report.periods {
      for jurisdiction in period.jurisdictions {
        for (name, row) in googleRows(jurisdiction) {
          try table.append([
            period.period.lastDay, jurisdiction.name, jurisdiction.code, name, row.demands.text,
            row.percentage?.text ?? "", row.accounts.text,
          ])
        }
      }
    }
    return table.bytes
  }

  private static func googleRows(
    _ jurisdiction: TransparencyReport.JurisdictionReport
  ) -> [(String, ReportRow)] {
    let rows = jurisdiction.rows.filter {
      $0.classes.allSatisfy(TransparencyReport.countedClasses.contains)
    }
    // Of rows that are hidden as a whole their sum says more; nothing stands twice.
    if let merged = jurisdiction.merged, merged.classes.count == rows.count { return [("All", merged)] }
    if rows.isEmpty {
      return jurisdiction.bands.isEmpty && jurisdiction.rows.isEmpty ? [("All", jurisdiction.total)] : []
    }
    return rows.map { (googleName($0.classes[0]), $0) }
  }

  private static func googleName(_ name: InstrumentClass) -> String {
    switch name {
    case .legalProcess: "Legal Process"
    case .emergency: "Emergency Disclosure Requests"
    case .unknown: "Other Legal Requests"
    case .preservation: "Preservation Requests"
    case .treaty: "Diplomatic Legal Requests"
    }
  }

  /// Google's table of requests by way of a treaty. `Assisting Country` is empty: a demand does not name it.
  public static func googleDiplomatic(_ report: TransparencyReport) throws(SluiceError) -> [UInt8] {
    var table = try CSVText(
      "the report",
      columns: [
        "Period Ending", "Country/Region of Origin", "CLDR Territory Code", "Assisting Country",
        "User Data Diplomatic Legal requests",
      ])
    for period in report.periods {
      for jurisdiction in period.jurisdictions {
        for row in jurisdiction.rows where row.classes == [.treaty] {
          try table.append([
            period.period.lastDay, jurisdiction.name, jurisdiction.code, "", row.demands.text,
          ])
        }
      }
    }
    return table.bytes
  }
}
