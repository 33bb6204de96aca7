import Sluice
import Testing

/// The search of a packet's files alone: what is found, in which form, and what is not.
@Suite("Leak search") struct LeakSearchTests {
  static let phone = "+12025550147"
  static let account = "a9f3-77c2-0b1e"
  static let email = "rosa.klee@mail.example.org"
  static let address = "203.0.113.77"
  static let longAddress = "2001:db8:0:7::c0a8"

  /// What the search of one file hits where a packet withholds some values: the same whether another packet had these
  /// lines before or not.
  static func hits(
    _ text: String, withheld: [String], released: [String] = [], demand: String = "{}",
    path: String = "data/README.txt", cut: Int = .max
  ) -> Set<String> {
    let gate = LeakGate(folder: -1)
    for value in withheld { note(value, in: gate, isReleased: false) }
    for value in released { note(value, in: gate, isReleased: true) }
    let hits = hits(text, in: gate, packet: 0, demand, path, cut)
    let others = LeakGate(folder: -1)
    #expect(self.hits(text, in: others, packet: 1, "{}", path, cut).isEmpty)
    for value in withheld { note(value, in: others, isReleased: false) }
    for value in released { note(value, in: others, isReleased: true) }
    #expect(self.hits(text, in: others, packet: 0, demand, path, cut) == hits)
    return hits
  }

  private static func hits(
    _ text: String, in gate: LeakGate, packet: Int, _ demand: String, _ path: String, _ cut: Int
  ) -> Set<String> {
    let search = LeakSearch(gate, packet: packet, demand: Array(demand.utf8))
    let bytes = Array(text.utf8)
    let format = RecordFormat.allCases.first {
      path.hasPrefix("data/records/") && path.hasSuffix(".\($0.rawValue)")
    }
    search.begin(path)
    if let format {
      var offset = 0
      for line in bytes.split(separator: 0x0A) {
        let names = columns(String(decoding: line, as: UTF8.self), format)
        var values = Array(repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: names.count)
        (line + [0x0A]).withUnsafeBytes {
          #expect(RowShape(format, names).accepts($0, &values))
          search.search($0, values, at: offset)
        }
        offset += line.count + 1
      }
    } else {
      for start in stride(from: 0, to: bytes.count, by: min(cut, max(bytes.count, 1))) {
        Array(bytes[start..<min(bytes.count, start + min(cut, bytes.count))]).withUnsafeBytes {
          search.read($0)
        }
      }
      search.end()
    }
    return Set(((try? gate.leaks()) ?? []).map { String(decoding: $0, as: UTF8.self) })
  }

