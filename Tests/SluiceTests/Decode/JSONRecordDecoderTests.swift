import Sluice
import Testing

@Suite("Decoding NDJSON records") struct JSONRecordDecoderTests {
  private static let all = [
    #""kind":"event""#, #""at":"2026-09-10T12:00:00Z""#, #""who":"+12025550100""#,
    #""with":["+447700900001","+447700900002"]"#, #""place":{"lat":1.5,"lon":-2}"#, #""a":{"b":{"c":7}}"#,
    #""body":"x""#,
  ]
  private static let slots = [
    "kind": "string event", "at": "string 2026-09-10T12:00:00Z", "who": "string +12025550100",
    "with": #"array ["+447700900001","+447700900002"]"#, "place.lat": "number 1.5", "place.lon": "number -2",
    "a.b.c": "number 7", "body": "string x",
  ]

  @Test func everyPathHasItsSlot() throws {
    let reader = try JSONReader()
    #expect(reader.read("{" + Self.all.joined(separator: ",") + "}") == .slots(Self.slots))
    #expect(reader.read(" \t\r\n{ \(Self.all.joined(separator: " \r,\t\n ")) }\n ") == .slots(Self.slots))
    #expect(reader.read("{}") == .slots([:]))
    #expect(reader.takeUnknown() == [:])
  }

