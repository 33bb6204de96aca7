import Sluice

/// One demand as a report counts it: all parts of one reference together.
struct CountedDemand {
  let jurisdiction: String
  let instrument: String
  let instrumentClass: InstrumentClass
  let band: Int?
  let received: Instant
  let accountCount: Int64
  let preservedAccountCount: Int64?
  let stateAtReceipt: StatusEntry.State?
  let ending: Ending
  let recordCount: Int64
  let fieldCount: Int64

  /// What a demand counts as; each counts as one.
  enum Ending: Equatable {
    /// At least one record was released, and nothing that was demanded was refused.
    case all
    /// At least one record was released, and a category, a subject or a part was not answered.
    case part
    /// Answered, and nothing was in reach; or a demand to keep records, accepted.
    case empty
    case refused(String)
    /// Not answered yet; a run that came to nothing may still be done again.
    case pending
  }

  /// The demands of a register, each once.
  ///
  /// Parts share a jurisdiction and a reference. A demand counts where its earliest part was received, as what its
  /// first part was, and in bands where any part does. The same accounts may be named by several parts, so the largest
  /// part tells how many there are. A part that comes again was received anew, and begins another demand.
  static func demands(_ histories: [DemandHistory]) -> [CountedDemand] {
    struct Key: Hashable {
      let jurisdiction, reference: String
    }
    var order: [Key] = []
    var parts: [Key: [DemandHistory]] = [:]
    for history in histories {
      let key = Key(jurisdiction: history.jurisdiction, reference: history.reference)
      if parts[key] == nil { order.append(key) }
      parts[key, default: []].append(history)
    }
    return order.flatMap { apart(parts[$0] ?? []).compactMap(CountedDemand.init) }
  }

  /// The parts of one reference as the parts of one demand each, in order of receipt.
  private static func apart(_ parts: [DemandHistory]) -> [[DemandHistory]] {
    var demands: [[DemandHistory]] = []
    for part in parts.sorted(by: { ($0.received, $0.part) < ($1.received, $1.part) }) {
      if let last = demands.last, !last.contains(where: { $0.part == part.part }) {
        demands[demands.count - 1].append(part)
      } else {
        demands.append([part])
      }
    }
    return demands
  }

  /// Nil where there is no part.
  private init?(parts: [DemandHistory]) {
    let parts = parts.sorted { ($0.part, $0.received) < ($1.part, $1.received) }
    guard let first = parts.first else { return nil }
    jurisdiction = first.jurisdiction
    instrument = first.instrument
    instrumentClass = first.instrumentClass
    band = parts.compactMap(\.band).max()
    received = parts.map(\.received).min() ?? first.received
    stateAtReceipt = first.stateAtReceipt
    accountCount = Int64(parts.map(\.accountCount).max() ?? 0)
    preservedAccountCount = parts.compactMap(\.preservedAccountCount).max().map(Int64.init)
    var records: Int64 = 0
    var fields: Int64 = 0
    for case .produced(let recordCount, let fieldCount, _) in parts.map(\.outcome) {
      records = records.addingClamped(recordCount)
      fields = fields.addingClamped(Int64(fieldCount))
    }
    recordCount = records
    fieldCount = fields
    ending = Self.ending(parts.map(\.outcome), recordCount: records)
  }

  private static func ending(_ outcomes: [DemandHistory.Outcome], recordCount: Int64) -> Ending {
    let isWhole = outcomes.allSatisfy {
      if case .produced(_, _, isPartial: false) = $0 { true } else { false }
    }
    if recordCount > 0 { return isWhole ? .all : .part }
    var ending: Ending?
    for outcome in outcomes {
      switch outcome {
      case .pending, .aborted: return .pending
      case .produced: ending = .empty
      // It met every condition, and nothing is produced under it.
      case .refused(ReasonCode.preservationOnly.rawValue): ending = ending ?? .empty
      case .refused(let code): ending = ending ?? .refused(code)
      }
    }
    return ending ?? .pending
  }
}

extension Int64 {
  /// The sum, held at the ends of the range: a count never traps.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? (other > 0 ? .max : .min) : sum
  }
}
