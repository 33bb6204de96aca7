/// The packets of a run while their rows arrive, and their sealing. One that cannot be written fails alone; one that is
/// answered is let go of, so that of ten thousand only those have a writer that are still to be sealed.
final class PacketSink {
  /// In the order of the rulings, without those of the batches that are answered.
  private var writers: [PacketWriter?]
  private let folder: PacketFolder
  private let memory: SpoolMemory
  private let workerCount: Int
  private let batchCountMax: Int
  private let leakDecision: LeakDecision?
  private let witness: (any DisclosureWitness)?
  /// Of the packets that failed, by their index.
  private var failures: [Int: SluiceError] = [:]
  private(set) var outcomes: [OperatorReport.Answer.Outcome] = []

  init(
    _ writers: [PacketWriter], in folder: PacketFolder, memory: SpoolMemory, options: RunOptions,
    leakDecision: LeakDecision? = nil, witness: (any DisclosureWitness)? = nil
  ) {
    self.leakDecision = leakDecision
    self.witness = witness
    self.writers = writers
    self.memory = memory
    self.folder = folder
    workerCount = options.workerCount
    batchCountMax = options.limits.batchCountMax
    // Searched while this lives; a packet whose words cannot be made has none.
    leakDecision?.gate.suspects.ownWords = { [unowned self, weak gate = leakDecision?.gate] packet in
      guard let gate, let texts = try? writer(packet).textsWithoutRecords() else { return [] }
      return LeakSearch(gate, packet: packet, naming: texts).named
    }
  }

  func append(_ packet: Int, _ rows: consuming ReleasedRows) {
    guard failures[packet] == nil else { return }
    do throws(SluiceError) { try writer(packet).append(rows) } catch { failures[packet] = error }
  }

  /// Seals each packet. Throws where the fault is ours or the signer's: nothing further is sealed then.
  func seal(_ tallies: [PacketTally], _ hasUnreadable: [Bool]) throws(SluiceError) {
    memory.finishWriting()
    for start in stride(from: 0, to: writers.count, by: batchCountMax) {
      let batch = start..<min(start + batchCountMax, writers.count)
      // One packet alone is read back by as many threads as many are.
      let readerCount = max(1, workerCount / batch.count)
      for index in batch where failures[index] != nil { writer(index).discard() }
      _ = try each(batch) { (index) throws(SluiceError) in
        try self.writer(index).write(
          tallies[index], hasUnreadable: hasUnreadable[index], leakGate: self.leakDecision?.gate,
          packet: index, readerCount: readerCount)
      }
      outcomes += try seal(batch)
      for index in batch { writers[index] = nil }
    }
  }

  func discard() { for writer in writers { writer?.discard() } }

  private func writer(_ index: Int) -> PacketWriter {
    guard let writer = writers[index] else { preconditionFailure("an answered packet has no writer") }
    return writer
  }

  /// Syncs, verifies and publishes packets that are written.
  private func seal(_ batch: Range<Int>) throws(SluiceError) -> [OperatorReport.Answer.Outcome] {
    // One sync of the file system costs as much as those of a few dozen files, and waits for the disk while the
    // packets are read back. Its error does not tell whose it is.
    let shared = batch.count > 1 ? FileSystemSync(folder) : nil
    let syncAlone = { (index: Int) throws(SluiceError) in try self.writer(index).sync() }
    if shared == nil { _ = try each(batch, syncAlone) }
    _ = try each(batch) { (index) throws(SluiceError) in try self.writer(index).verify() }
    if let shared, !shared.isDone { _ = try each(batch, syncAlone) }
    try leakDecision?.decide { (packet, file, byteOffset) throws(SluiceError) in
      try writer(packet).leakPlace(in: file, at: byteOffset)
    }
    let written = batch.filter { failures[$0] == nil }.map { (index: $0, packet: writer($0).writtenPacket) }
    if let refusals = try witness?.sealing(written.map(\.packet), in: folder.place) {
      for (index, packet) in written { failures[index] = refusals[packet.name] }
    }
    var sealed = try each(batch) { (index) throws(SluiceError) in try self.writer(index).publish() }
    witness?.published(batch.compactMap { sealed[$0] })
    do { try folder.sync() } catch {
      for index in sealed.keys { failures[index] = error }
      sealed = [:]
    }
    try witness?.produced(batch.compactMap { sealed[$0] })
    return batch.map { index in
      if let packet = sealed[index] { return .sealed(packet) }
      guard let failure = failures[index] else { preconditionFailure("a packet is sealed or has failed") }
      return .failed(failure)
    }
  }

  /// Does a step for each packet of a batch that has not failed yet, several side by side; keeps the failures.
  private func each<Value: Sendable>(
    _ batch: Range<Int>, _ step: @escaping (Int) throws(SluiceError) -> Value
  ) throws(SluiceError) -> [Int: Value] {
    let open = batch.filter { failures[$0] == nil }
    let results = inParallel(open.count, workerCount: workerCount) { place in
      Result { () throws(SluiceError) in try step(open[place]) }
    }
    var values: [Int: Value] = [:]
    for (index, result) in zip(open, results) {
      switch result {
      case .success(let value): values[index] = value
      case .failure(let error):
        // After a fault of ours, or of the signer's key, nothing further is sealed.
        guard error.status != .bug, error.status != .key else { throw error }
        failures[index] = error
      }
    }
    return values
  }
}

/// One sync for all that was written, on a thread of its own.
private final class FileSystemSync: @unchecked Sendable {
  // Unchecked: the result is the thread's until it is joined.

  private var result: Result<Void, SluiceError> = .failure(
    SluiceError(.bug, "not-synced", "Nothing is synced; please report this."))
  private var thread: Thread?

  init(_ folder: PacketFolder) {
    thread = Thread { self.result = Result { () throws(SluiceError) in try folder.syncFileSystem() } }
  }

  deinit { thread?.join() }

  /// Waits for the end; false where it failed or no thread could be had for it.
  var isDone: Bool {
    thread?.join()
    thread = nil
    return (try? result.get()) != nil
  }
}
