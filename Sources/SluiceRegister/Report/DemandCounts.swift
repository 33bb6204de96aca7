/// The counts of the demands of one row, as they are; nothing of them is published but through `ReportRow`.
struct DemandCounts: Equatable {
  var demands: Int64 = 0
  var accounts: Int64 = 0
  var all: Int64 = 0
  var part: Int64 = 0
  var empty: Int64 = 0
  var pending: Int64 = 0
  /// By code; no zeros.
  var refusals: [String: Int64] = [:]
  var records: Int64 = 0
  var fields: Int64 = 0
  /// Nil where one demand of the row does not tell.
  var preserved: Int64? = 0

  init() {}

  /// Some data was produced: at least one record was released.
  var someData: Int64 { all + part }
  var refused: Int64 { refusals.values.reduce(0, +) }
  var noData: Int64 { empty + refused }

  mutating func add(_ demand: CountedDemand) {
    demands += 1
    accounts = accounts.addingClamped(demand.accountCount)
    switch demand.ending {
    case .all: all += 1
    case .part: part += 1
    case .empty: empty += 1
    case .pending: pending += 1
    case .refused(let code): refusals[code, default: 0] += 1
    }
    records = records.addingClamped(demand.recordCount)
    fields = fields.addingClamped(demand.fieldCount)
    preserved = preserved.flatMap { sum in demand.preservedAccountCount.map { sum.addingClamped($0) } }
  }

  mutating func add(_ other: DemandCounts) {
    demands += other.demands
    accounts = accounts.addingClamped(other.accounts)
    all += other.all
    part += other.part
    empty += other.empty
    pending += other.pending
    refusals.merge(other.refusals, uniquingKeysWith: +)
    records = records.addingClamped(other.records)
    fields = fields.addingClamped(other.fields)
    preserved = preserved.flatMap { sum in other.preserved.map { sum.addingClamped($0) } }
  }

  /// The number of a cell; `reasons` and the percentage have none of their own.
  subscript(_ cell: ReportCell) -> Int64? {
    switch cell {
    case .demands: demands
    case .accounts: accounts
    case .someData: someData
    case .all: all
    case .part: part
    case .noData: noData
    case .empty: empty
    case .refused: refused
    case .pending: pending
    case .records: records
    case .fields: fields
    case .preserved: preserved
    case .reasons: nil
    }
  }
}

/// The cells of a row that can be hidden; `reasons` stands for the counts of all reasons of refusal.
enum ReportCell: String, CaseIterable {
  case demands, accounts
  case someData = "some-data"
  case all = "disclosed-all"
  case part = "disclosed-part"
  case noData = "no-data"
  case empty = "nothing-in-reach"
  case refused, reasons, pending, records, fields
  case preserved = "accounts-preserved"
}
