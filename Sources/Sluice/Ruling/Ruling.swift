/// What the gates decided for a demand.
public enum Ruling: Sendable {
  case granted(GrantedRuling)
  /// Indirect, because most demands are granted, and ten thousand rulings would each have the room of a refusal.
  indirect case refused(Refusal)

  public var demand: Demand {
    switch self {
    case .granted(let ruling): ruling.demand
    case .refused(let refusal): refusal.demand
    }
  }
}

/// A refusal of a whole demand: no record is read for it and no packet is made.
public struct Refusal: Sendable {
  public let demand: Demand
  public let reason: ReasonCode
  /// In the order demanded, each with its code; empty where a gate before the categories refused.
  public let refusedCategories: [(category: String, reason: ReasonCode)]
  /// While production is paused (`status-paused-production`): the code with which the later gates would have
  /// refused, nil where they would have granted. For the register alone.
  public let wouldHaveBeen: ReasonCode?
  /// While production is paused: the categories that the later gates would have granted. For the register
  /// alone.
  public let wouldHaveGranted: [String]

  package init(
    demand: Demand, reason: ReasonCode, refusedCategories: [(category: String, reason: ReasonCode)] = [],
    wouldHaveBeen: ReasonCode? = nil, wouldHaveGranted: [String] = []
  ) {
    self.demand = demand
    self.reason = reason
    self.refusedCategories = refusedCategories
    self.wouldHaveBeen = wouldHaveBeen
    self.wouldHaveGranted = wouldHaveGranted
  }
}

/// A demand that passed every gate. Only one of these, or a `StreamRuling`, opens a source of records.
///
/// It has no initialiser outside the module, and inside it only `Gates` calls the one it has. An object, because a run of
/// ten thousand demands hands its rulings from step to step, and nothing in one ever changes.
public final class GrantedRuling: Sendable {
  public let demand: Demand
  public let instrument: Instrument
  public let policyFile: String
  public let policyVersion: String
  public let policyDigest: [UInt8]
  /// In the order demanded.
  public let grantedCategories: [String]
  /// In the order demanded, with the code as a packet may show it.
  public let refusedCategories: [(category: String, reason: ReasonCode)]
  /// In the order demanded; nil is granted.
  public let subjects: [(subject: DemandedSubject, refusal: ReasonCode?)]
  /// Nil where every granted category names kinds without a time alone.
  public let period: Period?
  public let smallestCount: Int
  public let plan: ReleasePlan

  init(
    demand: Demand, policy: Policy, instrument: Instrument, categories: CategoryRuling,
    subjects: [(subject: DemandedSubject, refusal: ReasonCode?)], plan: ReleasePlan
  ) {
    self.demand = demand
    self.instrument = instrument
    policyFile = policy.file
    policyVersion = policy.version
    policyDigest = policy.digest
    grantedCategories = categories.granted
    refusedCategories = categories.refused
    self.subjects = subjects
    period = demand.period
    smallestCount = policy.smallestCount
    self.plan = plan
  }
}

/// What `minimize` may stream for a jurisdiction and instrument: not a disclosure, no demand, no packet. Made by
/// `Gates` alone.
public struct StreamRuling: Sendable {
  public let jurisdiction: String
  public let instrument: Instrument
  public let policyDigest: [UInt8]
  /// The name under which the stream's pseudonyms are keyed.
  public let name: String
  /// Nil: every party is `other` and every record with a category is in reach.
  public let subjects: [Identifier]?
  public let period: Period?
  public let plan: ReleasePlan
}

/// Why a demand, a category or a subject was refused. It is thrown where a refusal has no demand to hold
/// (`Gates.ruleStream`, `Explanation`).
public enum ReasonCode: String, CaseIterable, Sendable, Error {
  case valuesInvalid = "values-invalid"
  case jurisdictionUnknown = "jurisdiction-unknown"
  case policyNotInForce = "policy-not-in-force"
  case statusPausedReview = "status-paused-review"
  case statusPausedProduction = "status-paused-production"
  case statusTreatyOnly = "status-treaty-only"
  case statusDeclined = "status-declined"
  case instrumentUnknown = "instrument-unknown"
  case authorityMissing = "authority-missing"
  case officialMissing = "official-missing"
  case issuedInFuture = "issued-in-future"
  case subjectMissing = "subject-missing"
  case periodMissing = "period-missing"
  case periodTooLong = "period-too-long"
  case periodInFuture = "period-in-future"
  case documentMissing = "document-missing"
  case approvalMissing = "approval-missing"
  case approvalNotIndependent = "approval-not-independent"
  case categoryUnknown = "category-unknown"
  case categoryNotGranted = "category-not-granted"
  case categoryApprovalMissing = "category-approval-missing"
  case subjectClassUnknown = "subject-class-unknown"
  case nothingGranted = "nothing-granted"
  /// The instrument asks that records be kept: the demand met every condition, and nothing is produced under it.
  case preservationOnly = "preservation-only"

  /// Whether a packet may show the code; an internal one is written `refused`.
  public var isPublic: Bool {
    switch self {
    case .approvalMissing, .approvalNotIndependent, .categoryApprovalMissing: false
    default: true
    }
  }

  /// The code as a packet shows it.
  public var packetText: String { isPublic ? rawValue : "refused" }
}
