/// One policy, checked against the baseline and the catalog.
///
/// A class, because each demand of a batch and each gate refers to it; nothing in it changes.
public final class Policy: Sendable {
  public let file: String
  /// SHA-256 of the document's bytes.
  public let digest: [UInt8]
  /// ISO 3166-1 codes, at least one.
  public let jurisdictions: [String]
  public let version: String
  /// Half-open, midnights UTC.
  public let valid: Period
  /// In order of time, never empty.
  public let statuses: [StatusEntry]
  public let instruments: [Instrument]
  public let categories: [PolicyCategory]
  /// Counts below it are merged in a packet.
  public let smallestCount: Int
  /// The policy's own and the baseline's.
  public let bundles: [Bundle]
  public let overrides: [Override]
  public let tests: [PolicyTest]

  package init(
    file: String, digest: [UInt8], jurisdictions: [String], version: String, valid: Period,
    statuses: [StatusEntry], instruments: [Instrument], categories: [PolicyCategory], smallestCount: Int,
    bundles: [Bundle], overrides: [Override], tests: [PolicyTest]
  ) {
    self.file = file
    self.digest = digest
    self.jurisdictions = jurisdictions
    self.version = version
    self.valid = valid
    self.statuses = statuses
    self.instruments = instruments
    self.categories = categories
    self.smallestCount = smallestCount
    self.bundles = bundles
    self.overrides = overrides
    self.tests = tests
  }

  /// The entry in force at an instant, or nil before the first.
  public func status(at instant: Instant) -> StatusEntry? { statuses.last { $0.from <= instant } }
}

/// A half-open span of time, `[from, until)`.
public struct Period: Hashable, Sendable {
  public let from: Instant
  public let until: Instant

  public init(from: Instant, until: Instant) {
    self.from = from
    self.until = until
  }

  public func contains(_ instant: Instant) -> Bool { from <= instant && instant < until }
}

/// What a provider does with a jurisdiction's demands from an instant on.
public struct StatusEntry: Sendable {
  public enum State: String, CaseIterable, Sendable {
    case active
    case pausedReview = "paused-review"
    case pausedProduction = "paused-production"
    case treatyOnly = "treaty-only"
    case declined

    /// Strongest first: of the states of several policies that serve a jurisdiction this one holds.
    package static let strongestFirst: [State] = [
      .declined, .treatyOnly, .pausedReview, .pausedProduction, .active,
    ]

    /// The strongest of some states; nil where there is none.
    package static func strongest(of states: [State]) -> State? {
      strongestFirst.first(where: states.contains)
    }
  }

  public let state: State
  public let from: Instant
  /// The reference, owner and next date of the review; nil for states that need none.
  public let review: String?
  public let owner: String?
  public let nextReview: Instant?
  /// Instruments that pass in spite of the state.
  public let exceptions: [String]

  package init(
    state: State, from: Instant, review: String?, owner: String?, nextReview: Instant?, exceptions: [String]
  ) {
    self.state = state
    self.from = from
    self.review = review
    self.owner = owner
    self.nextReview = nextReview
    self.exceptions = exceptions
  }
}

/// One instrument of a policy: its citation, what it grants and under which conditions.
public struct Instrument: Sendable {
  public let name: String
  /// A longer title, empty where the policy gives none.
  public let title: String
  public let cites: String
  public let grants: [Grant]
  public let longestPeriodSeconds: Int64
  public let requiresApproval: Bool
  public let requiresDocument: Bool
  public let isViaTreaty: Bool
  public let isProspective: Bool
  /// What it counts as in a transparency report.
  public let instrumentClass: InstrumentClass
  /// The width of the bands that its counts are published in, nil for exact counts.
  public let reportBand: Int?
  public let position: Position

  package init(
    name: String, title: String, cites: String, grants: [Grant], longestPeriodSeconds: Int64,
    requiresApproval: Bool, requiresDocument: Bool, isViaTreaty: Bool, isProspective: Bool,
    instrumentClass: InstrumentClass = .legalProcess, reportBand: Int? = nil, position: Position
  ) {
    self.name = name
    self.title = title
    self.cites = cites
    self.grants = grants
    self.longestPeriodSeconds = longestPeriodSeconds
    self.requiresApproval = requiresApproval
    self.requiresDocument = requiresDocument
    self.isViaTreaty = isViaTreaty
    self.isProspective = isProspective
    self.instrumentClass = instrumentClass
    self.reportBand = reportBand
    self.position = position
  }
}

