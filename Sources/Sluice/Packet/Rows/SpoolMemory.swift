/// The memory that released rows of all packets of a run may take before they are written out.
///
/// Rows stay in memory until they take half of `byteCountMax` together; then another thread writes out those of
/// the packets that hold most, while the other half fills. So ten thousand packets need neither ten thousand
/// open files nor a write for each row, and the sorting of one part goes on beside the reading of the next. One
/// thread at a time appends; packets that are sealed side by side give back.
public final class SpoolMemory {
  /// `Limits.spoolByteCountMax`; at least one byte.
  public let byteCountMax: Int

  private struct State: @unchecked Sendable {
    // Unchecked: a spool is used by one thread at a time, the one that appends or the one that seals its packet.
    var heldByteCount = 0
    var writingByteCount = 0
    var spools: [ObjectIdentifier: Unretained] = [:]
  }

  private struct Unretained { unowned let spool: RowSpool }

  private let state = Guarded(State())
  private var writing: Writing?

  /// Memory for so many bytes of rows; fewer than 1 counts as 1.
  public init(byteCountMax: Int) { self.byteCountMax = max(1, byteCountMax) }

  deinit { writing?.finish() }

  /// Bytes that rows take now, for all packets, those that are being written out included.
  public var byteCount: Int { state.withLock { $0.heldByteCount + $0.writingByteCount } }

  /// Makes room for so many bytes; rows of the spool that they are for may be written out too.
  ///
  /// A failure to write belongs to the packet whose rows they are, so it is kept there and not thrown here.
  func makeRoom(for count: Int) {
    if state.withLock({ $0.heldByteCount + count > byteCountMax / 2 }) { writeOut() }
  }

  /// Counts bytes that a spool has taken.
  func take(_ count: Int, for spool: RowSpool) {
    state.withLock { state in
      state.heldByteCount += count
      state.spools[ObjectIdentifier(spool)] = Unretained(spool: spool)
    }
  }

  /// Counts bytes that a spool no longer holds; it holds none now.
  func give(_ count: Int, of spool: RowSpool) {
    state.withLock { state in
      state.heldByteCount -= count
      state.spools[ObjectIdentifier(spool)] = nil
    }
  }

  /// Waits until nothing of a packet, or of any, is being written out. Failures are with their spools then.
  func finishWriting(of partial: PartialPacket? = nil) {
    guard let writing, partial.map(writing.concerns) ?? true else { return }
    writing.finish()
    self.writing = nil
    state.withLock { $0.writingByteCount = 0 }
  }

  /// Has the rows of those spools that hold most written out, until a quarter is held still.
  private func writeOut() {
    finishWriting()
    let spools = state.withLock { $0 }.spools.values.map(\.spool)
    var parts: [Writing.Part] = []
    for spool in spools.sorted(by: { $0.heldByteCount > $1.heldByteCount }) {
      guard state.withLock({ $0.heldByteCount > byteCountMax / 4 }) else { break }
      let count = spool.heldByteCount
      give(count, of: spool)
      state.withLock { $0.writingByteCount += count }
      parts.append(Writing.Part(spool: spool, rows: spool.takeHeld()))
    }
    writing = Writing(parts)
  }
}

/// Rows of some spools that are written out on a thread of their own.
private final class Writing: @unchecked Sendable {
  // Unchecked: the rows are the thread's, and the failures are until it is joined.

  struct Part {
    let spool: RowSpool
    let rows: HeldRows
  }

  private let parts: [Part]
  /// In the order of the parts.
  private var failures: [SluiceError?]
  private var thread: Thread?

  init(_ parts: [Part]) {
    self.parts = parts
    failures = Array(repeating: nil, count: parts.count)
    thread = Thread { self.write() }
    if thread == nil { write() }
  }

  func concerns(_ partial: PartialPacket) -> Bool { parts.contains { $0.spool.partial === partial } }

  /// Waits for the end and tells the spools that failed.
  func finish() {
    thread?.join()
    for (part, failure) in zip(parts, failures) {
      if let failure { part.spool.fail(failure) }
    }
  }

  private func write() {
    for (index, part) in parts.enumerated() {
      do throws(SluiceError) { try part.spool.write(part.rows) } catch { failures[index] = error }
    }
  }
}
