import Sluice
import SluiceCrypto
import Testing

private typealias Fixtures = RulingFixtures

struct DemandDocumentTests {
  /// A demand as design section 3.3 writes it, a key a line so that a test can change or take away one.
  private static let lines: [(key: String, text: String)] = [
    ("sluice", "sluice: demand/1"),
    ("reference", "reference: US-2026-000123"),
    ("jurisdiction", "jurisdiction: US"),
    ("instrument", "instrument: court-order"),
    (
      "authority",
      #"authority: { name: "Example Court", official: "Official A", title: Judge, contact: c, reference: r }"#
    ),
    ("issued", "issued: 2026-10-02"),
    ("received", "received: 2026-10-03T09:12:00Z"),
    ("subjects", #"subjects: [ { phone: "+12025550123", also: [ { account: a-7f31 } ] } ]"#),
    ("period", "period: { from: 2026-09-01T00:00:00Z, until: 2026-10-01T00:00:00Z }"),
    ("categories", "categories: [traffic]"),
    ("document", "document: court-order.pdf"),
    ("prepared", #"prepared: { by: "p", at: 2026-10-04T10:00:00Z }"#),
    ("approved", #"approved: { by: "a", at: 2026-10-04T11:00:00Z, decision: "yes" }"#),
  ]

  /// Reads the demand with one line changed (nil takes the key away) and lines added.
  private func read(
    _ key: String? = nil, _ text: String? = nil, adding: String? = nil, digest: [UInt8]? = [1, 2, 3]
  ) -> (demand: Demand?, problems: [Problem]) {
    var lines = Self.lines.compactMap { $0.key == key ? text : $0.text }
    if let adding { lines.append(adding) }
    return load(lines.joined(separator: "\n") + "\n", digest: digest)
  }

  private func load(_ text: String, digest: [UInt8]? = nil) -> (demand: Demand?, problems: [Problem]) {
    var problems = ProblemList()
    let demand = DemandDocument.read(
      Array(text.utf8), file: "demand.yaml", problems: &problems, documentDigest: { _ in digest })
    return (demand, problems.problems)
  }

  // MARK: What loads

  @Test func readsTheWholeForm() throws {
    let (found, problems) = read()
    #expect(problems.isEmpty)
    let demand = try #require(found)
    #expect(demand.file == "demand.yaml")
    #expect(demand.digest.count == 32)
    #expect(demand.reference == "US-2026-000123")
    #expect(demand.part == 1)
    #expect(demand.jurisdiction == "US")
    #expect(demand.instrument == "court-order")
    #expect(
      demand.authority
        == Authority(
          name: "Example Court", official: "Official A", title: "Judge", contact: "c", reference: "r"))
    #expect(demand.issued == Fixtures.day(2026, 10, 2))
    #expect(demand.received == Fixtures.day(2026, 10, 3, seconds: 9 * 3600 + 12 * 60))
    #expect(
      demand.subjects
        == [Fixtures.subject(Fixtures.phone, also: Fixtures.identifier(.account, "a-7f31"))])
    #expect(demand.period == Fixtures.september)
    #expect(demand.categories == ["traffic"])
    #expect(demand.documentDigest == [1, 2, 3])
    #expect(demand.prepared == Signoff(by: "p", at: Fixtures.day(2026, 10, 4, seconds: 36_000), decision: ""))
    #expect(
      demand.approved == Signoff(by: "a", at: Fixtures.day(2026, 10, 4, seconds: 39_600), decision: "yes"))
    #expect(demand.invalidValues.isEmpty)
  }

  @Test(arguments: ["period", "document", "prepared", "approved"])
  func doesWithoutOptionalKeys(_ key: String) throws {
    let (demand, problems) = read(key)
    #expect(problems.isEmpty)
    let read = try #require(demand)
    #expect((read.period == nil) == (key == "period"))
    #expect((read.documentDigest == nil) == (key == "document"))
    #expect((read.prepared == nil) == (key == "prepared"))
    #expect((read.approved == nil) == (key == "approved"))
  }

  @Test func readsAFurtherPart() {
    #expect(read(adding: "part: 2").demand?.packetName == "US-2026-000123.2")
  }

  @Test func readsNorwayAsNorway() {
    #expect(read("jurisdiction", "jurisdiction: NO").demand?.jurisdiction == "NO")
  }

  @Test func readsInstantsWithAnOffset() {
    let period = "period: { from: 2026-09-01T02:00:00+02:00, until: 2026-09-30T21:00:00-03:00 }"
    #expect(read("period", period).demand?.period == Fixtures.september)
  }

  /// What an authority left out is for the gates to refuse.
  @Test func leavesMissingCriteriaToTheGates() {
    #expect(read("authority", "authority: { title: Judge }").demand?.authority.name == "")
    #expect(read("subjects", "subjects: []").demand?.subjects == [])
  }

