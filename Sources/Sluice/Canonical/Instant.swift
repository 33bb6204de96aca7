/// A point in time, UTC, to the nanosecond, without leap seconds.
public struct Instant: Hashable, Comparable, Sendable {
  /// Since 1970-01-01T00:00:00Z; negative before.
  public var seconds: Int64
  /// 0 to 999,999,999, counted forward also before 1970.
  public var nanoseconds: Int32

  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  @inline(__always) public static func < (left: Instant, right: Instant) -> Bool {
    left.seconds != right.seconds
      ? left.seconds < right.seconds : left.nanoseconds < right.nanoseconds
  }
}
