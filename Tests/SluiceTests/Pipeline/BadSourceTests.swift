import Foundation
import Sluice
import Testing

/// The rows of the table of bad inputs that are a whole source.
struct BadSource: CustomTestStringConvertible, Sendable {
  let name: String
  let bytes: [UInt8]
  var format = SourceFormat.ndjson
  var compression = SourceCompression.none
  var limits = RecordRun.lenient
  let status: SluiceError.Status
  let code: String

  var testDescription: String { name }

  init(
    _ name: String, _ bytes: [UInt8], _ code: String, _ format: SourceFormat = .ndjson,
    _ compression: SourceCompression = .none, status: SluiceError.Status = .input,
    limits: (inout Limits) -> Void = { _ in }
  ) {
    (self.name, self.bytes, self.format, self.compression) = (name, bytes, format, compression)
    (self.status, self.code) = (status, code)
    limits(&self.limits)
  }

  init(
    _ name: String, _ text: String, _ code: String, _ format: SourceFormat = .ndjson,
    status: SluiceError.Status = .input, limits: (inout Limits) -> Void = { _ in }
  ) {
    self.init(name, Array(text.utf8), code, format, status: status, limits: limits)
  }

  private static func rows(_ count: Int, _ row: String) -> String {
    String(repeating: row + "\n", count: count)
  }
  private static let lines = Array(rows(50, BadInput.good).utf8)
  private static let pretty =
    BadInput.good.replacing(",", with: ",\n  ").replacing("{", with: "{\n  ").replacing("}", with: "\n}")
    + "\n"
  private static func header(_ text: String) -> String { text + "\n" + rows(20, "secretword,secretword") }

  static let all: [BadSource] = [
    .init("B02 empty CSV", "", "csv-no-header", .csv),
    .init(
      "B10 UTF-16 with a mark",
      [0xFF, 0xFE] + "{\"secretword\":1}\n".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), 0] },
      "encoding-utf16"),
    .init(
      "B11 UTF-16 without a mark",
      "{\"secretword\":1}\n".utf16.flatMap { [0, UInt8(truncatingIfNeeded: $0)] }, "encoding-utf16"),
    .init("B12 gzip without the name", [0x1F, 0x8B, 8, 0, 0, 0] + "secretword".utf8, "compressed-input"),
    .init(
      "B12 zstd without the name", [0x28, 0xB5, 0x2F, 0xFD, 0] + "secretword".utf8, "compressed-input", .csv),
    .init("B13 a program", rows(30, "\u{7F}ELF\u{2}\u{1}\u{1}\0secretword"), "source-mismatch"),
    .init(
      "B13 CSV taken for NDJSON", BadInput.csvHeader + "\n" + rows(30, BadInput.csvGood), "source-mismatch"),
    .init("B50 a JSON array", "[" + BadInput.good + "]\n", "ndjson-array"),
    .init("B52 JSON over many lines", String(repeating: pretty, count: 3), "source-mismatch"),
    .init(
      "B78 a quote that swallows rows beyond the limit",
      header("kind,timestamp,sender") + "message,\"secretword\n" + rows(3000, "secretword,x"),
      "csv-quote-unclosed", .csv,
      status: .limit
    ) { $0.recordByteCountMax = 9000 },
    .init("B81 a column twice", header("kind,kind"), "csv-header-duplicate", .csv),
    .init("B81 a column twice but for its case", header("kind,Kind"), "csv-header-duplicate", .csv),
    .init("B81 a blank beside a name", header("kind, timestamp"), "csv-header-space", .csv),
    .init("B81 a column without a name", header("kind,"), "csv-header-blank", .csv),
    .init(
      "B81 no column for the time", "kind,sender\n" + rows(20, "message,+12025550100"), "csv-header-foreign",
      .csv),
    .init(
      "B81 no column for the kind", "timestamp,sender\n" + rows(20, "2026-09-10T12:00:00Z,+12025550100"),
      "csv-header-foreign", .csv),
    .init("B81 no column for a party", "kind,timestamp\n", "csv-header-foreign", .csv),
    .init("B81 the columns of another table, without a row", "secretword,x\n", "csv-header-foreign", .csv),
    .init("B81 a column whose case differs", "Kind,timestamp,sender\n", "csv-header-foreign", .csv),
    .init("B82 semicolons", header("kind;timestamp"), "csv-delimiter", .csv),
    .init("B82 TAB", header("kind\ttimestamp"), "csv-delimiter", .csv),
    .init("B82 commas in a TSV", header("kind,timestamp"), "csv-delimiter", .tsv),
    .init("B82 a spreadsheet's first line", "sep=;\n" + header("kind;timestamp"), "csv-separator", .csv),
    .init("B82 a comment", "# secretword\n" + header("kind,timestamp"), "csv-comment", .csv),
  ]

  /// Those that need the tool that unpacks.
  static var packed: [BadSource] {
    let good = packedBytes(lines, with: .gzip)
    let flat = packedBytes([UInt8](repeating: 0x61, count: 17 << 20), with: .gzip)
    return [
      .init("B83 cut short", Array(good.dropLast(9)), "compressed-corrupt", .ndjson, .gzip),
      .init(
        "B83 a wrong check sum", good.dropLast(8) + [1, 2, 3, 4] + good.suffix(4), "compressed-corrupt",
        .ndjson, .gzip),
      .init("B83 something after the end", good + "secretword".utf8, "compressed-corrupt", .ndjson, .gzip),
      .init("B83 packed twice", packedBytes(good, with: .gzip), "compressed-input", .ndjson, .gzip),
      .init("B83 a bomb", flat, "compression-ratio", .ndjson, .gzip, status: .limit) {
        $0.compressionRatioMax = 100
      },
    ]
  }
}

