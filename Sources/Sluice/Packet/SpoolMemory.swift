import Synchronization

/// The memory that released rows of all packets of a run may take before they are written out.
///
/// Rows stay in memory until they are more than `byteCountMax` together; then the packets that hold most
/// write theirs out, until half is free again. So ten thousand packets need neither ten thousand open files
/// nor a write for each row. One thread at a time appends; packets that are sealed side by side give back.
public final class SpoolMemory {
  /// `Limits.spoolByteCountMax`; at least one byte.
  public let byteCountMax: Int
  /// Bytes of rows held now, for all packets.
  public var byteCount: Int { held.withLock { $0.byteCount } }

  private struct Held: @unchecked Sendable {
    // Unchecked: a spool is used by one thread at a time, the one that appends or the one that seals its packet.
    var byteCount = 0
    var spools: [ObjectIdentifier: Unretained] = [:]
  }

  private struct Unretained { unowned let spool: RowSpool }

  private let held = Mutex(Held())

  public init(byteCountMax: Int) { self.byteCountMax = max(1, byteCountMax) }

  /// Counts bytes that a spool has taken; may make spools write theirs out.
  ///
  /// A failure to write belongs to the packet whose rows they are, so it is kept there and not thrown here.
  func take(_ count: Int, for spool: RowSpool) {
    let isOver = held.withLock { held in
      if spool.heldByteCount == count { held.spools[ObjectIdentifier(spool)] = Unretained(spool: spool) }
      held.byteCount += count
      return held.byteCount > byteCountMax
    }
    guard isOver else { return }
    for spool in held.withLock({ $0 }).spools.values.map(\.spool).sorted(by: {
      $0.heldByteCount > $1.heldByteCount
    }) {
      guard byteCount > byteCountMax / 2 else { return }
      spool.writeOut()
    }
  }

  /// Counts bytes that a spool no longer holds; it holds none now.
  func give(_ count: Int, of spool: RowSpool) {
    held.withLock { held in
      held.byteCount -= count
      held.spools[ObjectIdentifier(spool)] = nil
    }
  }
}
