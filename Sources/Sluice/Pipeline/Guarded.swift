/// A value that several threads use in turn.
///
/// As `Synchronization.Mutex`, which waits in the kernel in a way that ThreadSanitizer does not see: it would take every
/// use of the value for a race.
package final class Guarded<Value>: @unchecked Sendable {
  // Unchecked: the lock guards the value.

  private let lock = Lock()
  private var value: Value

  package init(_ value: Value) { self.value = value }

  /// Calls `body` with the value, which nothing else uses meanwhile.
  package func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body(&value)
  }
}