  @Test func asksForTheDocumentByItsPath() {
    var asked: [String] = []
    var problems = ProblemList()
    let text = Self.lines.map(\.text).joined(separator: "\n")
    _ = DemandDocument.read(
      Array(text.utf8), file: "demand.yaml", problems: &problems,
      documentDigest: { path in
        asked.append(path)
        return [1]
      })
    #expect(asked == ["court-order.pdf"])
  }

  // MARK: Values that a gate refuses

  @Test(arguments: [
    ("subjects: [ { phone: 12025550123 } ]", "subjects[0].phone"),
    (#"subjects: [ { phone: "+1 202 555 0123" } ]"#, "subjects[0].phone"),
    ("subjects: [ { account: a }, { email: nobody } ]", "subjects[1].email"),
    ("subjects: [ { ip: 192.0.2.300 } ]", "subjects[0].ip"),
    (#"subjects: [ { account: "a b" } ]"#, "subjects[0].account"),
    (#"subjects: [ { device: "é" } ]"#, "subjects[0].device"),
    (#"subjects: [ { account: a, also: [ { cell: "" } ] } ]"#, "subjects[0].also[0].cell"),
  ])
  func keepsAnIdentifierThatIsNoneForTheFirstGate(_ text: String, _ key: String) throws {
    let (found, problems) = read("subjects", text)
    #expect(problems.isEmpty)
    let demand = try #require(found)
    #expect(demand.invalidValues == [key])
    #expect(Fixtures.rule(demand).reason == .valuesInvalid)
  }

  @Test func keepsAPeriodThatIsNoneForTheFirstGate() throws {
    let (found, problems) = read(
      "period", "period: { from: 2026-10-01T00:00:00Z, until: 2026-09-01T00:00:00Z }")
    #expect(problems.isEmpty)
    #expect(Fixtures.rule(try #require(found)).reason == .valuesInvalid)
  }

  @Test(arguments: [
    (#"{ phone: "+12025550123" }"#, "+12025550123"), ("{ email: A.b@EXAMPLE.org }", "A.b@example.org"),
    (#"{ ip: "2001:DB8:0:0::1" }"#, "2001:db8::1"), (#"{ ip: "::ffff:192.0.2.1" }"#, "192.0.2.1"),
    ("{ account: A-7f31 }", "A-7f31"), ("{ device: 0f3a }", "0f3a"), ("{ cell: 310-410-1 }", "310-410-1"),
  ])
  func writesIdentifiersInTheirCanonicalForm(_ subject: String, _ text: String) {
    #expect(read("subjects", "subjects: [ \(subject) ]").demand?.subjects.first?.identifier.text == text)
  }

  @Test func foldsAMappedAddressToFourBytes() {
    let subject = read("subjects", #"subjects: [ { ip: "::ffff:192.0.2.1" } ]"#).demand?.subjects.first
    #expect(subject?.identifier.canonical == [192, 0, 2, 1])
  }

  // MARK: What does not load

  @Test(arguments: [
    "sluice", "reference", "jurisdiction", "instrument", "authority", "issued", "received", "subjects",
    "categories",
  ])
  func wantsItsRequiredKeys(_ key: String) {
    let (demand, problems) = read(key)
    #expect(demand == nil)
    #expect(!problems.isEmpty)
  }

  @Test(arguments: [
    ("sluice", "sluice: demand/2"),
    ("sluice", "sluice: policy/1"),
    ("reference", "reference: us-1"),
    ("reference", "reference: ../US-1"),
    ("reference", "reference: .US-1"),
    ("reference", "reference: \"US 1\""),
    ("reference", "reference: \"US-1\\n\""),
    ("reference", "reference: A\(String(repeating: "1", count: 64))"),
    ("reference", "reference: \"\""),
    ("jurisdiction", "jurisdiction: USA"),
    ("jurisdiction", "jurisdiction: us"),
    ("jurisdiction", "jurisdiction: [US]"),
    ("instrument", "instrument: Court Order"),
    ("issued", "issued: 2026-10-02T00:00:00Z"),
    ("issued", "issued: 2026-02-30"),
    ("received", "received: 2026-10-03"),
    ("received", "received: 2026-10-03T09:12:00"),
    ("subjects", "subjects: { phone: \"+12025550123\" }"),
    ("subjects", "subjects: [ \"+12025550123\" ]"),
    ("subjects", "subjects: [ { } ]"),
    ("subjects", "subjects: [ { phone: \"+12025550123\", account: a } ]"),
    ("subjects", "subjects: [ { also: [ { account: a } ] } ]"),
    ("subjects", "subjects: [ { account: a, also: [] } ]"),
    ("subjects", "subjects: [ { account: a, also: [ { phone: \"+12025550123\", email: a@example.org } ] } ]"),
    ("subjects", "subjects: [ { account: a, also: [ { account: b, also: [ { cell: c } ] } ] } ]"),
    ("subjects", "subjects: [ { id: { message: m } } ]"),
    ("subjects", "subjects: [ { name: somebody } ]"),
    ("subjects", "subjects: [ { account: a }, { account: a } ]"),
    ("period", "period: { from: 2026-09-01, until: 2026-10-01T00:00:00Z }"),
    ("period", "period: { from: 2026-09-01T00:00:00Z }"),
    ("categories", "categories: traffic"),
    ("categories", "categories: []"),
    ("categories", "categories: [traffic, traffic]"),
    ("categories", "categories: [Traffic Data]"),
    ("authority", "authority: { name: n, official: o, email: e }"),
    ("authority", "authority: { name: \"a\\u0007b\" }"),
    ("authority", "authority: { name: \"a\\u202Eb\" }"),
    ("authority", "authority: { name: \" \" }"),
    ("authority", "authority: { name: n, official: \"\u{A0}\" }"),
    ("document", "document: \"\""),
    ("document", "document: \" \""),
    ("prepared", "prepared: { by: p }"),
    ("prepared", "prepared: { by: \"\", at: 2026-10-04T10:00:00Z }"),
    ("prepared", "prepared: { by: \" \", at: 2026-10-04T10:00:00Z }"),
    ("prepared", "prepared: { by: \u{3164}, at: 2026-10-04T10:00:00Z }"),
    ("prepared", "prepared: { by: p, at: 2026-10-04T10:00:00Z, decision: d }"),
    ("approved", "approved: { by: \"\u{A0}\", at: 2026-10-04T10:00:00Z, decision: d }"),
    ("approved", "approved: { by: a, at: 2026-10-04T10:00:00Z, decision: \u{3164} }"),
    ("approved", "approved: { by: a, at: 2026-10-04T10:00:00Z }"),
  ])
  func refusesToLoad(_ key: String, _ text: String) {
    let (demand, problems) = read(key, text)
    #expect(demand == nil)
    #expect(problems.contains { $0.severity == .error && $0.line > 0 && $0.column > 0 })
  }

  @Test(arguments: ["part: 1", "part: 0", "part: -2", "part: two", "part: 2.0", "nobody: knows"])
  func refusesToLoadWith(_ line: String) {
    let (demand, problems) = read(adding: line)
    #expect(demand == nil)
    #expect(problems.map(\.line) == [14])
  }

  @Test func saysThatTheDocumentCannotBeRead() {
    let (demand, problems) = read(digest: nil)
    #expect(demand == nil)
    #expect(problems.map(\.code) == ["document-unreadable"])
    #expect(problems.map(\.line) == [11])
  }

  /// An empty file was served to nobody: it must not pass where a document is required.
  @Test func takesAnEmptyDocumentForNone() throws {
    let (found, problems) = read(digest: SHA256.hash([]))
    #expect(problems.map(\.code) == ["document-holds-nothing"])
    #expect(problems.map(\.severity) == [.warning])
    #expect(problems.map(\.line) == [11])
    let demand = try #require(found)
    #expect(demand.documentDigest == nil)
    let policy = Fixtures.policy(instruments: [Fixtures.instrument(document: true)])
    #expect(Fixtures.rule(demand, [policy]).reason == .documentMissing)
  }

  @Test func reportsEveryProblemInOnePass() {
    let text = """
      sluice: demand/1
      reference: lower
      jurisdiction: USA
      instrument: court-order
      authority: { name: n, officer: o }
      issued: yesterday
      received: 2026-10-03T09:12:00Z
      subjects: [ { phone: "+12025550123", account: a } ]
      categories: [traffic, traffic]
      part: 1
      """
    let (demand, problems) = load(text)
    #expect(demand == nil)
    #expect(Set(problems.map(\.line)) == [2, 3, 5, 6, 8, 9, 10])
  }

  /// A subject whose class was forgotten stands in the place of a key.
  @Test func printsNoIdentifierThatStandsForAKey() {
    let (demand, problems) = read("subjects", "subjects: [ { d490154203237518 } ]")
    #expect(demand == nil)
    #expect(problems.map(\.code) == ["unknown-key", "identifier-not-one"])
    #expect(problems.map { [$0.line, $0.column] } == [[8, 15], [8, 13]])
    for problem in problems { #expect(!problem.description.contains("490154203237518")) }
  }

  /// No message holds a value of the demand (design: section 2, guarantee 5).
  @Test func writesNoValueIntoAMessage() {
    let text = """
      sluice: demand/1
      reference: canary-reference
      jurisdiction: canary-jurisdiction
      instrument: Canary Instrument
      authority: canary-authority
      issued: canary-issued
      received: canary-received
      subjects: [ canary-subject, { phone: canary-phone, email: canary-email } ]
      period: { from: canary-from, until: canary-until }
      categories: [canary category]
      part: canary-part
      prepared: { by: canary-person, at: canary-at }
      """
    let (demand, problems) = load(text)
    #expect(demand == nil)
    #expect(problems.count >= 10)
    for problem in problems { #expect(!problem.description.lowercased().contains("canary")) }
  }
}
