/// What happens to one field for one role.
public enum Action: Hashable, Sendable {
  /// Goes out in its canonical form.
  case keep
  /// Goes out as `[redacted]`, whether or not the source had a value.
  case redact
  /// Stays in.
  case withhold
  /// HMAC under the case's class key (design: section 3.6).
  case pseudonymize
  /// The calling code of a phone number, for example `+44`.
  case country
  /// The last characters stay, 1 to 4; the rest becomes a fixed four `*`.
  case mask(last: Int)
  /// The UTC second, minute, hour, day, ISO week, month or year that the instant lies in.
  case truncate(Granularity)
  /// The south-west corner of a lattice cell through 0,0; the side in degrees, an exact decimal.
  case grid(ExactDecimal)
  /// Characters of the geohash, 1 to 12.
  case geohash(Int)
  /// CIDR text, with a length for each family: 0 to 31 and 0 to 127, since the whole address is `keep`.
  case prefix(v4: Int, v6: Int)
  /// The range that the number lies in.
  case bucket(Buckets)
  /// Declared value to released value; a value without an entry is withheld.
  case map([String: String])

  /// The action's word in a policy and in fields.csv.
  public var word: String {
    switch self {
    case .keep: "keep"
    case .redact: "redact"
    case .withhold: "withhold"
    case .pseudonymize: "pseudonymize"
    case .country: "country"
    case .mask: "mask"
    case .truncate: "truncate"
    case .grid: "grid"
    case .geohash: "geohash"
    case .prefix: "prefix"
    case .bucket: "bucket"
    case .map: "map"
    }
  }

  /// Whether what leaves is the source's own value (fields.csv: `original`) or made from it (`derived`).
  public var isOriginal: Bool { self == .keep }
}

/// How finely an instant is told, from the finest to the coarsest.
public enum Granularity: String, CaseIterable, Sendable {
  case second, minute, hour, day, week, month, year

  /// Whether each span of this granularity lies in one span of the other, so that an instant told by this one could be
  /// told by the other.
  ///
  /// Second to month each lie in the next, and a day in a week; a week cuts across months and years, so it lies in
  /// nothing but a week. Does not allocate.
  public func isWithin(_ coarser: Granularity) -> Bool {
    self == coarser || (self != .week && order < coarser.order)
  }

  /// By length. A month does not lie in a week, which is therefore the shorter.
  private var order: UInt8 {
    switch self {
    case .second: 0
    case .minute: 1
    case .hour: 2
    case .day: 3
    case .week: 4
    case .month: 5
    case .year: 6
    }
  }
}

/// Half-open ranges of integers in the field's own unit.
public enum Buckets: Hashable, Sendable {
  /// `[k × width, (k + 1) × width)` for every integer k, released as `60-119`; the width is at least 2.
  case width(Int64)
  /// Ascending edges; below the first is `<A`, at or above the last `>=Z`, between them `A-(B-1)`.
  case edges([Int64])
}
