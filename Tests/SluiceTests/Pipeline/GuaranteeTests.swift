import Foundation
import Sluice
import SluiceCrypto
import Testing

/// Guarantees of the whole path that no single room can show.
struct GuaranteeTests {
  private static let kinds = """
      message:
        when: { kind: message }
        time: at
        parties: [sender, recipients]
        fields:
          at: timestamp
          sender: phone
          recipients: { array: phone }
          type: { enum: [text, image] }
          body: content
      location:
        when: { kind: location }
        time: at
        parties: [phone]
        fields:
          at: timestamp
          phone: phone
          size: { integer: bytes }
    """

  private static let rules = [
    "message.at: { truncate: hour }", "message.sender: { subject: keep, other: pseudonymize }",
    "message.recipients: { subject: pseudonymize, other: pseudonymize }", "message.type: keep",
    "location.phone: { subject: keep, other: withhold }",
  ]

  private func run() throws -> SmallRun { try SmallRun(kinds: Self.kinds, rules: Self.rules) }

  private func message(
    _ sender: String, to recipient: String = "+447700900123", at time: String = "2026-09-02T01:02:03Z"
  ) -> String {
    ##"{"kind":"message","at":"\##(time)","sender":"\##(sender)","recipients":["\##(recipient)"],"type":"text"}"##
      + "\n"
  }

  // MARK: - 8: exact before coarse

  /// The period is half-open on the instant as it stands, though the time leaves truncated to the hour.
  @Test func periodsAreMatchedBeforeRounding() throws {
    let run = try run()
    let times = [
      ("2026-09-01T11:59:59.999999999Z", false), ("2026-09-01T12:00:00Z", true),
      ("2026-09-01T14:00:00+02:00", true), ("2026-09-01T12:00:00.000000001Z", true),
      ("2026-09-01T12:30:29.999999999Z", true), ("2026-09-01T12:30:30Z", false),
      ("2026-09-01T07:30:30-05:00", false), ("2026-09-01T12:59:59Z", false),
    ]
    let ruling = try run.ruling(from: "2026-09-01T12:00:00Z", until: "2026-09-01T12:30:30Z")
    let text = times.map { message(SmallRun.subject, at: $0.0) }.joined()
    let (_, outcome) = try run.seal([ruling], [run.source(text)])
    #expect(outcome.failure == nil)
    #expect(outcome.tallies[0].kinds[0].released == UInt64(times.count { $0.1 }))
    for (time, isIn) in times {
      let period = Period(from: Instant(seconds: 1_788_264_000), until: Instant(seconds: 1_788_265_830))
      #expect(try run.rows(message(SmallRun.subject, at: time), period: period).isEmpty == !isIn, "\(time)")
    }
  }

  @Test func periodsMayBeginWithinASecond() throws {
    let run = try run()
    let ruling = try run.ruling(from: "2026-09-01T12:00:00.5Z", until: "2026-09-01T12:00:00.75Z")
    let times = ["0.499999999", "0.5", "0.749999999", "0.75"].map { "2026-09-01T12:00:0\($0)Z" }
    let (_, outcome) = try run.seal(
      [ruling], [run.source(times.map { message(SmallRun.subject, at: $0) }.joined())])
    #expect(outcome.tallies.first?.kinds[0].released == 2)
  }

  /// A subject is found by its canonical identifier, though no identifier leaves as it stands.
  @Test func subjectsAreMatchedBeforePseudonyms() throws {
    let run = try SmallRun(
      kinds: Self.kinds.replacing("sender: phone", with: "sender: { type: phone, region: US }"),
      rules: ["message.sender: { subject: pseudonymize, other: pseudonymize }"])
    for spelling in ["+12025550100", "(202) 555-0100", "202-555-0100"] {
      #expect(try run.rows(message(spelling)).count == 1, "\(spelling)")
    }
    #expect(try run.rows(message("+12025550101")).isEmpty)
  }

  // MARK: - 12: pseudonyms

  @Test func pseudonymsJoinWithinAPacketAndNotAcrossReferences() throws {
    let run = try run()
    let other = "+447700900123"
    let text = message(SmallRun.subject, to: other) + message(other, to: SmallRun.subject)
    let rulings = [try run.ruling(reference: "US-1"), try run.ruling(reference: "US-2")]
    let (folder, outcome) = try run.seal(rulings, [run.source(text)])
    #expect(outcome.failure == nil)
    var seen: [Set<Substring>] = []
    for name in ["US-1", "US-2"] {
      let rows = String(
        decoding: fileBytes(of: "\(folder)/\(name)/data/records/message.ndjson"), as: UTF8.self)
      let pseudonyms = rows.matches(of: /pa[a-z2-7]{26}/).map(\.output)
      // The other as recipient and as sender, and the subject as recipient: two people, three times.
      #expect(pseudonyms.count == 3)
      #expect(Set(pseudonyms).count == 2)
      seen.append(Set(pseudonyms))
    }
    #expect(seen[0].isDisjoint(with: seen[1]))
    let streams = try ["one", "two"].map { try run.stream(text, name: $0).text }
    #expect(streams[0] != streams[1])
  }

  // MARK: - 15: counts do not tell what was refused