  /// The names of a row's columns.
  private static func columns(_ row: String, _ format: RecordFormat) -> [String] {
    switch format {
    case .ndjson: row.matches(of: /[{,]"([a-z_]+)":/).map { String($0.1) }
    case .csv: row.split(separator: "\",\"", omittingEmptySubsequences: false).map { _ in "name" }
    }
  }

  static func note(_ value: String, in gate: LeakGate, isReleased: Bool, packet: Int = 0) {
    var watch = LeakWatch(gate)
    note(value, in: &watch, isReleased: isReleased, packet: packet)
    watch.flush()
  }

  static func note(_ value: String, in watch: inout LeakWatch, isReleased: Bool, packet: Int = 0) {
    let bytes = Array(value.utf8)
    bytes.withUnsafeBufferPointer { text in
      if let address = try? IPAddress(text) {
        var canonical = [UInt8](repeating: 0, count: 16)
        let count = canonical.withUnsafeMutableBufferPointer { address.writeCanonical(to: $0.baseAddress!) }
        canonical.withUnsafeBufferPointer {
          watch.note(
            UnsafeBufferPointer(rebasing: $0[..<count]), .address, packet: packet, isReleased: isReleased)
        }
      } else {
        Array(plain(value).utf8).withUnsafeBufferPointer {
          watch.note($0, .text, packet: packet, isReleased: isReleased)
        }
      }
    }
  }

  /// Notes a value that looks like a pseudonym, as the record path does.
  static func note(formed value: String, in gate: LeakGate, packet: Int) {
    Array(value.utf8).withUnsafeBufferPointer { text in
      var watch = LeakWatch(gate)
      let isFormed = watch.isFormed(text, plain: text, packet: packet)
      #expect(isFormed)
      watch.note(text, .formed, packet: packet, isReleased: false)
      watch.flush()
    }
  }

  static func plain(_ value: String) -> String {
    String(value.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// Ways to write a value.
  enum Form: String, CaseIterable {
    case raw, plain, upper, hex, upperHex, hexWithPrefix, base64, base64Unpadded, base64URL, base64OfMore
    case percent, percentAll, unicode, unicodeAll, base64OfHex

    func write(_ value: String) -> String {
      let bytes = Array(value.utf8)
      let hex = bytes.map { Self.hex($0) }.joined()
      return switch self {
      case .raw: value
      case .plain:
        value.contains(where: ":.".contains) && !value.contains("@") ? value : LeakSearchTests.plain(value)
      case .upper: value.uppercased()
      case .hex: hex
      case .upperHex: hex.uppercased()
      case .hexWithPrefix: "0x" + hex
      case .base64: Self.base64(bytes)
      case .base64Unpadded: String(Self.base64(bytes).prefix { $0 != "=" })
      case .base64URL: Self.base64(bytes).replacing("+", with: "-").replacing("/", with: "_")
      case .base64OfMore: Self.base64(Array("from \(value), today".utf8))
      case .percent: bytes.map { Self.isPlain($0) ? Self.text([$0]) : "%" + Self.hex($0) }.joined()
      case .percentAll: bytes.map { "%" + Self.hex($0).uppercased() }.joined()
      case .unicode: bytes.map { Self.isPlain($0) ? Self.text([$0]) : #"\u00"# + Self.hex($0) }.joined()
      case .unicodeAll: bytes.map { #"\u00"# + Self.hex($0) }.joined()
      case .base64OfHex: Self.base64(Array(hex.utf8))
      }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
      byte & 0xDF >= 0x41 && byte & 0xDF <= 0x5A || byte >= 0x30 && byte <= 0x39
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func hex(_ byte: UInt8) -> String {
      let digits = Array("0123456789abcdef")
      return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }

    private static func base64(_ bytes: [UInt8]) -> String {
      let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
      var text = ""
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for place in 0...group.count { text.append(digits[word >> (18 - 6 * place) & 63]) }
        text += String(repeating: "=", count: 3 - group.count)
      }
      return text
    }
  }

  /// What may stand around a value, and the file it stands in.
  private static let places: [(path: String, before: String, after: String)] = [
    ("data/records/message.ndjson", #"{"sent_at":"2026-09-01T10:00:00Z","note":""#, "\",\"size\":5}\n"),
    ("data/records/message.ndjson", #"{"note":"call "#, " soon\"}\n"),
    ("data/records/message.ndjson", #"{"who":["paaaaaaaaaaaaaaaaaaaaaaaaaaa",""#, "\"]}\n"),
    ("data/records/message.csv", "\"at\",\"note\"\n\"2026\",\"", "\"\n"),
    ("data/README.txt", "A line.\nIt says (", "), and more.\n"),
    ("data/withheld.csv", "\"kind\",\"reason\"\n\"message\",\"", "\"\n"),
    ("data/report.html", "<td title=\"x\">", "</td>"),
    ("bag-info.txt", "External-Identifier: ", ""),
  ]

  @Test("A value is found in every form, in every file", arguments: Form.allCases)
  func everyForm(_ form: Form) {
    for value in [Self.phone, Self.account, Self.email, Self.address, Self.longAddress] {
      for place in Self.places {
        let text = place.before + form.write(value) + place.after
        let hits = Self.hits(text, withheld: [value], path: place.path)
        #expect(hits.count == 1, "\(form.rawValue) of \(value) in \(place.path): \(text)")
      }
    }
  }

  @Test(
    "A phone number is found however it is punctuated",
    arguments: [
      "+1 202 555 0147", "+1 (202) 555-0147", "+1-202-555-0147", "1.202.555.0147", "tel:+12025550147",
      "12025550147", "001 202 5550147;+12025550147", "+1/202/5550147",
    ])
  func punctuatedPhone(_ text: String) {
    #expect(Self.hits("at \(text), at last", withheld: [Self.phone]) == ["12025550147"])
  }

  @Test(
    "An address is found as the address it is",
    arguments: [
      "2001:db8:0:7::c0a8", "2001:0DB8:0000:0007:0000:0000:0000:C0A8", "[2001:db8:0:7::c0a8]:443",
      "2001:db8:0:7:0:0:0.0.192.168", "ip:2001:db8:0:7::c0a8.",
    ])
  func spelledAddress(_ text: String) {
    #expect(Self.hits(text, withheld: [Self.longAddress]).count == 1)
  }

  @Test(
    "An address of the fourth version too",
    arguments: [
      "203.0.113.77", "::ffff:203.0.113.77", "203.0.113.77:5060", "face:203.0.113.77.", "203.0.113.77/32",
    ])
  func spelledQuad(_ text: String) {
    #expect(Self.hits("(\(text))", withheld: [Self.address]).count == 1)
  }

  @Test(
    "What is no whole identifier is not found",
    arguments: [
      "120255501471", "x12025550147", "12025550147x", "2025550147", "+1202555014", "1202555 014 8",
      "1203.0.113.77", "203.0.113.77.example", "203.0.113.7",
      "rosa.klee@mail.example.organic", "rosa@mail.example.org", "a9f3-77c2", "1202555,0147",
      "12025550148", "MTIwMjU1NTAxNDg=",
    ])
  func nearMisses(_ text: String) {
    let withheld = [
      Self.phone, Self.account, Self.email, Self.address, Self.longAddress, "203.0.113.0", "2001:db8::",
    ]
    #expect(Self.hits("at \(text) only", withheld: withheld) == [])
  }

  @Test("A network is passed over where it is a whole cell, and not in a text") func networks() {
    let withheld = ["203.0.113.0", "2001:db8::"]
    for cell in ["203.0.113.0/24", "2001:db8::/32"] {
      #expect(Self.hits("at \(cell) only", withheld: withheld).count == 1)
      let path = "data/records/message."
      #expect(Self.hits("{\"ip\":\"\(cell)\"}\n", withheld: withheld, path: path + "ndjson") == [])
      #expect(Self.hits("{\"note\":\"at \(cell)\"}\n", withheld: withheld, path: path + "ndjson").count == 1)
      let row = "\"ip\"\n\"198.51.100.0/24;\(cell);192.0.2.0/25\"\n"
      #expect(Self.hits(row, withheld: withheld, path: path + "csv") == [])
    }
    #expect(
      Self.hits("{\"ip\":\"203.0.113.0/0\"}\n", withheld: withheld, path: "data/records/a.ndjson").count == 1)
  }

  @Test("The digits of a fraction are no identifier's, and those of a whole number may be") func fractions() {
    let path = "data/records/message."
    for (number, hitCount) in [
      ("12.025550147", 0), ("-12.025550147", 0), ("12025550147", 1), ("12025550147.5", 0),
    ] {
      let row = "{\"lat\":\(number),\"lon\":\"\(number)\"}\n"
      #expect(Self.hits(row, withheld: [Self.phone], path: path + "ndjson").count == hitCount)
      let cells = "\"lat\"\n\"\(number)\"\n"
      #expect(Self.hits(cells, withheld: [Self.phone], path: path + "csv").count == hitCount)
    }
    for text in ["at 1202.5550147", "1202.555.0147", "+1202.5550147"] {
      #expect(Self.hits("{\"note\":\"\(text)\"}\n", withheld: [Self.phone], path: path + "ndjson").count == 1)
    }
  }

  @Test("Released in clear, or named by the demand, is no leak") func exempt() {
    let text = "to \(Self.phone) and \(Self.address)"
    let both = [Self.phone, Self.address]
    #expect(Self.hits(text, withheld: both).count == 2)
    #expect(Self.hits(text, withheld: both, released: [Self.phone]).count == 1)
    #expect(Self.hits(text, withheld: both, released: both) == [])
    #expect(Self.hits(text, withheld: both, demand: #"{"phone": "+1 202 555 0147"}"#).count == 1)
    #expect(Self.hits(text, withheld: both, demand: #"{"a": "+12025550147", "b": "203.0.113.77"}"#) == [])
  }

  @Test("What another packet withholds is no leak in this one") func otherPacket() throws {
    let gate = LeakGate(folder: -1)
    Self.note(Self.phone, in: gate, isReleased: false, packet: 1)
    let search = LeakSearch(gate, packet: 0, demand: [])
    search.begin("data/README.txt")
    Array("call \(Self.phone)\n".utf8).withUnsafeBytes { search.read($0) }
    search.end()
    #expect(try gate.leaks().isEmpty)
  }

  @Test("A leak is found among more hits by chance than are looked up together") func hitsByChance() throws {
    var limits = Limits()
    limits.leakGateByteCount = 64
    let gate = LeakGate(limits, folder: -1)
    var watch = LeakWatch(gate)
    for index in 0..<2000 { Self.note("account\(index)", in: &watch, isReleased: false) }
    watch.flush()
    Self.note(Self.phone, in: gate, isReleased: false)
    Self.note(Self.email, in: gate, isReleased: false)
    Self.note(Self.email, in: gate, isReleased: true)
    let words = (0..<40_000).map { "word\($0)x" }
    let text = "\(Self.phone), \(words.joined(separator: ", ")), account1234, \(Self.email), \(Self.phone)\n"
    let search = LeakSearch(gate, packet: 0, demand: [])
    search.begin("data/README.txt")
    Array(text.utf8).withUnsafeBytes { search.read($0) }
    search.end()
    #expect(Set(try gate.leaks()) == [Array("12025550147".utf8), Array("account1234".utf8)])
  }

  @Test("Pseudonyms and instants are passed over") func forms() {
    let row = #"{"at":"2026-09-01T10:00:00Z","day":"2026-09-01","who":"pa234567abcdefghijklmnopqrst"}"# + "\n"
    #expect(
      Self.hits(
        row, withheld: ["20260901", "20260901T100000Z", "pa234567abcdefghijklmnopqrst"],
        path: "data/records/message.ndjson") == [])
    #expect(Self.hits("id 20260901", withheld: ["20260901"]) == ["20260901"])
  }

  @Test("Where the bytes are cut makes no difference", arguments: [1, 2, 3, 7, 16])
  func cuts(_ cut: Int) {
    let text =
      #"{"note":"call +12025550147"}"# + "\n" + #"{"note":"MjAzLjAuMTEzLjc3"}"#
      + "\n{\"note\":\"last \(Self.email)\"}"
    let hits = Self.hits(text, withheld: [Self.phone, Self.address, Self.email], cut: cut)
    #expect(hits.count == 3)
  }

  @Test("Random texts against the values that were put into them", arguments: [1, 2, 3, 4, 5] as [UInt64])
  func random(seed: UInt64) {
    var random = PacketGenerator(seed: seed)
    for round in 0..<120 {
      let values = (0..<6).map { _ in Self.randomValue(&random) }
      var planted: Set<String> = []
      var parts: [String] = []
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        if Bool.random(using: &random), let value = values.randomElement(using: &random) {
          parts.append((Form.allCases.randomElement(using: &random) ?? .raw).write(value))
          planted.insert(value)
        } else {
          parts.append(Self.randomValue(&random))
        }
      }
      let text = parts.joined(
        separator: ["; ", ", ", "\n", "\" \"", " <> "].randomElement(using: &random) ?? "; ")
      let hits = Self.hits(text, withheld: values)
      #expect(hits == Set(planted.map(Self.canonical)), "seed \(seed), round \(round): \(text)")
    }
  }

  private static func canonical(_ value: String) -> String {
    Array(value.utf8).withUnsafeBufferPointer { text in
      guard let address = try? IPAddress(text) else { return plain(value) }
      var bytes = [UInt8](repeating: 0, count: 16)
      let count = bytes.withUnsafeMutableBufferPointer { address.writeCanonical(to: $0.baseAddress!) }
      return String(decoding: bytes[..<count], as: UTF8.self)
    }
  }

  private static func randomValue(_ random: inout PacketGenerator) -> String {
    func text(_ alphabet: String, _ count: Int) -> String {
      String((0..<count).map { _ in Array(alphabet).randomElement(using: &random) ?? "a" })
    }
    return switch Int.random(in: 0..<4, using: &random) {
    case 0: "+1202555" + text("0123456789", Int.random(in: 4...6, using: &random))
    case 1: "203.0.113.\(Int.random(in: 0...255, using: &random))"
    case 2: text("abcdefg", 5) + "." + text("hijk", 4) + "@" + text("lmnop", 6) + ".example"
    default: text("abcdef0123456789", Int.random(in: 9...20, using: &random))
    }
  }
}
