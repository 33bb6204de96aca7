/// A declared form of date and time without an offset, and the zone it is told in.
public struct TimestampPattern: Hashable, Sendable {
  /// The pattern as the schema wrote it.
  public let text: String
  /// The zone as the schema wrote it: `UTC`, `+02:00`, `Europe/Berlin`.
  public let zoneName: String
}
