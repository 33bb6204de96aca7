/// Leave to open sources of records for output, which nothing but a ruling gives (design: section 2, guarantee 2).
///
/// There is no empty permit: a run whose demands are all refused cannot make one, so it cannot open a source.
public struct ReadPermit: Sendable {
  /// How many rulings the permit stands on; at least 1.
  public let rulingCount: Int

  /// A permit for the demands that were granted, or nil where there is none.
  public init?(_ rulings: [GrantedRuling]) {
    guard !rulings.isEmpty else { return nil }
    rulingCount = rulings.count
  }

  /// A permit for a stream that is no disclosure.
  public init(_ ruling: StreamRuling) { rulingCount = 1 }
}
