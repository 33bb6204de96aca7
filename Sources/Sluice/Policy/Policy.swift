/// One policy, checked against the baseline and the catalog.
///
/// A class, because each demand of a batch and each gate refers to it; nothing in it changes.
public final class Policy: Sendable {
  /// The document's file name as given.
  public let file: String
  /// SHA-256 of the document's bytes.
  public let digest: [UInt8]
  /// ISO 3166-1 codes, at least one.
  public let jurisdictions: [String]
  /// As the document says it: one line of text, not compared with anything.
  public let version: String
  /// Half-open, midnights UTC.
  public let valid: Period
  /// In order of time, never empty.
  public let statuses: [StatusEntry]
  /// In the order of the document, each name once; empty where the policy states a status alone.
  public let instruments: [Instrument]
  /// In the order of the document, each name once; without one, nothing leaves.
  public let categories: [PolicyCategory]
  /// Counts below it are merged in a packet.
  public let smallestCount: Int
  /// The policy's own and the baseline's.
  public let bundles: [Bundle]
  /// All that the document holds, expired ones too; those widen nothing.
  public let overrides: [Override]
  /// In the order of the document; `PolicyCheck` runs them, no ruling does.
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
  /// The first instant in it.
  public let from: Instant
  /// The first instant after it.
  public let until: Instant

  /// The span between two instants. They are not compared: one that ends where it begins, or before, holds no
  /// instant.
  public init(from: Instant, until: Instant) {
    self.from = from
    self.until = until
  }

  /// Whether an instant lies in the span, to the nanosecond: `from` does, `until` does not.
  public func contains(_ instant: Instant) -> Bool { from <= instant && instant < until }
}

/// What a provider does with a jurisdiction's demands from an instant on.
public struct StatusEntry: Sendable {
  /// How far a jurisdiction's demands come.
  public enum State: String, CaseIterable, Sendable {
    /// Reviewed and answered.
    case active
    /// Received and not even reviewed.
    case pausedReview = "paused-review"
    /// Reviewed, and nothing is produced.
    case pausedProduction = "paused-production"
    /// Answered where the instrument comes by treaty.
    case treatyOnly = "treaty-only"
    /// Not answered.
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

  /// The state that holds from then on.
  public let state: State
  /// The first instant at which the state holds; it holds until the next entry begins.
  public let from: Instant
  /// The reference of the review that the state waits for; a pause has one, nil where the document names none.
  public let review: String?
  /// Who owns the review, as the document says it; a pause has one.
  public let owner: String?
  /// The day by which it is reviewed again, as midnight UTC; a pause has one. Once that day is past `check` warns,
  /// and the state holds.
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
  /// `[a-z][a-z0-9-]*`, at most 40 characters; what a demand names.
  public let name: String
  /// A longer title, empty where the policy gives none.
  public let title: String
  /// The law that it rests on, as packets cite it.
  public let cites: String
  /// In the order of the document, each category once; without one, every demand under it is refused.
  public let grants: [Grant]
  /// The longest period of a demand, in seconds; one exactly as long passes. At most the baseline's.
  public let longestPeriodSeconds: Int64
  /// Whether a second person must have approved the demand, after it was prepared and not after production.
  public let requiresApproval: Bool
  /// Whether the demand must name the instrument's own document.
  public let requiresDocument: Bool
  /// Whether it comes by treaty, and so passes where a jurisdiction's state is `treaty-only`.
  public let isViaTreaty: Bool
  /// Whether a period may end after the demand was received. Without it, the period ends then at the latest.
  public let isProspective: Bool
  /// What it counts as in a transparency report.
  public let instrumentClass: InstrumentClass
  /// The width of the bands that its counts are published in, nil for exact counts.
  public let reportBand: Int?
  /// Where its name stands in the policy.
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
  /// The name of a category that the same policy declares.
  public let category: String
  /// Whether the category is granted to an approved demand alone, whatever the instrument itself asks.
  public let requiresApproval: Bool

  package init(category: String, requiresApproval: Bool) {
    self.category = category
    self.requiresApproval = requiresApproval
  }
}

/// A data category as the jurisdiction's law names it, and what the policy does with its fields.
public struct PolicyCategory: Sendable {
  /// `[a-z][a-z0-9-]*`, at most 40 characters; what a demand and a grant name.
  public let name: String
  /// In the order of the document, each field once; without one, nothing leaves.
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
  /// The action for everyone who is no subject. Withheld where a policy writes the subject's alone.
  public let other: Action
  /// A value that cannot be read withholds the field instead of rejecting the record.
  public let withholdsOnError: Bool
  /// Where the field's name stands in the document.
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

  /// A field that must leave with those of a bundle, and how finely.
  public struct Companion: Hashable, Sendable {
    /// Index into the fields of the bundle's kind.
    public let field: Int
    /// How coarse an instant may leave; a finer one, or one that is kept, will do. Nil where it must be kept.
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
  /// The role that an override widens; `record` is that of a field without roles.
  public enum Role: String, Sendable { case subject, other, record }

  /// Index into the catalog's kinds.
  public let kind: Int
  /// Index into that kind's fields.
  public let field: Int
  /// The role that it widens, and no other.
  public let role: Role
  /// The very action that it allows; one between it and the baseline's needs an override of its own.
  public let action: Action
  /// Why, as the document says it.
  public let reason: String
  /// Who approved it, as the document says it.
  public let approvedBy: String
  /// Midnight UTC of its day: the first instant at which it no longer counts.
  public let until: Instant
  /// Where it stands in the document.
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
  /// Where the test stands in the document.
  public let position: Position
  /// As the test says it; it need not be one of the policy's.
  public let instrument: String
  /// As the test says it, in its order; they need not be the policy's.
  public let categories: [String]
  /// The length of the demand's period, in days of 86,400 seconds: 1 to 36,600, and 1 where the test does not say.
  /// It ends at receipt.
  public let periodDays: Int
  /// Whether a second person approved; so where the test does not say.
  public let isApproved: Bool
  /// Whether the demand names a document; so where the test does not say.
  public let hasDocument: Bool
  /// Nil: the start of the policy's validity.
  public let received: Instant?
  /// The instant of production; nil: that of receipt.
  public let now: Instant?
  /// All must hold for the test to pass.
  public let expectations: [Expectation]

  /// What a test says of the ruling.
  public enum Expectation: Sendable {
    /// The whole demand is refused with this code.
    case refused(code: String)
    /// The demand is granted, with these categories and no others, in whatever order.
    case granted(categories: [String])
    /// The category is refused with this code, in a demand that is granted or refused.
    case refuses(category: String, code: String)
    /// The demand is granted, and its plan has exactly these actions for the field; both are one for a field
    /// without roles.
    case releases(kind: Int, field: Int, subject: Action, other: Action)
    /// The field leaves for no role. A demand that is refused withholds every field.
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
