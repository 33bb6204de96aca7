import Foundation
import Sluice
import SluiceCrypto

/// Demands, schemas, policies and lists of sources. What may be said of them is the names of their keys, kinds, fields,
/// categories and instruments; every other value is a canary.
extension Provocation {
  // MARK: - Demands

  static let demandText = """
    sluice: demand/1
    reference: ZQ-1
    jurisdiction: US
    instrument: court-order
    authority: { name: "\(Canary.word)", official: "\(Canary.word)", title: "\(Canary.word)", contact: "\(Canary.word)", reference: "\(Canary.word)" }
    issued: 2026-10-02
    received: 2026-10-03T11:00:00Z
    subjects: [ { phone: "\(Canary.phone)", also: [ { account: a-\(Canary.word) } ] } ]
    period: { from: 2026-09-01T00:00:00Z, until: 2026-10-01T00:00:00Z }
    categories: [traffic]
    document: \(Canary.word).pdf
    prepared: { by: "\(Canary.word)", at: 2026-10-04T08:00:00Z }

    """

  private static let subjects =
    "[ { phone: \"\(Canary.phone)\", also: [ { account: a-\(Canary.word) } ] } ]"

  /// A demand in which a part is replaced.
  private static func demand(
    _ code: String, _ part: String, _ replacement: String, isThere: Bool = true
  ) -> Provocation {
    problems(code) { problems in
      precondition(demandText.contains(part), "\(part)")
      let text = demandText.replacingOccurrences(of: part, with: replacement)
      _ = DemandDocument.read(
        Array(text.utf8), file: "demand.yaml", problems: &problems,
        documentDigest: { _ in isThere ? [1] : nil })
    }
  }

  /// A demand with something after it.
  private static func demand(_ code: String, adding more: String) -> Provocation {
    demand(code, demandText, demandText + more)
  }

  static let demands: [Provocation] = [
    demand("unknown-key", adding: "extra: \(Canary.word)\n"),
    demand("duplicate-key", adding: "jurisdiction: \(Canary.word)\n"),
    demand("missing-key", "issued: 2026-10-02\n", ""),
    demand("wrong-value", "2026-10-02", Canary.word),
    demand("wrong-value", subjects, "[ { phone: [ \"\(Canary.phone)\" ] } ]"),
    demand("wrong-value", "2026-09-01T00:00:00Z", Canary.word),
    demand("wrong-value", "reference: ZQ-1", "reference: \(Canary.word)"),
    demand("wrong-value", "[traffic]", "[\"\(Canary.word) \(Canary.word)\"]"),
    demand("wrong-format", "demand/1", Canary.word),
    demand("yaml-syntax", adding: "extra: [\(Canary.word)\n"),
    demand("yaml-syntax", adding: "extra: \"\(Canary.word)\n"),
    demand("yaml-alias", adding: "extra: *\(Canary.word)\n"),
    demand("yaml-tag", adding: "extra: !\(Canary.word) 1\n"),
    demand("yaml-merge", adding: "<<: { extra: \(Canary.word) }\n"),
    demand("key-not-text", adding: "? [\(Canary.word)]\n: 1\n"),
    demand("document-empty", demandText, "# \(Canary.word)\n"),
    demand("document-count", adding: "---\nextra: \(Canary.word)\n"),
    demand("document-character", "official: \"", "official: \"\u{202E}"),
    demand("document-encoding", demandText, "\u{FEFF}" + demandText),
    demand("document-too-long", adding: "# " + String(repeating: Canary.word, count: 110_000)),
    demand(
      "document-too-deep",
      adding:
        "extra: \(String(repeating: "[", count: 200))\(Canary.word)\(String(repeating: "]", count: 200))\n"),
    demand("document-too-large", adding: "extra: [" + String(repeating: "1,", count: 200_001) + "]\n"),
    demand("document-unreadable", "document: ", "document: ", isThere: false),
    problems("document-holds-nothing", isWarning: true) { problems in
      _ = DemandDocument.read(
        Array(demandText.utf8), file: "demand.yaml", problems: &problems,
        documentDigest: { _ in SHA256.hash([]) })
    },
    demand("identifier-not-one", subjects, "[ { phone: \"\(Canary.phone)\", account: \(Canary.word) } ]"),
    demand("subject-duplicate", subjects, "[ { account: \(Canary.word) }, { account: \(Canary.word) } ]"),
    demand("also-empty", "[ { account: a-\(Canary.word) } ]", "[]"),
    demand("category-duplicate", "[traffic]", "[traffic, traffic]"),
    demand("categories-missing", "[traffic]", "[]"),
    problems("reference-duplicate") { problems in
      let demands = (1...2).compactMap {
        DemandDocument.read(
          Array(demandText.utf8), file: "demand-\($0).yaml", problems: &problems, documentDigest: { _ in [1] }
        )
      }
      for problem in DemandBatch.problems(demands) { problems.add(problem) }
    },
  ]

