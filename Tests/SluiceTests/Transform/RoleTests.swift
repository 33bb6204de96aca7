import Sluice
import Testing

/// Whose action holds for a value: parties, mentions, arrays of them, and fields that belong to a party.
struct RoleTests {
  private static let kinds = """
      message:
        when: { kind: message }
        time: at
        parties: [sender, recipients]
        mentions: [added]
        fields:
          at: timestamp
          sender: phone
          recipients: { array: phone }
          added: phone
          ip: { type: ip, of: sender }
          port: { type: port, of: sender }
          type: { enum: [text, image] }
    """

  private func run(_ rules: [String], bundles: [String] = []) throws -> SmallRun {
    try SmallRun(kinds: Self.kinds, rules: rules, bundles: bundles)
  }

  private func record(_ members: String) -> String {
    #"{"kind":"message","at":"2026-09-02T01:02:03Z",\#(members)}"# + "\n"
  }

  @Test func anArrayIsTakenElementByElement() throws {
    let run = try run(["message.recipients: { subject: keep, other: withhold }"])
    let rows = try run.rows(
      record(##""recipients":["+447700900123","+12025550100","+447700900124","+12025550100"]"##))
    #expect(rows == [##"{"kind":"message","recipients":["+12025550100","+12025550100"]}"##])
    let csv = try run.rows(record(##""recipients":["+12025550100","+447700900123"]"##), to: .csv)
    #expect(csv == [#""recipients""#, #""tel:+12025550100""#])
  }

  @Test func anEmptyArrayStaysEmptyAndNullStaysNull() throws {
    let run = try run([
      "message.sender: { subject: keep }", "message.recipients: { subject: keep, other: keep }",
    ])
    #expect(
      try run.rows(record(#""sender":"+12025550100","recipients":[]"#))
        == [#"{"kind":"message","sender":"+12025550100","recipients":[]}"#])
    #expect(
      try run.rows(record(#""sender":"+12025550100","recipients":null"#))
        == [#"{"kind":"message","sender":"+12025550100","recipients":null}"#])
  }

  @Test func aBareActionIsTheSubjects() throws {
    let run = try run(["message.sender: keep", "message.type: keep"])
    #expect(
      try run.rows(record(##""sender":"+447700900123","recipients":["+12025550100"],"type":"text""##))
        == [#"{"kind":"message","type":"text"}"#])
  }

  @Test func aMentionTakesTheRoleOfItsValueAndNeverSelects() throws {
    let run = try run(["message.added: { subject: keep, other: withhold }", "message.type: keep"])
    #expect(try run.rows(record(##""sender":"+447700900123","added":"+12025550100","type":"text""##)) == [])
    #expect(
      try run.rows(record(##""sender":"+12025550100","added":"+12025550100","type":"text""##))
        == [#"{"kind":"message","added":"+12025550100","type":"text"}"#])
    #expect(
      try run.rows(record(##""sender":"+12025550100","added":"+447700900123","type":"text""##))
        == [#"{"kind":"message","type":"text"}"#])
  }

  @Test func aFieldOfAPartyFollowsIt() throws {
    let run = try run(["message.ip: { subject: keep, other: { prefix: { v4: 24, v6: 48 } } }"])
    #expect(
      try run.rows(record(#""sender":"+12025550100","ip":"203.0.113.9""#))
        == [#"{"kind":"message","ip":"203.0.113.9"}"#])
    let other = record(##""sender":"+447700900123","recipients":["+12025550100"],"ip":"203.0.113.9""##)
    #expect(try run.rows(other) == [#"{"kind":"message","ip":"203.0.113.0/24"}"#])
    // Nobody's: the party it belongs to is absent.
    #expect(try run.rows(record(##""recipients":["+12025550100"],"ip":"203.0.113.9""##)) == [])
  }

  @Test func everyGrantedSubjectOfARecordHasTheRole() throws {
    let run = try run(["message.sender: { subject: keep }", "message.recipients: { subject: keep }"])
    let rows = try run.rows(
      record(##""sender":"+447700900001","recipients":["+12025550100"]"##),
      subjects: [SmallRun.phone("+12025550100"), SmallRun.phone("+447700900001")])
    #expect(rows == [##"{"kind":"message","sender":"+447700900001","recipients":["+12025550100"]}"##])
  }

  @Test func withoutSubjectsEveryPartyIsOther() throws {
    let run = try run(["message.sender: { subject: keep, other: { mask: 2 } }"])
    let rows = try run.rows(record(#""sender":"+12025550100""#), subjects: nil)
    #expect(rows == [#"{"kind":"message","sender":"****00"}"#])
  }

  /// What joins the elements in CSV would make one of them two.
  @Test func anElementMayHoldASemicolonInJSONAlone() throws {
    let run = try SmallRun(
      kinds: """
          event:
            time: none
            parties: [phone]
            mentions: [rooms]
            fields:
              phone: phone
              rooms: { array: account, alphabet: "!-~" }
        """,
      rules: ["event.phone: keep", "event.rooms: { subject: keep, other: keep }"])
    let record = ##"{"phone":"+12025550100","rooms":["a","b;c"]}"## + "\n"
    #expect(
      try run.rows(record) == [##"{"kind":"event","phone":"+12025550100","rooms":["a","b;c"]}"##])
    let (text, outcome) = try run.stream(record, to: .csv)
    #expect(text == ##""phone","rooms""## + "\n")
    #expect(outcome.faults.map(\.code) == ["text-character"] && outcome.faults.map(\.field) == ["rooms"])
  }

  /// Of a class that no party of the demanded kinds has, a subject is refused, and gives no mention its role.
  @Test func aRefusedSubjectHasNoRole() throws {
    let run = try SmallRun(
      kinds: """
          message:
            time: at
            parties: [sender]
            mentions: [added]
            fields:
              at: timestamp
              sender: phone
              added: { device: 0-9a-f }
        """,
      rules: ["message.sender: keep", "message.added: { subject: keep, other: withhold }"])
    let records = run.source(
      #"{"at":"2026-09-02T01:02:03Z","sender":"+12025550100","added":"0f3a"}"# + "\n")
    func rows(_ subject: String, _ reference: String) throws -> [String] {
      let ruling = try run.ruling(reference: reference, subject: subject)
      let (folder, outcome) = try run.seal([ruling], [records], into: reference)
      #expect(outcome.failure == nil)
      return try SampleRun.files(under: folder).filter { $0.key.hasSuffix("/message.ndjson") }.map {
        String(decoding: $0.value, as: UTF8.self)
      }
    }
    let sender = #"{"sender":"+12025550100"}"# + "\n"
    #expect(try rows(##"{ phone: "+12025550100" }, { device: 0f3a }"##, "US-1") == [sender])
    // As another name of the sender it is granted with it.
    let both = #"{"sender":"+12025550100","added":"0f3a"}"# + "\n"
    #expect(
      try rows(##"{ phone: "+12025550100", also: [ { device: 0f3a } ] }"##, "US-2") == [both])
  }

  // MARK: - Bundles

  private static let bundled = [
    "message.at: { truncate: second }", "message.sender: keep", "message.ip: keep", "message.port: keep",
  ]
  private static let bundle =
    "{ fields: [message.ip, message.port], with: { message.at: second } }"

  @Test func aBundleLeavesWholeOrNotAtAll() throws {
    let run = try run(Self.bundled, bundles: [Self.bundle])
    let whole = #""sender":"+12025550100","ip":"203.0.113.9","port":443"#
    let start = #"{"kind":"message","at":"2026-09-02T01:02:03Z","sender":"+12025550100""#
    #expect(try run.rows(record(whole)) == [start + #","ip":"203.0.113.9","port":443}"#])
    for part in [#""port":443"#, #""ip":"203.0.113.9""#, #""ip":"203.0.113.9","port":null"#] {
      #expect(try run.rows(record(#""sender":"+12025550100","# + part)) == [start + "}"], "\(part)")
    }
    let csv = try run.rows(record(#""sender":"+12025550100","port":443"#), to: .csv)
    #expect(csv.last?.hasSuffix(#","[withheld]","[withheld]""#) == true)
  }

  @Test func aBundleFailsWhereACompanionIsCoarser() throws {
    let whole = #""sender":"+12025550100","ip":"203.0.113.9","port":443"#
    var rules = Self.bundled
    rules[0] = "message.at: { truncate: minute }"
    #expect(
      try self.run(rules, bundles: [Self.bundle]).rows(record(whole))
        == [#"{"kind":"message","at":"2026-09-02T01:02Z","sender":"+12025550100"}"#])
    // The same where the companion is not released at all.
    let run = try SmallRun(
      kinds: Self.kinds, rules: Array(Self.bundled.dropFirst()),
      baseline: [
        "message.at: { truncate: second }", "message.sender: { subject: keep, other: withhold }",
        "message.ip: { subject: keep, other: withhold }", "message.port: { subject: keep, other: withhold }",
      ],
      bundles: [Self.bundle])
    #expect(try run.rows(record(whole)) == [#"{"kind":"message","sender":"+12025550100"}"#])
  }

  /// Days lie in weeks and in months; a week lies in no month.
  @Test(arguments: [
    ("day", "week", "2026-09-02", true), ("day", "month", "2026-09-02", true),
    ("week", "week", "2026-W36", true), ("week", "month", "2026-W36", false),
    ("month", "week", "2026-09", false),
  ])
  func aWeekIsFinerThanNoMonth(_ companion: String, _ coarsest: String, _ text: String, _ holds: Bool) throws
  {
    var rules = Self.bundled
    rules[0] = "message.at: { truncate: \(companion) }"
    let run = try run(
      rules, bundles: ["{ fields: [message.ip, message.port], with: { message.at: \(coarsest) } }"])
    let row = "{\"kind\":\"message\",\"at\":\"\(text)\",\"sender\":\"+12025550100\""
    #expect(
      try run.rows(record(#""sender":"+12025550100","ip":"203.0.113.9","port":443"#))
        == [row + (holds ? #","ip":"203.0.113.9","port":443}"# : "}")])
  }

  /// A prefix is not the address, so the port stays in with it.
  @Test func aBundleFailsWhereAFieldIsMadeCoarser() throws {
    let run = try SmallRun(
      kinds: Self.kinds,
      rules: [
        "message.at: { truncate: second }", "message.sender: keep",
        "message.ip: { subject: keep, other: { prefix: { v4: 24, v6: 48 } } }",
        "message.port: { subject: keep, other: keep }",
      ],
      bundles: [Self.bundle])
    let other = record(
      ##""sender":"+447700900123","recipients":["+12025550100"],"ip":"203.0.113.9","port":443"##)
    #expect(try run.rows(other) == [#"{"kind":"message","at":"2026-09-02T01:02:03Z","ip":"203.0.113.0/24"}"#])
  }

  /// What a bundle keeps in is counted as the bundle's, where nothing else could leave.
  @Test func aRecordThatABundleKeepsInIsCountedAsSuch() throws {
    let run = try SmallRun(
      kinds: Self.kinds, rules: ["message.ip: keep", "message.port: keep", "message.type: keep"],
      bundles: ["{ fields: [message.ip, message.port] }"])
    let party = #""sender":"+12025550100""#
    let lines = [
      party + #","port":443"#, party + #","ip":"203.0.113.9""#, party + #","ip":"203.0.113.9","port":443"#,
      party, party + #","ip":"203.0.113.9","type":"text""#,
      ##""sender":"+447700900123","recipients":["+12025550100"],"ip":"203.0.113.9","port":443"##,
    ]
    let outcome = try run.seal(
      [run.ruling()], [run.source(lines.map { record($0) }.joined())]
    ).outcome
    let tally = try #require(outcome.tallies.first?.kinds.first)
    #expect(tally.reached == 6 && tally.released == 2 && tally.rejected == [:])
    #expect(tally.withheld[WithheldReason.bundle.rawValue] == 2)
    #expect(tally.withheld[WithheldReason.nothingPresent.rawValue] == 1)
    // The last is somebody else's address: the rules keep it in before the bundle does.
    #expect(tally.withheld[WithheldReason.rule.rawValue] == 1)
  }

  // MARK: - What cannot be read

  @Test func aValueThatCannotBeReadRejectsTheRecord() throws {
    let run = try run(["message.sender: keep", "message.ip: keep"])
    let lines = [
      record(#""sender":"+12025550100","ip":"203.0.113.9""#),
      record(#""sender":"+12025550100","ip":"203.0.113.256""#),
    ]
    let (text, outcome) = try run.stream(lines.joined())
    #expect(text.split(separator: "\n").count == 1)
    #expect(outcome.failure == nil)
    let fault = try #require(outcome.faults.first)
    #expect(fault.code == "ip-format" && fault.record == 2 && fault.field == "ip")
    #expect(fault.byteOffset == UInt64((lines[0] + lines[1]).utf8.count - #"203.0.113.256"}"#.utf8.count - 1))
  }

  /// B05: a copy that was cut between two cells looks whole; the missing line end is all that tells.
  @Test func aSourceThatEndsWithoutALineEndIsWarnedOf() throws {
    let run = try run(["message.sender: keep"])
    let whole = record(#""sender":"+12025550100""#)
    #expect(try run.stream(whole).outcome.warnings == [])
    let cut = try run.stream(String(whole.dropLast()))
    #expect(cut.text == (try run.stream(whole).text))
    #expect(cut.outcome.warnings.count == 1)
    #expect(cut.outcome.warnings.first?.contains("without a line end") == true)
  }

  @Test func onErrorWithholdsTheFieldAlone() throws {
    let run = try run([
      "message.sender: { subject: keep, other: keep }",
      "message.ip: { subject: keep, other: withhold, on-error: withhold }",
    ])
    let rows = try run.rows(record(#""sender":"+12025550100","ip":"no address""#))
    #expect(rows == [#"{"kind":"message","sender":"+12025550100"}"#])
  }

  @Test func aValueThatNoPlanReleasesIsNotRead() throws {
    let run = try run(["message.sender: keep"])
    #expect(
      try run.rows(record(#""sender":"+12025550100","ip":"no address","type":"unheard-of""#))
        == [#"{"kind":"message","sender":"+12025550100"}"#])
  }
}
