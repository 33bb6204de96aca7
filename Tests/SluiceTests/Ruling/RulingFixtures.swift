import Sluice

/// A catalog of three kinds, a policy and a demand that every gate lets pass, each changed a little by the tests.
/// All identifiers are of documentation ranges.
enum RulingFixtures {
  // MARK: Instants

  /// Midnight UTC, or a later time of that day. Days are counted here and not by Sluice's own parser.
  static func day(_ year: Int64, _ month: Int64, _ day: Int64, seconds: Int64 = 0) -> Instant {
    // Howard Hinnant, days_from_civil: March is the first month of a year, so February's end needs no case.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Instant(seconds: (era * 146_097 + dayOfEra - 719_468) * 86_400 + seconds)
  }

  static let received = day(2026, 10, 3, seconds: 9 * 3600)
  static let now = day(2026, 10, 5)
  static let september = Period(from: day(2026, 9, 1), until: day(2026, 10, 1))

  // MARK: Catalog

  static let message = 0
  static let account = 1
  static let location = 2

  static let catalog: Catalog = {
    let message = Kind(
      name: "message", conditions: [], timeField: 0, parties: [1, 2], mentions: [],
      fields: [
        field("sent_at", .timestamp(.rfc3339)), field("sender", .phone(region: nil), .party),
        field("recipients", .phone(region: nil), .party, isArray: true), field("client_ip", .ip, .of(1)),
        field("client_port", .port, .of(1)), field("type", .enumeration(["text", "image"])),
        field("size", .integer(unit: "bytes")), field("body", .content),
      ])
    let account = Kind(
      name: "account", conditions: [], timeField: nil, parties: [0], mentions: [],
      fields: [
        field("phone", .phone(region: nil), .party), field("name", .text(maximum: 100), .of(0)),
        field("service_start", .timestamp(.rfc3339)), field("token", .secret),
      ])
    let location = Kind(
      name: "location", conditions: [], timeField: 0, parties: [1], mentions: [],
      fields: [
        field("at", .timestamp(.rfc3339)), field("device", .device(Alphabet("0-9a-f")!), .party),
        field("position", .point, .of(1)),
      ])
    let kinds = [message, account, location]
    return Catalog(
      schemas: [Schema(name: "test", file: "schema.yaml", digest: [], kinds: kinds)], kinds: kinds)
  }()

  private static func field(
    _ name: String, _ type: FieldType, _ role: FieldRole = .record, isArray: Bool = false
  ) -> Field {
    Field(
      name: name, type: type, isArray: isArray, role: role, origin: .paths([SourcePath([name])]),
      definition: "")
  }

  // MARK: Policy

  static func rule(
    _ kind: Int, _ field: Int, _ subject: Action, _ other: Action? = nil, withholdsOnError: Bool = false,
    line: Int = 1
  ) -> FieldRule {
    FieldRule(
      kind: kind, field: field, subject: subject, other: other ?? subject,
      withholdsOnError: withholdsOnError, position: Position(file: "US.yaml", line: line, column: 5))
  }

  static let traffic = PolicyCategory(
    name: "traffic",
    rules: [
      rule(message, 0, .truncate(.second), line: 40), rule(message, 1, .keep, .pseudonymize, line: 41),
      rule(message, 2, .keep, .pseudonymize, line: 42), rule(message, 5, .keep, line: 43),
    ])
  static let activity = PolicyCategory(
    name: "activity",
    rules: [rule(message, 0, .truncate(.hour), line: 50), rule(message, 5, .withhold, line: 51)])
  static let subscriber = PolicyCategory(
    name: "subscriber",
    rules: [rule(account, 0, .keep, .withhold, line: 60), rule(account, 1, .keep, .withhold, line: 61)])
  static let place = PolicyCategory(
    name: "place",
    rules: [
      rule(location, 0, .truncate(.hour), line: 70),
      rule(location, 2, .grid(ExactDecimal(mantissa: 1, scale: 1)), .withhold, line: 71),
    ])