  // MARK: - Schemas

  static let schemaText = """
    sluice: schema/1
    name: sample
    kinds:
      message:
        when: { kind: message }
        time: sent_at
        parties: [sender, recipients]
        mentions: [added]
        fields:
          sent_at: timestamp
          sender: phone
          recipients: { array: phone }
          added: phone
          client_ip: { type: ip, of: sender }
          client_port: { type: port, of: sender }
          position: { point: [lat, lon], of: sender }
          message_id: { id: message, alphabet: "0-9a-f", of: record }
          type: { enum: [\(Canary.word), image, audio], definition: "\(Canary.word)" }
          size: { integer: bytes }
          length: { duration: milliseconds }
          nick: { text: 40, of: sender }
          body: content
          token: secret
      account:
        when: { kind: account }
        time: none
        parties: [phone]
        fields:
          phone: phone
          opened_at: { timestamp: epoch-ms }
          closed: { type: boolean, definition: "\(Canary.word)" }

    """
  private static let closed = "closed: { type: boolean, definition: \"\(Canary.word)\" }"

  private static func readSchema(_ text: String, _ problems: inout ProblemList) -> Schema? {
    SchemaDocument.read(Array(text.utf8), file: "schema.yaml", problems: &problems)
  }

  private static func schema(_ code: String, _ part: String, _ replacement: String) -> Provocation {
    problems(code) { problems in
      precondition(schemaText.contains(part), "\(part)")
      _ = readSchema(schemaText.replacingOccurrences(of: part, with: replacement), &problems)
    }
  }

  static let schemas: [Provocation] = [
    schema("wrong-format", "schema/1", Canary.word),
    schema("wrong-value", "{ duration: milliseconds }", "{ duration: \(Canary.word) }"),
    schema("wrong-value", "{ integer: bytes }", "{ integer: \"10 \(Canary.word)\" }"),
    schema("region-unknown", "name: sample", "name: sample\nregion: \(Canary.word)"),
    schema("when-missing", "    when: { kind: account }\n", ""),
    schema("when-duplicate", "when: { kind: account }", "when: { kind: message }"),
    schema("when-empty", "when: { kind: account }", "when: {}"),
    schema("path-invalid", "when: { kind: account }", "when: { a..\(Canary.word): account }"),
    schema("kind-name", "  account:", "  \(Canary.word.uppercased()):"),
    schema("field-name", "      closed:", "      a.\(Canary.word):"),
    schema("time-unknown", "time: sent_at", "time: \(Canary.word)"),
    schema("time-type", "time: sent_at", "time: size"),
    schema("time-role", "sent_at: timestamp", "sent_at: { type: timestamp, of: sender }"),
    schema("parties-missing", "parties: [phone]", "parties: []"),
    schema("party-unknown", "parties: [phone]", "parties: [\(Canary.word)]"),
    schema("party-duplicate", "parties: [phone]", "parties: [phone, phone]"),
    schema("party-type", "parties: [phone]", "parties: [phone, closed]"),
    schema("party-and-mention", "mentions: [added]", "mentions: [added, sender]"),
    schema("party-with-of", "added: phone", "added: { type: phone, of: sender }"),
    schema("owner-missing", "{ type: ip, of: sender }", "{ type: ip }"),
    schema("of-unknown", "{ type: ip, of: sender }", "{ type: ip, of: \(Canary.word) }"),
    schema("of-array", "{ type: ip, of: sender }", "{ type: ip, of: recipients }"),
    schema("of-never", "body: content", "body: { type: content, of: sender }"),
    schema("array-without-role", "size: {", "more: { array: phone, of: record }\n      size: {"),
    schema("array-type", "{ array: phone }", "{ array: boolean }"),
    schema("type-unknown", closed, "closed: \(Canary.word)"),
    schema("type-missing", closed, "closed: { definition: \(Canary.word) }"),
    schema("type-form", closed, "closed: { type: enum }"),
    schema("type-incomplete", "{ duration: milliseconds }", "duration"),
    schema("alphabet-invalid", "\"0-9a-f\"", "\"9-0\(Canary.word)\""),
    schema("option-unused", closed, "closed: { type: boolean, region: \(Canary.word) }"),
    schema("zone-missing", "{ timestamp: epoch-ms }", "{ timestamp: \"yyyy-MM-dd HH:mm:ss\" }"),
    schema(
      "timestamp-pattern", "{ timestamp: epoch-ms }",
      "{ timestamp: \"yyyy '\(Canary.word)'\", zone: \(Canary.word) }"),
    schema("enum-duplicate", "image, audio", "\(Canary.word)"),
    schema("enum-empty", "[\(Canary.word), image, audio]", "[]"),
    schema("enum-value", "image, audio", "\"=\(Canary.word)\""),
    schema("point-paths", "[lat, lon]", "[\(Canary.word)]"),
    schema("path-duplicate", closed, "closed: { type: boolean, from: [\(Canary.word), \(Canary.word)] }"),
    schema("path-conflict", closed, "closed: { type: boolean, from: phone.\(Canary.word) }"),
    schema("from-source", "body: content", "body: { type: content, from: source }"),
    problems("kinds-missing") { problems in
      _ = readSchema("sluice: schema/1\nname: sample\nkinds: {}\n", &problems)
    },
    problems("fields-missing") { problems in
      let kind = "{ when: { kind: \(Canary.word) }, time: none, parties: [a], fields: {} }"
      _ = readSchema("sluice: schema/1\nname: sample\nkinds: { message: \(kind) }\n", &problems)
    },
    problems("kind-conflict") { problems in
      let one = readSchema(schemaText, &problems)!
      let other = readSchema(schemaText.replacingOccurrences(of: "image", with: "film"), &problems)!
      _ = Catalog(schemas: [one, other], problems: &problems)
    },
  ]

