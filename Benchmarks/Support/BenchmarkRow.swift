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

  /// What is to be measured.
  struct Subject {
    let name: String
    let recordCount: Int
    let byteCount: Int
    var counting = Counting.thread
    /// What is done before each run and not measured.
    var prepare: () throws -> Void = {}
    let body: () throws -> Void
  }

  let stage: Stage
  let name: String
  let recordCount: Int
  let byteCount: Int
  /// Of each run.
  private(set) var wallSeconds: [Double] = []
  private(set) var processorSeconds: [Double] = []
  /// A record's, or nil where they were not counted.
  private(set) var allocations: Double?

  /// With the stage before it: no two rows have one title.
  var title: String { stage == .scan ? name : "\(stage.rawValue): \(name)" }
  var processorPerRecord: Double { processorSeconds.median / Double(max(recordCount, 1)) }
  var processorPerByte: Double { processorSeconds.median / Double(max(byteCount, 1)) }

  /// In a debug build everything runs once and over few records: a smoke test.
  static var runCount: Int {
    #if DEBUG
      1
    #else
      5
    #endif
  }

  private init(_ stage: Stage, _ subject: Subject) {
    self.stage = stage
    name = subject.name
    (recordCount, byteCount) = (subject.recordCount, subject.byteCount)
  }

  /// Runs some things several times, one after the other each time: what slows the machine for a while slows them all,
  /// so that their quotients hold.
  static func measure(_ stage: Stage, inTurn subjects: [Subject], runs: Int = runCount) throws
    -> [BenchmarkRow]
  {
    var rows = subjects.map { BenchmarkRow(stage, $0) }
    for _ in 0..<runs {
      for index in rows.indices { try rows[index].run(subjects[index]) }
    }
    return rows
  }

  private mutating func run(_ subject: Subject) throws {
    try subject.prepare()
    let counts = (allocation_count_of_thread(), allocation_count_of_process())
    let (wall, processor) = (Self.seconds(CLOCK_MONOTONIC), Self.seconds(CLOCK_PROCESS_CPUTIME_ID))
    try subject.body()
    let wallAfter = Self.seconds(CLOCK_MONOTONIC)
    let processorAfter = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)
    let ofThread = allocation_count_of_thread() - counts.0
    let ofProcess = allocation_count_of_process() - counts.1
    wallSeconds.append(wallAfter - wall)
    processorSeconds.append(processorAfter - processor)
    guard allocation_count_is_available() else { return }
    switch subject.counting {
    case .thread, .allocating: allocations = Double(ofThread) / Double(max(recordCount, 1))
    case .process(let half):
      // Once is enough, and late enough.
      guard wallSeconds.count == 1 else { return }
      let before = allocation_count_of_process()
      try half()
      let ofHalf = allocation_count_of_process() - before
      allocations = max(0, Double(ofProcess) - Double(ofHalf)) / Double(max(recordCount - recordCount / 2, 1))
    case .none: break
    }
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension [Double] {
  /// The middle one; of an even count the upper.
  var median: Double { isEmpty ? 0 : sorted()[count / 2] }

  /// The median of the quotients, run by run.
  func median(over other: [Double]) -> Double { zip(self, other).map { $0 / $1 }.median }
}

extension RecordBlocks {
  /// A piece of a job over the records, by itself.
  func part(_ name: String, _ body: @escaping () throws -> Void) -> BenchmarkRow.Subject {
    BenchmarkRow.Subject(
      name: name, recordCount: recordCount, byteCount: byteCount, counting: .none, body: body)
  }
}