@Suite("Bad sources") struct BadSourceTests {
  @Test("A source that is not what it claims ends the run", arguments: BadSource.all)
  func refused(_ source: BadSource) throws { try check(source, readSizes: [1, 2, 3, 7, .max]) }

  @Test("So does one that does not unpack", .enabled(if: hasTool("gzip"), "gzip is not installed"))
  func packed() throws { for source in BadSource.packed { try check(source, readSizes: [7, .max]) } }

  private func check(_ source: BadSource, readSizes: [Int]) throws {
    let run = try RecordRun.samples.get()
    for (readSize, block) in readSizes.map({ ($0, 4096) }) + [(.max, 1 << 20)] {
      // A bomb is not read a byte at a time.
      guard source.code != "compression-ratio" || readSize == .max else { continue }
      var limits = source.limits
      limits.blockByteCount = block
      let outcome = run.preview(
        source.bytes, source.format, source.compression, limits: limits, readSize: readSize, workers: 2)
      #expect(
        outcome.failure?.code == source.code && outcome.failure?.status == source.status, "\(source.name)")
      #expect(outcome.failure?.source == "records", "\(source.name)")
      #expect(!run.everythingSaid(outcome).contains("secretword"), "\(source.name)")
    }
  }

  @Test(
    "Nothing is sealed then, and nothing is left behind",
    arguments: ["source-mismatch", "csv-quote-unclosed"])
  func nothingSealed(code: String) throws {
    let run = try RecordRun.samples.get()
    let source = try #require(BadSource.all.first { $0.code == code })
    let folder = SourceFolder()
    let packets = try PacketFolder(path: folder.path + "/out")
    let file = run.source(folder.write(source.bytes, to: "records"), source.format)
    let outcome = DisclosureRun(
      rulings: run.rulings, sources: [file], catalog: run.catalog, facts: run.facts,
      options: RunOptions(limits: source.limits)
    ).seal(rootKey: run.rootKey, in: packets)
    try packets.removePartial()
    #expect(outcome.failure?.code == code && outcome.answers.isEmpty)
    #expect(try SampleRun.files(under: folder.path + "/out") == [:])
  }

  // MARK: - Sources that are as they should be

  @Test("B01 empty NDJSON, B03 CSV with a header alone: no record, and nothing wrong") func empty() throws {
    let run = try RecordRun.samples.get()
    for (text, format) in [
      ("", SourceFormat.ndjson), (BadInput.csvHeader, .csv), (BadInput.csvHeader + "\r\n", .csv),
    ] {
      let outcome = run.preview(Array(text.utf8), format, limits: Limits())
      #expect(outcome.failure == nil && outcome.recordCount == 0 && outcome.faults.isEmpty)
      #expect(outcome.tallies.count == 2 && outcome.warnings.isEmpty)
    }
  }

  @Test("B08 the mark at the start is taken off, and counts in offsets", arguments: BadInputTests.settings)
  func mark(read: Int, block: Int, workers: Int) throws {
    let run = try RecordRun.samples.get()
    let csv = "\"kind\"" + BadInput.csvHeader.dropFirst(4) + "\n" + BadInput.csvGood + "\n"
    for (text, format) in [(BadInput.good + "\n", SourceFormat.ndjson), (csv, .csv)] {
      var limits = RecordRun.lenient
      limits.blockByteCount = block
      let outcome = run.preview(
        [0xEF, 0xBB, 0xBF] + Array((text + "x\n").utf8), format, limits: limits, readSize: read,
        workers: workers)
      #expect(outcome.failure == nil && run.tally(outcome).released == 1)
      let isCSV = format == .csv
      #expect(outcome.faults.map(\.record) == [isCSV ? 3 : 2])
      #expect(outcome.faults.map(\.byteOffset) == [UInt64(3 + text.utf8.count + (isCSV ? 1 : 0))])
    }
  }

  @Test(
    "B33 a record longer than any may be, and the places of those behind it",
    arguments: BadInputTests.settings)
  func long(read: Int, block: Int, workers: Int) throws {
    let run = try RecordRun.samples.get()
    var limits = RecordRun.lenient
    (limits.blockByteCount, limits.recordByteCountMax) = (block, 5000)
    let line = BadInput.good + "\n"
    let long = BadInput.message("\"note\":\"" + String(repeating: "secretword", count: 3000) + "\"") + "\n"
    let bytes = Array((line + long + line + "secretword\n" + line + long.dropLast()).utf8)
    let outcome = run.preview(bytes, limits: limits, readSize: read, workers: workers)
    #expect(outcome.failure == nil && outcome.recordCount == 6 && run.tally(outcome).released == 3)
    #expect(outcome.faults.map(\.code) == ["record-too-long", "json-literal", "record-too-long"])
    #expect(outcome.faults.map(\.record) == [2, 4, 6])
    let (short, most) = (UInt64(line.utf8.count), UInt64(long.utf8.count))
    #expect(outcome.faults.map(\.byteOffset) == [short, 2 * short + most, 3 * short + most + 11])
    #expect(!run.everythingSaid(outcome).contains("secretword"))
  }

  @Test("B34 a record of the limit, and a byte more", arguments: BadInputTests.settings)
  func limit(read: Int, block: Int, workers: Int) throws {
    let run = try RecordRun.samples.get()
    var limits = RecordRun.lenient
    limits.blockByteCount = block
    for length in [4094, 4095, 4096, 4097, 4098, 9000] {
      limits.recordByteCountMax = length
      for end in ["\n", "\r\n"] {
        let most = BadInput.good + String(repeating: " ", count: length - BadInput.good.utf8.count)
        let text = "\(BadInput.good)\(end)\(most)\(end)\(most) \(end)\(BadInput.good)\(end)"
        let outcome = run.preview(Array(text.utf8), limits: limits, readSize: read, workers: workers)
        #expect(outcome.failure == nil && run.tally(outcome).released == 3)
        let place = UInt64((BadInput.good + end + most + end).utf8.count)
        #expect(
          outcome.faults.map { "\($0.code) \($0.record ?? 0) \($0.byteOffset ?? 0)" } == [
            "record-too-long 3 \(place)"
          ])
      }
    }
  }

  @Test("Numbers and offsets hold in each of several sources") func several() throws {
    let run = try RecordRun.samples.get()
    let folder = SourceFolder()
    let sources = ["x\n\(BadInput.good)\n", "\(BadInput.good)\n\n \nx\n"].enumerated().map {
      run.source(folder.write($1, to: "s\($0)"))
    }
    for workers in [1, 3] {
      let outcome = run.preview(sources, workers: workers)
      #expect(outcome.failure == nil && run.tally(outcome).released == 2)
      // Blank lines count in the number of the line that follows them, as an editor counts.
      #expect(outcome.faults.map(\.record) == [1, 4])
      #expect(outcome.faults.map(\.byteOffset) == [0, UInt64(BadInput.good.utf8.count + 4)])
      #expect(outcome.sources.map(\.tally.blankLines) == [0, 2])
    }
  }

  // MARK: - The table

  /// Rows that other tests hold.
  static let elsewhere: [Int: String] = [
    66:
      "InstantRFC3339Tests, epochs: the unit is declared and nothing is guessed; years 1 to 9999 are in range",
    67: "InstantRFC3339Tests, epochs: negative, fraction, exponent, 2^63",
    84: "PolicySetTests, DefaultDenyTests, DocumentTests; a policy has no signature and includes nothing",
  ]

  @Test("Every row of the table has a case") func everyRow() {
    let here = ["B01", "B03", "B08", "B33", "B34"]
    let names =
      here + BadInput.ndjson.map(\.name) + BadInput.csv.map(\.name) + BadSource.all.map(\.name)
      + ["B83"]
    var rows = Set(Self.elsewhere.keys)
    for name in names {
      for word in name.split(whereSeparator: { " ,:".contains($0) }) where word.hasPrefix("B") {
        if let row = Int(word.dropFirst()) { rows.insert(row) }
      }
    }
    #expect(Set(1...84).subtracting(rows).sorted() == [])
  }

  // MARK: - Hostile strings

  @Test(
    "Big list of naughty strings: nothing crashes and nothing is repeated (shared/vectors)",
    .enabled(if: CanonicalSupport.hasVectors, "shared/vectors is absent"))
  func naughtyStrings() throws {
    let run = try RecordRun.samples.get()
    let data = try CanonicalSupport.vector("json/blns.json")
    let strings = try #require(try JSONSerialization.jsonObject(with: data) as? [String])
    #expect(strings.count == 515)
    let quoted = try strings.map {
      String(
        decoding: try JSONSerialization.data(withJSONObject: $0, options: .fragmentsAllowed), as: UTF8.self)
    }
    let lines = quoted.flatMap { text in
      [
        BadInput.message("\"note\":\(text)"), BadInput.message("\"message_id\":\(text)"),
        BadInput.message("\"type\":\(text)"), BadInput.account("\"name\":\(text)"),
        BadInput.account("\"email\":\(text)"), BadInput.location("\"cell\":\(text)"), BadInput.good,
        BadInput.good, BadInput.parties("\"sender\":\(text)"), BadInput.time(text),
        "{\"kind\":\(text),\"sender\":\"+12025550100\"}", BadInput.message("\(text):1"),
      ]
    }
    let rows = strings.map { text in
      "message,2026-09-10T12:00:00Z,+12025550100,,\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\","
        + "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\",,,"
    }
    let sources: [(String, SourceFormat)] = [
      (lines.joined(separator: "\n"), .ndjson),
      ((["\(BadInput.csvHeader)"] + rows).joined(separator: "\n"), .csv),
    ]
    for (text, format) in sources {
      let outcome = run.preview(Array(text.utf8), format, workers: 2)
      #expect(outcome.failure == nil)
      #expect(outcome.recordCount == UInt64(format == .csv ? strings.count : lines.count))
      #expect(outcome.sources.allSatisfy { $0.tally.isConserved })
      #expect(outcome.sources[0].tally.rejected > 300)
      // Unknown names that are short words are shown; their strings are the names here.
      let names = outcome.sources.flatMap { Array($0.tally.unknownFields.keys) }
      #expect(
        names.allSatisfy { name in
          name.utf8.count <= 40 && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        })
      let plain = run.everythingSaid(run.preview(Array(BadInput.good.utf8)))
      let known = run.names + plain + names.joined(separator: " ")
      let said = run.everythingSaid(outcome)
      #expect(strings.filter { $0.utf8.count >= 4 && said.contains($0) && !known.contains($0) } == [])
    }
  }
}
