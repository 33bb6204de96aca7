/// Hands rows on in large pieces, to another thread once there are many: what makes them (a merge) and what takes
/// them (a file, with its digest) then go on side by side.
///
/// One thread appends and finishes. An error of what takes the rows comes to light at a later call.
final class RowRelay: @unchecked Sendable {
  // Unchecked: `lock` guards what both threads use; `piece` is the appending thread's alone.

  private static let pieceByteCount = 256 << 10
  private static let waitingCountMax = 4

  private let take: ([UInt8]) throws(SluiceError) -> Void
  private var piece: [UInt8] = []
  private var thread: Thread?

  private let lock = Lock()
  private var waiting: [[UInt8]] = []
  private var empty: [[UInt8]] = []
  private var isEnded = false
  private var failure: SluiceError?

  init(_ take: @escaping ([UInt8]) throws(SluiceError) -> Void) { self.take = take }

  func append(_ row: UnsafeRawBufferPointer) throws(SluiceError) {
    if piece.count + row.count > Self.pieceByteCount { try handOn() }
    piece.append(contentsOf: row)
  }

  /// Waits until everything is taken.
  func finish() throws(SluiceError) {
    guard thread != nil else {
      try take(piece)
      return
    }
    try handOn()
    end()
    if let failure { throw failure }
  }

  /// Lets the other thread end, after an error; what waits is still taken.
  func end() {
    lock.withLock {
      isEnded = true
      lock.signalAll()
    }
    thread?.join()
    thread = nil
  }

  private func handOn() throws(SluiceError) {
    if thread == nil { thread = Thread { self.takeAll() } }
    guard thread != nil else {
      try take(piece)
      piece.removeAll(keepingCapacity: true)
      return
    }
    lock.lock()
    defer { lock.unlock() }
    while waiting.count == Self.waitingCountMax, failure == nil { lock.wait() }
    if let failure { throw failure }
    waiting.append(piece)
    piece = empty.popLast() ?? []
    piece.reserveCapacity(Self.pieceByteCount)
    lock.signalAll()
  }

  private func takeAll() {
    lock.lock()
    defer { lock.unlock() }
    while failure == nil {
      while waiting.isEmpty, !isEnded { lock.wait() }
      guard !waiting.isEmpty else { return }
      var piece = waiting.removeFirst()
      lock.unlock()
      var problem: SluiceError?
      do throws(SluiceError) { try take(piece) } catch { problem = error }
      piece.removeAll(keepingCapacity: true)
      lock.lock()
      failure = problem
      empty.append(piece)
      lock.signalAll()
    }
  }
}
