import SluiceCrypto

/// One pass over the sources for a batch of granted demands.
public struct DisclosureRun {
  /// The demands to answer; where there is none, no source is opened.
  public let rulings: [GrantedRuling]
  /// The sources, in the order in which they are read.
  public let sources: [SourceSpecification]
  /// Every kind that the plans and the sources name, by its index.
  public let catalog: Catalog
  /// What the packets share and state.
  public let facts: RunFacts
  /// How the sources are read.
  public let options: RunOptions
  private let witness: (any DisclosureWitness)?

  /// Describes a run; nothing is opened yet.
  ///
  /// - Parameter witness: is told of packets on their way to their place; where it throws, the run ends.
  public init(
    rulings: [GrantedRuling], sources: [SourceSpecification], catalog: Catalog, facts: RunFacts,
    options: RunOptions, witness: (any DisclosureWitness)? = nil
  ) {
    self.witness = witness
    self.rulings = rulings
    self.sources = sources
    self.catalog = catalog
    self.facts = facts
    self.options = options
  }

  /// Reads every source once and seals a packet for each ruling.
  ///
  /// Where the run as a whole fails (`Outcome.failure`) nothing further is sealed; where one packet cannot be written
  /// (status 6) the others are sealed.
  public func seal(rootKey: any RootOperations, in folder: PacketFolder) -> Outcome {
    do throws(SluiceError) {
      return seal(caseKeys: try caseKeys(rootKey), in: folder)
    } catch {
      return Outcome(failure: error)
    }
  }

  /// As above, each packet under a case key of its own (`CaseKeyChoice`).
  ///
  /// - Parameter keys: one for each ruling, in their order.
  public func seal(caseKeys keys: [CaseKey], in folder: PacketFolder) -> Outcome {
    precondition(keys.count == rulings.count)
    var outcome = Outcome()
    do throws(SluiceError) {
      let gate =
        options.searchesForLeaks
        ? LeakGate(options.limits, layer: folder.layer, folder: folder.partial) : nil
      let decision = gate.map { LeakDecision(self, $0, keys) }
      let packets = try openPackets(keys, folder, decision)
      do throws(SluiceError) {
        let totals = try readOnce(keys, gate, format: facts.format, &outcome) { packet, rows in
          packets.append(packet, rows)
        }
        try packets.seal(totals.tallies, totals.hasUnreadable)
      } catch {
        packets.discard()
        outcome.failure = error
      }
      // Of many packets some may be sealed when the run fails.
      outcome.answers = zip(rulings, packets.outcomes).map { OperatorReport.Answer($0, $1) }
    } catch {
      outcome.failure = error
    }
    return outcome
  }

  /// Reads every source once and counts, without writing a packet or keeping a value.
  public func preview(rootKey: any RootOperations) -> Outcome {
    readToCount(rootKey, format: facts.format) { _, _ in }
  }

  /// As `preview`, and counts the values of each field that would leave: a count for each ruling, in their order. Where the
  /// run fails (`Outcome.failure`), the counts are of what was read.
  public func count(rootKey: any RootOperations) -> (outcome: Outcome, counts: [ReleasedCount]) {
    let counter = ReleasedCounter(rulings.map(\.plan))
    let outcome = readToCount(rootKey, format: .ndjson) { packet, rows in counter.take(packet, rows) }
    return (outcome, counter.counts)
  }

  private func readToCount(
    _ rootKey: any RootOperations, format: RecordFormat,
    _ take: @escaping (_ packet: Int, _ rows: consuming ReleasedRows) -> Void
  ) -> Outcome {
    var outcome = Outcome()
    do throws(SluiceError) {
      _ = try readOnce(try caseKeys(rootKey), nil, format: format, &outcome, take)
    } catch {
      outcome.failure = error
    }
    return outcome
  }

  /// One after the other: libcrypto takes the same locks for each, and two threads would wait for each other longer than
  /// the work takes.
  private func caseKeys(_ rootKey: any RootOperations) throws(SluiceError) -> [CaseKey] {
    do throws(CryptoError) {
      return try rulings.map { (ruling) throws(CryptoError) in
        try rootKey.caseKey(jurisdiction: ruling.demand.jurisdiction, reference: ruling.demand.reference)
      }
    } catch {
      throw SluiceError(error)
    }
  }

  private func openPackets(
    _ keys: [CaseKey], _ folder: PacketFolder, _ leakDecision: LeakDecision?
  ) throws(SluiceError) -> PacketSink {
    let memory = SpoolMemory(byteCountMax: options.limits.spoolByteCountMax)
    var writers: [PacketWriter] = []
    var planTexts: [ObjectIdentifier: PlanTexts] = [:]
    for (ruling, key) in zip(rulings, keys) {
      writers.append(
        try PacketWriter(
          ruling: ruling, facts: facts, key: try published(key), in: folder, spool: memory,
          planTexts: try self.planTexts(of: ruling.plan, &planTexts)))
    }
    return PacketSink(
      writers, in: folder, memory: memory, options: options,
      leakDecision: leakDecision, witness: witness)
  }

  /// What a plan's packets say alike, made where it is asked for first.
  private func planTexts(
    of plan: ReleasePlan, _ made: inout [ObjectIdentifier: PlanTexts]
  ) throws(SluiceError) -> PlanTexts {
    if let texts = made[ObjectIdentifier(plan)] { return texts }
    let texts = try PlanTexts(plan, facts.format)
    made[ObjectIdentifier(plan)] = texts
    return texts
  }

  private func published(_ key: CaseKey) throws(SluiceError) -> PublishedKey {
    do throws(CryptoError) { return try key.published() } catch { throw SluiceError(error) }
  }

  /// `gate`: what notes the values for the search of the packets, or finds a leak's origin the second time.
  func readOnce(
    _ keys: [CaseKey], _ gate: LeakGate?, format: RecordFormat, _ outcome: inout Outcome,
    _ take: @escaping (_ packet: Int, _ rows: consuming ReleasedRows) -> Void
  ) throws(SluiceError) -> RunTotals {
    guard let permit = ReadPermit(rulings) else { return RunTotals(tallies: [], hasUnreadable: []) }
    let table: PacketTable
    do throws(CryptoError) {
      table = try PacketTable(rulings, keys: keys, kindCount: catalog.kinds.count, leakGate: gate)
    } catch {
      throw SluiceError(error)
    }
    let pass = RunPass(sources: sources, catalog: catalog, options: options, permit: permit, table: table)
    return try pass.run(format: format, &outcome, take)
  }

  /// What became of the run.
  public struct Outcome: Sendable {
    /// In the order of the rulings; where `failure` stopped the run, those of the packets before.
    public internal(set) var answers: [OperatorReport.Answer] = []
    /// In the order of the rulings, indexed by the catalog's kinds.
    public internal(set) var tallies: [PacketTally] = []
    /// In the order of the sources.
    public internal(set) var sources: [OperatorReport.Source] = []
    /// Sentences for a person, without a value from a record.
    public internal(set) var warnings: [String] = []
    /// The first records that could not be read, with their places.
    public internal(set) var faults: [SluiceError] = []
    /// Records read.
    public internal(set) var recordCount: UInt64 = 0
    /// What stopped the run as a whole: then nothing further was sealed.
    public internal(set) var failure: SluiceError?

    init(failure: SluiceError? = nil) { self.failure = failure }
  }
}
