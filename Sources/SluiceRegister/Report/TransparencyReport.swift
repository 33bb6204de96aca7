import Sluice

/// What a provider publishes of the demands that it received: by half-year of receipt, jurisdiction and instrument
/// class.
///
/// It is counted from the register alone and names no demand, subject or authority. Demands of the classes legal process,
/// emergency and unknown add up to a jurisdiction's total; preservation and treaty stand apart and are in no total, and so
/// does what is published in bands.
public struct TransparencyReport: Sendable {
  /// In order of time.
  public let periods: [PeriodReport]
  /// Counts above zero and below it are hidden; nil hides none.
  public let threshold: Int?

  /// The report of one half-year.
  public struct PeriodReport: Sendable {
    /// The half-year in which its demands were received.
    public let period: HalfYear
    /// Demands in all jurisdictions' totals; suppressed where it would give a hidden one away.
    public let demands: Figure
    /// Accounts in all jurisdictions' totals; suppressed where it would give a hidden one away.
    public let accounts: Figure
    /// Demands with some data in all jurisdictions' totals; suppressed where it would give a hidden one away.
    public let someData: Figure
    /// Some data in each hundred demands; nil without demands, or where either number is hidden.
    public let percentage: Percentage?
    /// In the order of their names.
    public let jurisdictions: [JurisdictionReport]

    package init(
      period: HalfYear, demands: Figure, accounts: Figure, someData: Figure, percentage: Percentage?,
      jurisdictions: [JurisdictionReport]
    ) {
      self.period = period
      self.demands = demands
      self.accounts = accounts
      self.someData = someData
      self.percentage = percentage
      self.jurisdictions = jurisdictions
    }
  }

  /// One jurisdiction in one half-year.
  public struct JurisdictionReport: Sendable {
    /// ISO 3166-1, two letters.
    public let code: String
    /// The short English name of ISO 3166-1; the code where there is none.
    public let name: String
    /// Its states in the half-year, in order of time; empty where nobody knows.
    public let states: [StatusSpan]
    /// Legal process, emergency and unknown together.
    public let total: ReportRow
    /// A row for each class that has demands: those that the total counts, then preservation and treaty.
    public let rows: [ReportRow]
    /// Where several rows of the total are hidden as a whole: what they are together.
    public let merged: ReportRow?
    /// A row for each instrument that is published in bands, used or not, by name; no row or total holds them.
    public let bands: [BandRow]

    package init(
      code: String, name: String, states: [StatusSpan], total: ReportRow, rows: [ReportRow],
      merged: ReportRow?, bands: [BandRow]
    ) {
      self.code = code
      self.name = name
      self.states = states
      self.total = total
      self.rows = rows
      self.merged = merged
      self.bands = bands
    }
  }

  /// The classes that a total counts, in the order of a report.
  static let countedClasses: [InstrumentClass] = [.legalProcess, .emergency, .unknown]
  static let separateClasses: [InstrumentClass] = [.preservation, .treaty]

  /// Counts a register's demands.
  /// - Parameters:
  ///   - histories: every demand that the register holds; those of other half-years are left out.
  ///   - periods: at least one; twice the same counts once.
  ///   - timelines: each jurisdiction's states; one that is not there shows its states at receipt.
  ///   - bandedInstruments: those that policies name; the register's own are added.
  ///   - suppressBelow: hides counts from 1 to one less; at least 3, because of a smaller threshold a hidden count could
  ///     only be 1.
  public init(
    _ histories: [DemandHistory], periods: [HalfYear], timelines: [String: [StatusSpan]] = [:],
    bandedInstruments: [BandedInstrument] = [], suppressBelow: Int? = nil
  ) {
    precondition(suppressBelow.map { $0 >= 3 } ?? true, "a threshold is at least 3")
    let demands = CountedDemand.demands(histories)
    let periods = Set(periods).sorted()
    let counter = ReportCounter(
      periods: periods, demands: demands, timelines: timelines, bandedInstruments: bandedInstruments,
      small: SmallFigures(threshold: suppressBelow.map(Int64.init)))
    self.periods = periods.map(counter.report)
    threshold = suppressBelow
  }

  /// Whether anything is hidden.
  public var isSuppressed: Bool {
    periods.contains { period in
      period.demands == .suppressed || period.accounts == .suppressed || period.someData == .suppressed
        || period.jurisdictions.contains { jurisdiction in
          !jurisdiction.total.suppressed.isEmpty || jurisdiction.rows.contains { !$0.suppressed.isEmpty }
        }
    }
  }

  /// Whether anything is published in bands.
  public var hasBands: Bool { periods.contains { $0.jurisdictions.contains { !$0.bands.isEmpty } } }
}
