import Sluice
import Testing

@Suite("Documents are read strictly")
struct DocumentTests {
  private func read(_ text: String) -> (node: DocumentNode?, problems: [Problem]) {
    read(bytes: Array(text.utf8))
  }

  private func read(bytes: [UInt8]) -> (node: DocumentNode?, problems: [Problem]) {
    var problems = ProblemList()
    let node = Document.read(bytes, file: "d.yaml", problems: &problems)
    return (node, problems.inOrder)
  }

  @Test(arguments: [
    ("yaml-alias", "a: &x 1", 1, 4), ("yaml-alias", "a: &x [1]", 1, 4), ("yaml-alias", "*x : 1", 1, 1),
    ("yaml-alias", "b: *x", 1, 4), ("yaml-alias", "&x a: 1", 1, 1),
    ("yaml-tag", "a: !!str 1", 1, 4), ("yaml-tag", "a: ! 1", 1, 4), ("yaml-tag", "a: !own {b: 1}", 1, 4),
    ("yaml-tag", "!!str a: 1", 1, 1),
    ("yaml-merge", "<<: {b: 1}", 1, 1), ("key-not-text", "? [a]\n: 1", 1, 3),
    ("document-count", "a: 1\n---\nb: 1", 2, 1), ("document-empty", "# nothing\n", 1, 1),
    ("duplicate-key", "a: 1\nb: 2\na: 3", 3, 1), ("duplicate-key", "a: {b: 1, c: 2, b: 3}", 1, 17),
    ("duplicate-key", "\"a\": 1\n'a': 3", 2, 1),
    ("yaml-tag", "a: !e!x 1", 1, 4),
    ("yaml-syntax", "a: b: c", 1, 5), ("yaml-syntax", "a: [b", 2, 1), ("yaml-syntax", "a: \"b", 1, 6),
    ("yaml-syntax", "a: @b", 1, 4), ("document-character", "a: \u{202E}b", 1, 4),
    ("document-character", "a: b\rc: d", 1, 5), ("document-character", "é: \u{E000}", 1, 4),
    ("document-character", "a: 1\nb: \u{1B}", 2, 4), ("document-character", "a: \u{7F}", 1, 4),
    ("document-encoding", "\u{FEFF}a: 1", 1, 1),
  ])
  func refused(code: String, text: String, line: Int, column: Int) {
    let problems = read(text).problems
    #expect(problems.map(\.code) == [code])
    #expect(problems.map { [$0.line, $0.column] } == [[line, column]])
  }

