/// Says which cells of a report are hidden, so that no small count can be read in it or worked out from it.
///
/// A count is small where it lies between zero and the threshold; zero is information and shows. What is hidden with a
/// small count (complementary suppression) follows from the sums that a report lets its reader do:
///
///     demands  = some data + no data + pending        in each row
///     some data = all + part,  no data = nothing in reach + refused,  refused = the reasons
///     a jurisdiction's total = its rows that count     in each cell
///     all jurisdictions = the totals                   in demands, accounts and some data
///
/// In each sum at least two cells stay hidden, and what is hidden in it adds up to the threshold or more; percentages
/// hide with either of their numbers. Advice for maintainers: a new cell that takes part in a sum needs its rule here and
/// its equation in the tests' checker, which solves random reports for hidden cells.
struct SmallFigures {
  /// Nil hides nothing.
  let threshold: Int64?

  typealias Hidden = Set<ReportCell>

  /// What is hidden of one jurisdiction: of each row that counts, and of their total.
  struct Jurisdiction {
    var rows: [Hidden]
    var total: Hidden
    /// The rows that are hidden as a whole.
    var wholeRows: [Int]
  }

  private static let outcomes: [ReportCell] = [.someData, .noData, .pending]
  static let everything = Hidden(ReportCell.allCases)

  private func isSmall(_ count: Int64) -> Bool { threshold.map { count > 0 && count < $0 } ?? false }
  private func isEnough(_ count: Int64) -> Bool { threshold.map { count >= $0 } ?? true }

  /// What is hidden of a row that no total holds, or whose number of demands shows beside the others.
  func hidden(_ row: DemandCounts) -> Hidden {
    guard !isSmall(row.demands) else { return Self.everything }
    var hidden = Hidden(Self.outcomes.filter { isSmall(row[$0] ?? 0) })
    if !hidden.isEmpty { extend(&hidden, row) { row[$0] ?? 0 } }
    hideParts(of: row, &hidden)
    if isSmall(row.accounts) { hidden.insert(.accounts) }
    if let preserved = row.preserved, isSmall(preserved) { hidden.insert(.preserved) }
    return hidden
  }

  /// Hides further outcomes until two are hidden and what a reader cannot tell apart is enough: the smallest first, and
  /// the demands with some data last, because the percentage hangs on them. A zero hides nothing.
  private func extend(_ hidden: inout Hidden, _ row: DemandCounts, unknown: (ReportCell) -> Int64) {
    let rest = Self.outcomes.filter { !hidden.contains($0) && (row[$0] ?? 0) > 0 }
      .sorted { ($0 == .someData ? 1 : 0, row[$0] ?? 0) < ($1 == .someData ? 1 : 0, row[$1] ?? 0) }
    for cell in rest where hidden.count < 2 || !isEnough(hidden.reduce(0) { $0 + unknown($1) }) {
      hidden.insert(cell)
    }
  }

  /// Hides what a hidden outcome is made of, and both halves of one of which either is small.
  private func hideParts(of row: DemandCounts, _ hidden: inout Hidden) {
    if hidden.contains(.someData) { hidden.formUnion([.all, .part, .records, .fields]) }
    if isSmall(row.all) || isSmall(row.part) { hidden.formUnion([.all, .part]) }
    if hidden.contains(.noData) || isSmall(row.empty) || isSmall(row.refused) {
      hidden.formUnion([.empty, .refused, .reasons])
    }
  }

  // MARK: - A jurisdiction

  /// What is hidden of rows that add up to a total; `isWhole` hides it all.
  func jurisdiction(_ rows: [DemandCounts], total: DemandCounts, isWhole: Bool) -> Jurisdiction {
    guard !isWhole else {
      return Jurisdiction(
        rows: rows.map { _ in Self.everything }, total: Self.everything, wholeRows: Array(rows.indices))
    }
    guard threshold != nil, !rows.isEmpty else {
      return Jurisdiction(rows: rows.map { _ in [] }, total: [], wholeRows: [])
    }
    guard rows.count > 1 else {
      let hidden = hidden(total)
      return Jurisdiction(
        rows: [hidden], total: hidden, wholeRows: hidden.contains(.demands) ? [0] : [])
    }
    let whole = wholeRows(rows)
    let hiddenRows = rows.indices.map { whole.contains($0) ? Self.everything : hidden(rows[$0]) }
    let hiddenTotal = hiddenTotal(total, rows: rows, hidden: hiddenRows, whole: whole)
    return Jurisdiction(rows: hiddenRows, total: hiddenTotal, wholeRows: whole)
  }

