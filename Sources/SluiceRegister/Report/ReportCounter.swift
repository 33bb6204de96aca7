import Sluice

/// Counts demands into the rows of half-years.
struct ReportCounter {
  let small: SmallFigures
  private let timelines: [String: [StatusSpan]]
  private let bandedInstruments: [BandedInstrument]
  private let demands: [HalfYear: [String: [CountedDemand]]]
  /// Those with a demand in one of the half-years, or with an instrument in bands: each is in every half-year.
  private let jurisdictions: [(code: String, name: String)]

  init(
    periods: [HalfYear], demands: [CountedDemand], timelines: [String: [StatusSpan]],
    bandedInstruments: [BandedInstrument], small: SmallFigures
  ) {
    self.small = small
    self.timelines = timelines
    let own = demands.compactMap { demand in
      demand.band.map {
        BandedInstrument(
          jurisdiction: demand.jurisdiction, name: demand.instrument,
          instrumentClass: demand.instrumentClass, width: $0)
      }
    }
    self.bandedInstruments = Self.widest(bandedInstruments + own)
    var sorted: [HalfYear: [String: [CountedDemand]]] = [:]
    for demand in demands {
      let period = HalfYear(containing: demand.received)
      guard periods.contains(period) else { continue }
      sorted[period, default: [:]][demand.jurisdiction, default: []].append(demand)
    }
    self.demands = sorted
    let codes = Set(sorted.values.flatMap(\.keys)).union(self.bandedInstruments.map(\.jurisdiction))
    jurisdictions = codes.map { (code: $0, name: Territory.name($0)) }
      .sorted { ($0.name, $0.code) < ($1.name, $1.code) }
  }

  /// One entry an instrument, with the widest of its bands: a policy may have changed.
  private static func widest(_ instruments: [BandedInstrument]) -> [BandedInstrument] {
    var order: [String] = []
    var widest: [String: BandedInstrument] = [:]
    for instrument in instruments {
      let key = "\(instrument.jurisdiction) \(instrument.name)"
      if widest[key] == nil { order.append(key) }
      if widest[key].map({ $0.width < instrument.width }) ?? true { widest[key] = instrument }
    }
    return order.sorted().compactMap { widest[$0] }
  }

  // MARK: - A half-year

  func report(_ period: HalfYear) -> TransparencyReport.PeriodReport {
    var reports: [TransparencyReport.JurisdictionReport] = []
    var totals: [DemandCounts] = []
    let whole = small.wholeJurisdictions(jurisdictions.map { countedDemands($0.code, period) })
    for (index, (code, name)) in jurisdictions.enumerated() {
      let (report, total) = jurisdiction(code, name, period, isWhole: whole.contains(index))
      reports.append(report)
      totals.append(total)
    }
    let sum = { (cell: ReportCell, figure: (ReportRow) -> Figure) -> Figure in
      let cells = zip(totals, reports).map { total, report in
        (count: total[cell] ?? 0, isHidden: figure(report.total) == .suppressed)
      }
      guard small.showsSum(cells) else { return .suppressed }
      return .count(cells.reduce(Int64(0)) { $0.addingClamped($1.count) })
    }
    let (demands, someData) = (sum(.demands, \.demands), sum(.someData, \.someData))
    let percentage = someData.value.flatMap { part in
      demands.value.flatMap { Percentage(part, of: $0) }
    }
    return TransparencyReport.PeriodReport(
      period: period, demands: demands, accounts: sum(.accounts, \.accounts), someData: someData,
      percentage: percentage, jurisdictions: reports)
  }

  /// The demands that a jurisdiction's total counts.
  private func countedDemands(_ code: String, _ period: HalfYear) -> Int64 {
    let banded = Set(bandedInstruments.filter { $0.jurisdiction == code }.map(\.name))
    let counted = (demands[period]?[code] ?? []).count { demand in
      !banded.contains(demand.instrument)
        && TransparencyReport.countedClasses.contains(demand.instrumentClass)
    }
    return Int64(counted)
  }

  private func jurisdiction(
    _ code: String, _ name: String, _ period: HalfYear, isWhole: Bool
  ) -> (TransparencyReport.JurisdictionReport, total: DemandCounts) {
    let demands = demands[period]?[code] ?? []
    let instruments = bandedInstruments.filter { $0.jurisdiction == code }
    let banded = Set(instruments.map(\.name))
    // An instrument that was ever published in bands is never counted outside them.
    let open = demands.filter { !banded.contains($0.instrument) }
    let classes = TransparencyReport.countedClasses.filter { name in
      open.contains { $0.instrumentClass == name }
    }
    let counts = classes.map { name in Self.counts(open.filter { $0.instrumentClass == name }) }
    var total = DemandCounts()
    for row in counts { total.add(row) }
    let hidden = small.jurisdiction(counts, total: total, isWhole: isWhole)
    var rows = zip(zip(classes, counts), hidden.rows).map { row, hidden in
      ReportRow(row.1, classes: [row.0], hidden: hidden, small: small)
    }
    for name in TransparencyReport.separateClasses {
      let counts = Self.counts(open.filter { $0.instrumentClass == name })
      guard counts.demands > 0 else { continue }
      rows.append(ReportRow(counts, classes: [name], hidden: small.hidden(counts), small: small))
    }
    let report = TransparencyReport.JurisdictionReport(
      code: code, name: name, states: states(code, period, demands),
      total: ReportRow(
        total, classes: classes.isEmpty ? [.legalProcess] : classes, hidden: hidden.total, small: small),
      rows: rows, merged: merged(classes, counts, hidden),
      bands: instruments.map { instrument in
        BandRow(
          instrument: instrument, counts: Self.counts(demands.filter { $0.instrument == instrument.name }))
      })
    return (report, total)
  }

  private static func counts(_ demands: [CountedDemand]) -> DemandCounts {
    var counts = DemandCounts()
    for demand in demands { counts.add(demand) }
    return counts
  }

  /// The rows that are hidden as a whole, together: in each cell that the total and every other row show, which is what
  /// a reader could work out.
  private func merged(
    _ classes: [InstrumentClass], _ counts: [DemandCounts], _ hidden: SmallFigures.Jurisdiction
  ) -> ReportRow? {
    guard hidden.wholeRows.count > 1, !hidden.total.contains(.demands) else { return nil }
    var sum = DemandCounts()
    for index in hidden.wholeRows { sum.add(counts[index]) }
    let others = counts.indices.filter { !hidden.wholeRows.contains($0) }
    var cells = others.reduce(hidden.total) { $0.union(hidden.rows[$1]) }
    if !others.isEmpty { cells.insert(.reasons) }
    return ReportRow(sum, classes: hidden.wholeRows.map { classes[$0] }, hidden: cells, small: small)
  }

  private func states(
    _ code: String, _ period: HalfYear, _ demands: [CountedDemand]
  ) -> [StatusSpan] {
    guard let timeline = timelines[code] else { return StatusSpan.observed(demands) }
    return StatusSpan.spans(timeline, in: period)
  }
}