  @Test func everyDuplicateIsReportedBesideOtherProblems() {
    let text = """
      a: 1
      a: 2
      b:
        c: 1
        d: &x 2
        c: 2
        c: 3
      a: 4
      """
    let problems = read(text).problems
    #expect(
      problems.map { "\($0.code) \($0.line):\($0.column)" } == [
        "duplicate-key 2:1", "yaml-alias 5:6", "duplicate-key 6:3", "duplicate-key 7:3", "duplicate-key 8:1",
      ])
  }

  @Test func everyDuplicateOfALongMappingIsReported() {
    let keys = (1...40).map { "key\($0)" }
    let text = (keys + ["key1", "key16", "key17", "key40", "key1"]).map { "\($0): 1\n" }.joined()
    let lines = [(41, 1), (42, 16), (43, 17), (44, 40), (45, 1)]
    let problems = read(text).problems
    #expect(problems.map(\.code) == Array(repeating: "duplicate-key", count: 5))
    for (problem, (line, first)) in zip(problems, lines) {
      #expect(problem.line == line && problem.message.contains("after line \(first);"))
    }
  }

  @Test func duplicateKeysKeepTheirNamesAndTheFirstValue() throws {
    let node = try #require(read("être: 1\nb: 2\nêtre: 3").node)
    guard case .mapping(let members) = node.content else {
      Issue.record("not a mapping")
      return
    }
    #expect(members.map(\.key) == ["être", "b"])
    #expect(members.map(\.value.scalar) == ["1", "2"])
  }

  @Test func invalidUTF8IsRefused() {
    #expect(read(bytes: [0x61, 0x3A, 0x20, 0xFF]).problems.map(\.code) == ["document-encoding"])
  }

  @Test func aMebibyteIsReadAndAByteMoreIsNot() {
    let start = Array("a: 1\n# ".utf8)
    let filling = [UInt8](repeating: UInt8(ascii: "x"), count: Document.byteCountMax - start.count)
    #expect(read(bytes: start + filling).problems.isEmpty)
    #expect(read(bytes: start + filling + [0x78]).problems.map(\.code) == ["document-too-long"])
  }

  @Test(arguments: [(31, true), (32, false), (900, false), (100_000, false)])
  func depthIsBounded(brackets: Int, isRead: Bool) {
    let text =
      "a: " + String(repeating: "[", count: brackets - 1) + String(repeating: "]", count: brackets - 1)
    // The document's mapping and the value's own brackets: `brackets` levels and no scalar.
    #expect(read(text).problems.isEmpty == (isRead || brackets == 32))
    let deeper = "a: " + String(repeating: "[", count: brackets) + String(repeating: "]", count: brackets)
    #expect(read(deeper).problems.isEmpty == isRead)
  }

  @Test func partsAreBounded() {
    // The mapping, its key and the sequence are parts too.
    let fits = "a: [" + String(repeating: "1,", count: Document.nodeCountMax - 3) + "]"
    #expect(read(fits).problems.isEmpty)
    let tooMany = "a: [" + String(repeating: "1,", count: Document.nodeCountMax - 2) + "]"
    #expect(read(tooMany).problems.map(\.code) == ["document-too-large"])
  }

  @Test func aliasesAreRefusedAtEachPlaceAndNeverFollowed() {
    var text = "a0: &a0 [x, x]\n"
    for level in 1...30 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    text += "? *a30\n: 1\n? *a30\n: *undefined\n"
    let problems = read(text).problems
    #expect(Set(problems.map(\.code)) == ["yaml-alias"])
    // An anchor on each of 31 lines, two aliases on 30 of them, and the three of the last four lines.
    #expect(problems.count == 31 + 60 + 3)
    #expect(Set(problems.map { [$0.line, $0.column] }).count == problems.count)
  }

  @Test func whatIsRefusedIsReadForItsOwnProblems() {
    let text = """
      a: &x
        b: !t 1
        c: 1
        c: 2
      ? [&y d]
      : *x
      g: {e: 1, e: 2}
      <<: {f: *x}
      &z h: 1
      h: 2
      """
    let problems = read(text).problems
    #expect(
      problems.map { "\($0.code) \($0.line):\($0.column)" } == [
        "yaml-alias 1:4", "yaml-tag 2:6", "duplicate-key 4:3", "key-not-text 5:3", "yaml-alias 5:4",
        "yaml-alias 6:3", "duplicate-key 7:11", "yaml-merge 8:1", "yaml-alias 8:9",
        "yaml-alias 9:1", "duplicate-key 10:1",
      ])
  }

  @Test func scalarsStayText() throws {
    let text = "a: NO\nb: 2026-01-01\nc: 012\nd: 'x'\ne: |\n  two\n  lines\nf: a & b * c ! d"
    let node = try #require(read(text).node)
    guard case .mapping(let members) = node.content else {
      Issue.record("not a mapping")
      return
    }
    #expect(members.map(\.value.scalar) == ["NO", "2026-01-01", "012", "x", "two\nlines\n", "a & b * c ! d"])
  }

  @Test func noMessageShowsAValue() {
    let canary = "canary7f31"
    let texts = [
      "a: \(canary): x", "a: [\(canary)", "a: \"\(canary)", "\(canary) 1: 1\n\(canary) 1: 2",
      "a: &\(canary) 1",
      "a: *\(canary)", "a: !\(canary) 1", "? [\(canary)]\n: 1", "a: 1\n--- \(canary)",
    ]
    for text in texts {
      let problems = read(text).problems
      #expect(!problems.isEmpty)
      #expect(!problems.description.contains(canary))
    }
  }

  @Test func unknownKeysAreNamedWhereTheyCanBeAndHintedAt() {
    var problems = ProblemList()
    let node = read("jurisdiktion: NO\n\"+12025550100\": x").node!
    _ = MappingReader(node, "a policy", required: ["jurisdiction"], problems: &problems)
    #expect(problems.inOrder.map(\.code) == ["unknown-key", "missing-key", "unknown-key"])
    #expect(
      problems.inOrder[0].message
        == "a policy has no key “jurisdiktion”; correct it or take it out; did you mean “jurisdiction”?")
    #expect(
      problems.inOrder[2].message
        == "a policy has no key of this name; correct it or take it out")
    #expect(problems.inOrder.map { [$0.line, $0.column] } == [[1, 1], [1, 1], [2, 1]])
  }
}

