import SluiceRegister

/// Tries to work out what a report hides: every sum that its reader can do becomes a linear equation over the hidden
/// cells, and the equations are solved. Written apart from the rules that hide, so that it shares none of their mistakes.
struct SuppressionAttack {
  /// A cell of a report. `row` is a class, `total` or `all`.
  struct Cell: Hashable, CustomStringConvertible {
    let jurisdiction: String
    let row: String
    let name: String
    var description: String { "\(jurisdiction)/\(row)/\(name)" }
  }

  private typealias Equation = [(cell: Cell, factor: Int64)]

  private var shown: Set<Cell> = []
  private var truth: [Cell: Int64] = [:]
  private var equations: [Equation] = []

  /// What is published of one half-year, beside the same report with nothing hidden.
  init(_ published: TransparencyReport.PeriodReport, truth: TransparencyReport.PeriodReport) {
    for (report, whole) in zip(published.jurisdictions, truth.jurisdictions) {
      add(report, whole)
    }
    let sums = [
      ("demands", published.demands, truth.demands), ("accounts", published.accounts, truth.accounts),
      ("some-data", published.someData, truth.someData),
    ]
    for (name, figure, whole) in sums {
      let sum = Cell(jurisdiction: "all", row: "all", name: name)
      add(sum, figure, whole)
      equations.append(
        [(sum, -1)]
          + published.jurisdictions.map {
            (Cell(jurisdiction: $0.code, row: "total", name: name), 1)
          })
    }
  }

  // MARK: - Equations

  private static func figures(_ row: ReportRow) -> [(String, Figure)] {
    [
      ("demands", row.demands), ("accounts", row.accounts), ("some-data", row.someData),
      ("disclosed-all", row.all), ("disclosed-part", row.part), ("no-data", row.noData),
      ("nothing-in-reach", row.empty), ("refused", row.refused), ("pending", row.pending),
      ("records", row.records), ("fields", row.fields),
    ]
  }

  private mutating func add(_ cell: Cell, _ figure: Figure, _ whole: Figure) {
    truth[cell] = whole.value ?? 0
    if figure.value != nil { shown.insert(cell) }
  }

  private mutating func add(
    _ report: TransparencyReport.JurisdictionReport, _ whole: TransparencyReport.JurisdictionReport
  ) {
    let codes = Set((whole.rows + [whole.total]).flatMap { $0.reasons.map(\.code) }).sorted()
    var rows = [("total", report.total, whole.total)]
    for (row, wholeRow) in zip(report.rows, whole.rows) {
      rows.append((row.classes[0].rawValue, row, wholeRow))
    }
    for (name, row, wholeRow) in rows { add(row, wholeRow, codes, at: (report.code, name)) }
    let counted = rows.map(\.0).filter { ["legal-process", "emergency", "unknown"].contains($0) }
    let names = Self.figures(report.total).map(\.0) + codes.map { "reason " + $0 }
    for name in names {
      equations.append(
        [(Cell(jurisdiction: report.code, row: "total", name: name), -1)]
          + counted.map { (Cell(jurisdiction: report.code, row: $0, name: name), 1) })
    }
    if let merged = report.merged {
      // Nothing of it is hidden from itself: what it shows is the truth.
      add(merged, merged, [], at: (report.code, "merged"))
      for name in Self.figures(merged).map(\.0) {
        equations.append(
          [(Cell(jurisdiction: report.code, row: "merged", name: name), -1)]
            + merged.classes.map { (Cell(jurisdiction: report.code, row: $0.rawValue, name: name), 1) })
      }
    }
  }

