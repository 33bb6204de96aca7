import Sluice
import Testing

/// Each action on each type that takes it, through the whole record path, in both formats.
struct ActionTests {
  /// One field of a type, an action, a value as JSON, and what comes out as JSON and in a CSV cell.
  struct Case: CustomTestStringConvertible, Sendable {
    let type: String
    let action: String
    let value: String
    let json: String
    let csv: String
    var testDescription: String { "\(action) of \(type)" }

    init(_ type: String, _ action: String, _ value: String, _ json: String, _ csv: String? = nil) {
      (self.type, self.action, self.value, self.json) = (type, action, value, json)
      self.csv = csv ?? "\"" + json.replacing("\"", with: "") + "\""
    }
  }

  static let cases: [Case] = [
    Case("phone", "keep", #""+447700900123""#, #""+447700900123""#, #""tel:+447700900123""#),
    Case(
      "{ type: phone, region: GB }", "keep", #""07700 900123""#, #""+447700900123""#, #""tel:+447700900123""#),
    Case("phone", "country", #""+447700900123""#, #""+44""#, #""tel:+44""#),
    Case("phone", "{ mask: 3 }", #""+447700900123""#, #""****123""#),
    Case("phone", "redact", #""+447700900123""#, #""[redacted]""#),
    Case("phone", "redact", "null", #""[redacted]""#),
    Case("phone", "keep", "null", "null", #""""#),
    Case("{ account: 0-9a-f- }", "keep", #""a-7f31""#, #""a-7f31""#),
    Case("{ account: 0-9a-f- }", "{ mask: 2 }", #""a-7f31""#, #""****31""#),
    Case("{ device: 0-9a-f }", "{ mask: 4 }", #""abcd""#, #""****""#),
    Case("{ id: message, alphabet: \"!-~\" }", "keep", #""x\"\\y""#, #""x\"\\y""#, #""x""\y""#),
    Case("email", "keep", #""First.Last@EXAMPLE.com""#, #""First.Last@example.com""#),
    Case("ip", "keep", #""2001:DB8::0:1""#, #""2001:db8::1""#),
    Case("ip", "keep", #""::ffff:203.0.113.9""#, #""203.0.113.9""#),
    Case("ip", "{ prefix: { v4: 24, v6: 48 } }", #""203.0.113.9""#, #""203.0.113.0/24""#),
    Case("ip", "{ prefix: { v4: 24, v6: 48 } }", #""2001:db8:1:2::3""#, #""2001:db8:1::/48""#),
    Case("port", "keep", "443", "443"),
    Case("port", "{ bucket: [1024, 49152] }", "443", #""<1024""#),
    Case("timestamp", "keep", #""2026-09-02T01:02:03.1200+02:00""#, #""2026-09-01T23:02:03.12Z""#),
    Case("timestamp", "{ truncate: second }", #""2026-09-02T01:02:03.999Z""#, #""2026-09-02T01:02:03Z""#),
    Case("timestamp", "{ truncate: minute }", #""2026-09-02T01:02:03Z""#, #""2026-09-02T01:02Z""#),
    Case("timestamp", "{ truncate: hour }", #""2026-09-02T01:02:03Z""#, #""2026-09-02T01Z""#),
    Case("timestamp", "{ truncate: day }", #""2026-09-02T00:30:00+01:00""#, #""2026-09-01""#),
    Case("timestamp", "{ truncate: week }", #""2026-03-14T09:30:05Z""#, #""2026-W11""#),
    Case("timestamp", "{ truncate: month }", #""2026-09-02T01:02:03Z""#, #""2026-09""#),
    Case("timestamp", "{ truncate: year }", #""2026-09-02T01:02:03Z""#, #""2026""#),
    Case("timestamp", "{ truncate: second }", #""1998-12-31T23:59:60Z""#, #""1998-12-31T23:59:59Z""#),
    Case("{ timestamp: epoch-ms }", "keep", "1788310923120", #""2026-09-02T01:02:03.12Z""#),
    Case("{ duration: seconds }", "keep", "61", "61"),
    Case("{ duration: seconds }", "{ bucket: 60s }", "61", #""60-119""#),
    Case("{ duration: milliseconds }", "{ bucket: 1m }", "59999", #""0-59999""#),
    Case("{ integer: bytes }", "keep", "-9223372036854775808", "-9223372036854775808"),
    Case("{ integer: bytes }", "{ bucket: 1000 }", "1000", #""1000-1999""#),
    Case("{ integer: bytes }", "{ bucket: [0, 10] }", "10", #"">=10""#),
    Case("decimal", "keep", "-1.50", "-1.5"),
    Case("decimal", "keep", "-0.0", "0"),
    Case("boolean", "keep", "true", "true"),
    Case("boolean", "{ map: { \"true\": \"yes\" } }", "true", #""yes""#),
    Case("{ enum: [text, image] }", "keep", #""image""#, #""image""#),
    Case("{ enum: [text, image] }", "{ map: { text: words, image: other } }", #""image""#, #""other""#),
    Case("{ text: 40 }", "keep", #""e\u0301t\u00e9""#, "\"\u{E9}t\u{E9}\""),
    Case("{ text: 40 }", "redact", #""anything""#, #""[redacted]""#),
  ]

  private func run(_ type: String, _ action: String) throws -> SmallRun {
    let options = type.hasPrefix("{") ? "\(type.dropFirst().dropLast())" : " type: \(type) "
    return try SmallRun(
      kinds: """
          event:
            time: none
            parties: [phone]
            fields:
              phone: phone
              value: {\(options), of: record }
        """,
      rules: [
        "event.phone: { subject: keep, other: withhold }",
        "event.value: \(action.hasPrefix("{") ? action : "{ action: \(action) }")",
      ])
  }

  @Test(arguments: cases) func writes(_ row: Case) throws {
    let run = try run(row.type, row.action)
    let record = #"{"phone":"+12025550100","value":\#(row.value)}"#
    let json = try run.rows(record + "\n")
    #expect(json == [#"{"kind":"event","phone":"+12025550100","value":\#(row.json)}"#])
    let csv = try run.rows(record + "\n", to: .csv)
    #expect(csv == [#""phone","value""#, #""tel:+12025550100",\#(row.csv)"#])
  }

  /// A point is one object in JSON and two cells in CSV; a geohash is a text in both.
  @Test(arguments: [
    ("keep", #"{"lat":48.8566,"lon":-2.35}"#, #""48.8566","-2.35""#, #""value.lat","value.lon""#),
    ("{ grid: 0.1 }", #"{"lat":48.8,"lon":-2.4}"#, #""48.8","-2.4""#, #""value.lat","value.lon""#),
    ("{ geohash: 5 }", #""gbwmf""#, #""gbwmf""#, #""value""#),
  ])
  func writesPoints(_ action: String, _ json: String, _ csv: String, _ header: String) throws {
    let run = try run("{ point: [at.lat, at.lon] }", action)
    let record = #"{"phone":"+12025550100","at":{"lat":48.85660,"lon":-2.350}}"# + "\n"
    #expect(try run.rows(record) == [#"{"kind":"event","phone":"+12025550100","value":\#(json)}"#])
    #expect(try run.rows(record, to: .csv) == [#""phone",\#(header)"#, #""tel:+12025550100",\#(csv)"#])
  }

  /// What is not of its type rejects its record, and nothing of it leaves.
  @Test(arguments: [
    ("{ duration: seconds }", "keep", "-1", FaultCode.numberRange),
    ("{ duration: milliseconds }", "{ bucket: 1m }", "-1", .numberRange),
    // The beginning of a declared word, one with more behind it, and two words on end.
    ("{ enum: [text, image] }", "keep", #""tex""#, .enumerationUnknown),
    ("{ enum: [text, image] }", "keep", #""texts""#, .enumerationUnknown),
    ("{ enum: [text, image] }", "keep", #""textimage""#, .enumerationUnknown),
    ("{ enum: [text, image] }", "keep", #""""#, .valueEmpty),
    ("{ enum: [text, image] }", "{ map: { text: words } }", #""imag""#, .enumerationUnknown),
    ("{ enum: [text, longerwords] }", "keep", #""longerword""#, .enumerationUnknown),
    ("{ enum: [text, longerwords] }", "keep", #""longerwardS""#, .enumerationUnknown),
    ("{ enum: [text, longerwords] }", "keep", #""longerwo""#, .enumerationUnknown),
    ("boolean", "keep", #""true""#, .valueType),
  ])
  func rejects(_ type: String, _ action: String, _ value: String, _ code: FaultCode) throws {
    let run = try run(type, action)
    let record = #"{"phone":"+12025550100","value":\#(value)}"# + "\n"
    for format in RecordFormat.allCases {
      let (text, outcome) = try run.stream(record, to: format)
      #expect(text == (format == .csv ? ##""phone","value""## + "\n" : ""))
      #expect(outcome.faults.map(\.code) == [code.code] && outcome.faults.map(\.field) == ["value"])
    }
  }

  /// Short words are told by one look each, at 64 of them at most; longer ones and more of them otherwise.
  @Test(arguments: [3, 64, 65, 100]) func findsEachOfManyWords(_ count: Int) throws {
    let words = (0..<count).map { "w\($0)" } + ["eightchr", "eightchrs", "eightchrt", "nine chars and more"]
    let run = try run("{ enum: [\(words.joined(separator: ", "))] }", "keep")
    let records = words.map { #"{"phone":"+12025550100","value":"\#($0)"}"# + "\n" }
    let rows = try run.rows(records.joined())
    #expect(rows == words.map { #"{"kind":"event","phone":"+12025550100","value":"\#($0)"}"# })
    for word in ["w", "w\(count)", "eightch", "eightchu"] {
      let (text, outcome) = try run.stream(#"{"phone":"+12025550100","value":"\#(word)"}"# + "\n")
      #expect(text == "" && outcome.faults.map(\.code) == ["enumeration-unknown"], "\(word)")
    }
  }

  /// Half a point is none, in JSON and in CSV, whichever half it is.
  @Test(arguments: ["keep", "{ grid: 0.1 }", "{ geohash: 5 }"])
  func rejectsHalfAPoint(_ action: String) throws {
    let run = try run("{ point: [lat, lon] }", action)
    let halves = [
      #"{"phone":"+12025550100","lat":48.8566}"#, #"{"phone":"+12025550100","lon":-2.35}"#,
      #"{"phone":"+12025550100","lat":48.8566,"lon":null}"#,
    ].map { ($0, SourceFormat.ndjson) }
    let cells = ["+12025550100,48.8566,", "+12025550100,,-2.35"].map {
      ("phone,lat,lon\n" + $0, SourceFormat.csv)
    }
    for (half, format) in halves + cells {
      let (text, outcome) = try run.stream(half + "\n", from: format)
      #expect(text == "", "\(half)")
      #expect(outcome.faults.map(\.code) == ["geo-incomplete"], "\(half)")
    }
  }

  /// An id of one name is never an id of another, whatever its text; nor are the classes one.
  @Test func identifiersOfOtherNamesHaveOtherPseudonyms() throws {
    let run = try SmallRun(
      kinds: """
          event:
            time: none
            parties: [phone]
            fields:
              phone: phone
              call: { id: call, alphabet: 0-9a-f, of: record }
              again: { id: call, alphabet: 0-9a-f, of: record }
              room: { id: room, alphabet: 0-9a-f, of: record }
              device: { device: 0-9a-f, of: record }
        """,
      rules: ["phone: { subject: keep, other: withhold }"].map { "event.\($0)" }
        + ["call", "again", "room", "device"].map { "event.\($0): pseudonymize" })
    let row = try #require(
      run.rows(#"{"phone":"+12025550100","call":"0f","again":"0f","room":"0f","device":"0f"}"# + "\n").first)
    let match = try #require(
      row.firstMatch(of: /"call":"(\w+)","again":"(\w+)","room":"(\w+)","device":"(\w+)"/), "\(row)")
    #expect(match.1 == match.2)
    #expect(Set([match.1, match.3, match.4].map { $0.dropFirst() }).count == 3)
  }

  /// In a map only what has an entry leaves; with nothing else to tell, the record stays in.
  @Test func aMapWithholdsWhatItDoesNotName() throws {
    let run = try run("{ enum: [text, image] }", "{ map: { text: words } }")
    let rows = try run.rows(#"{"phone":"+12025550100","value":"image"}"# + "\n")
    #expect(rows == [#"{"kind":"event","phone":"+12025550100"}"#])
    let csv = try run.rows(#"{"phone":"+12025550100","value":"image"}"# + "\n", to: .csv)
    #expect(csv.last == #""tel:+12025550100","[withheld]""#)
  }
}
