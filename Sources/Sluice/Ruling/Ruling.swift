/// What the gates decided for a demand.
public enum Ruling: Sendable {
  /// Granted as a whole or in part: the ruling holds which categories and subjects are refused.
  case granted(GrantedRuling)
  /// Indirect, because most demands are granted, and ten thousand rulings would each have the room of a refusal.
  indirect case refused(Refusal)

  /// The demand that was ruled on.
  public var demand: Demand {
    switch self {
    case .granted(let ruling): ruling.demand
    case .refused(let refusal): refusal.demand
    }
  }
}

extension [Ruling] {
  /// Those that were granted, in their order.
  package var granted: [GrantedRuling] {
    compactMap { if case .granted(let ruling) = $0 { ruling } else { nil } }
  }
}

/// A refusal of a whole demand: no record is read for it and no packet is made.
public struct Refusal: Sendable {
  /// The demand that was refused.
  public let demand: Demand
  /// The full code of the first gate that did not pass, or of why no category or no subject was granted; while
  /// production is paused, that of the pause.
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
  /// The demand that is answered.
  public let demand: Demand
  /// The one instrument in force that the demand names.
  public let instrument: Instrument
  /// The file name of the instrument's policy, as given.
  public let policyFile: String
  /// That policy's version, as it says it.
  public let policyVersion: String
  /// SHA-256 of that policy's bytes.
  public let policyDigest: [UInt8]
  /// In the order demanded.
  public let grantedCategories: [String]
  /// In the order demanded, each with its full code; a packet shows `ReasonCode.packetText`.
  public let refusedCategories: [(category: String, reason: ReasonCode)]
  /// In the order demanded; nil is granted.
  public let subjects: [(subject: DemandedSubject, refusal: ReasonCode?)]
  /// Half-open. Nil only where every granted category names kinds without a time alone.
  public let period: Period?
  /// Counts below it are merged in the packet; at least 1.
  public let smallestCount: Int
  /// What may leave: what the granted categories let out.
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
  /// The state whose policy rules the stream, an ISO 3166-1 code. It keys the pseudonyms too.
  public let jurisdiction: String
  /// The one instrument in force of that name.
  public let instrument: Instrument
  /// SHA-256 of the bytes of the instrument's policy.
  public let policyDigest: [UInt8]
  /// The name under which the stream's pseudonyms are keyed.
  public let name: String
  /// Nil: every party is `other` and every record with a category is in reach.
  public let subjects: [Identifier]?
  /// The instants in reach, half-open; nil: every instant.
  public let period: Period?
  /// What may leave: what the instrument grants without an approval.
  public let plan: ReleasePlan
}

/// Why a demand, a category or a subject was refused. It is thrown where a refusal has no demand to hold
/// (`Gates.ruleStream`, `Explanation`).
public enum ReasonCode: String, CaseIterable, Sendable, Error {
  /// A subject is no canonical identifier, the period holds no instant, or the receipt lies after production.
  case valuesInvalid = "values-invalid"
  case jurisdictionUnknown = "jurisdiction-unknown"
  /// Policies serve the state, and the validity of none covers production.
  case policyNotInForce = "policy-not-in-force"
  case statusPausedReview = "status-paused-review"
  case statusPausedProduction = "status-paused-production"
  case statusTreatyOnly = "status-treaty-only"
  case statusDeclined = "status-declined"
  case instrumentUnknown = "instrument-unknown"
  case authorityMissing = "authority-missing"
  case officialMissing = "official-missing"
  /// The day on the instrument had begun nowhere on earth when the demand was received.
  case issuedInFuture = "issued-in-future"
  case subjectMissing = "subject-missing"
  /// Of a category: it has a kind with a time, and the demand no period.
  case periodMissing = "period-missing"
  case periodTooLong = "period-too-long"
  /// The period ends after the receipt, and the instrument is not prospective.
  case periodInFuture = "period-in-future"
  case documentMissing = "document-missing"
  /// Nobody approved, or not between the preparation and production.
  case approvalMissing = "approval-missing"
  /// Who approved also prepared, or nobody is said to have prepared.
  case approvalNotIndependent = "approval-not-independent"
  /// The policy of the instrument declares no category of that name.
  case categoryUnknown = "category-unknown"
  case categoryNotGranted = "category-not-granted"
  /// The grant needs an approval, and the demand has none that counts.
  case categoryApprovalMissing = "category-approval-missing"
  /// No identifier of the subject is of a class that a party of the granted kinds has.
  case subjectClassUnknown = "subject-class-unknown"
  /// No category is left: the demand names none, or a stream's instrument grants none without an approval.
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
