import Sluice

/// One row of a report as it is published: nothing in it holds a number that is not shown.
public struct ReportRow: Sendable {
  /// The classes whose demands it counts; several for a total.
  public let classes: [InstrumentClass]
  /// Demands received in the half-year, whatever came of them.
  public let demands: Figure
  /// Accounts that they name: one named twice in a demand counts once, one in two demands twice.
  public let accounts: Figure
  /// Demands for which at least one record was released.
  public let someData: Figure
  /// Of those: nothing that was demanded was refused.
  public let all: Figure
  /// Of those: a category, a subject or a part was not answered.
  public let part: Figure
  /// Refused, or answered with nothing in reach.
  public let noData: Figure
  /// Answered with nothing in reach; or a preservation demand that met every condition.
  public let empty: Figure
  /// Refused as a whole; no part of it was answered.
  public let refused: Figure
  /// Neither refused nor answered when the report was made; a run that came to nothing leaves a demand so.
  public let pending: Figure
  /// Refusals by code, the most frequent first; empty where `reasonsAreHidden`.
  public let reasons: [(code: String, count: Int64)]
  /// Whether `reasons` is empty because they are hidden, and not because there are none.
  public let reasonsAreHidden: Bool
  /// Records released, over all packets.
  public let records: Figure
  /// Columns of all packets added up; a field in two packets counts twice.
  public let fields: Figure
  /// Blank for all but preservation, and where the register was not told.
  public let preserved: Figure
  /// Demands with some data in each hundred of the same row; nil without demands or where either is hidden.
  public let percentage: Percentage?
  /// The names of the cells that are hidden, in the order of a row.
  public let suppressed: [String]

  init(
    _ counts: DemandCounts, classes: [InstrumentClass], hidden: SmallFigures.Hidden, small: SmallFigures
  ) {
    let isPreservation = classes == [.preservation]
    let figure = { (cell: ReportCell) -> Figure in
      hidden.contains(cell) ? .suppressed : counts[cell].map(Figure.count) ?? .blank
    }
    self.classes = classes
    demands = figure(.demands)
    accounts = figure(.accounts)
    someData = figure(.someData)
    all = figure(.all)
    part = figure(.part)
    noData = figure(.noData)
    empty = figure(.empty)
    refused = figure(.refused)
    pending = figure(.pending)
    records = figure(.records)
    fields = figure(.fields)
    preserved = isPreservation ? figure(.preserved) : .blank
    reasonsAreHidden = hidden.contains(.reasons)
    reasons = reasonsAreHidden ? [] : small.reasons(counts.refusals)
    percentage =
      hidden.isDisjoint(with: [.demands, .someData])
      ? Percentage(counts.someData, of: counts.demands) : nil
    suppressed = ReportCell.allCases.filter {
      hidden.contains($0) && ($0 != .preserved || isPreservation && counts.preserved != nil)
    }.map(\.rawValue)
  }
}

/// The demands of one instrument that is published in bands alone; nothing adds it to anything.
public struct BandRow: Sendable {
  /// The instrument's name in its policy, or in the demands that name it.
  public let instrument: String
  /// What it counts as.
  public let instrumentClass: InstrumentClass
  /// 1000, 500, 250 or 100.
  public let width: Int
  /// Both ends included: `0...499`.
  public let demands: ClosedRange<Int64>
  /// In a band of the same width, both ends included.
  public let accounts: ClosedRange<Int64>

  init(instrument: BandedInstrument, counts: DemandCounts) {
    self.instrument = instrument.name
    instrumentClass = instrument.instrumentClass
    width = instrument.width
    demands = Self.band(counts.demands, width: Int64(instrument.width))
    accounts = Self.band(counts.accounts, width: Int64(instrument.width))
  }

  private static func band(_ count: Int64, width: Int64) -> ClosedRange<Int64> {
    let low = count / width * width
    return low...low.addingClamped(width - 1)
  }
}

/// An instrument whose counts are published in bands. It has a row in every half-year of its jurisdiction, so that none
/// and a few look the same.
public struct BandedInstrument: Hashable, Sendable {
  /// The state whose demands are published so, an ISO 3166-1 code.
  public let jurisdiction: String
  /// The instrument's name in its policy.
  public let name: String
  /// What it counts as.
  public let instrumentClass: InstrumentClass
  /// The width of its bands: 1000, 500, 250 or 100 (50 U.S.C. 1874(a)).
  public let width: Int

  /// An instrument in bands; the caller sees to it that the width is above zero.
  public init(jurisdiction: String, name: String, instrumentClass: InstrumentClass, width: Int) {
    self.jurisdiction = jurisdiction
    self.name = name
    self.instrumentClass = instrumentClass
    self.width = width
  }

  /// Those of policies.
  public static func instruments(_ policies: [Policy]) -> [BandedInstrument] {
    policies.flatMap { policy in
      policy.jurisdictions.flatMap { jurisdiction in
        policy.instruments.compactMap { instrument in
          instrument.reportBand.map {
            BandedInstrument(
              jurisdiction: jurisdiction, name: instrument.name,
              instrumentClass: instrument.instrumentClass, width: $0)
          }
        }
      }
    }
  }
}
