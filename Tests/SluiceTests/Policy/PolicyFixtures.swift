import Sluice
import Testing

func instant(_ text: String) -> Instant? {
  var ignored = ProblemList()
  let position = Position(file: "")
  return DocumentNode(.scalar(text, isPlain: true), at: position).instant("an instant", &ignored)
}

/// Documents of one invented provider, and readings of them after some text of theirs was replaced.
enum Texts {
  static let schema = """
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
          type: { enum: [text, image, audio] }
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
          closed: boolean
    """

  static let baseline = """
    sluice: baseline/1
    version: "1"
    smallest-count: 3
    longest-period: 400d
    bundles:
      - { fields: [message.client_ip, message.client_port], with: { message.sent_at: second } }
    fields:
      message.sent_at: { truncate: second }
      message.sender: { subject: keep, other: pseudonymize }
      message.recipients: { subject: keep, other: pseudonymize }
      message.added: { subject: keep, other: withhold }
      message.client_ip: { subject: keep, other: { prefix: { v4: 24, v6: 48 } } }
      message.client_port: { subject: keep, other: withhold }
      message.position: { subject: { grid: 0.1 }, other: withhold }
      message.type: keep
      message.size: { bucket: 60 }
      message.length: { bucket: 60s }
      message.nick: { subject: keep, other: withhold }
      account.phone: { subject: keep, other: withhold }
      account.opened_at: { truncate: day }
      account.closed: keep
    """

  static let policy = """
    sluice: policy/1
    jurisdiction: "NO"
    version: 2026-11-01
    valid: { from: 2026-01-01, until: 2027-01-01 }
    status:
      - { state: active, from: 2000-01-01T00:00:00Z }
    instruments:
      order:
        cites: Act 1
        grants: [subscriber, traffic]
        longest-period: 366d
        approval: none
        document: required
      emergency:
        cites: Act 2
        grants: [subscriber, { traffic: { approval: required } }]
        longest-period: 72h
        approval: required
        document: none
    smallest-count: 5
    bundles: []
    categories:
      subscriber:
        account.phone: keep
        account.opened_at: { truncate: month }
        message.sent_at: { truncate: hour }
      traffic:
        message.sent_at:
          truncate: second
        message.sender:
          subject: keep
          other: pseudonymize
        message.recipients:
          subject: redact
          other: withhold
        message.client_ip:
          subject: keep
          other:
            prefix: { v4: 16, v6: 48 }
        message.client_port: keep
        message.position: { grid: 0.2 }
        message.type:
          map:
            text: written
            image: media
            audio: media
          on-error: withhold
        message.size: { bucket: [0, 120, 600] }
        message.length: { bucket: 2m }
        message.nick: keep
    tests:
      - demand: { instrument: order, categories: [traffic] }
        granted: [traffic]
    """

  static func catalog() -> Catalog {
    var problems = ProblemList()
    let schema = SchemaDocument.read(Array(schema.utf8), file: "schema.yaml", problems: &problems)
    precondition(!problems.hasErrors, "\(problems.problems)")
    return Catalog(schemas: [schema!], problems: &problems)
  }

  static let now = instant("2026-06-01T00:00:00Z")!

  static func read(
    baseline: String = baseline, policies: [(String, String)] = [("no.yaml", policy)],
    needed: Set<String>? = nil
  ) -> (set: PolicySet?, problems: [Problem]) {
    var problems = ProblemList()
    let files = [("baseline.yaml", baseline)] + policies
    let set = PolicySet.read(
      files: files.map { ($0.0, Array($0.1.utf8)) }, catalog: catalog(), now: now, needed: needed,
      problems: &problems)
    return (set, problems.inOrder)
  }
}

extension String {
  /// The text with one part replaced, which must stand in it once.
  func with(_ part: String, _ replacement: String) -> String {
    let pieces = self.split(separator: part, omittingEmptySubsequences: false)
    if pieces.count != 2 { Issue.record("“\(part)” stands \(pieces.count - 1) times") }
    return pieces.joined(separator: replacement)
  }

  /// Line and column, from 1, of the first place where a part stands.
  func place(of part: String) -> [Int] {
    for (index, line) in split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let range = line.firstRange(of: part) {
        return [index + 1, line.unicodeScalars.distance(from: line.startIndex, to: range.lowerBound) + 1]
      }
    }
    return []
  }
}
