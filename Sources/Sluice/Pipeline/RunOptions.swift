/// How a run reads its sources; nothing here changes a byte of what it releases.
public struct RunOptions: Sendable {
  /// The bounds of the run; alone of these options they can change what leaves, since a record beyond one is
  /// unreadable.
  public var limits: Limits
  /// Threads that decode, transform and encode; at least 1.
  public var workerCount: Int
  /// Unknown kinds and fields end the run with status 5 (`strict-unknown`).
  public var isStrict: Bool
  /// Each source's SHA-256 is taken for the operator's report; no packet holds it.
  public var digestsSources: Bool
  /// The longest single read, so that tests can cut a source anywhere.
  package var readByteCountMax = Int.max
  /// Whether packets are searched for leaks; only a benchmark goes without.
  package var searchesForLeaks = true
  /// Called now and then, from any thread but never from two at a time.
  public var onProgress: (@Sendable (RunProgress) -> Void)?

  /// Options; fewer workers than 1 count as 1.
  public init(
    limits: Limits = Limits(), workerCount: Int = 1, isStrict: Bool = false, digestsSources: Bool = false,
    onProgress: (@Sendable (RunProgress) -> Void)? = nil
  ) {
    self.limits = limits
    self.workerCount = max(1, workerCount)
    self.isStrict = isStrict
    self.digestsSources = digestsSources
    self.onProgress = onProgress
  }
}

/// How far a run has come.
public struct RunProgress: Sendable {
  /// Records that are done, unreadable ones included; never fewer than the time before.
  public let recordCount: UInt64
  /// Unpacked bytes of records that are done.
  public let byteCount: UInt64
  /// How much of the sources is done, 0 to 1; nil where their size is not known.
  public let fraction: Double?
}
