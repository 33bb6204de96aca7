import SluiceCrypto

/// What a packet that verifies says of itself.
public struct VerifiedPacket: Equatable, Sendable {
  /// The counts of one kind as the packet shows them; small ones are merged.
  public struct KindCounts: Equatable, Sendable {
    public let kind: String
    public let reached: UInt64
    public let released: UInt64
    /// What was withheld or rejected, in the order of reconciliation.csv.
    public let reasons: [ReasonCount]
  }

  public struct ReasonCount: Equatable, Sendable {
    /// `withheld`, `rejected` or `withheld-or-rejected`.
    public let outcome: String
    public let reason: String
    public let count: UInt64
  }

  /// The reference, or `REFERENCE.2` for a further part.
  public let name: String
  /// SHA-256 of tagmanifest-sha256.txt.
  public let digest: [UInt8]
  public let kinds: [KindCounts]
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
  public let fileCount: Int
  /// Bytes of all files.
  public let byteCount: Int
  /// Who signed it and when; nil where it is not signed.
  public let signature: PacketSignature?
}
