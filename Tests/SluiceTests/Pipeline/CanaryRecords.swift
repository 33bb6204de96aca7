import Sluice

/// Records of every kind of the messenger schema in which each value that can be unique is: if one of them turns up where the
/// policy does not keep it, it came from exactly one field of one record.
struct CanaryRecords {
  /// A value, and the field it stands in.
  struct Canary {
    let kind: Int
    let field: Int
    /// The part that nothing else in the run holds.
    let text: String
    let record: Int
  }

  struct Record {
    let kind: Int
    /// For each party and mention its values, each with whose it is: nil is a canary, nobody's.
    var identifiers: [Int: [Identifier?]] = [:]
    let time: Instant
    var isReadable = true
  }

  private(set) var lines: [String] = []
  private(set) var records: [Record] = []
  private(set) var canaries: [Canary] = []
  private let catalog: Catalog
  private var serial = 0
  private var phoneCount = 0

  /// For each kind that a ruling's plan names: the subject in each party's place, nobody's record, one outside the
  /// period, one with a value that cannot be read; and lines that no packet can read at all.
  init(for ruling: GrantedRuling, catalog: Catalog) {
    self.catalog = catalog
    let inside = ruling.period?.from ?? RulingFixtures.day(2026, 9, 29)
    let outside = Instant(seconds: inside.seconds - 1, nanoseconds: 999_999_999)
    let own = ruling.subjects.filter { $0.refusal == nil }
      .flatMap { [$0.subject.identifier] + $0.subject.also }
    for kind in catalog.schemas.first(where: { $0.name == "messenger" })?.kinds ?? [] {
      guard let index = catalog.kindIndex(kind.name) else { continue }
      for party in kind.parties + kind.mentions {
        guard
          let subject = own.first(where: { $0.identifierClass == kind.fields[party].type.identifierClass })
        else { continue }
        add(index, subject: subject, in: party, at: inside)
        add(index, subject: subject, in: party, at: outside)
        for field in kind.fields.indices where Self.breaks(kind, field) {
          add(index, subject: subject, in: party, at: inside, broken: field)
        }
      }
      add(index, subject: nil, in: nil, at: inside)
    }
    addUnreadable()
  }

  private static func breaks(_ kind: Kind, _ field: Int) -> Bool {
    switch kind.fields[field].type {
    case .ip, .id, .email, .device, .point: true
    default: false
    }
  }

  private mutating func add(
    _ kind: Int, subject: Identifier?, in party: Int?, at time: Instant, broken: Int? = nil
  ) {
    var record = Record(kind: kind, time: time)
    var root = JSONTree.object([])
    for condition in catalog.kinds[kind].conditions {
      root.set(condition.path.keys, .raw("\"\(condition.value)\""))
    }
    for (index, field) in catalog.kinds[kind].fields.enumerated() {
      if field.role == .party || field.role == .mention {
        record.identifiers[index] = field.isArray && party == index ? [subject, nil] : [nil]
        if party == index { record.identifiers[index]?[0] = subject }
      }
      if case .point(let latitude, let longitude) = field.origin {
        let degrees = index == broken ? 91 : 51
        root.set(latitude.keys, .raw(note(kind, index, "\(degrees).\(number())")))
        root.set(longitude.keys, .raw(note(kind, index, "51.\(number())")))
        continue
      }
      guard case .paths(let paths) = field.origin else { continue }
      var text: String
      if index == broken {
        text = "\"\(note(kind, index, "no such value \(number())"))\""
      } else if let owners = record.identifiers[index] {
        let values = owners.map { owner in
          owner.map { "\"\($0.text)\"" } ?? value(kind, index, at: time)
        }
        text = field.isArray ? "[\(values.joined(separator: ","))]" : values[0]
      } else {
        text = value(kind, index, at: time)
      }
      if text.isEmpty { text = "null" }
      root.set(paths[0].keys, .raw(text))
    }
    record.isReadable = broken == nil
    let extra = number()
    canaries.append(Canary(kind: kind, field: -1, text: "unknown-\(extra)", record: records.count))
    root.set(["unknown_field"], .raw("\"unknown-\(extra)\""))
    canaries.append(Canary(kind: kind, field: -1, text: "name_\(extra)", record: records.count))
    root.set(["name_\(extra)"], .raw("true"))
    records.append(record)
    lines.append(root.text)
  }

