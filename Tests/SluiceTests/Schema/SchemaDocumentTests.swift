import Sluice
import Testing

@Suite("Schemas are read by every rule")
struct SchemaDocumentTests {
  private func read(_ text: String) -> (schema: Schema?, problems: [Problem]) {
    var problems = ProblemList()
    let schema = SchemaDocument.read(Array(text.utf8), file: "schema.yaml", problems: &problems)
    return (schema, problems.inOrder)
  }

  /// A code, a part of the good schema, what replaces it, and the text at whose place the problem is.
  struct Fault: CustomTestStringConvertible {
    let code: String
    let part: String
    let replacement: String
    var testDescription: String { "\(code): \(replacement)" }

    init(_ code: String, _ part: String, _ replacement: String) {
      (self.code, self.part, self.replacement) = (code, part, replacement)
    }
  }

  static let faults = [
    Fault("wrong-format", "schema/1", "schema/2"),
    Fault("wrong-value", "name: sample", "name: Sample"),
    Fault("region-unknown", "name: sample", "name: sample\nregion: ZZ"),
    Fault("unknown-key", "name: sample", "name: sample\nversion: 1"),
    Fault("when-missing", "    when: { kind: account }\n", ""),
    Fault("when-duplicate", "when: { kind: account }", "when: { kind: message }"),
    Fault("when-empty", "when: { kind: account }", "when: {}"),
    Fault("path-invalid", "when: { kind: account }", "when: { a..b: account }"),
    Fault("kind-name", "  account:", "  Account:"),
    Fault("field-name", "      closed:", "      a.b:"),
    Fault("time-unknown", "time: sent_at", "time: sent"),
    Fault("time-type", "time: sent_at", "time: size"),
    Fault("time-role", "sent_at: timestamp", "sent_at: { type: timestamp, of: sender }"),
    Fault("missing-key", "    time: sent_at\n", ""),
    Fault("missing-key", "    parties: [phone]\n", ""),
    Fault("parties-missing", "parties: [phone]", "parties: []"),
    Fault("party-unknown", "parties: [phone]", "parties: [phon]"),
    Fault("party-duplicate", "parties: [phone]", "parties: [phone, phone]"),
    Fault("party-type", "parties: [phone]", "parties: [phone, closed]"),
    Fault("party-and-mention", "mentions: [added]", "mentions: [added, sender]"),
    Fault("party-with-of", "added: phone", "added: { type: phone, of: sender }"),
    Fault("owner-missing", "{ type: ip, of: sender }", "{ type: ip }"),
    Fault("owner-missing", "{ type: port, of: sender }", "port"),
    Fault("owner-missing", ", of: record }", " }"),
    Fault("owner-missing", "{ text: 40, of: sender }", "{ text: 40 }"),
    Fault("owner-missing", "{ point: [lat, lon], of: sender }", "{ point: [lat, lon] }"),
    Fault("owner-missing", "mentions: [added]", "mentions: []"),
    Fault("of-unknown", "{ type: ip, of: sender }", "{ type: ip, of: sendr }"),
    Fault("of-unknown", "{ type: ip, of: sender }", "{ type: ip, of: added }"),
    Fault("of-array", "{ type: ip, of: sender }", "{ type: ip, of: recipients }"),
    Fault("of-never", "body: content", "body: { type: content, of: sender }"),
    Fault("array-without-role", "size: {", "more: { array: phone, of: record }\n      size: {"),
    Fault("array-type", "{ array: phone }", "{ array: boolean }"),
    Fault("type-unknown", "closed: boolean", "closed: bolean"),
    Fault("type-missing", "closed: boolean", "closed: { definition: x }"),
    Fault("type-missing", "closed: boolean", "closed: { type: boolean, integer: bytes }"),
    Fault("type-form", "closed: boolean", "closed: { type: enum }"),
    Fault("type-form", "closed: boolean", "closed: point"),
    Fault("type-incomplete", "{ duration: milliseconds }", "duration"),
    Fault("type-incomplete", "{ integer: bytes }", "integer"),
    Fault("type-incomplete", "closed: boolean", "closed: account"),
    Fault("type-incomplete", "closed: boolean", "closed: text"),
    Fault("type-incomplete", "alphabet: \"0-9a-f\", ", ""),
    Fault("alphabet-invalid", "\"0-9a-f\"", "\"9-0\""),
    Fault("wrong-value", "{ duration: milliseconds }", "{ duration: weeks }"),
    Fault("wrong-value", "{ integer: bytes }", "{ integer: \"10 KB\" }"),
    Fault("wrong-value", "{ text: 40, of: sender }", "{ text: 0, of: sender }"),
    Fault("option-unused", "closed: boolean", "closed: { type: boolean, region: GB }"),
    Fault("option-unused", "{ timestamp: epoch-ms }", "{ timestamp: epoch-ms, zone: UTC }"),
    Fault("option-unused", "{ point: [lat, lon], of", "{ point: [lat, lon], from: x, of"),
    Fault("zone-missing", "{ timestamp: epoch-ms }", "{ timestamp: \"yyyy-MM-dd HH:mm:ss\" }"),
    Fault("timestamp-pattern", "{ timestamp: epoch-ms }", "{ timestamp: \"yyyy\", zone: Mars/One }"),
    Fault("enum-duplicate", "[text, image, audio]", "[text, image, text]"),
    Fault("enum-empty", "[text, image, audio]", "[]"),
    Fault("enum-value", "[text, image, audio]", "[\"=text\"]"),
    Fault("point-paths", "[lat, lon]", "[lat]"),
    Fault("path-invalid", "closed: boolean", "closed: { type: boolean, from: a. }"),
    Fault("path-invalid", "closed: boolean", "closed: { type: boolean, from: [] }"),
    Fault("path-duplicate", "closed: boolean", "closed: { type: boolean, from: phone }"),
    Fault("path-duplicate", "closed: boolean", "closed: { type: boolean, from: [a, a] }"),
    Fault("path-duplicate", "[lat, lon]", "[lat, lat]"),
    Fault("path-conflict", "closed: boolean", "closed: { type: boolean, from: phone.closed }"),
    Fault("path-conflict", "when: { kind: account }", "when: { phone.kind: account }"),
    Fault("path-conflict", "closed: boolean", "closed: { type: boolean, from: kind.closed }"),
    Fault("path-conflict", "[lat, lon]", "[body.lat, lon]"),
    Fault("from-source", "body: content", "body: { type: content, from: source }"),
    Fault("from-source", "{ array: phone }", "{ array: phone, from: source }"),
  ]