/// What an instrument counts as in a transparency report; the classes are published apart and never added up.
public enum InstrumentClass: String, CaseIterable, Sendable {
  /// Orders, warrants, subpoenas and their like, served directly.
  case legalProcess = "legal-process"
  /// Served without process, for danger to life.
  case emergency
  /// Asks that records be kept, and produces none.
  case preservation
  /// Came by mutual legal assistance.
  case treaty
  /// No policy in force names the instrument.
  case unknown
}

/// A category that an instrument grants.
public struct Grant: Hashable, Sendable {
  public let category: String
  public let requiresApproval: Bool

  package init(category: String, requiresApproval: Bool) {
    self.category = category
    self.requiresApproval = requiresApproval
  }
}

/// A data category as the jurisdiction's law names it, and what the policy does with its fields.
public struct PolicyCategory: Sendable {
  public let name: String
  public let rules: [FieldRule]

  package init(name: String, rules: [FieldRule]) {
    self.name = name
    self.rules = rules
  }
}

/// What a policy does with one field.
public struct FieldRule: Sendable {
  /// Index into the catalog's kinds.
  public let kind: Int
  /// Index into that kind's fields.
  public let field: Int
  /// For a field without roles both are the one action.
  public let subject: Action
  public let other: Action
  /// A value that cannot be read withholds the field instead of rejecting the record.
  public let withholdsOnError: Bool
  public let position: Position

  package init(
    kind: Int, field: Int, subject: Action, other: Action, withholdsOnError: Bool, position: Position
  ) {
    self.kind = kind
    self.field = field
    self.subject = subject
    self.other = other
    self.withholdsOnError = withholdsOnError
    self.position = position
  }
}

/// Fields of one kind that leave together or not at all.
public struct Bundle: Hashable, Sendable {
  /// Bundles of one kind in one policy; the record path has a bit for each.
  package static let countMax = 64

  /// Index into the catalog's kinds.
  public let kind: Int
  /// Indices into that kind's fields.
  public let fields: [Int]
  /// Fields that must leave at least this finely; nil means kept.
  public let companions: [Companion]
  /// Whether the baseline holds it for every policy.
  public let isBaseline: Bool

  public struct Companion: Hashable, Sendable {
    public let field: Int
    public let coarsest: Granularity?

    package init(field: Int, coarsest: Granularity?) {
      self.field = field
      self.coarsest = coarsest
    }
  }

  package init(kind: Int, fields: [Int], companions: [Companion], isBaseline: Bool) {
    self.kind = kind
    self.fields = fields
    self.companions = companions
    self.isBaseline = isBaseline
  }
}

/// An approved widening beyond the baseline, for one field, one role and one action, until a day.
public struct Override: Sendable {
  public enum Role: String, Sendable { case subject, other, record }

  public let kind: Int
  public let field: Int
  public let role: Role
  public let action: Action
  public let reason: String
  public let approvedBy: String
  public let until: Instant
  public let position: Position

  package init(
    kind: Int, field: Int, role: Role, action: Action, reason: String, approvedBy: String, until: Instant,
    position: Position
  ) {
    self.kind = kind
    self.field = field
    self.role = role
    self.action = action
    self.reason = reason
    self.approvedBy = approvedBy
    self.until = until
    self.position = position
  }
}

/// An expectation that a policy states about itself, run by `sluice check`.
public struct PolicyTest: Sendable {
  public let position: Position
  public let instrument: String
  public let categories: [String]
  public let periodDays: Int
  public let isApproved: Bool
  public let hasDocument: Bool
  /// Nil: the start of the policy's validity.
  public let received: Instant?
  public let now: Instant?
  public let expectations: [Expectation]

  public enum Expectation: Sendable {
    case refused(code: String)
    case granted(categories: [String])
    case refuses(category: String, code: String)
    case releases(kind: Int, field: Int, subject: Action, other: Action)
    case withholds(kind: Int, field: Int)
  }

  package init(
    position: Position, instrument: String, categories: [String], periodDays: Int, isApproved: Bool,
    hasDocument: Bool, received: Instant?, now: Instant?, expectations: [Expectation]
  ) {
    self.position = position
    self.instrument = instrument
    self.categories = categories
    self.periodDays = periodDays
    self.isApproved = isApproved
    self.hasDocument = hasDocument
    self.received = received
    self.now = now
    self.expectations = expectations
  }
}