  // MARK: - Policies

  static let baselineText = """
    sluice: baseline/1
    version: "\(Canary.word)"
    smallest-count: 3
    longest-period: 400d
    bundles:
      - { fields: [message.client_ip, message.client_port], with: { message.sent_at: second } }
    fields:
      message.sent_at: { truncate: second }
      message.sender: { subject: keep, other: pseudonymize }
      message.recipients: { subject: keep, other: pseudonymize }
      message.client_ip: { subject: keep, other: { prefix: { v4: 24, v6: 48 } } }
      message.client_port: { subject: keep, other: withhold }
      message.position: { subject: { grid: 0.1 }, other: withhold }
      message.type: keep
      message.length: { bucket: 60s }
      message.nick: { subject: keep, other: withhold }
      account.phone: { subject: keep, other: withhold }
      account.opened_at: { truncate: day }
      account.closed: keep

    """

  static let policyText = """
    sluice: policy/1
    jurisdiction: "NO"
    version: "\(Canary.word)"
    valid: { from: 2026-01-01, until: 2027-01-01 }
    status:
      - { state: active, from: 2000-01-01T00:00:00Z, note: "\(Canary.word)" }
    instruments:
      order:
        cites: "\(Canary.word)"
        grants: [subscriber, traffic]
        longest-period: 366d
        approval: none
        document: required
    smallest-count: 5
    bundles: []
    categories:
      subscriber:
        account.phone: keep
        account.opened_at: { truncate: month }
      traffic:
        message.sent_at: { truncate: second }
        message.sender: { subject: keep, other: pseudonymize }
        message.recipients: { subject: redact, other: withhold }
        message.client_ip: { subject: keep, other: { prefix: { v4: 16, v6: 48 } } }
        message.client_port: keep
        message.position: { grid: 0.2 }
        message.type: { map: { \(Canary.word): "\(Canary.word)", image: media, audio: media } }
        message.length: { bucket: 2m }
        message.nick: keep
    overrides: []
    tests:
      - demand: { instrument: order, categories: [traffic] }
        granted: [traffic]

    """

  private static var now: Instant { at("2026-06-01T00:00:00Z") }

  static func at(_ text: String) -> Instant {
    let bytes = Array(text.utf8)
    guard let instant = bytes.withUnsafeBufferPointer({ try? Instant(rfc3339: $0) }) else {
      preconditionFailure("an instant of a test")
    }
    return instant
  }

