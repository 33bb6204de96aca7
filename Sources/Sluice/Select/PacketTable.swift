import SluiceCrypto

/// Everything that differs between the packets of a run, as the record path reads it.
final class PacketTable: @unchecked Sendable {
  // Unchecked: nothing in it changes after the initialiser.

  struct Packet {
    var plan: Int32
    /// Index of the packet's first class key.
    var keyStart: Int32
    /// The period in whole instants; everything where there is none.
    var period: Period
  }

  static let always = Period(
    from: Instant(seconds: .min), until: Instant(seconds: .max, nanoseconds: 999_999_999))

  let packets: [Packet]
  let plans: [CompiledPlan]
  let subjects: SubjectTable
  let keys: ClassKeys
  /// For each kind of the catalog, the packets whose plan names it, ascending.
  let packetsOfKind: [[Int32]]
  /// A stream without subjects: every record of a named kind is in reach of the one packet.
  let reachesEverything: Bool

  /// The packets of a batch of demands; those of one policy, instrument and set of categories share a plan.
  init(_ rulings: [GrantedRuling], keys caseKeys: [CaseKey], kindCount: Int) throws(CryptoError) {
    struct Sharing: Hashable {
      let policy: [UInt8]
      let instrument: String
      let categories: [String]
    }
    var planOf: [Sharing: Int] = [:]
    var plans: [CompiledPlan] = []
    var keys = ClassKeys()
    var packets: [Packet] = []
    var identifiers: [[Identifier]] = []
    for (ruling, caseKey) in zip(rulings, caseKeys) {
      let sharing = Sharing(
        policy: ruling.policyDigest, instrument: ruling.instrument.name, categories: ruling.grantedCategories)
      let plan = planOf[sharing] ?? plans.count
      if plan == plans.count {
        plans.append(CompiledPlan(ruling.plan, kindCount: kindCount, prefixesKind: false))
        planOf[sharing] = plan
      }
      packets.append(
        Packet(
          plan: Int32(plan), keyStart: Int32(try keys.add(caseKey, labels: plans[plan].classLabels)),
          period: ruling.period ?? Self.always))
      identifiers.append(
        ruling.subjects.filter { $0.refusal == nil }.flatMap { [$0.subject.identifier] + $0.subject.also })
    }
    self.packets = packets
    self.plans = plans
    self.keys = keys
    subjects = SubjectTable(identifiers)
    reachesEverything = false
    packetsOfKind = Self.packetsOfKind(packets, plans, kindCount)
  }

  /// The one packet of a stream.
  init(
    _ ruling: StreamRuling, plan: ReleasePlan, key: CaseKey, kindCount: Int, prefixesKind: Bool
  ) throws(CryptoError) {
    let compiled = CompiledPlan(plan, kindCount: kindCount, prefixesKind: prefixesKind)
    var keys = ClassKeys()
    let start = try keys.add(key, labels: compiled.classLabels)
    packets = [Packet(plan: 0, keyStart: Int32(start), period: ruling.period ?? Self.always)]
    plans = [compiled]
    self.keys = keys
    subjects = SubjectTable([ruling.subjects ?? []])
    reachesEverything = ruling.subjects == nil
    packetsOfKind = Self.packetsOfKind(packets, plans, kindCount)
  }

  private static func packetsOfKind(
    _ packets: [Packet], _ plans: [CompiledPlan], _ kindCount: Int
  ) -> [[Int32]] {
    (0..<kindCount).map { kind in
      packets.indices.filter { plans[Int(packets[$0].plan)].kinds[kind].isNamed }.map { Int32($0) }
    }
  }
}
