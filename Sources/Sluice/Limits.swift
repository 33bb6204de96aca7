/// Every bound of a run: each has a name, a default, a flag and a counted outcome.
///
/// Units are bytes unless the name says otherwise. Reaching a bound on a record makes that record unreadable
/// under the code beside it; reaching one on a source or the run ends the run with status 9.
public struct Limits: Equatable, Sendable {
  /// A record's longest form, delimiter excluded (`record-too-long`).
  public var recordByteCountMax = 1 << 20
  /// The deepest nesting of objects and arrays in a record; the record's own object counts as 1 (`json-depth`).
  public var depthMax = 32
  /// Members of one object (`json-members`).
  public var memberCountMax = 256
  /// Elements of one array (`json-elements`).
  public var elementCountMax = 4096
  /// One string, as written (`string-too-long`).
  public var stringByteCountMax = 64 << 10
  /// One number, as written (`json-number`).
  public var numberByteCountMax = 128
  /// Names of unknown fields kept for one source; more are counted together.
  public var unknownNameCountMax = 256
  /// Decompressed bytes for each compressed byte, once a source has given 16 MiB (status 9).
  public var compressionRatioMax = 1000
  /// Records read for each one that may be unreadable or rejected: 10,000 means one in 10,000 (status 4).
  public var recordsPerRejected = 10_000
  /// Demands in one batch (status 9).
  public var demandCountMax = 100_000
  /// Bytes of whole records handed to a worker at a time, between 4 KiB and 64 MiB.
  public var blockByteCount = 1 << 20
  /// Bytes of released rows held in memory for all packets before they are written out.
  public var spoolByteCountMax = 8 << 20
  /// Bytes of the leak gate's filter, rounded down to a power of two. With less than eleven bits for each value that a
  /// packet withholds, time grows with their square; nothing is missed.
  public var leakGateByteCount = 4 << 20
  /// Packets that are written before they are synced together and published: enough to share a sync, few enough that a run
  /// that is killed has not much to do again.
  package var batchCountMax = 1024

  /// Every bound at its default.
  public init() {}
}