  @Test(arguments: faults)
  func faultIsFound(fault: Fault) {
    let (schema, problems) = read(Texts.schema.with(fault.part, fault.replacement))
    #expect(schema == nil)
    #expect(problems.map(\.code) == [fault.code])
    #expect(problems.allSatisfy { $0.file == "schema.yaml" && $0.line > 0 && $0.column > 0 })
  }

  @Test func everyFaultOfADocumentIsFoundInOnePass() {
    let text = Texts.schema.with("closed: boolean", "closed: bolean").with("of: record", "of: nobody")
      .with("time: sent_at", "time: sent").with("name: sample", "name: sample\nname: other")
    let problems = read(text).problems
    #expect(
      Set(problems.map(\.code)) == ["type-unknown", "of-unknown", "time-unknown", "duplicate-key"])
    let hint = problems.first { $0.code == "type-unknown" }
    #expect(hint?.message.hasSuffix("did you mean “boolean”?") == true)
    #expect([hint?.line, hint?.column] == text.place(of: "bolean"))
  }

  @Test func theModelSaysWhatTheDocumentSays() throws {
    let text = Texts.schema.with("name: sample", "name: sample\nregion: GB")
      .with("closed: boolean", "closed: { type: boolean, from: [Closed, is.closed], definition: Shut. }")
    let schema = try #require(read(text).schema)
    #expect(schema.kinds.map(\.name) == ["message", "account"])
    let message = schema.kinds[0]
    #expect(message.timeField == 0)
    #expect(message.parties == [1, 2])
    #expect(message.mentions == [3])
    #expect(message.fields[1].type == .phone(region: "GB"))
    #expect(message.fields[2].isArray)
    #expect(message.fields.map(\.role).prefix(6) == [.record, .party, .party, .mention, .of(1), .of(1)])
    let account = schema.kinds[1]
    #expect(account.timeField == nil)
    #expect(account.fields[2].definition == "Shut.")
    #expect(account.fields[2].origin == .paths([SourcePath(["Closed"]), SourcePath(["is", "closed"])]))
    #expect(schema.digest.count == 32)
  }

  @Test func kindsOfOneNameAreEqualOrDoNotLoad() throws {
    var problems = ProblemList()
    let first = try #require(read(Texts.schema).schema)
    #expect(Catalog(schemas: [first, first], problems: &problems).kinds.count == 2)
    #expect(!problems.hasErrors)
    let other = try #require(read(Texts.schema.with("{ text: 40, of", "{ text: 41, of")).schema)
    _ = Catalog(schemas: [first, other], problems: &problems)
    #expect(problems.problems.map(\.code) == ["kind-conflict"])
  }
}
