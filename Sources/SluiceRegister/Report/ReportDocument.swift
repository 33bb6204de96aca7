import Sluice

/// A report as JSON: everything that the page shows. `null` is a number that is not reported or not shown; `suppressed`
/// tells which of the two.
public enum ReportDocument {
  /// The document, UTF-8, with a line end.
  public static func bytes(_ report: TransparencyReport) -> [UInt8] {
    JSONText.object([
      ("sluice", .string("transparency/1")), ("content-class", .string("non-content")),
      ("suppress-below", report.threshold.map { .integer(UInt64($0)) } ?? .null),
      (
        "definitions",
        .object(ReportDefinitions.all(report).map { (key: $0.term, value: .string($0.text)) })
      ),
      ("periods", .array(report.periods.map(period))),
    ]).document
  }

  private static func period(_ period: TransparencyReport.PeriodReport) -> JSONText {
    .object([
      ("period", .string(period.period.text)), ("from", .string(period.period.start.text)),
      ("until", .string(period.period.end.text)),
      (
        "all-jurisdictions",
        .object([
          ("demands", figure(period.demands)), ("accounts", figure(period.accounts)),
          ("some-data", figure(period.someData)),
          ("some-data-percent", .optional(period.percentage?.text)),
          (
            "suppressed",
            .strings(
              [("demands", period.demands), ("accounts", period.accounts), ("some-data", period.someData)]
                .filter { $0.1 == .suppressed }.map(\.0))
          ),
        ])
      ),
      ("jurisdictions", .array(period.jurisdictions.map(jurisdiction))),
    ])
  }

  private static func jurisdiction(_ jurisdiction: TransparencyReport.JurisdictionReport) -> JSONText {
    .object([
      ("jurisdiction", .string(jurisdiction.code)), ("name", .string(jurisdiction.name)),
      (
        "status",
        .array(
          jurisdiction.states.map {
            .object([("state", .string($0.state.rawValue)), ("since", .optional($0.from?.text))])
          })
      ),
      ("total", row(jurisdiction.total)),
      ("classes", .array(jurisdiction.rows.map(row))),
      ("merged", jurisdiction.merged.map(row) ?? .null),
      ("bands", .array(jurisdiction.bands.map(band))),
    ])
  }

  private static func row(_ row: ReportRow) -> JSONText {
    .object([
      ("classes", .strings(row.classes.map(\.rawValue))),
      ("demands", figure(row.demands)), ("accounts", figure(row.accounts)),
      ("some-data", figure(row.someData)), ("some-data-percent", .optional(row.percentage?.text)),
      ("disclosed-all", figure(row.all)), ("disclosed-part", figure(row.part)),
      ("no-data", figure(row.noData)), ("nothing-in-reach", figure(row.empty)),
      ("refused", figure(row.refused)),
      (
        "reasons",
        row.reasonsAreHidden
          ? .null : .object(row.reasons.map { (key: $0.code, value: .integer(UInt64($0.count))) })
      ),
      ("pending", figure(row.pending)), ("records", figure(row.records)), ("fields", figure(row.fields)),
      ("accounts-preserved", figure(row.preserved)), ("suppressed", .strings(row.suppressed)),
    ])
  }

  private static func band(_ band: BandRow) -> JSONText {
    let range = { (range: ClosedRange<Int64>) in
      JSONText.object([
        ("low", .integer(UInt64(range.lowerBound))), ("high", .integer(UInt64(range.upperBound))),
      ])
    }
    return .object([
      ("instrument", .string(band.instrument)), ("class", .string(band.instrumentClass.rawValue)),
      ("width", .integer(UInt64(band.width))), ("demands", range(band.demands)),
      ("accounts", range(band.accounts)),
    ])
  }

  private static func figure(_ figure: Figure) -> JSONText {
    figure.value.map { .integer(UInt64(clamping: $0)) } ?? .null
  }
}