  private mutating func add(
    _ row: ReportRow, _ whole: ReportRow, _ codes: [String], at place: (String, String)
  ) {
    let cell = { (name: String) in Cell(jurisdiction: place.0, row: place.1, name: name) }
    for ((name, figure), (_, wholeFigure)) in zip(Self.figures(row), Self.figures(whole)) {
      add(cell(name), figure, wholeFigure)
    }
    equations += [
      [(cell("demands"), -1), (cell("some-data"), 1), (cell("no-data"), 1), (cell("pending"), 1)],
      [(cell("some-data"), -1), (cell("disclosed-all"), 1), (cell("disclosed-part"), 1)],
      [(cell("no-data"), -1), (cell("nothing-in-reach"), 1), (cell("refused"), 1)],
    ]
    if !codes.isEmpty {
      equations.append([(cell("refused"), -1)] + codes.map { (cell("reason " + $0), 1) })
    }
    for code in codes {
      let count = whole.reasons.first { $0.code == code }?.count ?? 0
      truth[cell("reason " + code)] = count
      // A code that is not listed beside merged ones may be among them; where nothing is merged it is none.
      let isMerged = row.reasons.contains { $0.code == "other-reasons" }
      let isListed = row.reasons.contains { $0.code == code }
      if !row.reasonsAreHidden, isListed || !isMerged { shown.insert(cell("reason " + code)) }
    }
  }

  // MARK: - Solving

  /// Every hidden cell that the equations determine. Of a total's reasons nothing is asked: where its rows show theirs it
  /// gives none, and their sums are no secret.
  func found() -> [Cell] {
    let hidden = truth.keys.filter { !shown.contains($0) }.sorted { $0.description < $1.description }
    let index = Dictionary(uniqueKeysWithValues: hidden.enumerated().map { ($1, $0) })
    var rows: [[Int: UInt64]] = equations.compactMap { equation in
      var row: [Int: UInt64] = [:]
      for (cell, factor) in equation {
        guard let place = index[cell] else { continue }
        row[place] = factor < 0 ? Self.prime - UInt64(-factor) : UInt64(factor)
      }
      return row.isEmpty ? nil : row
    }
    // Gauss and Jordan over a prime field: what is determined over the rationals is so here too.
    var pivots: [(column: Int, row: [Int: UInt64])] = []
    while let row = rows.popLast() {
      var row = row
      for pivot in pivots { Self.clear(&row, pivot.column, with: pivot.row) }
      guard let column = row.keys.min() else { continue }
      let inverse = Self.power(row[column]!, Self.prime - 2)
      row = row.mapValues { Self.multiply($0, inverse) }
      for place in pivots.indices { Self.clear(&pivots[place].row, column, with: row) }
      pivots.append((column, row))
    }
    return pivots.filter { $0.row.count == 1 }.map { hidden[$0.column] }
      .filter { !($0.row == "total" && $0.name.hasPrefix("reason ")) }
  }

  /// Sums of hidden cells that a reader can work out and that are small, by the equation that tells them.
  func smallSums(below threshold: Int64) -> [String] {
    equations.compactMap { equation in
      let unknown = equation.filter { !shown.contains($0.cell) }
      guard !unknown.isEmpty, unknown.allSatisfy({ $0.factor == 1 }),
        !["records", "fields"].contains(unknown[0].cell.name)
      else { return nil }
      let sum = unknown.reduce(0) { $0 + (truth[$1.cell] ?? 0) }
      return sum > 0 && sum < threshold ? unknown.map(\.cell.description).joined(separator: " + ") : nil
    }
  }

  /// Cells that are shown and small.
  func smallShown(below threshold: Int64) -> [Cell] {
    shown.filter { cell in
      let count = truth[cell] ?? 0
      return count > 0 && count < threshold && !["records", "fields"].contains(cell.name)
    }
  }

  // MARK: - A prime field

  private static let prime: UInt64 = (1 << 61) - 1

  private static func multiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
    prime.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
  }

  private static func power(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
    var (result, base, exponent) = (UInt64(1), base, exponent)
    while exponent > 0 {
      if exponent & 1 == 1 { result = multiply(result, base) }
      base = multiply(base, base)
      exponent >>= 1
    }
    return result
  }

  private static func clear(_ row: inout [Int: UInt64], _ column: Int, with pivot: [Int: UInt64]) {
    guard let factor = row[column] else { return }
    for (place, value) in pivot {
      let sum = ((row[place] ?? 0) + prime - multiply(factor, value)) % prime
      row[place] = sum == 0 ? nil : sum
    }
  }
}