/// What stands in a key's place by mistake may be an identifier: it is printed where a record's unknown field would be.
@Suite("Keys that are told by their place alone")
struct DocumentKeyTests {
  private static let messages: [@Sendable (String) -> ProblemList] = [
    { key in
      var problems = ProblemList()
      let node = Document.read(Array("\"\(key)\": x".utf8), file: "d.yaml", problems: &problems)
      _ = node.map { MappingReader($0, "a policy", required: [], problems: &problems) }
      return problems
    },
    { key in
      var problems = ProblemList()
      _ = Document.read(Array("\"\(key)\": x\n\"\(key)\": y".utf8), file: "d.yaml", problems: &problems)
      return problems
    },
    { key in
      var problems = ProblemList()
      let text = "sluice: sources/1\nsources: [ { path: a, schema: b, values: { \"\(key)\": [] } } ]"
      _ = SourcesDocument.read(Array(text.utf8), file: "d.yaml", problems: &problems)
      return problems
    },
    { key in
      let text = Texts.policy.with(
        "account.phone: keep", "account.phone: { subject: keep, \"\(key)\": keep }")
      var problems = ProblemList()
      for problem in Texts.read(policies: [("no.yaml", text)]).problems { problems.add(problem) }
      return problems
    },
  ]

  @Test(arguments: [
    "d490154203237518", "+12025550100", "12025550100", "a-7f31", "ann.example", "ann@example.org", "_1234",
    "être", "a b", String(repeating: "a", count: 41),
  ])
  func anIdentifierIsNotPrinted(_ key: String) {
    for message in Self.messages {
      let problems = message(key)
      #expect(problems.errorCount == 1)
      #expect(!problems.problems.description.contains(key), "\(problems.problems)")
    }
  }

  @Test(arguments: ["jurisdiktion", "_", "v4_6", "a123", String(repeating: "a", count: 40)])
  func aNameIs(_ key: String) {
    for message in Self.messages { #expect(message(key).problems.description.contains("“\(key)”")) }
  }
}

@Suite("Values of a document are typed by their key")
struct DocumentValuesTests {
  private func value<Value>(_ text: String, _ read: (DocumentNode, inout ProblemList) -> Value?) -> Value? {
    var problems = ProblemList()
    let node = DocumentNode(.scalar(text, isPlain: true), at: Position(file: "d.yaml", line: 1, column: 1))
    let value = read(node, &problems)
    #expect(problems.hasErrors == (value == nil))
    #expect(text.isEmpty || !problems.problems.contains { $0.message.contains("“\(text)”") })
    return value
  }

  @Test(
    arguments: [
      ("366d", 31_622_400), ("72h", 259_200), ("90m", 5_400), ("3600s", 3_600), ("0d", nil), ("01d", nil),
      ("-1d", nil), ("1w", nil), ("d", nil), ("1.5h", nil), ("99999999999999999d", nil), ("+1d", nil),
    ] as [(String, Int64?)])
  func durations(text: String, seconds: Int64?) {
    #expect(value(text) { $0.durationSeconds("a time", &$1) } == seconds)
  }

  @Test(
    arguments: [
      ("0", 0), ("12", 12), ("-3", -3), ("012", nil), ("1e3", nil), ("+1", nil), ("1.0", nil), ("-0", nil),
      ("101", nil), ("", nil), ("~", nil),
    ] as [(String, Int64?)])
  func integers(text: String, expected: Int64?) {
    #expect(value(text) { $0.integer("a number", -100...100, &$1) } == expected)
  }

  @Test(arguments: [("true", true), ("false", false), ("yes", nil), ("True", nil)] as [(String, Bool?)])
  func booleans(text: String, expected: Bool?) {
    #expect(value(text) { $0.boolean("a flag", &$1) } == expected)
  }

  @Test func aBareDateIsNoInstant() {
    #expect(value("2026-01-01") { $0.instant("received", &$1) } == nil)
    #expect(value("2026-01-01") { $0.date("issued", &$1) } == Instant(seconds: 1_767_225_600))
  }
}
