import SluiceCrypto

/// What a packet that verifies says of itself.
public struct VerifiedPacket: Equatable, Sendable {
  /// The counts of one kind as the packet shows them; small ones are merged.
  public struct KindCounts: Equatable, Sendable {
    /// The kind's name in its schema.
    public let kind: String
    /// Records that were in reach: `released` and every count of `reasons` together.
    public let reached: UInt64
    /// Rows that the kind's file holds; 0 where it has no file.
    public let released: UInt64
    /// What was withheld or rejected, in the order of reconciliation.csv.
    public let reasons: [ReasonCount]
  }

  /// The records of a kind that stayed in for one reason.
  public struct ReasonCount: Equatable, Sendable {
    /// `withheld`, `rejected` or `withheld-or-rejected`.
    public let outcome: String
    /// The reason or the code; `other-reasons` for small counts that are merged.
    public let reason: String
    /// Records, small counts merged; never 0 in a packet that Sluice wrote.
    public let count: UInt64
  }

  /// The reference, or `REFERENCE.2` for a further part.
  public let name: String
  /// SHA-256 of tagmanifest-sha256.txt.
  public let digest: [UInt8]
  /// In the order of reconciliation.csv, each kind once.
  public let kinds: [KindCounts]
  /// SHA-256 of the demand document that it answers; nil where it states none as Sluice does.
  public let demandDigest: [UInt8]?
  /// The case that it belongs to, and what it publishes of the key that it was made under.
  public let packetCase: PacketCase
  /// Tool and version.
  public let madeBy: String
  /// The UTC day, `2026-10-02`.
  public let madeOn: String
  /// Whether the instant was given by hand.
  public let clockIsGiven: Bool
  /// SHA-256 of the register's checkpoint that the packet names; nil where it names none.
  public let checkpointDigest: [UInt8]?
  /// Whether some of the sources' records could not be read.
  public let hasUnreadable: Bool
  /// Whether report.html was made again from the other files and is the same; false where it is of an edition that
  /// this version of Sluice does not make. Its digest holds either way.
  public let reportIsCompared: Bool
  /// All files: those under `data`, the tag files, and the signature where there is one.
  public let fileCount: Int
  /// Bytes of all files.
  public let byteCount: Int
  /// Who signed it and when; nil where it is not signed.
  public let signature: PacketSignature?
}
