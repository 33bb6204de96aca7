import Glibc
import Sluice

/// Fails the n-th file call of one sort, and with `stays` every later one too.
final class CallFault: Sendable {
  private let call: FileCall
  private let number: Int32
  private let stays: Bool
  private let remaining: Guarded<Int>

  init(_ call: FileCall, _ number: Int32, at count: Int, stays: Bool = false) {
    self.call = call
    self.number = number
    self.stays = stays
    remaining = Guarded(count)
  }

  /// Whether the call that shall fail was reached.
  var isSpent: Bool { remaining.withLock { $0 <= 0 } }

  var layer: FileLayer {
    var layer = FileLayer()
    layer.fault = { call in
      guard call == self.call else { return 0 }
      let left = self.remaining.withLock { remaining in
        remaining -= 1
        return remaining
      }
      return left == 0 || self.stays && left < 0 ? self.number : 0
    }
    return layer
  }
}

extension FileLayer {
  /// Kills the process at its n-th file call, of whatever sort.
  static func killing(at count: Int) -> FileLayer {
    let calls = Guarded(0)
    var layer = FileLayer()
    layer.fault = { _ in
      let isReached = calls.withLock { made in
        made += 1
        return made == count
      }
      if isReached { kill(getpid(), SIGKILL) }
      return 0
    }
    return layer
  }
}
