import Foundation
import Sluice
import SluiceCrypto
import Testing

/// Why one released cell looks as it does, told from a sealed packet.
struct CellExplanationTests {
  private static func explain(_ cell: String, in packet: String) throws -> CellExplanation {
    try CellExplanation(of: try #require(CellAddress(cell)), inPacketAt: packet)
  }

  // MARK: - The samples

  /// The sample warrant's packet, in a folder that goes with the run.
  private struct SamplePacket {
    let folder = SourceFolder()
    let run: SampleRun
    let path: String

    init(_ format: RecordFormat = .ndjson) throws {
      run = try SampleRun(demands: ["us-warrant"], in: folder)
      let outcome = try run.seal(into: folder.path + "/out", format: format)
      #expect(outcome.failure == nil)
      path = folder.path + "/out/US-2026-000127"
    }

    func explain(_ cell: String) throws -> CellExplanation {
      try CellExplanationTests.explain(cell, in: path)
    }

    /// The rows of a kind of an NDJSON packet, as another reader of JSON has them.
    func rows(_ kind: String) throws -> [[String: Any]] {
      try String(contentsOfFile: "\(path)/data/records/\(kind).ndjson", encoding: .utf8)
        .split(separator: "\n").map {
          try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
    }

    /// The first row in which a column has such a value.
    func row(_ kind: String, where holds: ([String: Any]) -> Bool) throws -> Int {
      try #require(try rows(kind).firstIndex(where: holds)) + 1
    }
  }

  @Test func tellsASubjectsKeptValue() throws {
    let packet = try SamplePacket()
    let row = try packet.row("message") { $0["sender"] as? String == "+12025550100" }
    let cell = try packet.explain("message:\(row):sender")
    #expect(cell.packet.name == "US-2026-000127" && cell.file == "data/records/message.ndjson")
    #expect(cell.row == UInt64(row) && cell.column == "sender")
    #expect(cell.definition == "Account that submitted the message." && cell.type == "phone")
    #expect(cell.content == .value && cell.forms == ["whole value"] && cell.valueCount == 1)
    #expect(cell.roleIsTold && cell.roles.map(\.name) == ["subject"] && cell.namesGrantedSubject)
    let role = cell.roles[0]
    #expect(role.action == "keep" && role.precision == "exact" && role.provenance == "original")
    #expect(role.category == "traffic" && role.citation.contains("18 U.S.C. 2703(c)(1)(A)"))
    #expect(cell.producedAt == SampleRun.now && cell.policyVersion == "2026-10-01")
    #expect(cell.policyDigest == SHA256.hash(try SampleRun.bytes("policies/US.yaml")))
    #expect(!cell.text.contains("key:"))
  }

  @Test func tellsAnothersPseudonym() throws {
    let packet = try SamplePacket()
    let row = try packet.row("message") { ($0["sender"] as? String)?.hasPrefix("pa") == true }
    let cell = try packet.explain("message:\(row):sender")
    #expect(cell.content == .value && cell.forms == ["pseudonym"])
    #expect(cell.roleIsTold && cell.roles.map(\.name) == ["other"] && !cell.namesGrantedSubject)
    #expect(cell.roles[0].action == "pseudonymize" && cell.roles[0].provenance == "derived")
    let keyID = Base16.encode(cell.packet.packetCase.publishedKey.keyID)
    #expect(cell.text.contains("whose id the packet publishes, \(keyID);"))
    #expect(cell.text.contains("the same person"))
  }

  @Test func tellsACoarsenedTimeAndPosition() throws {
    let packet = try SamplePacket()
    let time = try packet.explain("location:1:timestamp")
    #expect(time.forms == ["time to the hour"] && time.unit == "UTC")
    #expect(time.roleIsTold && time.roles.map(\.name) == ["record"])
    #expect(time.roles[0].action == "truncate" && time.roles[0].precision == "hour")
    #expect(time.roles[0].note.hasPrefix("The period is matched on this time"))
    let position = try packet.explain("location:1:position")
    #expect(position.forms == ["coordinates"] && position.unit == "degrees")
    #expect(position.roleIsTold && position.roles.map(\.name) == ["subject"])
    #expect(position.roles[0].action == "grid" && position.roles[0].precision == "0.1 degree")
  }

  @Test func tellsWhatHasNoValue() throws {
    let packet = try SamplePacket()
    let absent = try packet.explain(
      "message:\(try packet.row("message") { $0["group_id"] is NSNull }):group_id")
    #expect(absent.content == .absent && absent.forms == [] && absent.valueCount == 0)
    #expect(absent.roleIsTold && absent.roles.map(\.name) == ["record"])
    let mention = try packet.explain(
      "message:\(try packet.row("message") { $0["added_participant"] is NSNull }):added_participant")
    #expect(mention.content == .absent && !mention.roleIsTold)
    #expect(mention.roles.map(\.name) == ["subject", "other"])
    let withheld = try packet.explain(
      "message:\(try packet.row("message") { $0["sender_ip"] == nil }):sender_ip")
    #expect(withheld.content == .withheld && !withheld.roleIsTold)
    #expect(withheld.roles.map(\.action) == ["keep", "withhold"])
  }

  /// Two rows of every kind: both formats say the same, and neither says a value.
  @Test func bothFormatsAgreeAndNeitherSaysAValue() throws {
    let (ndjson, csv) = (try SamplePacket(), try SamplePacket(.csv))
    var valueCount = 0
    for kind in ["message", "call", "location", "account"] {
      let rows = try ndjson.rows(kind)
      for index in Set([0, rows.count - 1]) {
        for (column, value) in rows[index] {
          let cell = try ndjson.explain("\(kind):\(index + 1):\(column)")
          let columns = column == "position" ? ["position.lat", "position.lon"] : [column]
          for other in try columns.map({ try csv.explain("\(kind):\(index + 1):\($0)") }) {
            #expect(other.content == cell.content && other.forms == cell.forms, "\(kind) \(column)")
            #expect(other.valueCount == cell.valueCount && other.roleIsTold == cell.roleIsTold)
            #expect(other.roles.map(\.name) == cell.roles.map(\.name))
            #expect(other.namesGrantedSubject == cell.namesGrantedSubject)
          }
          // A word of an enumeration may stand in a definition, too.
          let texts = Self.texts(value).filter { $0.utf8.count > 3 && cell.type != "enum" }
          valueCount += texts.count
          for said in [cell.text, String(decoding: cell.json, as: UTF8.self)] {
            #expect(texts.filter(said.contains) == [], "\(kind) \(column)")
          }
        }
      }
    }
    #expect(valueCount > 40)
  }

  private static func texts(_ value: Any) -> [String] {
    switch value {
    case let text as String: [text]
    case let number as NSNumber: [number.stringValue]
    case let list as [Any]: list.flatMap(texts)
    case let object as [String: Any]: object.values.flatMap(texts)
    default: []
    }
  }

  // MARK: - Forms and roles

  /// A packet of one record under one rule for a field of its sender's.
  private static func packet(
    _ small: SmallRun, _ records: String, _ format: RecordFormat
  ) throws -> String {
    let (folder, outcome) = try small.seal(
      [try small.ruling()], [small.source(records)], into: "out-\(format.rawValue)", format: format)
    #expect(outcome.failure == nil, "\(outcome)")
    return folder + "/US-1"
  }

  private static let other = "+447700900123"

  private static func small(_ type: String, _ rule: String) throws -> SmallRun {
    try SmallRun(
      kinds: """
          message:
            when: { kind: message }
            time: at
            parties: [from, to]
            fields:
              at: timestamp
              from: phone
              to: phone
              value: { \(type), of: from }
        """,
      rules: ["message.at: { truncate: second }", "message.from: keep", "message.value: \(rule)"])
  }

  /// What fields.csv and the cell tell of whose it is; the first record is the subject's, the second another's.
  @Test(
    arguments: [
      (
        "type: ip", "{ subject: keep, other: { prefix: { v4: 24, v6: 48 } } }", #""192.0.2.7""#, "subject",
        "other"
      ),
      ("type: phone", "{ subject: { mask: 2 }, other: country }", #""+447700900001""#, "subject", "other"),
      ("device: \"0-9a-f\"", "{ subject: keep, other: pseudonymize }", #""0f3a""#, "subject", "other"),
      (
        "type: point", "{ subject: { grid: 0.1 }, other: { geohash: 4 } }", "[51.53, -0.12]", "subject",
        "other"
      ),
      (
        "type: timestamp", "{ subject: { truncate: minute }, other: { truncate: week } }",
        #""2026-09-02T10:11:12Z""#, "subject", "other"
      ),
      ("integer: bytes", "{ subject: keep, other: { bucket: 60 } }", "-75", "subject", "other"),
      (
        "integer: bytes", "{ subject: { bucket: 60 }, other: { bucket: [0, 100] } }", "-75", "subject other",
        "subject other"
      ),
      ("type: ip", "{ subject: keep, other: redact }", #""192.0.2.7""#, "subject", "other"),
      ("text: 20", "{ subject: redact, other: withhold }", #""a""#, "subject", "subject other"),
      ("text: 20", "{ subject: keep, other: withhold }", #""[redacted]""#, "subject", "subject other"),
      ("text: 20", "{ subject: keep, other: withhold }", #""a \"b\" \\ c""#, "subject", "subject other"),
      ("type: ip", "{ subject: keep, other: keep }", #""192.0.2.7""#, "subject other", "subject other"),
    ] as [(String, String, String, String, String)])
  func aFormTellsTheRole(
    _ type: String, _ rule: String, _ value: String, _ own: String, _ others: String
  ) throws {
    let isPoint = type == "type: point"
    let small = try Self.small(isPoint ? "point: [lat, lon]" : type, rule)
    let member = isPoint ? #""lat":51.53,"lon":-0.12"# : #""value":\#(value)"#
    let records = [(SmallRun.subject, Self.other), (Self.other, SmallRun.subject)].map {
      #"{"kind":"message","at":"2026-09-02T00:00:00Z","from":"\#($0)","to":"\#($1)",\#(member)}"# + "\n"
    }.joined()
    for format in RecordFormat.allCases {
      let packet = try Self.packet(small, records, format)
      for (row, expected) in [(1, own), (2, others)] {
        // A geohash and coordinates are columns of their own in CSV.
        let column = isPoint && format == .csv && row == 1 ? "value.lat" : "value"
        let cell = try Self.explain("message:\(row):\(column)", in: packet)
        #expect(cell.roles.map(\.name).joined(separator: " ") == expected, "\(format) \(row) \(cell)")
        #expect(cell.roleIsTold == !expected.contains(" "), "\(format) \(row)")
      }
    }
  }

  /// A text that reads like a redacted one is a value where no rule redacts.
  @Test func redactedIsWhatARuleRedacts() throws {
    for (rule, content, form) in [
      ("{ subject: redact, other: withhold }", CellExplanation.Content.redacted, "[redacted]"),
      ("{ subject: keep, other: withhold }", .value, "whole value"),
    ] {
      let small = try Self.small("text: 20", rule)
      let record =
        #"{"kind":"message","at":"2026-09-02T00:00:00Z","from":"\#(SmallRun.subject)","value":"[redacted]"}"#
      for format in RecordFormat.allCases {
        let cell = try Self.explain("message:1:value", in: try Self.packet(small, record + "\n", format))
        #expect(cell.content == content && cell.forms == [form])
      }
    }
  }

  @Test func aListTellsItsElementsRoles() throws {
    let small = try SmallRun(
      kinds: """
          message:
            when: { kind: message }
            time: at
            parties: [from, to]
            fields:
              at: timestamp
              from: phone
              to: { array: phone }
        """,
      rules: [
        "message.at: { truncate: second }", "message.from: keep",
        "message.to: { subject: keep, other: pseudonymize }",
      ])
    let lists = ["\"\(Self.other)\",\"\(SmallRun.subject)\",\"\(Self.other)\"", "\"\(Self.other)\"", ""]
    let records = lists.map {
      #"{"kind":"message","at":"2026-09-02T00:00:00Z","from":"\#(SmallRun.subject)","to":[\#($0)]}"# + "\n"
    }.joined()
    for format in RecordFormat.allCases {
      let packet = try Self.packet(small, records, format)
      let both = try Self.explain("message:1:to", in: packet)
      #expect(both.forms == ["pseudonym", "whole value"] && both.valueCount == 3)
      #expect(both.roleIsTold && both.roles.map(\.name) == ["subject", "other"] && both.namesGrantedSubject)
      let one = try Self.explain("message:2:to", in: packet)
      #expect(one.roleIsTold && one.roles.map(\.name) == ["other"] && one.valueCount == 1)
      let none = try Self.explain("message:3:to", in: packet)
      #expect(none.content == (format == .csv ? .absent : .emptyList) && none.forms == [])
      #expect(!none.roleIsTold && none.roles.count == 2)
    }
  }

  /// By an identifier of the subject's alone nobody knows whose it is: it may stand in a field of another party.
  @Test func aSubjectsIdentifierTellsNoRole() throws {
    let small = try Self.small("type: phone", "{ subject: keep, other: keep }")
    let record =
      #"{"kind":"message","at":"2026-09-02T00:00:00Z","from":"\#(Self.other)","to":"\#(SmallRun.subject)","#
      + #""value":"\#(SmallRun.subject)"}"# + "\n"
    let cell = try Self.explain("message:1:value", in: try Self.packet(small, record, .ndjson))
    #expect(cell.namesGrantedSubject && !cell.roleIsTold && cell.roles.map(\.name) == ["subject", "other"])
    #expect(cell.text.contains("whose: not told; by such an identifier the demand names a granted subject"))
    #expect(!cell.text.contains(SmallRun.subject))
  }

  @Test func findsARowFarIntoAFile() throws {
    let small = try Self.small("integer: bytes", "keep")
    var records = ""
    for row in 1...20_000 {
      // One record has no value.
      let value = row == 19_998 ? "null" : String(row)
      records +=
        #"{"kind":"message","at":"2026-09-02T00:00:00Z","from":"\#(SmallRun.subject)","value":\#(value)}"#
        + "\n"
    }
    for format in RecordFormat.allCases {
      let packet = try Self.packet(small, records, format)
      #expect(try Self.explain("message:19997:value", in: packet).content == .value)
      #expect(try Self.explain("message:19998:value", in: packet).content == .absent)
      #expect(try Self.explain("message:20000:value", in: packet).content == .value)
      #expect(Self.failure("message:20001:value", in: packet)?.code == "cell-row")
    }
  }

  // MARK: - What is not there, and what does not verify

  private static func failure(_ cell: String, in packet: String) -> SluiceError? {
    do { _ = try explain(cell, in: packet) } catch { return error as? SluiceError }
    return nil
  }

  @Test(
    arguments: [
      ("message:4:sender", "cell-row"), ("message:18446744073709551615:sender", "cell-row"),
      ("message:1:body", "cell-column"), ("message:1:position", "cell-column"),
      ("letter:1:sender", "cell-kind"),
      ("../demand:1:sender", "cell-kind"),
    ])
  func saysWhichPartOfACellIsNotThere(_ cell: String, _ code: String) throws {
    for format in ["ndjson", "csv"] {
      let error = try #require(
        Self.failure(cell, in: "\(PacketFixtures.packageFolder)/Tests/Golden/packet-\(format)"))
      #expect(error.code == code && error.status == .input)
    }
  }

  @Test func columnsAreThoseOfTheFileOfRecords() throws {
    let golden = "\(PacketFixtures.packageFolder)/Tests/Golden/packet-"
    #expect(try Self.explain("location:1:position", in: golden + "ndjson").forms == ["coordinates"])
    #expect(try Self.explain("location:1:position.lon", in: golden + "csv").forms == ["coordinates"])
    #expect(Self.failure("location:1:position.lon", in: golden + "ndjson")?.code == "cell-column")
    #expect(Self.failure("location:1:position", in: golden + "csv")?.code == "cell-column")
  }

  @Test func explainsNothingOfAPacketThatDoesNotVerify() throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let packet = place.path + "/US-2026-000123"
    #expect(try Self.explain("message:1:sender", in: packet).content == .value)
    let rows = "US-2026-000123/data/records/message.ndjson"
    try place.write(try place.bytes(rows) + Array("\n".utf8), rows)
    let verified = #expect(throws: SluiceError.self) { try PacketVerifier.verify(path: packet) }
    #expect(verified?.status == .verification)
    #expect(Self.failure("message:1:sender", in: packet) == verified)
    // The packet comes before the cell.
    #expect(Self.failure("letter:1:sender", in: packet) == verified)
    #expect(Self.failure("message:1:sender", in: place.path + "/none")?.status == .input)
  }

  /// A packet whose page is of another edition is not held against it, so what its own files say need not be true.
  @Test func trustsNoStatementOfAnEditionThatIsNotKnown() throws {
    func explain(_ changes: [(file: String, old: String, new: String)]) throws -> CellExplanation {
      let place = try PacketPlace()
      try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
      var files = try place.files("US-2026-000123")
      for change in changes + [("data/report.html", "data-edition=\"2\"", "data-edition=\"999\"")] {
        let text = String(decoding: try #require(files[change.file]), as: UTF8.self)
        #expect(text.contains(change.old))
        files[change.file] = Array(text.replacingOccurrences(of: change.old, with: change.new).utf8)
      }
      for (file, bytes) in try SignedPacket.resealed(files) {
        try place.write(bytes, "US-2026-000123/\(file)")
      }
      return try Self.explain("message:1:sender", in: place.path + "/US-2026-000123")
    }
    let (fields, provenance) = ("data/fields.csv", "data/provenance.json")
    #expect(try explain([(provenance, "\"format\": \"ndjson\"", "\"format\": \"csv\"")]).content == .value)
    let later = try explain([(fields, "\"keep\",\"exact\"", "\"blur\",\"exact\"")])
    #expect(!later.roleIsTold && later.roles.map(\.action) == ["blur", "pseudonymize"])
    let turned = try explain([(fields, "Leaves only", "\u{202E}\u{9B}Leaves only")])
    #expect(turned.text.contains("note for subject: ??Leaves only"))
    let error = #expect(throws: SluiceError.self) {
      try explain([(provenance, "\"now\": \"2026-10-05T", "\"now\": \"2026-13-05T")])
    }
    #expect(error?.code == "packet-side-file" && error?.status == .verification)
  }

  // MARK: - The policy

  @Test func tellsARulesPlaceInThePolicyOfThePacket() throws {
    let packet = try SamplePacket(.csv)
    let lines = String(decoding: try SampleRun.bytes("policies/US.yaml"), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    for (cell, rule) in [
      ("message:1:sender", "    message.sender:"), ("location:1:position.lat", "    location.position:"),
      ("account:1:last_seen", "    account.last_seen:"),
    ] {
      let plain = try packet.explain(cell)
      #expect(plain.roles.allSatisfy { $0.policyFile == nil && $0.line == nil })
      let placed = try plain.placed(in: packet.run.policies, catalog: packet.run.catalog)
      let line = try #require(placed.roles[0].line)
      #expect(placed.roles[0].policyFile == "US.yaml" && lines[line - 1].hasPrefix(rule))
      #expect(placed.text.contains(" US.yaml:\(line)\n") && !plain.text.contains("RULE"))
    }
  }

  @Test func takesNoPolicyOfAnotherDigest() throws {
    let packet = try SamplePacket()
    let cell = try packet.explain("message:1:sender")
    let changed = try SampleRun(demands: ["us-warrant"], in: SourceFolder()) { $1 + Array("# later\n".utf8) }
    let error = #expect(throws: SluiceError.self) {
      try cell.placed(in: changed.policies, catalog: changed.catalog)
    }
    #expect(error?.code == "policy-other" && error?.status == .document)
  }

  // MARK: - What is written

  @Test func writesAText() throws {
    let packet = try SamplePacket()
    let cell = try packet.explain("location:1:timestamp")
    let lines = cell.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(
      lines.prefix(5) == [
        "US-2026-000127: data/records/location.ndjson, row 1, column timestamp",
        "When the device measured the position, by the device's clock.", "type: timestamp, unit: UTC",
        "holds: a value, not shown here (time to the hour)", "whose: nobody's own; one rule for everyone",
      ])
    #expect(lines[6].hasPrefix("ROLE    ACTION    PRECISION "))
    #expect(lines[7].hasPrefix("record  truncate  hour       derived     location  Fed. R. Crim. P. 41"))
    #expect(lines.contains { $0.hasPrefix("note for record: The period is matched") })
    #expect(
      lines.contains("policy: version 2026-10-01, SHA-256 \(Base16.encode(cell.policyDigest))"))
    #expect(lines.contains("produced: 2026-10-05T00:00:00Z, by a time that was given"))
    #expect(lines.last == "" && lines.allSatisfy { !$0.hasSuffix(" ") })
  }

  @Test func encodesAsJSON() throws {
    let packet = try SamplePacket()
    let row = try packet.row("message") { ($0["sender"] as? String)?.hasPrefix("pa") == true }
    let cell = try packet.explain("message:\(row):sender")
    let placed = try cell.placed(in: packet.run.policies, catalog: packet.run.catalog)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(placed.json)) as? [String: Any])
    #expect(object["packet"] as? String == "US-2026-000127" && object["row"] as? Int == row)
    #expect(object["content"] as? String == "value" && object["forms"] as? [String] == ["pseudonym"])
    #expect(object["role-is-told"] as? Bool == true && object["names-granted-subject"] as? Bool == false)
    #expect(object["policy-sha256"] as? String == Base16.encode(cell.policyDigest))
    #expect(object["produced"] as? String == "2026-10-05T00:00:00Z")
    #expect(
      object["pseudonym-key-id"] as? String == Base16.encode(cell.packet.packetCase.publishedKey.keyID))
    let roles = try #require(object["roles"] as? [[String: Any]])
    #expect(roles.map { $0["role"] as? String } == ["other"])
    #expect(
      roles[0]["line"] as? Int == placed.roles[0].line && roles[0]["policy-file"] as? String == "US.yaml")
    let plain = try #require(try JSONSerialization.jsonObject(with: Data(cell.json)) as? [String: Any])
    #expect((plain["roles"] as? [[String: Any]])?[0]["line"] is NSNull)
  }
}
