import SluiceCrypto

/// What every packet of a run shares and states: tool, clock, format, and the documents behind it.
public struct RunFacts: Sendable {
  /// A document that a packet names by its name and SHA-256.
  public struct Document: Hashable, Sendable {
    /// The name that the document gives itself, never its path.
    public let name: String
    /// SHA-256 of the document's bytes.
    public let digest: [UInt8]

    /// A document by its name and the SHA-256 of its bytes.
    public init(name: String, digest: [UInt8]) {
      self.name = name
      self.digest = digest
    }
  }

  /// For example `1.0.0`.
  public let toolVersion: String
  /// The instant that is written as the packet's date; never read from the clock here.
  public let now: Instant
  /// Whether `--now` gave it; the packet says so.
  public let clockIsGiven: Bool
  /// The encoding of every packet's records.
  public let format: RecordFormat
  /// The schemas of the run's sources, in the order they were given. Only names, never paths.
  public let schemas: [Document]
  /// SHA-256 of the baseline policy.
  public let baselineDigest: [UInt8]
  /// Who signs the run's packets; nil where they are not signed.
  public var signer: PacketSigner?
  /// Why packets of a given clock are signed, for the register; no packet says it.
  public var recreateReason: String?
  /// SHA-256 of the register's last checkpoint before the run's packets, which each of them carries, so that its
  /// receiver is a witness of the register; nil where none is kept.
  public var checkpointDigest: [UInt8]?

  /// The facts of a run whose packets are not signed and name no checkpoint; those are set afterwards.
  public init(
    toolVersion: String, now: Instant, clockIsGiven: Bool, format: RecordFormat, schemas: [Document],
    baselineDigest: [UInt8]
  ) {
    self.toolVersion = toolVersion
    self.now = now
    self.clockIsGiven = clockIsGiven
    self.format = format
    self.schemas = schemas
    self.baselineDigest = baselineDigest
  }

  /// What made the packet: `sluice 1.0.0`.
  var agent: String { "sluice \(toolVersion)" }
}