  /// Lines that are unreadable or of no kind, each with a canary in every place where an error could show one.
  private mutating func addUnreadable() {
    let forms: [(String) -> String] = [
      { "{\"kind\":\"message\",\"sender\":\"\($0)\",\"sender\":\"\($0)\"}" },
      { "{\"kind\":\"message\",\"sender\":\"\($0)\"" },
      { "{\"kind\":\"\($0)\",\"sender\":\"\($0)\"}" },
      { "{\"kind\":\"message\",\"timestamp\":\"\($0)\",\"sender\":\"+12025550100\"}" },
      { "{\"kind\":\"message\",\"timestamp\":\"2026-09-29T00:00:00Z\",\"sender\":\"\($0)\"}" },
      { "{\"kind\":\"message\",\"message_size\":\($0)}" },
      { "\($0)" },
      { "{\"kind\":\"account\",\"\($0)\":{\"\($0)\":[\($0)]}}" },
    ]
    for form in forms {
      let text = "canary-\(number())"
      canaries.append(Canary(kind: -1, field: -1, text: text, record: records.count))
      records.append(Record(kind: -1, time: Instant(seconds: 0), isReadable: false))
      lines.append(form(text))
    }
  }

  // MARK: - Values

  /// Ten digits that no other canary has, the last of them no zero.
  private mutating func number() -> String {
    serial += 1
    let mixed = (UInt64(serial) &* 0x9E37_79B9_7F4A_7C15) >> 24 % 899_999_999 + 100_000_000
    return "\(mixed)7"
  }

  private mutating func note(_ kind: Int, _ field: Int, _ text: String) -> String {
    canaries.append(Canary(kind: kind, field: field, text: text, record: records.count))
    return text
  }

  /// A value of a field as JSON, noted as a canary where its type lets it be unique.
  private mutating func value(_ kind: Int, _ field: Int, at time: Instant) -> String {
    switch catalog.kinds[kind].fields[field].type {
    case .phone:
      phoneCount += 1
      precondition(phoneCount < 900, "the documentation range has no more numbers")
      return "\"+\(note(kind, field, "447700900\(99 + phoneCount)"))\""
    case .account, .device, .cell, .id: return "\"\(note(kind, field, "55\(number())"))\""
    case .email: return "\"\(note(kind, field, "mail-\(number())"))@example.com\""
    case .ip:
      serial += 1
      return "\"\(note(kind, field, "2001:db8:\(group(1)):\(group(2))::\(group(3))"))\""
    case .port: return note(kind, field, "\(20000 + canaries.count)")
    case .timestamp(.rfc3339):
      // The fraction is the canary; an instant that has one of its own keeps it.
      guard time.nanoseconds == 0 else { return "\"\(time.text)\"" }
      return "\"\(time.text.dropLast()).\(note(kind, field, "\(number().suffix(9))"))Z\""
    case .duration, .integer: return note(kind, field, number())
    case .decimal: return note(kind, field, "3.\(number())")
    case .boolean: return "true"
    case .enumeration(let values): return "\"\(values[0])\""
    case .text: return "\"\(note(kind, field, "Text \(number())"))\""
    case .content, .secret: return "\"\(note(kind, field, "never-\(number())"))\""
    case .timestamp, .point: preconditionFailure("the messenger schema has no such field")
    }
  }

  /// Four hexadecimal digits, the first of them no zero, so that RFC 5952 leaves the address as it is.
  private func group(_ place: Int) -> String {
    String(0x1000 + (serial &* 2_654_435 &+ place &* 40_503) % 0xEFFF, radix: 16)
  }
}

/// A JSON object that grows by path.
indirect enum JSONTree {
  case raw(String)
  case object([(key: String, value: JSONTree)])

  mutating func set(_ path: [String], _ value: JSONTree) {
    guard case .object(var members) = self, let first = path.first else {
      self = value
      return
    }
    let rest = Array(path.dropFirst())
    var child = members.first { $0.key == first }?.value ?? .object([])
    if rest.isEmpty { child = value } else { child.set(rest, value) }
    members.removeAll { $0.key == first }
    members.append((first, child))
    self = .object(members)
  }

  var text: String {
    switch self {
    case .raw(let text): text
    case .object(let members):
      "{" + members.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ",") + "}"
    }
  }
}
