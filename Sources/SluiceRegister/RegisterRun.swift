import GRDB
import Sluice
import SluiceCrypto

/// The register's part in one run of demands: what it notes of them, and what it has to say about answering them.
///
/// It is told of packets by several threads, one at a time.
public final class RegisterRun: DisclosureWitness {
  private let register: Register
  private let now: Instant
  private let facts: RunFacts
  private let reasons: Reasons
  /// By the name of their packets.
  private let rulings: [String: Ruling]
  /// Packets that lie at their place, noted or not. Told one at a time, and asked once the run is over.
  private nonisolated(unsafe) var publishedNames: Set<String> = []
  /// SHA-256 of the last checkpoint before the run's packets; every one of them carries it.
  public let checkpointDigest: [UInt8]

  /// Why an operator wants what is not done otherwise; each is noted with the demands.
  public struct Reasons: Sendable {
    /// Why an instrument that was answered is answered again.
    public let again: String?
    /// Why a packet is made again with a clock given by hand.
    public let recreate: String?

    /// Reasons; none is what an ordinary run has. Either lets an instrument be answered again.
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

  /// Why a granted demand is not answered: its instrument was answered before, under it or another demand. Nil where
  /// it was not, or where there is a reason to do it again.
  public func answeredBefore(_ ruling: GrantedRuling) throws(SluiceError) -> SluiceError? {
    guard reasons.again == nil, reasons.recreate == nil else { return nil }
    let demand = ruling.demand
    let earlier = try reporting {
      try register.store.queue.read { database in
        try String.fetchOne(
          database,
          sql: """
            SELECT demand FROM entries WHERE event = 'produced' AND (demand = :demand
              OR document = :document AND leaf ->> 'jurisdiction' = :jurisdiction
                AND leaf ->> 'reference' <> :reference)
            ORDER BY sequence LIMIT 1
            """,
          arguments: [
            "demand": demand.packetName, "document": demand.documentDigest.map { SHA256.hex($0) },
            "jurisdiction": demand.jurisdiction, "reference": demand.reference,
          ])
      }
    }
    guard let earlier else { return nil }
    return SluiceError(
      .refused, "answered-before",
      "The register has an answer to this instrument (\(earlier)). Where it has to be answered again, say why with --again.",
      source: demand.file)
  }

  // MARK: - Packets

  /// Notes packets that are verified and not yet published, as one signed group; adds nothing where there are none.
  ///
  /// Throws where that cannot be done, and then none of them may be published: status 6 for the disk or a register that
  /// another run holds, 7 for the signature, 8 for a damaged register.
  public func sealing(_ packets: [SealedPacket]) throws(SluiceError) {
    try note(packets.map { RegisterEntry(.sealing, members($0)) })
  }

  /// Remembers packets that lie at their place, so that `aborted` passes them over. Writes nothing.
  public func published(_ packets: [SealedPacket]) { publishedNames.formUnion(packets.map(\.name)) }

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
          members["policy"] = .string(SHA256.hex(ruling.policyDigest))
        }
        members["baseline"] = .string(SHA256.hex(facts.baselineDigest))
        members["schemas"] = .strings(facts.schemas.map { SHA256.hex($0.digest) })
        return RegisterEntry(.produced, members)
      })
  }

  /// What is said of a packet before it is published and after; what reports count is in both, for a run that dies
  /// between them.
  private func members(_ packet: SealedPacket) -> [String: RegisterValue] {
    var members = common(packet.name)
    members["packet"] = .string(SHA256.hex(packet.digest))
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
    try note(
      demands.filter { !publishedNames.contains($0.packetName) }.map { demand in
        RegisterEntry(.aborted, common(demand.packetName).merging(["code": .string(demand.code)]) { $1 })
      })
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