  @Test(arguments: [
    (#""""#, "string "), (#""a b""#, "string a b"), ("0", "number 0"), ("-0", "number -0"),
    ("12.50e+3", "number 12.50e+3"), ("1E9", "number 1E9"), ("1e-09", "number 1e-09"),
    ("true", "true true"), ("false", "false false"), ("null", "null null"), ("[]", "array []"),
    (#"[ 1, {"a":[null]} ]"#, #"array [ 1, {"a":[null]} ]"#), ("{}", "object {}"),
    (#"{"b":"]}"}"#, #"object {"b":"]}"}"#), (#""𝒜é""#, "string 𝒜é"),
  ])
  func everyValueIsToldByItsKind(text: String, slot: String) throws {
    let reader = try JSONReader()
    #expect(reader.read("{\"who\":\(text)}") == .slots(["who": slot]))
    #expect(reader.read("{\"who\": \(text) }") == .slots(["who": slot]))
  }

  @Test(arguments: [0x0DE5_0001, 0x0DE5_0002] as [UInt64])
  func keysAreFoundInAnyOrderAndAfterAnotherOne(seed: UInt64) throws {
    let reader = try JSONReader()
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<300 {
      // Now and then unknown members between them, so that every position is predicted wrongly too.
      let strangers = (0..<Int.random(in: 0...3, using: &numbers)).map { "\"new_\($0)\":\"kind\"" }
      let members = (Self.all + strangers).shuffled(using: &numbers)
      #expect(reader.read("{" + members.joined(separator: ",") + "}") == .slots(Self.slots), "seed: \(seed)")
    }
    let half = reader.read("{" + Self.all.prefix(2).joined(separator: ",") + "}")
    #expect(half == .slots(Self.slots.filter { ["kind", "at"].contains($0.key) }))
  }

  @Test func aKeyBehindManyOthersIsFound() throws {
    let reader = try JSONReader()
    for count in [62, 63, 64, 65, 200] {
      let others = (0..<count).map { "\"n\($0)\":0" }.joined(separator: ",")
      #expect(reader.read("{\(others),\"who\":\"+1\"}") == .slots(["who": "string +1"]))
    }
  }

  // MARK: - Unescaping

  @Test(arguments: [
    (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u0041\u00e9\u20AC"#, "Aé€"), (#"\u0000"#, "\0"),
    (#"\ud834\uDD1E"#, "𝄞"), (#"a\udbff\udfffb"#, "a\u{10FFFF}b"), (#"\uD7FF\uE000"#, "\u{D7FF}\u{E000}"),
    (#"\uFFFF"#, "\u{FFFF}"), (#"é\né"#, "é\né"), (#"1234567\n1234567\n"#, "1234567\n1234567\n"),
    (#"\u007f"#, "\u{7F}"), (#"\u0080\u07ff\u0800"#, "\u{80}\u{7FF}\u{800}"),
  ])
  func stringsAreUnescaped(written: String, text: String) throws {
    #expect(try JSONReader().read("{\"who\":\"\(written)\"}") == .slots(["who": "string \(text)"]))
  }

  @Test func everyPlaceOfAnEscapeIsFound() throws {
    let reader = try JSONReader()
    for before in 0...20 {
      for after in 0...9 {
        let (start, end) = (String(repeating: "a", count: before), String(repeating: "b", count: after))
        #expect(reader.read("{\"who\":\"\(start)\\n\(end)\"}") == .slots(["who": "string \(start)\n\(end)"]))
        let control = reader.read("{\"who\":\"\(start)\n\(end)\"}")
        #expect(control == .fault(.jsonControl, at: 8 + before))
      }
    }
  }

  @Test func anEscapedKeyIsTheKeyItSpells() throws {
    let reader = try JSONReader()
    #expect(
      reader.read(#"{"\u0077\u0068o":"+1","pl\u0061ce":{"l\u0061t":1}}"#)
        == .slots(["who": "string +1", "place.lat": "number 1"]))
    #expect(reader.read(#"{"full name":"+1"}"#) == .slots(["full name": "string +1"]))
    #expect(reader.takeUnknown() == [:])
  }

  @Test func aKeyThatHoldsAQuoteOrABackslashIsReadAsJSONWritesIt() throws {
    let reader = try JSONReader()
    // Learned from a good record first: what is predicted must be what JSON writes, not the bare key.
    #expect(reader.read(#"{"say \"hi\"":1}"#) == .slots([#"say "hi""#: "number 1"]))
    #expect(reader.read(#"{"say "hi"":1}"#) == .fault(.jsonSyntax, at: 7))
    #expect(reader.read(#"{"x\\ny":1}"#) == .slots([#"x\ny"#: "number 1"]))
    #expect(reader.read(#"{"x\ny":1}"#) == .slots([:]))
  }

  // MARK: - Duplicate keys

  @Test(arguments: [
    #"{"who":"+1","¦who":"+1"}"#, #"{"who":1,"¦who"}"#, #"{"who":"+1","at":"x","¦who":"+2"}"#,
    #"{"who":null,"¦who":null}"#,
    #"{"who":"+1","¦\u0077ho":"+2"}"#, #"{"wh\u006f":"+1","¦who":"+2"}"#, #"{"new":1,"¦new":1}"#,
    #"{"new":1,"¦ne\u0077":1}"#, #"{"é":1,"¦\u00e9":1}"#, #"{"":1,"¦":1}"#, #"{"a-b":1,"c":2,"¦a-b":1}"#,
    #"{"place":{"lat":1,"¦lat":1}}"#, #"{"new":{"lat":1,"¦lat":1}}"#, #"{"with":[{"b":1,"¦b":2}]}"#,
    #"{"place":{},"¦place":{}}"#, #"{"a":{"b":{"new":1,"¦new":1}}}"#, #"{"\"":1,"¦\u0022":1}"#,
    #"{"a_name_that_is_longer_than_those_which_are_kept":1,"¦a_name_that_is_longer_than_those_which_are_kept":1}"#,
  ])
  func aKeyThatStandsTwiceIsAFault(text: String) throws {
    let (bytes, offset) = DecoderSupport.marked(text)
    let reader = try JSONReader()
    #expect(reader.read(bytes) == .fault(.jsonDuplicateKey, at: offset))
    // Known names are told apart by record, so the fault is found again, and the next record is not its victim.
    #expect(reader.read(bytes) == .fault(.jsonDuplicateKey, at: offset))
    #expect(reader.read(#"{"who":"+1","new":1,"place":{"lat":1}}"#).code == nil)
  }

  @Test(arguments: [
    #"{"who":"+1","place":{"who":1}}"#, #"{"new":{"new":{"new":1}},"a":{"new":1}}"#,
    #"{"with":[{"b":1},{"b":2}]}"#, #"{"who":"+1","Who":"+2","who ":"+3"}"#, "{\"\u{E9}\":1,\"e\u{301}\":2}",
    #"{"a":{"b":{"c":1}},"b":{"c":1},"c":1}"#, #"{"x":{"k":1},"y":{"k":1},"k":1}"#,
  ])
  func keysOfOtherObjectsAndOtherBytesAreNoDuplicates(text: String) throws {
    let reader = try JSONReader()
    for _ in 0..<3 { #expect(reader.read(text).code == nil) }
  }

  /// Which key is expected where changes from record to record; one that stands twice is a fault whatever was expected.
  @Test func aKeyThatStandsTwiceIsAFaultInAnyOrderOfAnyRecords() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var numbers = SeededNumbers(seed: seed)
    let reader = try JSONReader()
    let keys = ["kind", "at", "who", "full name", #"wh\u006f"#, "new", #"say \"hi\""#, "body"]
    for _ in 0..<3000 {
      var text = "{"
      var names: Set<String> = []
      var offset: Int?
      for index in 0..<Int.random(in: 1...5, using: &numbers) {
        let key = keys.randomElement(using: &numbers) ?? ""
        if index > 0 { text += Bool.random(using: &numbers) ? "," : ", " }
        let name = key.replacing(#"\u006f"#, with: "o")
        if !names.insert(name).inserted, offset == nil { offset = text.utf8.count + 1 }
        text +=
          "\"\(key)\":"
          + (["1", " 2.5", "\"x\"", #"" \n""#, "null", " [1]"].randomElement(using: &numbers) ?? "")
      }
      text += "}"
      let decoded = reader.readOnce(Array(text.utf8), followedBy: [])
      if let offset {
        #expect(decoded == .fault(.jsonDuplicateKey, at: offset), "seed \(seed): \(text)")
      } else {
        #expect(decoded.code == nil, "seed \(seed): \(text)")
      }
    }
  }

  @Test func duplicatesAreFoundWhenNoFurtherNameIsLearned() throws {
    var limits = Limits()
    limits.unknownNameCountMax = 1
    let reader = try JSONReader(limits: limits)
    #expect(reader.read(#"{"one":1,"two":2,"three":3}"#).code == nil)
    #expect(reader.read(#"{"one":1,"two":2,"two":3}"#) == .fault(.jsonDuplicateKey, at: 18))
    #expect(reader.read(#"{"two":1,"one":2,"one":3}"#) == .fault(.jsonDuplicateKey, at: 18))
  }

  // MARK: - Limits

  @Test(arguments: [1, 2, 32])
  func depthAtTheLimitAndBeyond(depth: Int) throws {
    var limits = Limits()
    limits.depthMax = depth
    let reader = try JSONReader(limits: limits)
    func nested(_ count: Int, _ open: String, _ close: String, _ inside: String) -> String {
      String(repeating: open, count: count) + inside + String(repeating: close, count: count)
    }
    let arrays = { nested($0 - 1, "[", "]", "") }
    if depth > 1 { #expect(reader.read("{\"who\":\(arrays(depth))}").code == nil) }
    #expect(
      reader.read("{\"who\":\(arrays(depth + 1))}") == .fault(.jsonDepth, at: 7 + depth - 1))
    let objects = { nested($0 - 1, "{\"n\":", "}", "{}") }
    #expect(reader.read(objects(depth)).code == nil)
    #expect(reader.read(objects(depth + 1)) == .fault(.jsonDepth, at: 5 * depth))
    // A hundred thousand are refused at the same place.
    #expect(reader.read("{\"who\":" + String(repeating: "[", count: 100_000)).code == .jsonDepth)
    #expect(reader.read(String(repeating: "{\"n\":", count: 100_000)).code == .jsonDepth)
  }

  @Test func depthIsThirtyTwoUnlessItIsStated() { #expect(Limits().depthMax == 32) }

  @Test func membersAndElementsAtTheLimitAndBeyond() throws {
    var limits = Limits()
    (limits.memberCountMax, limits.elementCountMax) = (256, 4096)
    #expect(limits == Limits())
    let reader = try JSONReader(limits: limits)
    func members(_ count: Int) -> String { (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",") }
    func elements(_ count: Int) -> String {
      "[" + [String](repeating: "0", count: count).joined(separator: ",") + "]"
    }
    #expect(reader.read("{\(members(256))}").code == nil)
    #expect(reader.read("{\(members(257))}").code == .jsonMembers)
    #expect(reader.read("{\"who\":{\(members(256))}}").code == nil)
    let last = "{\"who\":{\(members(256)),".utf8.count
    #expect(reader.read("{\"who\":{\(members(257))}}") == .fault(.jsonMembers, at: last))
    #expect(reader.read("{\"with\":\(elements(4096))}").code == nil)
    #expect(reader.read("{\"with\":\(elements(4097))}") == .fault(.jsonElements, at: 9 + 4096 * 2))
    #expect(reader.read("{\"with\":[\(elements(4096)),\(elements(4096))]}").code == nil)
  }

  @Test func stringsAndNumbersAtTheLimitAndBeyond() throws {
    var limits = Limits()
    (limits.stringByteCountMax, limits.numberByteCountMax) = (60, 20)
    let reader = try JSONReader(limits: limits)
    let (most, escapes) = (String(repeating: "a", count: 60), String(repeating: "\\u0041", count: 10))
    for value in [most, escapes] {
      #expect(reader.read("{\"who\":\"\(value)\"}").code == nil)
      #expect(reader.read("{\"who\":\"\(value)b\"}") == .fault(.stringTooLong, at: 8))
      #expect(reader.read("{\"\(value)\":1}").code == nil)
      #expect(reader.read("{\"\(value)b\":1}") == .fault(.stringTooLong, at: 2))
      #expect(reader.read("{\"new\":[\"\(value)\", \"\(value)b\"]}").code == .stringTooLong)
    }
    for digits in ["12345678901234567890", "-1.34567890123456e10", "0.345678901234567e-1"] {
      #expect(digits.utf8.count == 20)
      #expect(reader.read("{\"who\":\(digits)}").code == nil)
      #expect(reader.read("{\"who\":\(digits)0}") == .fault(.jsonNumber, at: 7))
    }
    #expect((Limits().stringByteCountMax, Limits().numberByteCountMax) == (64 << 10, 128))
  }

  // MARK: - Paths

  @Test(
    arguments: [
      (#"{"place":{"lat":1}}"#, ["place.lat": "number 1"]), (#"{"place":null}"#, [:]),
      (#"{"place":{}}"#, [:]),
      (#"{"a":{"b":null}}"#, [:]), (#"{"a":{"b":{"c":null}}}"#, ["a.b.c": "null null"]),
      // Something else where the schema has an object: every value below it is unreadable, none is absent.
      (#"{"place":"1,2"}"#, ["place.lat": "misplaced 1,2", "place.lon": "misplaced 1,2"]),
      (#"{"place":[1,2]}"#, ["place.lat": "misplaced [1,2]", "place.lon": "misplaced [1,2]"]),
      (#"{"a":{"b":7}}"#, ["a.b.c": "misplaced 7"]), (#"{"a":7}"#, ["a.b.c": "misplaced 7"]),
      (#"{"a":false}"#, ["a.b.c": "misplaced false"]),
      // The same names elsewhere are other paths.
      (#"{"lat":1,"b":{"c":1},"new":{"place":{"lat":1},"who":"+1"}}"#, [:]),
      (#"{"a":{"c":1,"b.c":1},"a.b":{"c":1},"place.":1,".lat":2}"#, [:]),
    ] as [(String, [String: String])])
  func pathsAreFollowedKeyByKey(text: String, slots: [String: String]) throws {
    #expect(try JSONReader().read(text) == .slots(slots))
  }

  @Test(arguments: [
    #"{"¦place.lat":1}"#, #"{"place":{"lat":1},"¦place.lat":2}"#, #"{"¦place.lat":2,"place":{"lat":1}}"#,
    #"{"¦a.b.c":null}"#, #"{"¦place\u002elat":1}"#,
  ])
  func aKeyThatSpellsAPathIsAmbiguous(text: String) throws {
    let (bytes, offset) = DecoderSupport.marked(text)
    #expect(try JSONReader().read(bytes) == .fault(.pathAmbiguous, at: offset))
  }

  // MARK: - Unknown names

  @Test func unknownNamesAreCountedWhereTheyMayBeShown() throws {
    let reader = try JSONReader()
    let (longest, longer) = (String(repeating: "n", count: 40), String(repeating: "n", count: 41))
    for _ in 0..<3 {
      let names = ["new", "_x9", "A1b2c3", longest, longer, "n1234", "9n", "a-b", "é", "a b", ""]
      _ = reader.readOnce(
        Array(("{" + names.map { "\"\($0)\":{\"inner\":1}" }.joined(separator: ",") + "}").utf8),
        followedBy: [])
    }
    #expect(reader.takeUnknown() == ["new": 3, "_x9": 3, "A1b2c3": 3, longest: 3, "?": 21])
    #expect(reader.takeUnknown() == [:])
    // Below an object of the schema a name is counted as it stands there; below an unknown one only that counts.
    _ = reader.readOnce(
      Array(#"{"new":{"who":1},"place":{"alt":1,"who":2},"who":{"alt":3}}"#.utf8), followedBy: [])
    #expect(reader.takeUnknown() == ["new": 1, "alt": 1, "who": 1])
  }

  @Test func namesBeyondTheLimitAreCountedTogether() throws {
    var limits = Limits()
    limits.unknownNameCountMax = 2
    let reader = try JSONReader(limits: limits)
    for name in ["one", "two", "three", "four", "one", "n1234"] {
      _ = reader.readOnce(Array("{\"\(name)\":1}".utf8), followedBy: [])
    }
    #expect(reader.takeUnknown() == ["one": 2, "two": 1, "…": 2, "?": 1])
    #expect(Limits().unknownNameCountMax == 256)
  }

  // MARK: - Grammar

  @Test(
    arguments: [
      ("¦", .jsonTruncated), (" ¦", .jsonTruncated), ("{¦", .jsonTruncated), (#"{"who¦"#, .jsonTruncated),
      (#"{"who"¦"#, .jsonTruncated), (#"{"who":¦"#, .jsonTruncated), (#"{"who":"a¦"#, .jsonTruncated),
      (#"{"who":"a"¦"#, .jsonTruncated), (#"{"who":"a",¦"#, .jsonTruncated), (#"{"who":[¦"#, .jsonTruncated),
      (#"{"who":[1¦"#, .jsonTruncated), (#"{"who":-¦"#, .jsonTruncated), (#"{"who":1.¦"#, .jsonTruncated),
      (#"{"who":1e+¦"#, .jsonTruncated), (#"{"who":"\¦"#, .jsonTruncated),
      (#"{"who":"\u00¦"#, .jsonTruncated),
      (#"{¦,}"#, .jsonSyntax), (#"{"who":1,¦}"#, .jsonSyntax), (#"{"who" ¦1}"#, .jsonSyntax),
      (#"{"who":1 ¦"a":2}"#, .jsonSyntax), (#"{"who":¦}"#, .jsonSyntax), (#"{¦who:1}"#, .jsonSyntax),
      (#"{¦'who':1}"#, .jsonSyntax), (#"{"who":¦'a'}"#, .jsonSyntax), (#"{"who":[1,¦]}"#, .jsonSyntax),
      (#"{"who":[¦,1]}"#, .jsonSyntax), (#"{"who":[1¦}"#, .jsonSyntax), (#"{"who":{}¦]"#, .jsonSyntax),
      (#"{"who":"a" ¦// b"#, .jsonSyntax), (#"{¦/**/"who":1}"#, .jsonSyntax),
      (#"{"who":1}¦}"#, .jsonTrailing),
      (#"{}¦{}"#, .jsonTrailing), (#"{} ¦x"#, .jsonTrailing), (#"{"who":"\¦x"}"#, .jsonSyntax),
      (#"{"who":"\u¦00g0"}"#, .jsonSyntax), (#"{"who":"\u¦1"}"#, .jsonSyntax),
      (#"{"who":"\¦U0041"}"#, .jsonSyntax),
      (#"{"who":¦01}"#, .jsonNumber), (#"{"who":¦-01}"#, .jsonNumber), (#"{"who":¦0x10}"#, .jsonNumber),
      (#"{"who":1.¦}"#, .jsonNumber), (#"{"who":1e¦}"#, .jsonNumber), (#"{"who":-¦-1}"#, .jsonNumber),
      (#"{"who":¦1_000}"#, .jsonNumber), (#"{"who":¦1.2.3}"#, .jsonNumber), (#"{"who":¦+1}"#, .jsonSyntax),
      (#"{"who":¦.5}"#, .jsonSyntax), (#"{"who":-¦Infinity}"#, .jsonNumber), (#"{"who":¦１}"#, .jsonSyntax),
      (#"{"who":¦NaN}"#, .jsonLiteral), (#"{"who":¦Infinity}"#, .jsonLiteral),
      (#"{"who":¦tru}"#, .jsonLiteral),
      (#"{"who":¦True}"#, .jsonLiteral), (#"{"who":¦nulls}"#, .jsonLiteral), (#"{"who":¦nul"#, .jsonLiteral),
      (#"{"who":true¦"a":1}"#, .jsonSyntax), (#"{"who":"¦\ud800"}"#, .jsonSurrogate),
      (#"{"who":"¦\udc00\ud800"}"#, .jsonSurrogate), (#"{"who":"a¦\ud800\u0041"}"#, .jsonSurrogate),
      (#"{"who":"¦\ud800\n"}"#, .jsonSurrogate), (#"{"¦\ud800":1}"#, .jsonSurrogate),
      (#"¦"a""#, .jsonNotObject), ("¦1", .jsonNotObject), ("¦null", .jsonNotObject),
      ("¦[{}]", .jsonNotObject),
      ("¦nul", .jsonLiteral), ("[1,¦]", .jsonSyntax), ("¦\u{FEFF}{}", .jsonSyntax),
      ("{¦\u{A0}}", .jsonSyntax),
      ("{\"who\":\"¦\0\"}", .jsonControl), ("{¦\0}", .jsonSyntax), ("{\"a¦\tb\":1}", .jsonControl),
    ] as [(String, FaultCode)])
  func whatIsNotJSONIsToldByItsPlace(text: String, code: FaultCode) throws {
    let (bytes, offset) = DecoderSupport.marked(text)
    let reader = try JSONReader()
    #expect(
      reader.read(bytes) == .fault(code, at: offset))
    // The next record is read as if this one had never been.
    #expect(
      reader.read(#"{"who":"+1","a":{"b":{"c":1}}}"#) == .slots(["who": "string +1", "a.b.c": "number 1"]))
  }

  @Test func everyControlCharacterInAStringIsAFault() throws {
    let reader = try JSONReader()
    for byte in 0..<0x20 as Range<UInt8> {
      for place in 0...9 {
        let start = Array("{\"who\":\"".utf8) + [UInt8](repeating: 0x61, count: place)
        #expect(reader.read(start + [byte] + Array("\"}".utf8)) == .fault(.jsonControl, at: start.count))
      }
    }
    #expect(reader.read("{\"who\":\"\u{7F} \u{80}\"}").code == nil)
  }

  /// Cut anywhere, with the rest of it still lying behind the cut.
  @Test func noBeginningOfARecordIsARecord() throws {
    let whole = Array(
      (#"{"kind":"event","who":"a\né\u0041\ud834\udd1e","at":-1.5e+10,"with":[true,false,null,"x"],"#
        + #""place":{"lat":0,"lon":12},"new":{"k":[]}}"#).utf8)
    let reader = try JSONReader()
    #expect(reader.read(whole).code == nil)
    for cut in whole.indices {
      let part = Array(whole[..<cut])
      let rest = Array(whole[cut...])
      let code = reader.read(part, followedBy: rest).code
      let expected: Set<FaultCode> = [.jsonTruncated, .jsonLiteral, .jsonSurrogate, .utf8Invalid]
      #expect(code.map(expected.contains) == true, "cut at \(cut): \(code.map(\.code) ?? "read")")
    }
  }

  // MARK: - Arrays

  @Test(
    arguments: [
      ("[]", []), ("[ ]", []), (#"["a"]"#, ["string a"]),
      (#"[ "a" , "b\"c]" ,"d" ]"#, ["string a", "string b\"c]", "string d"]),
      (#"[1,null,true]"#, ["object 1", "object null", "object true"]),
      (#"[["a","b"],{"c":"],"},"d"]"#, [#"object ["a","b"]"#, #"object {"c":"],"}"#, "string d"]),
      (#"["",""]"#, ["string ", "string "]), (#"["\\","\\\""]"#, [#"string \"#, #"string \""#]),
    ] as [(String, [String])])
  func elementsOfAnArray(text: String, elements: [String]) {
    let bytes = Array("x\(text)".utf8) + [UInt8](repeating: 0, count: Block.paddingByteCount)
    let found = bytes.withUnsafeBufferPointer { buffer -> [String] in
      let base = buffer.baseAddress!
      var cursor = JSONElements(base: base, slot: Slot(.array, offset: 1, length: text.utf8.count))
      var found: [String] = []
      while let slot = cursor.next() {
        let raw = Bytes(start: base + Int(slot.offset), count: Int(slot.length))
        var plain = [UInt8](repeating: 0, count: raw.count + 8)
        let count = slot.isEscaped ? unescapeJSON(raw, to: &plain) : 0
        let text = slot.isEscaped ? Array(plain.prefix(count)) : Array(raw)
        found.append("\(slot.kind) " + String(decoding: text, as: UTF8.self))
      }
      return found
    }
    #expect(found.map { $0.trimmingSuffixBlanks } == elements)
  }
}

extension String {
  /// Without blanks at its end: an element that is no string reaches up to the comma.
  fileprivate var trimmingSuffixBlanks: String {
    var text = self[...]
    while text.hasSuffix(" "), !text.hasPrefix("string") { text.removeLast() }
    return String(text)
  }
}
