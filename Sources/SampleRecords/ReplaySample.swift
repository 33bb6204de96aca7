/// The Hong Kong replay as text: demand documents, what was served, and the provider's records.
///
/// The same on every run. Whom a demand names follows from its place: known accounts are those of the first range of
/// phone numbers, of which there are records, the others are nobody's.
enum ReplaySample {
  /// A file of the sample: its path below the folder, and its bytes as text.
  struct File {
    let path: String
    let text: String
  }

  /// How many accounts there are records of.
  private static let knownCount = 40

  /// Every file, folders before what they hold: `demands/2019-H2/…`, `demands/documents/…`, `records.ndjson`.
  static var files: [File] {
    var files = [File(path: "records.ndjson", text: records)]
    for half in ReplayHalfYear.all {
      for index in 0..<half.count {
        let reference = reference(half, index)
        files.append(File(path: "demands/\(half.name)/\(reference).yaml", text: demand(half, index)))
        if hasDocument(half.make(index)) {
          files.append(
            File(
              path: "demands/documents/\(reference).txt",
              text: "This stands for the instrument that was served under \(reference). It is invented.\n"))
        }
      }
    }
    return files
  }

  static var folders: [String] {
    ["demands", "demands/documents"] + ReplayHalfYear.all.map { "demands/\($0.name)" }
  }

  // MARK: - Demands

  private static func reference(_ half: ReplayHalfYear, _ index: Int) -> String {
    "HK-\(half.name)-\(digits(index + 1, 4))"
  }

  private static func hasDocument(_ make: ReplayHalfYear.Make) -> Bool {
    make != .withoutDocument && make != .emergency
  }

  private static func demand(_ half: ReplayHalfYear, _ index: Int) -> String {
    let make = half.make(index)
    let received = half.received(index)
    let days = make == .long ? 120 : make == .emergency ? 3 : 31
    var lines = [
      "sluice: demand/1", "reference: \(reference(half, index))", "jurisdiction: HK",
      "instrument: \(make == .emergency ? "emergency" : "search-warrant")", "authority:",
      "  name: \"Hong Kong Police Force, example unit\"", "  official: \"Official \(index + 1)\"",
      "  title: \"Superintendent\"", "  contact: \"unit@police.example\"", "  reference: \"\(index + 1)\"",
      "issued: \(text(received - 86_400).prefix(10))", "received: \(text(received))",
      "subjects: [\(subjects(half, index).map { " { phone: \"\($0)\" }" }.joined(separator: ",")) ]",
      "period: { from: \(text(received - (days + 1) * 86_400)), until: \(text(received - 86_400)) }",
      "categories: [\(categories(make))]",
    ]
    if hasDocument(make) { lines.append("document: ../documents/\(reference(half, index)).txt") }
    if make == .emergency {
      lines.append("prepared: { by: \"Analyst A\", at: \(text(received + 600)) }")
      lines.append(
        "approved: { by: \"Counsel B\", at: \(text(received + 1200)), decision: \"danger to life, as stated\" }"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func categories(_ make: ReplayHalfYear.Make) -> String {
    switch make {
    case .wide: "subscriber, connection, traffic"
    case .strayCategory: "traffic"
    default: "subscriber, connection"
    }
  }

  /// One account or two, in the same range.
  private static func subjects(_ half: ReplayHalfYear, _ index: Int) -> [String] {
    let isStranger = half.make(index) == .stranger
    let phone = { (place: Int) in
      isStranger ? "+447700900\(digits(place % 1000, 3))" : knownPhone(place % knownCount)
    }
    return half.hasSecondAccount(index) ? [phone(index), phone(index + 1)] : [phone(index)]
  }

  // MARK: - Records

  private static func knownPhone(_ place: Int) -> String { "+12025550\(digits(100 + place, 3))" }

  /// For each known account the account itself and a login every fifth day from May 2019 to December 2020.
  private static var records: String {
    var lines: [String] = []
    for place in 0..<knownCount {
      lines.append(
        "{\"kind\":\"account\",\"phone\":\"\(knownPhone(place))\",\"account_id\":\"a-\(digits(place, 4))\","
          + "\"name\":\"Sample Account \(place)\",\"service_start\":\"2016-03-01T08:00:00Z\"}")
    }
    let first = 1_556_668_800
    for day in stride(from: 0, to: 610, by: 5) {
      for place in 0..<knownCount {
        let instant = first + day * 86_400 + place * 977
        lines.append(
          "{\"kind\":\"connection\",\"timestamp\":\"\(text(instant))\",\"phone\":\"\(knownPhone(place))\","
            + "\"event\":\"login\",\"ip\":\"203.0.113.\(place + 1)\",\"port\":\(40_000 + place * 100 + day)}")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: - Text

  private static func digits(_ value: Int, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }

  /// RFC 3339 of seconds since 1970, UTC.
  private static func text(_ seconds: Int) -> String {
    let date = civilDate(daysSince1970: seconds / 86_400)
    let second = seconds % 86_400
    return "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))"
      + "T\(digits(second / 3_600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2))Z"
  }
}
