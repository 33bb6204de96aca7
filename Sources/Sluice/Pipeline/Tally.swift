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
  public var reached: UInt64 = 0
  public var released: UInt64 = 0
  /// By `WithheldReason`.
  public var withheld = [UInt64](repeating: 0, count: WithheldReason.allCases.count)
  /// By `FaultCode`, only the codes that occurred.
  public var rejected: [FaultCode: UInt64] = [:]

  public init() {}

  public var isConserved: Bool {
    reached == released + withheld.reduce(0, +) + rejected.values.reduce(0, +)
  }
}

/// One packet's counts, an entry for each kind of the catalog.
public struct PacketTally: Equatable, Sendable {
  public var kinds: [KindTally]

  public init(kindCount: Int) { kinds = Array(repeating: KindTally(), count: kindCount) }
}

/// One source's counts: `read = outOfReach + reached + unreadable`, by kind and in all.
public struct SourceTally: Equatable, Sendable {
  public struct KindCounts: Equatable, Sendable, BitwiseCopyable {
    public var read: UInt64 = 0
    public var outOfReach: UInt64 = 0
    /// Reached by at least one packet.
    public var reached: UInt64 = 0
    public var unreadable: UInt64 = 0

    public init() {}

    public var isConserved: Bool { read == outOfReach + reached + unreadable }
  }

  /// The catalog's kinds, then `unknown` (a readable discriminator that no kind has, out of reach), then
  /// `unreadable` (no kind could be told).
  public var kinds: [KindCounts]
  public var unreadable: [FaultCode: UInt64] = [:]
  /// Records that at least one packet rejected.
  public var rejected: UInt64 = 0
  public var blankLines: UInt64 = 0
  public var bytes: UInt64 = 0
  /// Names that are printable and short, each with how often it was seen.
  public var unknownFields: [String: UInt64] = [:]
  /// Unknown fields whose name is not printable here, and those past the limit of names.
  public var unprintableFields: UInt64 = 0
  public var moreFields: UInt64 = 0
  /// Values of type content or secret that were skipped, by kind and field: `message.body`.
  public var neverFields: [String: UInt64] = [:]

  public init(kindCount: Int) { kinds = Array(repeating: KindCounts(), count: kindCount + 2) }

  public var read: UInt64 { kinds.reduce(0) { $0 + $1.read } }
  public var unreadableCount: UInt64 { kinds.reduce(0) { $0 + $1.unreadable } }
  public var isConserved: Bool { kinds.allSatisfy(\.isConserved) }
}