  /// What a packet does not reach changes no byte of it: other people's records, unknown kinds and fields, source
  /// names, content, records of kinds that no category names.
  @Test func whatIsOutOfReachChangesNoByteOfAPacket() throws {
    let run = try run()
    let own = message(SmallRun.subject) + message("+447700900123", to: SmallRun.subject)
    let noise =
      message("+447700900124") + message(SmallRun.subject, at: "2025-01-01T00:00:00Z")
      + #"{"kind":"telegram","sender":"+12025550100"}"# + "\n"
      + ##"{"kind":"message","at":"2026-09-02T01:02:03Z","sender":"+447700900125","body":"x","extra":1}"##
      + "\n"
      + #"{"kind":"location","at":"2026-09-02T01:02:03Z","phone":"+447700900126","size":"broken"}"# + "\n"
    let ruling = try run.ruling()
    let (quiet, _) = try run.seal([ruling], [run.source(own, name: "a.ndjson")], into: "quiet")
    let (loud, outcome) = try run.seal(
      [ruling],
      [run.source(noise, name: "secret-name.ndjson"), run.source(noise + own + noise, name: "b.ndjson")],
      into: "loud")
    #expect(outcome.failure == nil)
    let (first, second) = (try SampleRun.files(under: quiet), try SampleRun.files(under: loud))
    #expect(first.count > 10)
    #expect(first.keys.filter { first[$0] != second[$0] } == [])
    #expect(first.count == second.count)
  }

  /// Of unreadable records a packet says some or none, never how many.
  @Test func unreadableRecordsAreNotCountedInAPacket() throws {
    let run = try run()
    let own = message(SmallRun.subject)
    func packet(_ broken: Int, _ name: String) throws -> [String: [UInt8]] {
      let text = own + String(repeating: "{\"kind\":\"message\",\n", count: broken)
      let (folder, outcome) = try run.seal([try run.ruling()], [run.source(text)], into: name)
      #expect(outcome.failure == nil)
      return try SampleRun.files(under: folder)
    }
    let (none, one, three) = (try packet(0, "none"), try packet(1, "one"), try packet(3, "three"))
    #expect(one == three)
    #expect(none != one)
  }

  // MARK: - 9: reads cut anywhere

  @Test(arguments: RecordFormat.allCases) func readsMayBeCutAtEveryByte(_ format: RecordFormat) throws {
    let run = try SmallRun(
      kinds: Self.kinds, rules: Self.rules.filter { !$0.hasPrefix("location") })
    let text =
      message(SmallRun.subject) + "\r\n" + message("+447700900123", to: SmallRun.subject)
      + ##"{"kind":"message","at":"2026-09-02T01:02:03.5Z","sender":"\u002b12025550100","type":"image"}"##
      + "\r\n"
      + "{\"kind\":\"message\", broken\n"
      + #"{"kind":"message","at":"2026-09-03T00:00:00Z","sender":"+12025550100"}"#
    let whole = try run.stream(text, to: format)
    #expect(whole.text.split(separator: "\n").count >= 4)
    for size in 1...text.utf8.count {
      var options = RunOptions(workerCount: size % 3 + 1)
      options.readByteCountMax = size
      options.limits.blockByteCount = 4096
      let cut = try run.stream(text, to: format, options: options)
      #expect(cut.text == whole.text, "reads of \(size) bytes")
      #expect(cut.outcome.faults == whole.outcome.faults, "reads of \(size) bytes")
    }
  }

  // MARK: - 1: default deny

  /// Without any one rule of the sample policies, every cell that still leaves left before, the same.
  @Test(arguments: ["us-warrant", "gb-events", "de-100g"])
  func removingARuleRemovesOutputAlone(_ demand: String) throws {
    let before = try Self.cells(demand, without: nil)
    #expect(before.count > 20)
    let ruleCount = try Self.ruleLines(demand).count
    #expect(ruleCount > 10)
    var changed = 0
    for rule in 0..<ruleCount {
      let after = try Self.cells(demand, without: rule)
      let new = after.filter { (before[$0.key] ?? 0) < $0.value }.map(\.key)
      #expect(new == [], "without rule \(rule)")
      if after != before { changed += 1 }
    }
    #expect(changed > 5)
  }

  private static func policyFile(_ demand: String) -> String { demand.prefix(2).uppercased() + ".yaml" }

  private static func ruleLines(_ demand: String) throws -> [Int] {
    let lines = String(decoding: try SampleRun.bytes("policies/\(policyFile(demand))"), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.filter { lines[$0].prefixMatch(of: /[ ]{4}[a-z]+\.[a-z_]+:/) != nil }
  }

  /// Each cell that leaves, `message.sender=…`, with how often.
  private static func cells(_ demand: String, without rule: Int?) throws -> [String: Int] {
    let folder = SourceFolder()
    let run = try? SampleRun(demands: [demand], in: folder) { name, bytes in
      guard let rule, name == policyFile(demand) else { return bytes }
      var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      lines.remove(at: try ruleLines(demand)[rule])
      return Array(lines.joined(separator: [0x0A]))
    }
    // A policy that no longer loads, or a demand that is refused now, releases nothing.
    guard let run, !run.rulings.isEmpty else { return [:] }
    let outcome = try run.seal(into: folder.path + "/out")
    #expect(outcome.failure == nil)
    var cells: [String: Int] = [:]
    for (path, bytes) in try SampleRun.files(under: folder.path + "/out") where path.contains("/records/") {
      let kind = path.split(separator: "/").last ?? ""
      for line in bytes.split(separator: 0x0A) {
        let record = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] ?? [:]
        for (field, value) in record {
          let text = try JSONSerialization.data(
            withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
          cells["\(kind).\(field)=\(String(decoding: text, as: UTF8.self))", default: 0] += 1
        }
      }
    }
    return cells
  }
}
