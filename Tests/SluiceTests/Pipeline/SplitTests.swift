import Foundation
import Sluice
import Testing

/// Guarantee 9 with settings drawn at random: how a source is cut and by how many it is worked on changes no byte.
@Suite("Any split gives the same packet") struct SplitTests {
  /// Sample records of which some are damaged, so that rejected and unreadable ones are counted alike too.
  private func records(_ numbers: inout SeededNumbers) throws -> [UInt8] {
    let lines = try SampleRun.bytes("records/sample.ndjson").split(separator: 0x0A).map(Array.init)
    return lines.flatMap { line -> [UInt8] in
      let isDamaged = Int.random(in: 0..<12, using: &numbers) == 0
      let line = isDamaged ? ByteChanges.changed(line, among: lines, using: &numbers) : line
      return line + (Int.random(in: 0..<9, using: &numbers) == 0 ? [0x0D, 0x0A, 0x0A] : [0x0A])
    }
  }

  @Test(arguments: [(0x5917_0001, RecordFormat.ndjson), (0x5917_0002, .csv)] as [(UInt64, RecordFormat)])
  func anySplit(seed: UInt64, format: RecordFormat) throws {
    var numbers = SeededNumbers(seed: seed)
    let folder = SourceFolder()
    let run = try SampleRun(demands: ["us-warrant", "gb-events", "de-100g", "eu-judge"], in: folder)
    let source = folder.write(try records(&numbers), to: "records.ndjson")
    func seal(into name: String, _ options: RunOptions) throws -> ([String: [UInt8]], DisclosureRun.Outcome) {
      var options = options
      options.limits.recordsPerRejected = 1
      let outcome = try run.seal([source], into: "\(folder.path)/\(name)", format: format, options: options)
      return (try SampleRun.files(under: "\(folder.path)/\(name)"), outcome)
    }
    let (reference, whole) = try seal(into: "whole", RunOptions())
    #expect(whole.failure == nil, "seed: \(seed)")
    #expect(reference.count > 40 && whole.faults.count > 5)
    for index in 0..<6 {
      var options = RunOptions(workerCount: Int.random(in: 1...5, using: &numbers))
      options.limits.blockByteCount = 4096 << Int.random(in: 0...9, using: &numbers)
      options.readByteCountMax = 1 << Int.random(in: 0...18, using: &numbers)
      options.limits.spoolByteCountMax = 1 << Int.random(in: 12...24, using: &numbers)
      let (files, outcome) = try seal(into: "run\(index)", options)
      let settings =
        "seed \(seed): \(options.workerCount) workers, \(options.limits.blockByteCount), "
        + "\(options.readByteCountMax), \(options.limits.spoolByteCountMax) bytes"
      #expect(files.keys.filter { files[$0] != reference[$0] }.sorted() == [], "\(settings)")
      #expect(files.count == reference.count, "\(settings)")
      #expect(outcome.tallies == whole.tallies && outcome.faults == whole.faults, "\(settings)")
    }
  }

  // MARK: - NDJSON and CSV

  private static let kinds = """
      event:
        time: at
        parties: [who]
        fields:
          at: timestamp
          who: { type: phone, region: GB }
          to: { type: account, alphabet: "0-9a-f-", of: who }
          mail: { type: email, of: who }
          ip: { type: ip, of: who }
          size: { integer: bytes }
          ratio: decimal
          open: boolean
          sort: { enum: [text, image] }
          place: { point: [lat, lon], of: who }
          note: { text: 60, of: who }
    """

  private static let rules = [
    "event.at: { truncate: second }", "event.who: { subject: keep, other: pseudonymize }",
    "event.to: { subject: pseudonymize, other: withhold }", "event.mail: { subject: keep, other: withhold }",
    "event.ip: { subject: { prefix: { v4: 24, v6: 48 } }, other: withhold }", "event.size: { bucket: 100 }",
    "event.ratio: keep", "event.open: keep", "event.sort: { map: { text: words } }",
    "event.place: { subject: { grid: 0.1 }, other: withhold }",
    "event.note: { subject: keep, other: withhold }",
  ]

