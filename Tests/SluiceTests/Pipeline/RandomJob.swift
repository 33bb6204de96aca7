import Sluice

/// A schema, a policy and records drawn at random, and beside them what must become of each record, worked out without
/// the pipeline.
///
/// Kinds have one or two parties that are phones, a time or none, and fields of every type; rules name some of the fields;
/// records hold good values, bad ones and none.
struct RandomJob {
  struct Field {
    let name: String
    let type: String
    let isOwned: Bool
    let good: [String]
    let bad: [String]
    let actions: [String]
  }

  /// What must become of a record in the one packet of the job, as far as its parties, time and kind tell.
  enum Fate: Equatable { case unreadable, unknownKind, outOfReach, reached }

  private static let fields: [Field] = [
    Field(
      name: "ip", type: "ip", isOwned: true, good: [#""203.0.113.9""#, #""2001:db8::1""#],
      bad: [#""203.0.113""#, "7", #""""#],
      actions: ["keep", "pseudonymize", "{ prefix: { v4: 24, v6: 48 } }", "redact"]),
    Field(
      name: "port", type: "port", isOwned: true, good: ["443", "65535"], bad: ["65536", "-1", #""x""#],
      actions: ["keep", "{ bucket: [1024, 49152] }"]),
    Field(
      name: "mail", type: "email", isOwned: true, good: [#""ann@example.com""#], bad: [#""ann""#, "[]"],
      actions: ["keep", "pseudonymize", "{ mask: 4 }"]),
    Field(
      name: "size", type: "{ integer: bytes }", isOwned: false, good: ["0", "-12", "199"],
      bad: ["1.5", "9223372036854775808", #""x""#], actions: ["keep", "{ bucket: 100 }", "redact"]),
    Field(
      name: "ratio", type: "decimal", isOwned: false, good: ["1.50", "-0.0"], bad: ["1e3", "true"],
      actions: ["keep"]),
    Field(
      name: "open", type: "boolean", isOwned: false, good: ["true", "false"], bad: [#""yes""#, "1"],
      actions: ["keep", #"{ map: { "true": "open" } }"#]),
    Field(
      name: "sort", type: "{ enum: [text, image] }", isOwned: false, good: [#""text""#, #""image""#],
      bad: [#""Text""#, "{}"], actions: ["keep", "{ map: { text: words } }"]),
    Field(
      name: "seen", type: "timestamp", isOwned: false, good: [#""2026-09-10T12:00:00Z""#],
      bad: [#""2026-09-31T00:00:00Z""#],
      actions: ["{ truncate: second }", "{ truncate: week }", "keep"]),
    Field(
      name: "note", type: "{ text: 20, of: PARTY }", isOwned: true, good: [#""quiet""#, #""""#],
      bad: [#""=1""#, #""a\u0007""#], actions: ["keep", "redact"]),
    Field(name: "body", type: "content", isOwned: false, good: [#""secret""#], bad: ["{}"], actions: []),
  ]

  struct Kind {
    let name: String
    let parties: [String]
    let hasTime: Bool
    let fields: [Field]
  }

  let kinds: [Kind]
  let rules: [String]
  /// Kinds that a rule names: only of those is a time or a party ever looked at.
  let named: Set<String>

  init(using numbers: inout SeededNumbers) {
    kinds = (0..<Int.random(in: 1...3, using: &numbers)).map { index in
      Kind(
        name: "kind\("abc".map(String.init)[index])",
        parties: Bool.random(using: &numbers) ? ["who"] : ["who", "with"],
        hasTime: Int.random(in: 0..<4, using: &numbers) > 0,
        fields: Self.fields.shuffled(using: &numbers)
          .prefix(Int.random(in: 1...Self.fields.count, using: &numbers)).map { $0 })
    }
    var rules: [String] = []
    for kind in kinds {
      for party in kind.parties where Int.random(in: 0..<3, using: &numbers) > 0 {
        let actions = ["keep", "pseudonymize", "country", "{ mask: 3 }", "redact", "withhold"]
        rules.append(
          "\(kind.name).\(party): { subject: \(actions.randomElement(using: &numbers)!), "
            + "other: \(["pseudonymize", "withhold", "country"].randomElement(using: &numbers)!) }")
      }
      if kind.hasTime, Bool.random(using: &numbers) {
        rules.append(
          "\(kind.name).at: { truncate: \(["second", "hour", "month"].randomElement(using: &numbers)!) }")
      }
      for field in kind.fields {
        guard let action = field.actions.randomElement(using: &numbers), Bool.random(using: &numbers) else {
          continue
        }
        let onError = Int.random(in: 0..<4, using: &numbers) == 0
        if field.isOwned {
          rules.append("\(kind.name).\(field.name): { subject: \(action), other: withhold }")
        } else if onError {
          let member = action.hasPrefix("{") ? String(action.dropFirst().dropLast()) : " action: \(action) "
          rules.append("\(kind.name).\(field.name): {\(member), on-error: withhold }")
        } else {
          rules.append("\(kind.name).\(field.name): \(action)")
        }
      }
    }
    if rules.isEmpty { rules = ["kinda.who: { subject: keep, other: withhold }"] }
    self.rules = rules
    named = Set(rules.map { String($0.prefix { $0 != "." }) })
  }

  /// The body of `kinds:` in the schema.
  var schema: String {
    kinds.map { kind in
      var lines = [
        "  \(kind.name):", "    when: { kind: \(kind.name) }", "    time: \(kind.hasTime ? "at" : "none")",
        "    parties: [\(kind.parties.joined(separator: ", "))]", "    fields:",
      ]
      if kind.hasTime { lines.append("      at: timestamp") }
      lines += kind.parties.map { "      \($0): phone" }
      lines += kind.fields.map { field in
        guard field.isOwned else { return "      \(field.name): \(field.type)" }
        return field.type.contains("PARTY")
          ? "      \(field.name): \(field.type.replacing("PARTY", with: "who"))"
          : "      \(field.name): { type: \(field.type), of: who }"
      }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static let times: [(text: String, isReadable: Bool, isInPeriod: Bool)] = [
    (#""2026-09-01T00:00:00Z""#, true, true), (#""2026-09-30T23:59:59.999Z""#, true, true),
    (#""2026-10-01T01:00:00+02:00""#, true, true), (#""2026-10-01T00:00:00Z""#, true, false),
    (#""2026-08-31T23:59:59Z""#, true, false), (#""2026-09-31T00:00:00Z""#, false, false),
    ("null", false, false),
  ]

  private static let phones: [(text: String, isSubject: Bool, isReadable: Bool, isAbsent: Bool)] = [
    (#""+12025550100""#, true, true, false), (#""+12025550100""#, true, true, false),
    (#""+447700900123""#, false, true, false), (#""+447700900124""#, false, true, false),
    (#""+44""#, false, false, false), ("null", false, true, true),
  ]

  /// A record and its fate.
  func record(using numbers: inout SeededNumbers) -> (line: String, kind: String?, fate: Fate) {
    switch Int.random(in: 0..<24, using: &numbers) {
    case 0: return (#"{"kind":"kinda","who":"#, nil, .unreadable)
    case 1: return (#"{"kind":"other","who":"+12025550100"}"#, nil, .unknownKind)
    case 2: return (#"{"who":"+12025550100"}"#, nil, .unreadable)
    default: break
    }
    let kind = kinds.randomElement(using: &numbers)!
    var members = ["\"kind\":\"\(kind.name)\""]
    let parties = kind.parties.map { _ in Self.phones.randomElement(using: &numbers)! }
    members += zip(kind.parties, parties).map { "\"\($0)\":\($1.text)" }
    let usual = Int.random(in: 0..<3, using: &numbers) > 0
    let time =
      usual ? Self.times[Int.random(in: 0...2, using: &numbers)] : Self.times.randomElement(using: &numbers)!
    if kind.hasTime { members.append("\"at\":\(time.text)") }
    for field in kind.fields where Int.random(in: 0..<4, using: &numbers) > 0 {
      let isGood = Int.random(in: 0..<10, using: &numbers) > 0
      members.append("\"\(field.name)\":\((isGood ? field.good : field.bad).randomElement(using: &numbers)!)")
    }
    let fate = fate(
      kind, parties.map { ($0.isSubject, $0.isReadable, $0.isAbsent) }, time.isReadable, time.isInPeriod)
    return ("{" + members.shuffled(using: &numbers).joined(separator: ",") + "}", kind.name, fate)
  }

  /// Design, section 3.4: nothing of a kind that no rule names is looked at; a time that cannot be read, or no party at
  /// all, makes a record unreadable, and so does an unreadable party of a record in the period that no other one puts in
  /// reach.
  private func fate(
    _ kind: Kind, _ parties: [(isSubject: Bool, isReadable: Bool, isAbsent: Bool)], _ hasReadableTime: Bool,
    _ isInPeriod: Bool
  ) -> Fate {
    guard named.contains(kind.name) else { return .outOfReach }
    if kind.hasTime, !hasReadableTime { return .unreadable }
    if parties.allSatisfy(\.isAbsent) { return .unreadable }
    if kind.hasTime, !isInPeriod { return .outOfReach }
    if parties.contains(where: \.isSubject) { return .reached }
    return parties.allSatisfy(\.isReadable) ? .outOfReach : .unreadable
  }
}
