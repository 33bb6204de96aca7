import Sluice

/// The forms that a report is written in.
public enum ReportFormat: String, CaseIterable, Sendable {
  /// The tidy table, the default.
  case csv
  /// Refusals by reason, a tidy table of their own.
  case reasons
  /// The layouts of `ReportLayouts`; the first holds one half-year.
  case meta, google
  case googleDiplomatic = "google-diplomatic"
  /// The whole report: a document for machines (`ReportDocument`), and a page to publish (`ReportPage`).
  case json, html

  /// Whether the form has a place for bands, for a status and for what is hidden.
  public var isWhole: Bool {
    switch self {
    case .csv, .json, .html: true
    case .reasons, .meta, .google, .googleDiplomatic: false
    }
  }

  /// The report in this form. `provider` is who publishes, for the page alone. Throws status 64 where the form holds one
  /// half-year and the report several.
  public func bytes(_ report: TransparencyReport, provider: String? = nil) throws(SluiceError) -> [UInt8] {
    switch self {
    case .csv: try ReportTables.tidy(report)
    case .reasons: try ReportTables.reasons(report)
    case .meta: try ReportLayouts.meta(report)
    case .google: try ReportLayouts.google(report)
    case .googleDiplomatic: try ReportLayouts.googleDiplomatic(report)
    case .json: ReportDocument.bytes(report)
    case .html: ReportPage(report, provider: provider).bytes
    }
  }
}
