/// How a source writes an instant.
public enum TimestampFormat: Hashable, Sendable {
  /// RFC 3339 with an offset.
  case rfc3339
  case epoch(EpochUnit)
  /// A declared pattern in a declared zone.
  case pattern(TimestampPattern)
}

/// The declared unit of an epoch timestamp; never guessed.
public enum EpochUnit: String, CaseIterable, Sendable {
  case seconds = "epoch-s"
  case milliseconds = "epoch-ms"
  case microseconds = "epoch-us"
}
