import AllocationCount
import Glibc

/// One thing measured: each time is that of one whole run, over all its records.
struct BenchmarkRow {
  /// The stage of the record path that a row belongs to, in the order of the table.
  enum Stage: String, CaseIterable {
    case scan, framing, decode, select, action, mac, encode, digest, job
  }

  /// How a row's allocations are counted.
  enum Counting {
    /// The last run's on the thread that measures, over its records: for what one thread does. There have to be none
    /// for a record; a few for a run or a block show in no decimal.
    case thread
    /// The same, for a reference that allocates.
    case allocating
    /// The whole process's in one run more than in one over half the records, over the other half: what a run sets up
    /// falls out.
    case process(half: () throws -> Void)
    /// Not at all, where a run is no number of records.
    case none
  }

  let stage: Stage
  let name: String
  let recordCount: Int
  let byteCount: Int
  /// Medians.
  let wallSeconds: Double
  let processorSeconds: Double
  let leastProcessorSeconds: Double
  /// A record's, or nil where they were not counted.
  let allocations: Double?

  /// With the stage before it: no two rows have one title.
  var title: String { stage == .scan ? name : "\(stage.rawValue): \(name)" }
  var processorPerByte: Double { processorSeconds / Double(max(byteCount, 1)) }
  var processorPerRecord: Double { processorSeconds / Double(max(recordCount, 1)) }

  /// In a debug build everything runs once and over few records: a smoke test.
  static var runCount: Int {
    #if DEBUG
      1
    #else
      5
    #endif
  }

  /// Runs something several times.
  init(
    _ stage: Stage, _ name: String, records: Int, bytes: Int, counting: Counting = .thread,
    runs: Int = runCount, _ body: () throws -> Void
  ) throws {
    (self.stage, self.name, recordCount, byteCount) = (stage, name, records, bytes)
    var walls: [Double] = []
    var processors: [Double] = []
    var ofThread: UInt64 = 0
    var ofProcess: UInt64 = 0
    walls.reserveCapacity(runs)
    processors.reserveCapacity(runs)
    for _ in 0..<runs {
      let counts = (allocation_count_of_thread(), allocation_count_of_process())
      let (wall, processor) = (Self.seconds(CLOCK_MONOTONIC), Self.seconds(CLOCK_PROCESS_CPUTIME_ID))
      try body()
      walls.append(Self.seconds(CLOCK_MONOTONIC) - wall)
      processors.append(Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - processor)
      ofThread = allocation_count_of_thread() - counts.0
      ofProcess = allocation_count_of_process() - counts.1
    }
    wallSeconds = walls.sorted()[walls.count / 2]
    processorSeconds = processors.sorted()[processors.count / 2]
    leastProcessorSeconds = processors.min() ?? 0
    guard allocation_count_is_available() else {
      allocations = nil
      return
    }
    switch counting {
    case .thread, .allocating: allocations = Double(ofThread) / Double(max(records, 1))
    case .process(let half):
      let before = allocation_count_of_process()
      try half()
      let ofHalf = allocation_count_of_process() - before
      allocations = max(0, Double(ofProcess) - Double(ofHalf)) / Double(max(records - records / 2, 1))
    case .none: allocations = nil
    }
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