  static func readPolicies(
    _ files: [(String, String)], at now: Instant = now, _ problems: inout ProblemList
  ) -> (set: PolicySet?, catalog: Catalog) {
    let catalog = Catalog(schemas: [readSchema(schemaText, &problems)!], problems: &problems)
    let set = PolicySet.read(
      files: files.map { ($0.0, Array($0.1.utf8)) }, catalog: catalog, now: now, needed: nil,
      problems: &problems)
    return (set, catalog)
  }

  private static func policy(
    _ code: String, isWarning: Bool = false, _ part: String, _ replacement: String
  ) -> Provocation {
    problems(code, isWarning: isWarning) { problems in
      precondition(policyText.contains(part), "\(part)")
      let text = policyText.replacingOccurrences(of: part, with: replacement)
      _ = readPolicies([("baseline.yaml", baselineText), ("no.yaml", text)], &problems)
    }
  }

  private static let cites = "    cites: \"\(Canary.word)\"\n"
  private static let active = "  - { state: active, from: 2000-01-01T00:00:00Z, note: \"\(Canary.word)\" }\n"
  private static let month = "{ truncate: month }"

  private static func override(
    _ code: String, isWarning: Bool = false, field: String = "message.recipients", role: String = "other",
    until: String = "2026-06-02"
  ) -> Provocation {
    policy(
      code, isWarning: isWarning, "overrides: []",
      """
      overrides:
        - { field: \(field), role: \(role), action: keep, reason: "\(Canary.word)", approved-by: "\(Canary.word)", until: \(until) }
      """)
  }

  static let policies: [Provocation] = [
    policy("jurisdiction-invalid", "jurisdiction: \"NO\"", "jurisdiction: \(Canary.word)"),
    policy("jurisdiction-duplicate", "jurisdiction: \"NO\"", "jurisdiction: [\"NO\", SE, \"NO\"]"),
    policy("valid-empty", "until: 2027-01-01", "until: 2026-01-01"),
    policy("status-missing", "status:\n" + active, "status: []\n"),
    policy("status-order", active, active + active),
    policy("pause-incomplete", "state: active", "state: paused-review, owner: \"\(Canary.word)\""),
    policy("exceptions-unused", "state: active", "state: active, exceptions: [\(Canary.word)]"),
    policy("wrong-value", "state: active", "state: \(Canary.word)"),
    policy("instrument-name", "  order:", "  \(Canary.word.uppercased()):"),
    policy("grant-unknown", "[subscriber, traffic]", "[subscriber, \(Canary.word)]"),
    policy("grant-duplicate", "[subscriber, traffic]", "[traffic, traffic]"),
    policy("grant-invalid", "[subscriber, traffic]", "[subscriber, {}]"),
    policy("class-and-via", cites, cites + "    class: legal-process\n    via: treaty\n"),
    policy("preservation-grants", cites, cites + "    class: preservation\n"),
    policy("category-name", "  subscriber:\n", "  \"\(Canary.word.uppercased())\": {}\n  subscriber:\n"),
    policy("unknown-kind", "account.phone: keep", "\(Canary.word).phone: keep"),
    policy("unknown-field", "account.phone: keep", "account.\(Canary.word): keep"),
    policy("never-field", "account.phone: keep", "message.body: keep"),
    policy("not-in-baseline", "account.phone: keep", "message.message_id: withhold"),
    policy("action-unknown", "account.phone: keep", "account.phone: \(Canary.word)"),
    policy("action-invalid", "account.phone: keep", "account.phone: mask"),
    policy("action-type", "account.phone: keep", "account.phone: { truncate: hour }"),
    policy(
      "map-empty", "{ map: { \(Canary.word): \"\(Canary.word)\", image: media, audio: media } }",
      "{ map: {} }"),
    policy("map-input", "image: media", "\"\(Canary.phone)\": media"),
    policy("map-output", "image: media", "image: \"=\(Canary.word)\""),
    policy("on-error", "account.phone: keep", "account.phone: { subject: keep, on-error: \(Canary.word) }"),
    policy("roles-of-record", month, "{ subject: { truncate: month }, other: withhold }"),
    policy("text-other", "message.nick: keep", "message.nick: { subject: keep, other: redact }"),
    policy("wider-than-baseline", month, "{ truncate: hour }"),
    policy("wider-than-baseline", "smallest-count: 5", "smallest-count: 2"),
    policy("not-comparable", "account.phone: keep", "message.length: { bucket: 3m }"),
    policy("bundle-time", "bundles: []", "bundles: [{ fields: [message.sent_at] }]"),
    policy(
      "bundle-undone", "account.opened_at: { truncate: month }",
      "message.client_ip: { subject: { prefix: { v4: 24, v6: 48 } } }"),
    policy("bundle-kinds", "bundles: []", "bundles: [{ fields: [message.sender, account.phone] }]"),
    policy("bundle-empty", "bundles: []", "bundles: [{ fields: [] }]"),
    policy("bundle-duplicate", "bundles: []", "bundles: [{ fields: [message.sender, message.sender] }]"),
    policy(
      "bundle-count", "bundles: []",
      "bundles: [\(Array(repeating: "{ fields: [message.sender] }", count: 65).joined(separator: ", "))]"),
    policy("test-empty", "    granted: [traffic]", ""),
    policy("code-unknown", "    granted: [traffic]", "    refused: \(Canary.word)"),
    override("override-expired", isWarning: true, until: "2026-06-01"),
    override("override-field", field: "message.message_id", role: "record"),
    override("override-role", role: "record"),
    problems("roles-missing") { problems in
      let text = baselineText.replacingOccurrences(
        of: "{ subject: keep, other: { prefix: { v4: 24, v6: 48 } } }", with: "keep")
      _ = readPolicies([("baseline.yaml", text), ("no.yaml", policyText)], &problems)
    },
    problems("baseline-missing") { problems in _ = readPolicies([("no.yaml", policyText)], &problems) },
    problems("instrument-twice") { problems in
      _ = readPolicies(
        [("baseline.yaml", baselineText), ("a.yaml", policyText), ("b.yaml", policyText)], &problems)
    },
  ]

