import GRDB
import Sluice
import SluiceCrypto

/// What the register notes of a demand when it is ruled on: no subject, no narrative, what is counted.
struct DemandRecord {
  private let ruling: Ruling
  private let policies: [Policy]
  private let facts: RunFacts
  private let reasons: RegisterRun.Reasons
  /// As the policy in force at production names it; nil where none does.
  private let instrument: Instrument?

  init(_ ruling: Ruling, policies: PolicySet, facts: RunFacts, reasons: RegisterRun.Reasons) {
    self.ruling = ruling
    self.policies = policies.policies(serving: ruling.demand.jurisdiction)
    instrument =
      policies.policies(for: ruling.demand.jurisdiction, at: facts.now)
      .instrument(named: ruling.demand.instrument)?.instrument
    self.facts = facts
    self.reasons = reasons
  }

  /// What every entry about a demand says of it.
  static func common(_ demand: Demand) -> [String: RegisterValue] {
    var members: [String: RegisterValue] = [
      "demand": .string(demand.packetName), "digest": .string(Base16.encode(demand.digest)),
      "jurisdiction": .string(demand.jurisdiction), "reference": .string(demand.reference),
    ]
    if let document = demand.documentDigest { members["document"] = .string(Base16.encode(document)) }
    return members
  }

  /// The entries that are not in the register yet.
  func entries(in database: Database) throws -> [RegisterEntry] {
    var entries: [RegisterEntry] = []
    let demand = ruling.demand
    let name = demand.packetName
    let digest = Base16.encode(demand.digest)
    let isReceived =
      try Bool.fetchOne(
        try database.cachedStatement(
          sql: "SELECT 1 FROM entries WHERE demand = ? AND event = 'received' AND leaf ->> 'digest' = ?"),
        arguments: [name, digest]) ?? false
    if !isReceived { entries.append(received) }
    let ruled = ruled
    let before = try String.fetchOne(
      try database.cachedStatement(
        sql: """
          SELECT leaf ->> 'ruling' FROM entries
          WHERE demand = ? AND event = 'ruled' AND leaf ->> 'digest' = ? ORDER BY sequence DESC LIMIT 1
          """),
      arguments: [name, digest])
    if before != ruled.members["ruling"]?.canonical || reasons.again != nil || reasons.recreate != nil {
      entries.append(ruled)
      if case .refused(let refusal) = ruling {
        entries.append(
          RegisterEntry(
            .refused, Self.common(demand).merging(["code": .string(refusal.reason.rawValue)]) { $1 }))
      }
    }
    return entries
  }

  private var received: RegisterEntry {
    let demand = ruling.demand
    var members = Self.common(demand).merging(counted) { $1 }
    members["part"] = .integer(Int64(demand.part))
    members["instrument"] = .string(demand.instrument)
    members["authority"] = .string(demand.authority.name)
    members["authority-reference"] = .string(demand.authority.reference)
    members["issued"] = .string(demand.issued.text)
    members["received"] = .string(demand.received.text)
    members["accounts"] = .integer(Int64(accountCount))
    members["subjects"] = .strings(demand.subjects.map(\.identifier.identifierClass.word))
    members["categories"] = .strings(demand.categories)
    if let state = stateAtReceipt { members["state"] = .string(state.rawValue) }
    if let prepared = demand.prepared { members["prepared"] = signoff(prepared) }
    if let approved = demand.approved { members["approved"] = signoff(approved) }
    return RegisterEntry(.received, members)
  }

  /// As what the demand counts in reports.
  private var counted: [String: RegisterValue] {
    var members: [String: RegisterValue] = [
      "class": .string((instrument?.instrumentClass ?? .unknown).rawValue)
    ]
    if let band = instrument?.reportBand { members["band"] = .integer(Int64(band)) }
    return members
  }

  private func signoff(_ signoff: Signoff) -> RegisterValue {
    .object([
      "by": .string(signoff.by), "at": .string(signoff.at.text), "decision": .string(signoff.decision),
    ])
  }

  /// An account that is named twice counts once.
  private var accountCount: Int { Set(ruling.demand.subjects.map(\.identifier)).count }

  /// The strongest state of the policies that serve the jurisdiction, as the gates take it.
  private var stateAtReceipt: StatusEntry.State? {
    StatusEntry.State.strongest(of: policies.compactMap { $0.status(at: ruling.demand.received)?.state })
  }

  private var ruled: RegisterEntry {
    // A later ruling may be of another policy than that of the receipt.
    var members = Self.common(ruling.demand).merging(counted) { $1 }
    members["ruling"] = .object(outcome)
    if facts.clockIsGiven { members["clock"] = .string("given") }
    if let again = reasons.again { members["again"] = .string(again) }
    if let recreate = reasons.recreate { members["recreate"] = .string(recreate) }
    return RegisterEntry(.ruled, members)
  }

  private var outcome: [String: RegisterValue] {
    switch ruling {
    case .granted(let granted):
      [
        "outcome": .string("granted"), "granted": .strings(granted.grantedCategories),
        "refused": codes(granted.refusedCategories), "policy": .string(Base16.encode(granted.policyDigest)),
        "subjects": .strings(granted.subjects.map { $0.refusal?.rawValue ?? "granted" }),
      ]
    case .refused(let refusal):
      [
        "outcome": .string("refused"), "code": .string(refusal.reason.rawValue),
        "refused": codes(refusal.refusedCategories),
        "would-have-granted": .strings(refusal.wouldHaveGranted),
        "would-have-been": .string(refusal.wouldHaveBeen?.rawValue ?? ""),
      ]
    }
  }

  private func codes(_ categories: [(category: String, reason: ReasonCode)]) -> RegisterValue {
    .array(categories.map { .strings([$0.category, $0.reason.rawValue]) })
  }
}
