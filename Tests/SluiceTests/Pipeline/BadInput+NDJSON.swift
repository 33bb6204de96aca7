import Sluice

/// The rows of the table of bad inputs that are one NDJSON record.
extension BadInput {
  static let ndjson: [BadInput] = text + grammar + keys + sizes + values + times + identifiers

  private static let text: [BadInput] = [
    .init("B04 no final newline", good, .released, endsSource: true),
    .init(
      "B05 last record cut short", #"{"kind":"message","timestamp":"2026-09¦"#, .unreadable(.jsonTruncated),
      endsSource: true),
    .init("B06 blank line", "", .blank),
    .init("B06 line of blanks", " \t  ", .blank),
    .init("B07 CR LF", good + "\r", .released),
    .init("B07 blank line with CR LF", "\r", .blank),
    .init(
      "B07 lone CR between tokens is a blank",
      #"{"kind":"message","# + "\r" + good.dropFirst(#"{"kind":"message","#.count), .released),
    .init("B07 lone CR in a string", message("\"type\":\"te¦\rxt\""), .unreadable(.jsonControl)),
    .init("B09 byte order mark on a later record", "¦\u{FEFF}" + good, .unreadable(.jsonSyntax)),
    .init("B14 overlong form of two bytes", message(#""note":"¦‹C0 AF›secret""#), .unreadable(.utf8Invalid)),
    .init("B14 overlong form of three bytes", message(#""note":"¦‹E0 80 80›""#), .unreadable(.utf8Invalid)),
    .init("B14 a byte that no character has", message(#""note":"¦‹F5›""#), .unreadable(.utf8Invalid)),
    .init("B14 lone continuation", message(#""note":"secret¦‹80›""#), .unreadable(.utf8Invalid)),
    .init(
      "B14 character cut by the record's end", message(#""note":""#) + "¦‹E2 82›", .unreadable(.utf8Invalid)),
    .init("B14 in a key", message(#""¦‹FF›":1"#), .unreadable(.utf8Invalid)),
    .init("B15 surrogate in UTF-8", message(#""note":"¦‹ED A0 80›""#), .unreadable(.utf8Invalid)),
    .init("B16 half a surrogate pair", message(#""note":"¦\uD800""#), .unreadable(.jsonSurrogate)),
    .init("B16 reversed pair", message(#""note":"¦\uDC00\uD800""#), .unreadable(.jsonSurrogate)),
    .init(
      "B17 noncharacters in a field that nobody reads", message(#""note":"‹EF BF BE EF BF BF F4 8F BF BF›""#),
      .released),
    .init(
      "B18 NUL escape in an identifier", message(#""message_id":"¦0a\u0000ffff""#),
      .rejected(.identifierAlphabet, field: "message_id")),
    .init(
      "B18 NUL escape behind the subject's number", parties(#""sender":"¦+12025550100\u0000""#),
      .unreadable(.phoneFormat, field: "sender")),
    .init("B19 raw NUL between tokens", message("\"type\":¦\0\"text\""), .unreadable(.jsonSyntax)),
    .init("B19 raw NUL in a string", message("\"note\":\"secret¦\0\""), .unreadable(.jsonControl)),
    .init("B20 raw TAB in a string", message("\"note\":\"secret¦\tmore\""), .unreadable(.jsonControl)),
    .init("B20 raw control character in a key", message("\"no¦\u{1F}te\":1"), .unreadable(.jsonControl)),
  ]

  private static let grammar: [BadInput] = [
    .init("B39 leading zero", message(#""message_size":¦0123456"#), .unreadable(.jsonNumber)),
    .init("B39 plus sign", message(#""message_size":¦+123456"#), .unreadable(.jsonSyntax)),
    .init("B39 no digit before the point", message(#""message_size":¦.512345"#), .unreadable(.jsonSyntax)),
    .init("B39 no digit after the point", message(#""message_size":123456.¦"#), .unreadable(.jsonNumber)),
    .init("B39 hexadecimal", message(#""message_size":¦0x10ab"#), .unreadable(.jsonNumber)),
    .init("B39 no exponent", message(#""message_size":123456e¦"#), .unreadable(.jsonNumber)),
    .init("B39 two signs", message(#""message_size":-¦-123456"#), .unreadable(.jsonNumber)),
    .init("B39 grouped digits", message(#""message_size":¦1_234_567"#), .unreadable(.jsonNumber)),
    .init("B43 NaN", message(#""message_size":¦NaN"#), .unreadable(.jsonLiteral)),
    .init("B43 Infinity", message(#""message_size":¦Infinity"#), .unreadable(.jsonLiteral)),
    .init("B43 -Infinity", message(#""message_size":-¦Infinity"#), .unreadable(.jsonNumber)),
    .init("B49 trailing comma", message(#""note":"secret",¦"#), .unreadable(.jsonSyntax)),
    .init("B49 comment", message(#""note":¦/* secret */1"#), .unreadable(.jsonSyntax)),
    .init("B49 single quotes", message(#""note":¦'secret'"#), .unreadable(.jsonSyntax)),
    .init("B49 bare key", message(#"¦note:"secret""#), .unreadable(.jsonSyntax)),
    .init("B50 two objects on one line", good + "¦" + good, .unreadable(.jsonTrailing)),
    .init("B51 a number", "¦123456", .unreadable(.jsonNotObject)),
    .init("B51 a string", #"¦"secret""#, .unreadable(.jsonNotObject)),
    .init("B51 null", "¦null", .unreadable(.jsonNotObject)),
    .init("B51 an array", "¦[" + good + "]", .unreadable(.jsonNotObject)),
  ]

  private static let keys: [BadInput] = [
    .init(
      "B21 duplicate key with one value", message(#""type":"text","¦type":"text""#),
      .unreadable(.jsonDuplicateKey)),
    .init(
      "B22 duplicate key with different values", message(#""type":"text","¦sender":"+447700900199""#),
      .unreadable(.jsonDuplicateKey)),
    .init(
      "B23 duplicate key through an escape", message(#""¦\u0073ender":"+447700900199""#),
      .unreadable(.jsonDuplicateKey)),
    .init(
      "B23 duplicate of an unknown key", message(#""note":{"inner":1,"¦inner":2}"#),
      .unreadable(.jsonDuplicateKey)),
    .init("B24 escaped key alone", parties(#""\u0073ender":"+12025550100""#), .released),
    .init("B25 keys that differ in normalization", message("\"\u{E9}\":1,\"e\u{301}\":2"), .released),
    .init(
      "B26 key with a Cyrillic letter is not the sender",
      parties("\"s\u{435}nder\":\"+12025550100\",\"sender\":\"+447700900001\""), .outOfReach),
    .init(
      "B26 key with a joiner, an override, full-width letters",
      parties(
        "\"sen\u{200D}der\":\"+12025550100\",\"\u{202E}sender\":\"+12025550100\",\"\u{FF53}ender\":\"+12025550100\",\"sender\":\"+447700900001\""
      ), .outOfReach),
    .init(
      "B27 key in another case or with a blank is not the sender",
      parties(#""Sender":"+12025550100","sender ":"+12025550100","recipients":["+447700900001"]"#),
      .outOfReach),
    .init(
      "B27 and a record without a party has none", "¦" + parties(#""Sender":"+12025550100""#),
      .unreadable(.partyMissing)),
    .init(
      "B28 __proto__ and the empty key", message(#""__proto__":{"sender":"+447700900199"},"":"secret""#),
      .released),
    .init(
      "B29 unknown field, content field", message(#""content":"secret words","body":"secret words""#),
      .released),
    .init(
      "B30 smuggled inside an unknown object",
      message(#""meta":{"sender":"+447700900199"},"meta.sender":"+447700900199""#), .released),
    .init(
      "B30 dotted key beside its path",
      location(#""position":{"lat":40.7,"lon":-74.0},"¦position.lat":1.23456"#), .unreadable(.pathAmbiguous)),
    .init("B30 dotted key alone", location(#""¦position.lat":1.23456"#), .unreadable(.pathAmbiguous)),
  ]

  private static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }
  private static func list(_ count: Int, _ element: (Int) -> String) -> String {
    (0..<count).map(element).joined(separator: ",")
  }

  private static let sizes: [BadInput] = [
    .init(
      "B31 100,000 opening brackets", #"{"note":"# + repeated("[", 31) + "¦" + repeated("[", 99_969),
      .unreadable(.jsonDepth)),
    .init(
      "B31 20,000 nested objects", repeated(#"{"a":"#, 32) + "¦" + repeated(#"{"a":"#, 19_968),
      .unreadable(.jsonDepth)),
    .init("B32 depth 32", message(#""note":"# + repeated("[", 31) + repeated("]", 31)), .released),
    .init(
      "B32 depth 33", message(#""note":"# + repeated("[", 31) + "¦[]" + repeated("]", 31)),
      .unreadable(.jsonDepth)),
    .init(
      "B35 256 members in one object", message(#""note":{"# + list(256) { "\"k\($0)\":0" } + "}"), .released),
    .init(
      "B35, B38 257 members in one object",
      message(#""note":{"# + list(256) { "\"k\($0)\":0" } + ",¦\"more\":0}"), .unreadable(.jsonMembers)),
    .init(
      "B35 4,096 elements",
      parties(#""sender":"+12025550100","recipients":["# + list(4096) { _ in #""+447700900001""# } + "]"),
      .released),
    .init(
      "B35 4,097 elements",
      parties(
        #""sender":"+12025550100","recipients":["# + list(4096) { _ in #""+447700900001""# }
          + #",¦"+447700900001"]"#), .unreadable(.jsonElements)),
    .init("B36 a string of 64 KiB", message(#""note":""# + repeated("a", 64 << 10) + "\""), .released),
    .init(
      "B36 a string of 64 KiB and a byte", message(#""note":"¦"# + repeated("a", (64 << 10) + 1) + "\""),
      .unreadable(.stringTooLong)),
    .init(
      "B37 a string of escapes, longer than 64 KiB as written",
      message(#""note":"¦"# + repeated("\\u0041", 10_923) + "\""), .unreadable(.stringTooLong)),
    .init(
      "B37 a number of 128 digits in an unknown field", message(#""note":"# + repeated("1", 128)), .released),
    .init("B37 a number of 129 digits", message(#""note":¦"# + repeated("1", 129)), .unreadable(.jsonNumber)),
  ]

  private static let values: [BadInput] = [
    .init("B40 1e400", message(#""message_size":¦1e400"#), .rejected(.numberFormat, field: "message_size")),
    .init("B40 -1e400", message(#""message_size":¦-1e400"#), .rejected(.numberFormat, field: "message_size")),
    .init(
      "B40 20 digits", message(#""message_size":¦99999999999999999999"#),
      .rejected(.numberRange, field: "message_size")),
    .init("B40 1e400 in a field that nobody reads", message(#""note":1e400"#), .released),
    .init("B41 2^53 + 1 as a size", message(#""message_size":9007199254740993"#), .released),
    .init(
      "B41 a number as an identifier", message(#""message_id":¦9007199254740993"#),
      .rejected(.valueType, field: "message_id")),
    .init("B42 minus zero", location(#""position":{"lat":-0.0,"lon":-0}"#), .released),
    .init(
      "B44 a word as latitude",
      location(#""position":{"lat":¦"secret","lon":1}"#.replacing(#"¦""#, with: #""¦"#)),
      .rejected(.valueType, field: "position", by: [1])),
    .init(
      "B45 latitude beyond the pole", location(#""position":{"lat":¦90.0000001,"lon":1}"#),
      .rejected(.geoRange, field: "position", by: [1])),
    .init(
      "B45 longitude 181", location(#""position":{"lat":¦12.345678,"lon":181}"#),
      .rejected(.geoRange, field: "position", by: [1])),
    .init("B45, B48 the pole and longitude 180", location(#""position":{"lat":90,"lon":180}"#), .released),
    .init(
      "B46 latitude and longitude swapped", location(#""position":{"lat":¦151.209,"lon":-33.868}"#),
      .rejected(.geoRange, field: "position", by: [1])),
    .init(
      "B46 one coordinate alone",
      location(#""position":{"lat":12.345678,"lon":null}"#.replacing("12.", with: "¦12.")),
      .rejected(.geoIncomplete, field: "position", by: [1])),
    .init(
      "B47 exponent in a coordinate", location(#""position":{"lat":¦4.8e1,"lon":2}"#),
      .rejected(.geoFormat, field: "position", by: [1])),
    .init("B53 number as a party", parties(#""sender":¦123456"#), .unreadable(.valueType, field: "sender")),
    .init(
      "B53 array as a party", parties(#""sender":¦["+12025550100"]"#),
      .unreadable(.valueType, field: "sender")),
    .init(
      "B53 object as a party", parties(#""sender":¦{"number":"+12025550100"}"#),
      .unreadable(.valueType, field: "sender")),
    .init("B53 true as a party", parties(#""sender":¦true"#), .unreadable(.valueType, field: "sender")),
    .init(
      "B53 null as a party is absent", parties(#""sender":null,"recipients":["+12025550100"]"#), .released),
    .init(
      "B53 null as the only party", "¦" + parties(#""sender":null,"recipients":[]"#),
      .unreadable(.partyMissing)),
    .init(
      "B53 a string where an array is declared",
      parties(#""sender":"+12025550100","recipients":"¦+447700900001""#),
      .rejected(.valueType, field: "recipients")),
    .init(
      "B53 an element that is no string",
      parties(#""sender":"+12025550100","recipients":¦["+447700900001",123456]"#),
      .rejected(.valueType, field: "recipients")),
    .init(
      "B53 a string where a number is declared", message(#""message_size":"¦123456""#),
      .rejected(.valueType, field: "message_size")),
    .init(
      "B53 the empty string is a value", message(#""message_id":"¦""#),
      .rejected(.valueEmpty, field: "message_id")),
    .init(
      "B53 a value outside the enumeration", message(#""type":"¦telegram""#),
      .rejected(.enumerationUnknown, field: "type")),
    .init("B53 a kind that no schema has", #"{"kind":"telegram","secret":1}"#, .outOfReach),
    .init(
      "B53 no kind", "¦" + #"{"timestamp":"2026-09-10T12:00:00Z","sender":"+12025550100"}"#,
      .unreadable(.kindUnreadable)),
    .init(
      "B53 true as the kind", "¦" + #"{"kind":true,"sender":"+12025550100"}"#, .unreadable(.kindUnreadable)),
    .init(
      "B76 a formula as a text", account(#""name":"¦=cmd|' /C calc'!A0""#),
      .rejected(.textStart, field: "name", by: [1])),
    .init(
      "B76 a formula behind a TAB", account(#""name":"¦\t=cmd|calc""#),
      .rejected(.textCharacter, field: "name", by: [1])),
    .init(
      "B76 a formula as an identifier", message(#""message_id":"¦=cmd|calc""#),
      .rejected(.identifierAlphabet, field: "message_id")),
    .init(
      "B77 an identifier that is a comma, a quote and a line end", message(#""message_id":"¦,\"\r\n""#),
      .rejected(.identifierAlphabet, field: "message_id")),
  ]

  private static func badTime(_ name: String, _ value: String, _ code: FaultCode = .timeFormat) -> BadInput {
    BadInput(name, time("\"¦\(value)\""), .unreadable(code, field: "timestamp"))
  }

  private static let times: [BadInput] =
    [
      .init("B53 number as a time", time("¦1789041600"), .unreadable(.valueType, field: "timestamp")),
      .init("B53 null as a time", time("¦null"), .unreadable(.timeMissing, field: "timestamp")),
      .init("B54 a true leap second", time(#""2026-06-30T23:59:60Z""#), .outOfReach),
      badTime("B55 second 60 where none can be", "2026-09-10T23:58:60Z"),
      badTime("B55 second 61", "2026-06-30T23:59:61Z"),
      badTime("B56 31 September", "2026-09-31T12:00:00Z"), badTime("B56 month 13", "2026-13-10T12:00:00Z"),
      badTime("B57 hour 24", "2026-09-10T24:00:00Z"), badTime("B57 minute 60", "2026-09-10T12:60:00Z"),
      badTime("B58 offset +24:00", "2026-09-10T12:00:00+24:00"),
      badTime("B58 offset +0100", "2026-09-10T12:00:00+0100"),
      .init("B58 offset +14:00", time(#""2026-09-10T12:00:00+14:00""#), .released),
      .init("B59 offset -00:00", time(#""2026-09-10T12:00:00-00:00""#), .released),
      badTime("B60, B61 no offset", "2026-09-10T02:30:00"),
      badTime("B62 blank instead of T", "2026-09-10 12:00:00Z"),
      .init("B62 small t and z", time(#""2026-09-10t12:00:00z""#), .released),
      .init("B63 15 digits of fraction", time(#""2026-09-10T12:00:00.123456789012345Z""#), .released),
      badTime("B63 40 digits of fraction", "2026-09-10T12:00:00." + repeated("1", 40) + "Z"),
      badTime("B63 comma before the fraction", "2026-09-10T12:00:00,5Z"),
      badTime("B64 week date", "2026-W37-4T12:00:00Z"),
      badTime("B64 year 10000", "10000-09-10T12:00:00Z"),
      badTime("B65 Bengali digits", "২০২৬-09-10T12:00:00Z"),
      .init("B68 the nanosecond before the period", time(#""2026-08-31T23:59:59.999999999Z""#), .outOfReach),
      .init("B68 the period's first instant", time(#""2026-09-01T00:00:00Z""#), .released),
      .init(
        "B68 the period's first instant in another offset", time(#""2026-08-31T19:00:00-05:00""#), .released),
      .init("B68 the period's last nanosecond", time(#""2026-10-01T01:59:59.999999999+02:00""#), .released),
      .init("B68 the period's end", time(#""2026-10-01T00:00:00Z""#), .outOfReach),
      .init("B68 the period's end in another offset", time(#""2026-10-01T05:30:00+05:30""#), .outOfReach),
      .init("B69 ten years ahead", time(#""2036-09-10T12:00:00Z""#), .outOfReach),
    ]

  private static func badAddress(_ name: String, _ value: String) -> BadInput {
    BadInput(
      name, message(#""sender_ip":"¦\#(value)","sender_port":443"#), .rejected(.ipFormat, field: "sender_ip"))
  }

  private static func badPhone(_ name: String, _ value: String, _ code: FaultCode) -> BadInput {
    BadInput(name, parties(#""sender":"¦\#(value)""#), .unreadable(code, field: "sender"))
  }

  private static let identifiers: [BadInput] =
    [
      badAddress("B70 leading zero", "010.0.0.1"), badAddress("B70 three parts", "192.0.201"),
      badAddress("B70 one number", "2130706433"), badAddress("B70 blank before", " 192.0.2.1"),
      badAddress("B72 zone", "fe80::1%eth0"), badAddress("B72 brackets", "[2001:db8::77]"),
      badAddress("B72 nine groups", "1:2:3:4:5:6:7:8:9999"), badAddress("B65 full-width digits", "１92.0.2.1"),
      .init(
        "B71 an address in another spelling", message(#""sender_ip":"2001:0DB8:0::0:1","sender_port":443"#),
        .released),
      badPhone("B73 blanks without a declared region", "+1 202 555 0100", .phoneFormat),
      badPhone("B73 national form without a declared region", "07700900123", .phoneRegion),
      badPhone("B73 tel:", "tel:+12025550100", .phoneFormat),
      badPhone("B74 letters", "+1202555CALL", .phoneFormat),
      badPhone("B74 one digit", "+1", .phoneLength),
      badPhone("B74 16 digits", "+1202555010012345", .phoneLength),
      badPhone("B74 short code", "112", .phoneRegion),
      badPhone("B65 digits of another script", "+१२०२५५५०१००", .phoneFormat),
      .init(
        "B74 a bad number beside a readable subject", message(#""added_participant":"¦+1""#),
        .rejected(.phoneLength, field: "added_participant")),
      .init(
        "B75 full-width letter in an email", account(#""email":"¦Ａsecret@example.com""#),
        .rejected(.emailFormat, field: "email", by: [1])),
      .init(
        "B75 dot at an email's end", account(#""email":"¦secret@example.com.""#),
        .rejected(.emailFormat, field: "email", by: [1])),
      .init(
        "B75 an email of 10 kB", account(#""email":"¦secret@"# + repeated("a.", 5000) + #"example""#),
        .rejected(.emailFormat, field: "email", by: [1])),
    ]
}
