/// Looks for where a leak comes from, while the sources are read again.
final class LeakTrace: Sendable {
  /// Where the sources hold the value.
  struct Origin {
    let source: Int
    let byteOffset: UInt64
    let kind: Int
    let field: Int32
  }

  private let leak: LeakSuspects.Suspect
  private let first = Guarded<Origin?>(nil)

  init(_ leak: LeakSuspects.Suspect) { self.leak = leak }

  /// The first in the sources; nil where they do not hold the value any more.
  var origin: Origin? { first.withLock { $0 } }

  /// Takes note of a value that a packet does not release.
  func see(_ hash: UInt64, _ bytes: Bytes, _ form: LeakGate.Form, packet: Int, _ origin: Origin) {
    guard hash == leak.hash, leak.isSame(bytes, form, packet) else { return }
    first.withLock { first in
      if let known = first, (known.source, known.byteOffset) <= (origin.source, origin.byteOffset) { return }
      first = origin
    }
  }
}