  private static let values: [(name: String, isText: Bool, values: [String])] = [
    (
      "at", true,
      ["2026-09-10T12:00:00Z", "2026-09-10t12:00:00.5+02:00", "2026-10-01T00:00:00Z", "yesterday"]
    ),
    ("who", true, ["+12025550100", "+447700900123", "07700 900124", "+1", "\"x\""]),
    ("to", true, ["a-7f31", "", "zz", "0"]), ("mail", true, ["Ann@Example.com", "@", "a,b@example.com"]),
    ("ip", true, ["203.0.113.9", "2001:DB8::0:1", "010.0.0.1"]),
    ("size", false, ["0", "199", "-5", "9223372036854775807", "9223372036854775808", "1e3"]),
    ("ratio", false, ["1.50", "-0.0", "0", "1E2"]), ("open", false, ["true", "false"]),
    ("sort", true, ["text", "image", "Text"]), ("lat", false, ["48.8566", "-90", "90", "91"]),
    ("lon", false, ["2.35", "180", "-180.0"]),
    ("note", true, ["e\u{301}t\u{E9}", "a \"quoted\", word", "line\nend", "=1", " ", "a;b"]),
    ("extra", true, ["x", "1"]),
  ]

  private static func json(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      + "\""
  }

  /// CSV has no null and no empty text, and no types: values without one are written as JSON writes them.
  @Test(
    "NDJSON and CSV of the same records give the same payload",
    arguments: [0x5917_0011, 0x5917_0012] as [UInt64])
  func bothFormats(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let names = Self.values.map(\.name).shuffled(using: &numbers)
    var (lines, rows) = ("", names.joined(separator: ",") + "\n")
    for _ in 0..<400 {
      var cells: [String: String] = [:]
      for field in Self.values {
        // The first values are good ones; the others make a record unreadable or rejected now and then.
        let isUsual = Int.random(in: 0..<12, using: &numbers) > 0
        let value =
          isUsual
          ? field.values.prefix(2).randomElement(using: &numbers)!
          : field.values.randomElement(using: &numbers)!
        if Int.random(in: 0..<10, using: &numbers) > 0, !value.isEmpty { cells[field.name] = value }
      }
      let members = names.compactMap { name -> String? in
        guard let value = cells[name] else {
          return Bool.random(using: &numbers) ? nil : "\"\(name)\":null"
        }
        let isText = Self.values.contains { $0.name == name && $0.isText }
        return "\"\(name)\":" + (isText ? Self.json(value) : value)
      }
      lines += "{" + members.joined(separator: ",") + "}\n"
      let quoted = names.map { name in
        let value = cells[name] ?? ""
        let mustQuote = value.contains { ",\"\n".contains($0) }
        return mustQuote || Bool.random(using: &numbers)
          ? "\"\(value.replacing("\"", with: "\"\""))\"" : value
      }
      rows += quoted.joined(separator: ",") + "\n"
    }
    let run = try SmallRun(kinds: Self.kinds, rules: Self.rules)
    let ruling = try run.ruling()
    for format in RecordFormat.allCases {
      let (first, one) = try run.seal(
        [ruling], [run.source(lines, name: "lines-\(format)")], into: "lines-out-\(format)", format: format)
      let (second, other) = try run.seal(
        [ruling], [run.source(rows, format: .csv, name: "rows-\(format)")], into: "rows-out-\(format)",
        format: format)
      #expect(one.failure == nil && other.failure == nil, "seed \(seed): \(String(describing: one.failure))")
      #expect(one.tallies == other.tallies, "seed \(seed)")
      #expect((one.tallies.first?.kinds[0].released ?? 0) > 20)
      #expect(one.tallies.first?.kinds[0].rejected.isEmpty == false)
      let (left, right) = (try SampleRun.files(under: first), try SampleRun.files(under: second))
      #expect(left.count == right.count)
      #expect(left.keys.filter { left[$0] != right[$0] }.sorted() == [], "seed \(seed)")
    }
  }
}
