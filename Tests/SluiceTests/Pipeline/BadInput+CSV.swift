import Sluice

/// The rows of the table of bad inputs that are one CSV record, below `csvHeader`.
extension BadInput {
  static let csvHeader =
    "kind,timestamp,sender,recipients,message_id,note,account_id,position.lat,position.lon"
  static let csvGood = "message,2026-09-10T12:00:00Z,+12025550100,+447700900001;+447700900002,0a,,,,"

  private static func location(_ latitude: String, _ longitude: String) -> String {
    "location,2026-09-10T12:00:00Z,,,,,a-7f31,\(latitude),\(longitude)"
  }

  private static let most = [String](repeating: "+447700900001", count: 4096).joined(separator: ";")

  static let csv: [BadInput] = [
    .init("B04 no final newline", csvGood, .released, endsSource: true),
    .init(
      "B05 last record cut short", "message,2026-09-10T12:00:00Z,+12025550100¦", .unreadable(.csvColumns),
      endsSource: true),
    .init("B06 blank line", "", .blank),
    .init("B06 a line of blanks is a record with one cell", "   ¦", .unreadable(.csvColumns)),
    .init("B07 CR LF", csvGood + "\r", .released),
    .init(
      "B07 lone CR", "message,2026-09-10T12:00:00Z¦\r,+12025550100,,,,,,", .unreadable(.csvBareCarriageReturn)
    ),
    .init(
      "B07 CR LF inside quotes is of the cell",
      #"message,2026-09-10T12:00:00Z,+12025550100,,0a,"a"# + "\r\n" + #"b",,,"#, .released),
    .init(
      "B14 invalid UTF-8", "message,2026-09-10T12:00:00Z,+12025550100,,0a,secret¦‹C0 AF›,,,",
      .unreadable(.utf8Invalid)),
    .init(
      "B19 NUL in a cell that nobody reads", "message,2026-09-10T12:00:00Z,+12025550100,,0a,\0,,,", .released),
    .init("B35 4,096 elements", "message,2026-09-10T12:00:00Z,+12025550100,\(most),0a,,,,", .released),
    .init(
      "B35 4,097 elements", "message,2026-09-10T12:00:00Z,+12025550100,¦\(most);+447700900001,0a,,,,",
      .rejected(.arrayLength, field: "recipients")),
    .init("B44 NaN as latitude", location("¦NaN", "1"), .rejected(.geoFormat, field: "position", by: [1])),
    .init("B44 inf as latitude", location("¦inf", "1"), .rejected(.geoFormat, field: "position", by: [1])),
    .init(
      "B44 1e999 as latitude", location("¦1e999", "1"), .rejected(.geoFormat, field: "position", by: [1])),
    .init(
      "B47 decimal comma", location("\"¦48,8566\"", "1"), .rejected(.geoFormat, field: "position", by: [1])),
    .init(
      "B47 degrees and minutes", location("¦48°51'N", "1"), .rejected(.geoFormat, field: "position", by: [1])),
    .init("B53 no kind", "¦,2026-09-10T12:00:00Z,+12025550100,,,,,,", .unreadable(.kindUnreadable)),
    .init(
      "B53 an empty element", "message,2026-09-10T12:00:00Z,+12025550100,¦+447700900001;,0a,,,,",
      .rejected(.valueEmpty, field: "recipients")),
    .init(
      "B53 blanks are not trimmed", "message,2026-09-10T12:00:00Z,¦ +12025550100,,0a,,,,",
      .unreadable(.phoneFormat, field: "sender")),
    .init(
      "B65 full-width digits in a time", "message,¦２026-09-10T12:00:00Z,+12025550100,,0a,,,,",
      .unreadable(.timeFormat, field: "timestamp")),
    .init(
      "B76 a formula as an identifier", "message,2026-09-10T12:00:00Z,+12025550100,,¦=cmd|calc,,,,",
      .rejected(.identifierAlphabet, field: "message_id")),
    .init(
      "B78 a quote left open to the source's end", "message,2026-09-10T12:00:00Z,+12025550100,,0a,¦\"secret",
      .unreadable(.csvQuote), endsSource: true),
    .init(
      "B79 text after a closing quote", #"message,2026-09-10T12:00:00Z,"+12025550100"¦secret,,0a,,,,"#,
      .unreadable(.csvQuote)),
    .init(
      "B79 a quote in a bare cell", #"message,2026-09-10T12:00:00Z,+12025550100,,0a,secret¦"more",,,"#,
      .unreadable(.csvQuote)),
    .init(
      "B79 a quoted empty cell is absent", #"message,2026-09-10T12:00:00Z,+12025550100,"","","","","","""#,
      .released),
    .init(
      "B79 quoted cells",
      #""message","2026-09-10T12:00:00Z","+12025550100","+447700900001","0a","a ""b"", c","","","""#,
      .released),
    .init(
      "B80 a column too few", "message,2026-09-10T12:00:00Z,+12025550100,,0a,,,¦", .unreadable(.csvColumns)),
    .init(
      "B80 a column too many", "message,2026-09-10T12:00:00Z,+12025550100,,0a,,,,,¦secret",
      .unreadable(.csvColumns)),
    .init(
      "B80 an empty column too many", "message,2026-09-10T12:00:00Z,+12025550100,,0a,,,,,¦",
      .unreadable(.csvColumns)),
  ]
}
