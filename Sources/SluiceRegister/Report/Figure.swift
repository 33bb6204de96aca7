/// One number of a report, or why there is none: a blank is no zero.
public enum Figure: Hashable, Sendable {
  /// The number itself; 0 says that there were none.
  case count(Int64)
  /// Not reported: nobody told the register.
  case blank
  /// Known and not shown: a small count, or one that would give a small count away.
  case suppressed

  /// The number where one is shown.
  public var value: Int64? { if case .count(let value) = self { value } else { nil } }

  /// Plain digits; empty where nothing is shown.
  var text: String { value.map(String.init) ?? "" }
}

/// A share in hundredths of a percent, worked out in whole numbers and rounded half up.
public struct Percentage: Hashable, Sendable {
  /// 0 to 10,000.
  public let hundredths: Int64

  /// `part` of `whole`; nil where the whole is zero, for a share of nothing is none.
  public init?(_ part: Int64, of whole: Int64) {
    guard whole > 0, (0...whole).contains(part) else { return nil }
    let (part, whole) = (UInt128(part), UInt128(whole))
    hundredths = Int64((part * 20_000 + whole) / (2 * whole))
  }

  /// Two decimals, always: `46.06`.
  public var text: String { "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)" }
}
