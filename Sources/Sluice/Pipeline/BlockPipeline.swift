import Glibc
import SluiceCrypto

/// Runs the record path over every block of a run: several threads take blocks in order and work on them side by
/// side, and results are committed in the order of the blocks, so that nothing depends on which thread was faster.
///
/// Locks are taken twice a block and never in a record. At most `slotCount` blocks are in flight, which bounds the
/// memory whatever the size of the input.
final class BlockPipeline<Row: RowEncoding>: @unchecked Sendable {
  // Unchecked: `reading` guards the cursor and the sequence, `ring` guards everything else.

  private let table: PacketTable
  private let catalog: Catalog
  private let options: RunOptions
  private let firstAccess: SchemaAccess
  private let commit: (BlockResult, Double?) throws(SluiceError) -> Void

  private let reading = Lock()
  private let cursor: SourceCursor
  private var nextSequence = 0

  private let ring = Lock()
  private let slotCount: Int
  private var results: [BlockResult?]
  private var free: [BlockResult] = []
  private var inFlight = 0
  private var committed = 0
  private var isCommitting = false
  private var isStopping = false
  private var failure: SluiceError?
  private var totals: RunTotals

  /// `commit` is called with each result, in order, by one thread at a time; throwing stops the run.
  init(
    table: PacketTable, catalog: Catalog, options: RunOptions, accesses: [SchemaAccess], cursor: SourceCursor,
    commit: @escaping (BlockResult, Double?) throws(SluiceError) -> Void
  ) {
    self.table = table
    self.catalog = catalog
    self.options = options
    self.cursor = cursor
    self.commit = commit
    guard let first = accesses.first else { preconditionFailure("a run has a schema") }
    firstAccess = first
    slotCount = options.workerCount * 2 + 1
    results = Array(repeating: nil, count: slotCount)
    totals = RunTotals(
      tallies: Array(repeating: PacketTally(kindCount: catalog.kinds.count), count: table.packets.count),
      hasUnreadable: Array(repeating: false, count: table.packets.count))
  }

  /// Reads every source to its end. Throws what stopped the run; the results committed before it are void then.
  func run() throws(SluiceError) -> RunTotals {
    let threads = (1..<max(options.workerCount, 1)).compactMap { _ in Thread { self.work() } }
    work()
    for thread in threads { thread.join() }
    if let failure { throw failure }
    return totals
  }

  // MARK: - A worker

  private func work() {
    var path = RecordPath<Row>(
      table: table, catalogKindCount: catalog.kinds.count, limits: options.limits, access: firstAccess)
    var block = Block()
    while let result = takeResult() {
      let (sequence, context) = read(into: &block, result)
      guard let context else {
        giveBack(result)
        break
      }
      do throws(CryptoError) {
        try path.run(block, context, into: result)
      } catch {
        stop(SluiceError(error))
        giveBack(result)
        break
      }
      deliver(result, sequence)
    }
    ring.withLock { path.addCounts(to: &totals) }
  }

  /// A result to fill, once there is room for another block; nil where the run stops.
  private func takeResult() -> BlockResult? {
    ring.withLock {
      while inFlight >= slotCount, !isStopping { ring.wait() }
      guard !isStopping else { return nil }
      inFlight += 1
      return free.popLast() ?? BlockResult(kindCount: catalog.kinds.count)
    }
  }

  private func giveBack(_ result: BlockResult) {
    ring.withLock {
      inFlight -= 1
      free.append(result)
      ring.signalAll()
    }
  }

  private func read(
    into block: inout Block, _ result: BlockResult
  ) -> (sequence: Int, context: SourceContext?) {
    reading.lock()
    defer { reading.unlock() }
    do throws(SluiceError) {
      guard let context = try cursor.next(into: &block) else { return (0, nil) }
      result.fraction = cursor.fraction
      nextSequence += 1
      return (nextSequence - 1, context)
    } catch {
      stop(error)
      return (0, nil)
    }
  }

  private func stop(_ error: SluiceError) {
    ring.withLock {
      if failure == nil { failure = error }
      isStopping = true
      ring.signalAll()
    }
  }

  /// Puts a result into its place; whoever completes the order commits as far as it goes.
  private func deliver(_ result: BlockResult, _ sequence: Int) {
    ring.lock()
    results[sequence % slotCount] = result
    guard !isCommitting else {
      ring.unlock()
      return
    }
    isCommitting = true
    while let next = results[committed % slotCount], !isStopping {
      results[committed % slotCount] = nil
      ring.unlock()
      var problem: SluiceError?
      do throws(SluiceError) { try commit(next, next.fraction) } catch { problem = error }
      ring.lock()
      if let problem {
        if failure == nil { failure = problem }
        isStopping = true
      }
      committed += 1
      inFlight -= 1
      free.append(next)
      ring.signalAll()
    }
    isCommitting = false
    ring.unlock()
  }
}

extension RecordPath {
  /// Adds what this worker counted for each packet, in the form that a packet's files are made from.
  func addCounts(to totals: inout RunTotals) {
    for packet in totals.tallies.indices {
      for kind in 0..<catalogKindCount where plans[Int(packets[packet].plan)].kinds[kind].isNamed {
        let counts = counts[countsIndex(packet, kind)]
        if counts.reached > 0 { totals.tallies[packet].kinds[kind].add(counts) }
      }
      if isAnyUnreadable || hasUnreadable[packet] { totals.hasUnreadable[packet] = true }
    }
    for (rejection, count) in rejections {
      totals.tallies[Int(rejection.packet)].kinds[Int(rejection.kind)].rejected[rejection.code, default: 0] +=
        count
    }
  }
}

extension KindTally {
  fileprivate mutating func add<Row>(_ counts: RecordPath<Row>.Counts) {
    reached += counts.reached
    released += counts.released
    let more = [counts.withheld.0, counts.withheld.1, counts.withheld.2]
    // Where nothing was withheld all packets have one array.
    for index in withheld.indices where more[index] > 0 { withheld[index] += more[index] }
  }
}
