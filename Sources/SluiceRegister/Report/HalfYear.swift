import Sluice

/// A half-year of transparency reports, in UTC: `2026-H1` is `[2026-01-01, 2026-07-01)`, `2026-H2` the rest.
public struct HalfYear: Hashable, Comparable, Sendable {
  /// 1 to 9999.
  public let year: Int
  /// 1 or 2.
  public let half: Int

  /// Reads `2026-H1`; nil for any other form.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 4, parts[0].allSatisfy({ 0x30...0x39 ~= $0 }),
      let year = Int(String(parts[0]) ?? ""), year >= 1
    else { return nil }
    switch String(parts[1]) {
    case "H1": half = 1
    case "H2": half = 2
    default: return nil
    }
    self.year = year
  }

  /// The half-year that an instant lies in; the instant lies in the years 1 to 9999.
  public init(containing instant: Instant) {
    let month = instant.text(truncatedTo: .month).split(separator: "-")
    year = Int(month[0]) ?? 0
    half = month[1] < "07" ? 1 : 2
  }

  public static func < (left: HalfYear, right: HalfYear) -> Bool {
    (left.year, left.half) < (right.year, right.half)
  }

  /// `2026-H1`.
  public var text: String { "\(yearText)-H\(half)" }

  /// For people: `January to June 2026`.
  var title: String { (half == 1 ? "January to June " : "July to December ") + yearText }

  /// `2026-06-30`.
  var lastDay: String { yearText + (half == 1 ? "-06-30" : "-12-31") }

  /// The first instant.
  package var start: Instant { Self.midnight(yearText + (half == 1 ? "-01-01" : "-07-01")) }

  /// The first instant after it.
  package var end: Instant { Instant(seconds: Self.midnight(lastDay).seconds + 86_400) }

  private var yearText: String {
    let digits = String(year)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  private static func midnight(_ date: String) -> Instant {
    guard let instant = Instant(date: date) else { preconditionFailure("the year has four digits") }
    return instant
  }
}
