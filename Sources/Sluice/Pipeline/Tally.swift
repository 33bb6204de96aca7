/// Why a record that a packet reached stays in.
public enum WithheldReason: Int, CaseIterable, Sendable {
  /// Every field that would leave has no value in the record.
  case nothingPresent = 0
  /// The rules withhold every field that has a value, for the roles the record's parties have.
  case rule
  /// The fields that would leave were withheld by a bundle.
  case bundle

  /// The stable code in withheld.csv and reconciliation.csv.
  public var code: String {
    switch self {
    case .nothingPresent: "nothing-present"
    case .rule: "rule"
    case .bundle: "bundle"
    }
  }
}

/// What became of the records of one kind that one packet reached: `reached = released + withheld + rejected`.
public struct KindTally: Equatable, Sendable {
  /// Records in reach of the packet.
  public var reached: UInt64 = 0
  /// Records that went out, each as one row.
  public var released: UInt64 = 0
  /// By `WithheldReason`.
  public var withheld = [UInt64](repeating: 0, count: WithheldReason.allCases.count)
  /// By `FaultCode`, only the codes that occurred.
  public var rejected: [FaultCode: UInt64] = [:]

  /// Counts of nothing.
  public init() {}

  /// Whether every record reached is accounted for, once: released, withheld or rejected.
  public var isConserved: Bool {
    reached == released + withheld.reduce(0, +) + rejected.values.reduce(0, +)
  }
}

/// One packet's counts, an entry for each kind of the catalog.
public struct PacketTally: Equatable, Sendable {
  /// By the catalog's kinds; a kind that no granted category names stays at zero.
  public var kinds: [KindTally]

  /// Zeros for so many kinds.
  public init(kindCount: Int) { kinds = Array(repeating: KindTally(), count: kindCount) }
}

/// One source's counts: `read = outOfReach + reached + unreadable`, by kind and in all.
public struct SourceTally: Equatable, Sendable {
  /// The records of one kind that a source held.
  public struct KindCounts: Equatable, Sendable, BitwiseCopyable {
    /// Records read, readable or not; blank lines are none.
    public var read: UInt64 = 0
    /// Records that could be read and that no packet reached, for their kind, parties or time.
    public var outOfReach: UInt64 = 0
    /// Reached by at least one packet.
    public var reached: UInt64 = 0
    /// Records that could be read for no packet.
    public var unreadable: UInt64 = 0

    /// Counts of nothing.
    public init() {}

    /// Whether every record read is accounted for, once: out of reach, reached or unreadable.
    public var isConserved: Bool { read == outOfReach + reached + unreadable }
  }

  /// The catalog's kinds, then `unknown` (a readable discriminator that no kind has, out of reach), then
  /// `unreadable` (no kind could be told).
  public var kinds: [KindCounts]
  /// Unreadable records by code, only the codes that occurred.
  public var unreadable: [FaultCode: UInt64] = [:]
  /// Records that at least one packet rejected.
  public var rejected: UInt64 = 0
  /// Lines that are empty, and in NDJSON those of blanks alone: no records, but counted in the numbers of those
  /// after them.
  public var blankLines: UInt64 = 0
  /// Unpacked bytes of the blocks read: without a byte order mark, a CSV header and records that are too long.
  public var bytes: UInt64 = 0
  /// Names that are printable and short, each with how often it was seen.
  public var unknownFields: [String: UInt64] = [:]
  /// Values of unknown fields whose names are not of the form that is shown here.
  public var unprintableFields: UInt64 = 0
  /// Values of unknown fields whose names came after the limit of names was reached.
  public var moreFields: UInt64 = 0
  /// Values of type content or secret that were skipped, by kind and field: `message.body`.
  public var neverFields: [String: UInt64] = [:]

  /// Zeros for so many kinds of the catalog, and for the two entries after them.
  public init(kindCount: Int) { kinds = Array(repeating: KindCounts(), count: kindCount + 2) }

  /// Records of all kinds, of unknown and of none that could be told.
  public var read: UInt64 { kinds.reduce(0) { $0 + $1.read } }
  /// Records of all kinds that could be read for no packet; the counts of `unreadable` together.
  public var unreadableCount: UInt64 { kinds.reduce(0) { $0 + $1.unreadable } }
  /// Whether the counts of each kind are conserved, and so those of the source.
  public var isConserved: Bool { kinds.allSatisfy(\.isConserved) }
}
