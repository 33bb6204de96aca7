import SluiceCrypto

/// Everything that differs between the packets of a run, as the record path reads it.
final class PacketTable: @unchecked Sendable {
  // Unchecked: nothing in it changes after the initialiser.

  struct Packet {
    var plan: Int32
    /// Index of the packet's first class key.
    var keyStart: Int32
    /// Index of the packet's first counts, of which each kind that its plan names has its own.
    var countsStart: Int32
    /// The period in whole instants; everything where there is none.
    var period: Period
  }

  static let always = Period(
    from: Instant(seconds: .min), until: Instant(seconds: .max, nanoseconds: 999_999_999))

  let packets: FrozenArray<Packet>
  /// How many counts all packets have.
  let countsCount: Int
  let plans: FrozenArray<CompiledPlan>
  let subjects: SubjectTable
  let keys: ClassKeys
  /// Packets whose plan names a kind, ascending, one kind of the catalog after the other.
  let packetsByKind: FrozenArray<Int32>
  /// For each kind where its packets begin in `packetsByKind`, and where the last one's end.
  let kindStarts: FrozenArray<Int32>
  /// A stream without subjects: every record of a named kind is in reach of the one packet.
  let reachesEverything: Bool
  /// What is noted for the search of the packets before they are sealed; nil for a stream and where nothing is sealed.
  let leakGate: LeakGate?

  /// The packets of a batch of demands, which share a plan where they were ruled on together (`PlanTable`).
  init(
    _ rulings: [GrantedRuling], keys caseKeys: [CaseKey], kindCount: Int, leakGate: LeakGate? = nil
  ) throws(CryptoError) {
    self.leakGate = leakGate
    var places: [ObjectIdentifier: Int] = [:]
    var plans: [CompiledPlan] = []
    var keys = ClassKeys()
    var packets: [Packet] = []
    var countsCount = 0
    var identifiers: [[Identifier]] = []
    for (ruling, caseKey) in zip(rulings, caseKeys) {
      let plan = places[ObjectIdentifier(ruling.plan)] ?? plans.count
      if plan == plans.count {
        plans.append(CompiledPlan(ruling.plan, kindCount: kindCount, prefixesKind: false))
        places[ObjectIdentifier(ruling.plan)] = plan
      }
      packets.append(
        Packet(
          plan: Int32(plan), keyStart: Int32(try keys.add(caseKey, labels: plans[plan].classLabels)),
          countsStart: Int32(countsCount), period: ruling.period ?? Self.always))
      countsCount += ruling.plan.kinds.count
      identifiers.append(
        ruling.subjects.filter { $0.refusal == nil }.flatMap { [$0.subject.identifier] + $0.subject.also })
    }
    self.packets = FrozenArray(packets)
    self.countsCount = countsCount
    self.plans = FrozenArray(plans)
    self.keys = keys
    subjects = SubjectTable(identifiers)
    reachesEverything = false
    (packetsByKind, kindStarts) = Self.packetsByKind(packets, plans, kindCount)
  }

  /// The one packet of a stream.
  init(
    _ ruling: StreamRuling, plan: ReleasePlan, key: CaseKey, kindCount: Int, prefixesKind: Bool
  ) throws(CryptoError) {
    let compiled = CompiledPlan(plan, kindCount: kindCount, prefixesKind: prefixesKind)
    var keys = ClassKeys()
    let start = try keys.add(key, labels: compiled.classLabels)
    let packet = Packet(
      plan: 0, keyStart: Int32(start), countsStart: 0, period: ruling.period ?? Self.always)
    countsCount = plan.kinds.count
    packets = FrozenArray([packet])
    plans = FrozenArray([compiled])
    self.keys = keys
    subjects = SubjectTable([ruling.subjects ?? []])
    reachesEverything = ruling.subjects == nil
    leakGate = nil
    (packetsByKind, kindStarts) = Self.packetsByKind([packet], [compiled], kindCount)
  }

  deinit {
    for plan in plans.indices { plans[plan].deallocate() }
    plans.deallocate()
    packets.deallocate()
    packetsByKind.deallocate()
    kindStarts.deallocate()
    subjects.deallocate()
  }

  private static func packetsByKind(
    _ packets: [Packet], _ plans: [CompiledPlan], _ kindCount: Int
  ) -> (FrozenArray<Int32>, FrozenArray<Int32>) {
    var naming: [Int32] = []
    var starts: [Int32] = [0]
    for kind in 0..<kindCount {
      naming += packets.indices.filter { plans[Int(packets[$0].plan)].kinds[kind].isNamed }.map { Int32($0) }
      starts.append(Int32(naming.count))
    }
    return (FrozenArray(naming), FrozenArray(starts))
  }
}