  static func grants(_ names: String..., approval: [String] = []) -> [Grant] {
    names.map { Grant(category: $0, requiresApproval: false) }
      + approval.map { Grant(category: $0, requiresApproval: true) }
  }

  static func instrument(
    _ name: String = "court-order", grants: [Grant] = grants("traffic", "subscriber", "place"),
    longestDays: Int64 = 366, approval: Bool = false, document: Bool = false, treaty: Bool = false,
    prospective: Bool = false
  ) -> Instrument {
    Instrument(
      name: name, title: "", cites: "section 1", grants: grants, longestPeriodSeconds: longestDays * 86_400,
      requiresApproval: approval, requiresDocument: document, isViaTreaty: treaty,
      isProspective: prospective, position: Position(file: "US.yaml", line: 10, column: 3))
  }

  static func status(
    _ state: StatusEntry.State, from: Instant = day(2000, 1, 1), exceptions: [String] = [],
    nextReview: Instant? = nil
  ) -> StatusEntry {
    StatusEntry(
      state: state, from: from, review: nil, owner: nil, nextReview: nextReview, exceptions: exceptions)
  }

  static func policy(
    _ jurisdictions: [String] = ["US"], file: String = "US.yaml",
    valid: Period = Period(from: day(2026, 1, 1), until: day(2027, 1, 1)),
    statuses: [StatusEntry] = [status(.active)], instruments: [Instrument] = [instrument()],
    categories: [PolicyCategory] = [traffic, activity, subscriber, place], bundles: [Bundle] = [],
    overrides: [Override] = [], tests: [PolicyTest] = []
  ) -> Policy {
    Policy(
      file: file, digest: [1, 2, 3], jurisdictions: jurisdictions, version: "2026-10-01", valid: valid,
      statuses: statuses, instruments: instruments, categories: categories, smallestCount: 5,
      bundles: bundles, overrides: overrides, tests: tests)
  }

  // MARK: Demand

  static let phone = identifier(.phone, "+12025550123")
  static let otherPhone = identifier(.phone, "+12025550199")
  static let device = identifier(.device, "0f3a")

  static func identifier(_ identifierClass: IdentifierClass, _ text: String) -> Identifier {
    Identifier(identifierClass, canonical: Array(text.utf8), text: text)
  }

  static func subject(_ identifier: Identifier, also: Identifier...) -> DemandedSubject {
    DemandedSubject(identifier: identifier, also: also)
  }

  static let fullAuthority = Authority(
    name: "Example Court", official: "Official A", title: "Judge", contact: "court.example", reference: "1/26"
  )

  static func demand(
    reference: String = "US-2026-000123", part: Int = 1, jurisdiction: String = "US",
    instrument: String = "court-order", authority: Authority = fullAuthority,
    issued: Instant = day(2026, 10, 2), received: Instant = received,
    subjects: [DemandedSubject] = [subject(phone)], period: Period? = september,
    categories: [String] = ["traffic"], document: [UInt8]? = nil, prepared: Signoff? = nil,
    approved: Signoff? = nil, invalidValues: [String] = []
  ) -> Demand {
    Demand(
      file: "demand.yaml", digest: [9], reference: reference, part: part, jurisdiction: jurisdiction,
      instrument: instrument, authority: authority, issued: issued, received: received, subjects: subjects,
      period: period, categories: categories, documentDigest: document, prepared: prepared,
      approved: approved, invalidValues: invalidValues)
  }

  static func signoff(_ name: String, at: Instant = day(2026, 10, 4)) -> Signoff {
    Signoff(by: name, at: at, decision: "yes")
  }

  // MARK: Rulings

  static func rule(_ demand: Demand, _ policies: [Policy] = [policy()], now: Instant = now) -> Ruling {
    Gates.rule(demand, policies: policies, catalog: catalog, now: now)
  }
}

extension Ruling {
  var granted: GrantedRuling? {
    if case .granted(let ruling) = self { ruling } else { nil }
  }

  var refusal: Refusal? {
    if case .refused(let refusal) = self { refusal } else { nil }
  }

  /// The code of a whole refusal, nil for a grant.
  var reason: ReasonCode? { refusal?.reason }
}