  // MARK: - What a check says of policies that load

  private static func lint(
    _ code: String, isWarning: Bool = true, _ part: String, _ replacement: String
  ) -> Provocation {
    problems(code, isWarning: isWarning) { problems in
      precondition(policyText.contains(part), "\(part)")
      let text = policyText.replacingOccurrences(of: part, with: replacement)
      let (set, catalog) = readPolicies([("baseline.yaml", baselineText), ("no.yaml", text)], &problems)
      guard let set else { return }
      for problem in PolicyCheck(policies: set, catalog: catalog, now: now).problems { problems.add(problem) }
    }
  }

  static let lint: [Provocation] = [
    lint(
      "review-overdue", active,
      active + """
          - { state: paused-review, from: 2026-05-30T00:00:00Z, review: "\(Canary.word)", owner: "\(Canary.word)", next-review: 2026-05-01 }

        """),
    lint("category-never-granted", "grants: [subscriber, traffic]", "grants: [traffic]"),
    lint(
      "instrument-grants-nothing", "    document: required\n",
      """
          document: required
        other: { cites: "\(Canary.word)", grants: [], longest-period: 1d, approval: none, document: none }

      """),
    lint("timestamp-without-period", "version: ", "version: "),
    lint(
      "bundle-never-whole", "message.sent_at: { truncate: second }", "message.sent_at: { truncate: hour }"),
    lint("policy-test-failed", isWarning: false, "granted: [traffic]", "refused: period-missing"),
  ]

  // MARK: - Lists of sources

  private static func sources(_ code: String, _ text: String) -> Provocation {
    problems(code) { problems in
      let text = "sluice: sources/1\nsources:\(text)\n"
      _ = SourcesDocument.read(Array(text.utf8), file: "sources.yaml", problems: &problems)
    }
  }

  static let sourcesDocuments: [Provocation] = [
    sources("sources-missing", " []"),
    sources("source-duplicate", " [{ path: a, schema: b }, { path: a, schema: b }]"),
    sources("value-name", " [{ path: a, schema: b, values: { a.b: \(Canary.word) } }]"),
    problems("value-unknown") { problems in
      let text =
        "sluice: sources/1\nsources: [{ path: a, schema: b, values: { \(Canary.word): \(Canary.word) } }]\n"
      let listings = SourcesDocument.read(Array(text.utf8), file: "sources.yaml", problems: &problems)
      listings![0].checkValues(against: readSchema(schemaText, &problems)!, &problems)
    },
    sources("wrong-value", " [{ path: a, schema: b, values: { owner: [\(Canary.word)] } }]"),
  ]
}
