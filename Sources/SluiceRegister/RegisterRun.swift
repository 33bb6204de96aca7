import GRDB
import Sluice
import SluiceCrypto

/// The register's part in one run of demands: what it notes of them, and what it has to say about answering them.
///
/// It is told of packets by several threads, one at a time, and of the run's end by a signal by another one.
public final class RegisterRun: DisclosureWitness {
  private let register: Register
  private let now: Instant
  private let facts: RunFacts
  private let reasons: Reasons
  /// By the name of their packets.
  private let rulings: [String: Ruling]
  /// SHA-256 of the last checkpoint before the run's packets; every one of them carries it.
  public let checkpointDigest: [UInt8]

  /// What became of the run's packets so far, by their names.
  private struct Progress {
    /// Those that the run is to answer.
    var open: Set<String> = []
    /// Digests of those that are about to be published, noted or being noted.
    var sealing: [String: [UInt8]] = [:]
    /// Those that lie at their place, noted or not.
    var published: Set<String> = []
    /// Those of which it is noted already that nothing comes of them in this run.
    var closed: Set<String> = []
    /// Whether the run was told to end: nothing is published any more.
    var isEnded = false
  }
  private let progress = Guarded(Progress())

  /// Why an operator wants what is not done otherwise; each is noted with the demands.
  public struct Reasons: Sendable {
    /// Why an instrument that was answered is answered again.
    public let again: String?
    /// Why a packet is made again with a clock given by hand.
    public let recreate: String?

    /// Reasons; none is what an ordinary run has. `again` lets an instrument be answered again, `recreate` the same
    /// reference alone.
    public init(again: String? = nil, recreate: String? = nil) {
      self.again = again
      self.recreate = recreate
    }
  }

  /// Notes a run's demands as received and ruled on, and the status histories behind them.
  ///
  /// A demand whose document is noted already is not noted again, nor is a ruling that is the last one. Throws status 3
  /// where a jurisdiction's status history does not continue the one last used.
  public init(
    _ register: Register, _ rulings: [Ruling], policies: PolicySet, facts: RunFacts,
    reasons: Reasons = Reasons()
  ) throws(SluiceError) {
    self.register = register
    self.facts = facts
    self.reasons = reasons
    now = facts.now
    self.rulings = Dictionary(
      rulings.map { ($0.demand.packetName, $0) }, uniquingKeysWith: { first, _ in first })
    try register.append(now: facts.now) { database in
      let jurisdictions = Set(rulings.map(\.demand.jurisdiction)).sorted()
      var entries = try jurisdictions.compactMap {
        try StatusHistory($0, policies).continued(in: database)
      }
      for ruling in rulings {
        let record = DemandRecord(ruling, policies: policies, facts: facts, reasons: reasons)
        entries += try record.entries(in: database)
      }
      return entries
    }
    checkpointDigest = try register.lastCheckpoint().note.digest
  }

  /// Which granted demands of the run are not answered, by the names of their packets: those whose instrument was answered
  /// before, under them or another demand, unless there is a reason to do it again.
  ///
  /// Of several references under one instrument the first is answered. Looks and notes in one transaction, and looks
  /// again when packets are about to be published (`sealing`): another run may be doing the same.
  ///
  /// - Parameter sealed: demands of the run whose packet lies at its place, whether the register knows of it or not.
  public func answeredBefore(
    _ rulings: [GrantedRuling], beside sealed: [GrantedRuling] = []
  ) throws(SluiceError) -> [String: SluiceError] {
    var answers: [String: EarlierAnswer] = [:]
    try register.append(now: now) { database in
      var entries: [RegisterEntry] = []
      var answered: [ServedInstrument: Demand] = [:]
      if reasons.again == nil {
        for ruling in sealed { ServedInstrument(ruling.demand).map { answered[$0] = ruling.demand } }
      }
      for demand in rulings.map(\.demand) {
        let instrument = reasons.again == nil ? ServedInstrument(demand) : nil
        var earlier = try EarlierAnswer(demand, reasons, in: database)
        if earlier == nil, let instrument, let other = answered[instrument],
          other.reference != demand.reference
        {
          earlier = EarlierAnswer(ofTheSameRun: other.packetName)
        }
        guard let earlier else {
          if let instrument { answered[instrument] = demand }
          continue
        }
        answers[demand.packetName] = earlier
        if let entry = try earlier.entry(demand, in: database) { entries.append(entry) }
      }
      return entries
    }
    let names = rulings.map(\.demand.packetName).filter { answers[$0] == nil }
    progress.withLock { $0.open.formUnion(names) }
    var errors: [String: SluiceError] = [:]
    for demand in rulings.map(\.demand) {
      errors[demand.packetName] = answers[demand.packetName]?.error(demand)
    }
    return errors
  }

  /// A legal instrument by its document, as a state serves it.
  private struct ServedInstrument: Hashable {
    let jurisdiction: String
    let document: [UInt8]

    /// Nil where the demand names no document: nothing tells its instrument from another one then.
    init?(_ demand: Demand) {
      guard let document = demand.documentDigest else { return nil }
      self.document = document
      jurisdiction = demand.jurisdiction
    }
  }

  // MARK: - Packets

