/// How a source writes an instant.
public enum TimestampFormat: Hashable, Sendable {
  /// RFC 3339 with an offset.
  case rfc3339
  /// A number of units since 1970-01-01T00:00:00Z, with a fraction or without; of the years 1990 to 2099 alone.
  case epoch(EpochUnit)
  /// A declared pattern in a declared zone.
  case pattern(TimestampPattern)

  /// Reads an instant written in this form; the faults are those of the form's own reader.
  @inline(__always) package func instant(_ bytes: Bytes) throws(FaultCode) -> Instant {
    switch self {
    case .rfc3339: try Instant(rfc3339: bytes)
    case .epoch(let unit): try Instant(epoch: bytes, unit: unit)
    case .pattern(let pattern): try pattern.instant(bytes)
    }
  }
}

/// The declared unit of an epoch timestamp; never guessed.
public enum EpochUnit: String, CaseIterable, Sendable {
  case seconds = "epoch-s"
  case milliseconds = "epoch-ms"
  case microseconds = "epoch-us"
}