  /// The rows with few demands, and as many of the next smallest that their sum tells of no few.
  private func wholeRows(_ rows: [DemandCounts]) -> [Int] {
    var whole = rows.indices.filter { isSmall(rows[$0].demands) }
    guard !whole.isEmpty else { return [] }
    let rest = rows.indices.filter { !whole.contains($0) }
      .sorted { (rows[$0].demands, $0) < (rows[$1].demands, $1) }
    for index in rest where whole.count < 2 || !isEnough(whole.reduce(0) { $0 + rows[$1].demands }) {
      whole.append(index)
    }
    return whole.sorted()
  }

  private func hiddenTotal(
    _ total: DemandCounts, rows: [DemandCounts], hidden: [Hidden], whole: [Int]
  ) -> Hidden {
    guard !isSmall(total.demands) else { return Self.everything }
    let shown = rows.indices.filter { !whole.contains($0) }
    // What the rows that are hidden as a whole have in a cell: the total less the other rows.
    let rest = { (cell: ReportCell) in whole.reduce(Int64(0)) { $0 + (rows[$1][cell] ?? 0) } }
    let isHidden = { (cell: ReportCell) in
      isSmall(total[cell] ?? 0) || isSmall(rest(cell)) || shown.contains { hidden[$0].contains(cell) }
    }
    var result = Hidden(Self.outcomes.filter(isHidden))
    if !result.isEmpty {
      extend(&result, total) { cell in
        rest(cell)
          + shown.filter { hidden[$0].contains(cell) }.reduce(Int64(0)) { $0 + (rows[$1][cell] ?? 0) }
      }
    }
    hideParts(of: total, &result)
    if isHidden(.all) || isHidden(.part) { result.formUnion([.all, .part]) }
    if isHidden(.empty) || isHidden(.refused) { result.formUnion([.empty, .refused, .reasons]) }
    // Reasons are merged in each row apart, so a total's would give them away, unless no row shows its own.
    if !shown.isEmpty { result.insert(.reasons) }
    for cell in [ReportCell.accounts, .records, .fields] {
      if !isSafe(cell, total: total, rows: rows, hidden: hidden) { result.insert(cell) }
    }
    result.insert(.preserved)
    return result
  }

  /// Whether a total of a cell that no other sum of a row holds can show beside its rows.
  private func isSafe(
    _ cell: ReportCell, total: DemandCounts, rows: [DemandCounts], hidden: [Hidden]
  ) -> Bool {
    let unknown = rows.indices.filter { hidden[$0].contains(cell) }
    guard !unknown.isEmpty else { return true }
    let sum = unknown.reduce(Int64(0)) { $0.addingClamped(rows[$1][cell] ?? 0) }
    return unknown.count > 1 && (isEnough(sum) || sum == 0)
  }

  // MARK: - All jurisdictions

  /// The jurisdictions that are hidden whatever they have, by index, given the demands of each: the next smallest beside
  /// those with few, so that the sum over all can show.
  ///
  /// None where that would hide more than a tenth of all demands: then the sum is hidden in its place.
  func wholeJurisdictions(_ demands: [Int64]) -> Set<Int> {
    var whole = demands.indices.filter { isSmall(demands[$0]) }
    guard !whole.isEmpty else { return [] }
    let rest = demands.indices.filter { demands[$0] > 0 && !whole.contains($0) }
      .sorted { (demands[$0], $0) < (demands[$1], $1) }
    var sum = whole.reduce(Int64(0)) { $0 + demands[$1] }
    let few = whole
    for index in rest where whole.count < 2 || !isEnough(sum) {
      whole.append(index)
      sum += demands[index]
    }
    let isWorthIt = whole.count > 1 && isEnough(sum) && sum <= demands.reduce(0, +) / 10
    return Set(isWorthIt ? whole : few)
  }

  /// Whether the sum of a cell over all jurisdictions can show, given what each has and whether that is hidden.
  func showsSum(_ cells: [(count: Int64, isHidden: Bool)]) -> Bool {
    let hidden = cells.filter(\.isHidden)
    guard !hidden.isEmpty else { return true }
    let sum = hidden.reduce(Int64(0)) { $0.addingClamped($1.count) }
    return hidden.count > 1 && (isEnough(sum) || sum == 0)
  }

  // MARK: - Reasons

  /// The reasons of refusal of a row whose refusals show, by code; small ones merged, smallest first, until they are
  /// none together, as packets merge theirs.
  func reasons(_ refusals: [String: Int64]) -> [(code: String, count: Int64)] {
    let ascending = refusals.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    var merged: Int64 = 0
    var rest = ascending[...]
    while let next = rest.first, isSmall(next.value) || merged > 0 && isSmall(merged) {
      merged += next.value
      rest.removeFirst()
    }
    let shown = rest.map { (code: $0.key, count: $0.value) }.sorted {
      ($1.count, $0.code) < ($0.count, $1.code)
    }
    return merged > 0 ? shown + [(Self.mergedReason, merged)] : shown
  }

  /// The code that merged reasons stand under.
  static let mergedReason = "other-reasons"
}