  /// Notes packets that are verified and not yet published, as one signed group; adds nothing where there are none.
  /// Returns the errors of those whose demand was answered meanwhile, by the packet's name: they may not be published.
  ///
  /// Throws where that cannot be done, and then none of them may be published: status 6 for the disk, a register that
  /// another run holds or a run that was told to end, 7 for the signature, 8 for a damaged register.
  public func sealing(
    _ packets: [SealedPacket], in place: SealingPlace
  ) throws(SluiceError) -> [String: SluiceError] {
    let isEnded = progress.withLock { progress in
      if !progress.isEnded { for packet in packets { progress.sealing[packet.name] = packet.digest } }
      return progress.isEnded
    }
    guard !isEnded else {
      throw SluiceError(
        .output, "run-ended",
        "Nothing is published any more: the run was told to end. Run again to seal the rest.")
    }
    var errors: [String: SluiceError] = [:]
    try register.append(now: now) { database in
      var entries: [RegisterEntry] = []
      for packet in packets {
        // Another run may have answered the instrument since this one looked.
        if let demand = rulings[packet.name]?.demand,
          let earlier = try EarlierAnswer(demand, reasons, in: database)
        {
          errors[packet.name] = earlier.error(demand)
          if let entry = try earlier.entry(demand, in: database) { entries.append(entry) }
          continue
        }
        var members = members(packet)
        members["folder"] = .string(place.folder)
        members["run"] = .string(place.run)
        entries.append(RegisterEntry(.sealing, members))
      }
      return entries
    }
    progress.withLock { progress in
      for name in errors.keys { progress.sealing[name] = nil }
      progress.closed.formUnion(errors.keys)
    }
    return errors
  }

  /// Remembers packets that lie at their place, so that `aborted` passes them over. Writes nothing.
  public func published(_ packets: [SealedPacket]) {
    progress.withLock { $0.published.formUnion(packets.map(\.name)) }
  }

  /// Notes packets that are published and on the disk, with their exact counts: now their demands count as answered.
  ///
  /// Comes after `sealing` and `published`. Throws as `sealing` does; the packets stay, and `Register.settle` of the
  /// next run notes them from what lies there.
  public func produced(_ packets: [SealedPacket]) throws(SluiceError) {
    try note(
      packets.map { packet in
        var members = members(packet)
        members["kinds"] = .array(
          packet.kinds.map { kind in
            .object([
              "kind": .string(kind.kind), "reached": .integer(Int64(kind.tally.reached)),
              "released": .integer(Int64(kind.tally.released)),
            ])
          })
        if case .granted(let ruling) = rulings[packet.name] {
          members["policy"] = .string(Base16.encode(ruling.policyDigest))
        }
        members["baseline"] = .string(Base16.encode(facts.baselineDigest))
        members["schemas"] = .strings(facts.schemas.map { Base16.encode($0.digest) })
        return RegisterEntry(.produced, members)
      })
  }

  /// What is said of a packet before it is published and after; what reports count is in both, for a run that dies
  /// between them.
  private func members(_ packet: SealedPacket) -> [String: RegisterValue] {
    var members = common(packet.name)
    members["packet"] = .string(Base16.encode(packet.digest))
    members["records"] = .integer(packet.kinds.reduce(0) { $0 + Int64($1.tally.released) })
    if case .granted(let ruling) = rulings[packet.name] {
      members["fields"] = .integer(Int64(ruling.plan.kinds.reduce(0) { $0 + $1.columns.count }))
      members["partial"] = .boolean(
        !ruling.refusedCategories.isEmpty || ruling.subjects.contains { $0.refusal != nil })
    }
    return members
  }

  /// Notes demands of which no packet came; `code` says why.
  ///
  /// Those whose packet lies at its place are passed over. Where that could not be noted, or not brought to the disk,
  /// `sealing` stays the last that is known of it, and the next run settles it from what lies there.
  public func aborted(_ demands: [(packetName: String, code: String)]) throws(SluiceError) {
    let names = demands.map(\.packetName)
    let open = progress.withLock { progress in
      let open = Set(names).subtracting(progress.published).subtracting(progress.closed)
      progress.closed.formUnion(names)
      return open
    }
    try note(demands.filter { open.contains($0.packetName) }.map { abortion($0.packetName, code: $0.code) })
  }

  /// Notes, on the way out on a signal, the demands whose packet was not about to be published yet; from here on none is.
  ///
  /// What was about to be published may lie at its place or not: the next run settles it. May be called by another
  /// thread than those that seal.
  public func interrupted() throws(SluiceError) {
    let names = progress.withLock { progress in
      progress.isEnded = true
      let names = progress.open.subtracting(progress.sealing.keys).subtracting(progress.closed).sorted()
      progress.closed.formUnion(names)
      return names
    }
    try note(names.map { abortion($0, code: "run-ended") })
  }

  /// It names the packet that was about to be published, so that no other run's is taken for aborted; the name is empty
  /// where there was none.
  private func abortion(_ packetName: String, code: String) -> RegisterEntry {
    let digest = progress.withLock { $0.sealing[packetName] }
    var members = common(packetName)
    members["code"] = .string(code)
    members["packet"] = .string(digest.map { Base16.encode($0) } ?? "")
    return RegisterEntry(.aborted, members)
  }

  private func note(_ entries: [RegisterEntry]) throws(SluiceError) {
    try register.append(now: now) { _ in entries }
  }

  /// What every entry about a demand says of it.
  private func common(_ packetName: String) -> [String: RegisterValue] {
    guard let demand = rulings[packetName]?.demand else { return ["demand": .string(packetName)] }
    return DemandRecord.common(demand)
  }
}
