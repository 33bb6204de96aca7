import Foundation
import FuzzTargets
import Sluice
import Testing

/// Every vector, generated record and mutation of them, read by the decoder and by the slow reader in
/// Tests/ReferenceDecoders: both must accept or refuse, with the same code at the same byte, and the same in every slot.
@Suite("Two decoders") struct TwoDecodersTests {
  /// Reads each input and changes of it; records the first on which the two do not agree.
  private func agree(
    _ target: FuzzTarget, on inputs: [[UInt8]], changes: Int, seed: UInt64,
    location: SourceLocation = #_sourceLocation
  ) {
    var numbers = SeededNumbers(seed: seed)
    for input in inputs {
      for round in 0...changes {
        let bytes = round == 0 ? input : ByteChanges.changed(input, among: inputs, using: &numbers)
        guard let finding = target.finding(in: bytes) else { continue }
        Issue.record(
          "\(finding); seed \(seed): \(String(decoding: bytes, as: UTF8.self))", sourceLocation: location)
        return
      }
    }
  }

  // MARK: - Vectors

  private static let hasVectors = CanonicalSupport.hasVectors

  private func unpack(_ archive: String) throws -> [String: [UInt8]] {
    let folder = SourceFolder()
    let path = try #require(CanonicalSupport.vectors).appendingPathComponent(archive).path
    #expect(runProgram(["tar", "-xzf", path, "-C", folder.path]) == 0)
    return try SampleRun.files(under: folder.path)
  }

  /// 100,000 brackets and the like are read as they are, but not changed: the reference is slow.
  @Test("JSONTestSuite: 318 files, as a value and bare", .enabled(if: hasVectors, "shared/vectors is absent"))
  func suite() throws {
    let files = try unpack("json/JSONTestSuite_parsing_transform.tar.gz")
      .filter { $0.key.contains("test_parsing/") }.sorted { $0.key < $1.key }.map(\.value)
    #expect(files.count == 318)
    let short = files.filter { $0.count < 20_000 }
    let records: [[UInt8]] = short + short.map { Array("{\"who\":".utf8) + $0 + [0x7D] }
    #expect(records.count >= 2 * 314)
    agree(.ndjson, on: records, changes: 4, seed: 0x2DEC_0001)
    agree(.ndjson, on: files.map { Array($0.prefix(400)) }, changes: 0, seed: 0)
  }

  @Test("csv-spectrum: 12 files", .enabled(if: hasVectors, "shared/vectors is absent"))
  func spectrum() throws {
    let files = try unpack("csv/csv-spectrum.tar.gz").filter { $0.key.hasSuffix(".csv") }.map {
      [0] + $0.value
    }
    #expect(files.count == 12)
    agree(.csv, on: files.sorted { $0.lexicographicallyPrecedes($1) }, changes: 60, seed: 0x2DEC_0002)
  }

  @Test("utf8tests: the file, line by line", .enabled(if: hasVectors, "shared/vectors is absent"))
  func utf8() throws {
    let lines = Array(try CanonicalSupport.vector("json/utf8tests.bin")).split(separator: 0x0A).map(
      Array.init)
    #expect(lines.count > 100)
    agree(
      .ndjson, on: lines.map { Array("{\"who\":\"".utf8) + $0 + Array("\"}".utf8) }, changes: 2,
      seed: 0x2DEC_0003)
    agree(
      .csv, on: lines.map { [0] + $0 + Array(",\"".utf8) + $0 + Array("\",,\n".utf8) }, changes: 2, seed: 4)
  }

  @Test(
    "blns: every string as a value, a key and a cell", .enabled(if: hasVectors, "shared/vectors is absent"))
  func naughtyStrings() throws {
    let object = try JSONSerialization.jsonObject(with: try CanonicalSupport.vector("json/blns.json"))
    let strings = try #require(object as? [String])
    #expect(strings.count > 500)
    let records = try strings.map { text in
      Array(try JSONSerialization.data(withJSONObject: ["who": text, "x" + text: [text]]))
    }
    agree(.ndjson, on: records, changes: 1, seed: 0x2DEC_0005)
    let rows: [[UInt8]] = strings.map { text in
      [0] + Array("\"\(text.replacing("\"", with: "\"\""))\",\(text),,\n".utf8)
    }
    agree(.csv, on: rows, changes: 1, seed: 0x2DEC_0006)
  }

  // MARK: - Generated

  @Test("Records made at random and changes of them", arguments: [0x2DEC_0010, 0x2DEC_0011] as [UInt64])
  func generated(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let records = (0..<250).map { _ in Array(RandomJSON.record(using: &numbers).utf8) }
    agree(.ndjson, on: records, changes: 6, seed: seed)
  }

  @Test("Rows made at random and changes of them", arguments: [0x2DEC_0020, 0x2DEC_0021] as [UInt64])
  func generatedRows(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let rows: [[UInt8]] = (0..<150).map { _ in
      (0...6).reduce(into: [UInt8.random(in: 0...255, using: &numbers) & 0xFE]) { bytes, _ in
        bytes += Array(RandomJSON.row(cells: 4, using: &numbers).utf8)
      }
    }
    agree(.csv, on: rows, changes: 6, seed: seed)
  }

  /// Many keys, so that those stand beyond the positions that are predicted, and beyond the names that are learned.
  @Test("The sample records under their own schema") func samples() {
    let lines = PackageFile.bytes("Samples/records/sample.ndjson").split(separator: 0x0A).map(Array.init)
    let pair = DecoderPair(schema: PackageFile.bytes("Samples/schemas/messenger.yaml"))
    var numbers = SeededNumbers(seed: 0x2DEC_0030)
    for line in lines {
      #expect(pair.compareJSON(line, followedBy: []) == nil)
      let changed = ByteChanges.changed(line, among: lines, using: &numbers)
      #expect(
        pair.compareJSON(changed, followedBy: line) == nil, "\(String(decoding: changed, as: UTF8.self))")
    }
  }

  // MARK: - At every split

  /// Bad lines between good ones, in blocks and reads of every size and with several workers: code, record and byte are
  /// those that the reference gives for the line, wherever the source is cut.
  @Test("Faults lie where the reference says, however the source is cut") func faultsAtEverySplit() throws {
    let bad =
      [
        #"{"kind":"message","sender":"+12025550100","timestamp":01}"#,
        #"{"kind":"message","kind":"message"}"#,
        #"{"kind":"me\u12"}"#, #"{"kind":"\ud800"}"#, #"{"kind":"message"}}"#, #"["kind"]"#, #"{"kind":tru}"#,
        #"{"kind":"message","#, "{\"kind\":\"a\tb\"}", #"{"a":[1,2,}"#, #"{'kind':1}"#, #"{"kind":1.}"#,
      ].map { Array($0.utf8) } + [Array("{\"kind\":\"".utf8) + [0xC0, 0xAF] + Array("\"}".utf8)]
    let good = Array(BadInput.good.utf8)
    let pair = DecoderPair(schema: PackageFile.bytes("Samples/schemas/messenger.yaml"))
    var source: [UInt8] = []
    var expected: [String] = []
    var number = 0
    for (index, line) in bad.enumerated() {
      let fault = try #require(pair.referenceFault(ofJSON: line))
      expected.append("\(fault.code.code) \(number + 1) \(source.count + fault.offset)")
      source += line + (index % 2 == 0 ? [0x0A] : [0x0D, 0x0A])
      // A blank line counts as a line.
      source += good + [0x0A, 0x20, 0x0A] + good + [0x0A]
      number += 4
    }
    try expect(expected, of: source, .ndjson)
  }

  @Test("The same of rows") func rowFaultsAtEverySplit() throws {
    let columns = ["kind", "timestamp", "sender", "extra"]
    let bad =
      [
        #"message,"a"b,c,d"#, "message,a\rb,c,d", #"message,a"b,c,d"#, "message,a,b", "message,a,b,c,d",
        #"message,"a\rb",c"#,
        #"message,,,"x"y"z""#,
      ].map { Array($0.utf8) } + [Array("message,".utf8) + [0xC0, 0xAF] + Array(",,".utf8)]
    let good = Array("message,2026-09-10T12:00:00Z,+12025550100,\"a \"\"b\"\",\nc\"\n".utf8)
    let pair = DecoderPair(schema: PackageFile.bytes("Samples/schemas/messenger.yaml"), columns: columns)
    var source = Array((columns.joined(separator: ",") + "\n").utf8)
    var expected: [String] = []
    for (index, row) in bad.enumerated() {
      let fault = try #require(pair.referenceFault(ofCSV: row))
      // The header is the first row.
      expected.append("\(fault.code.code) \(index * 3 + 2) \(source.count + fault.offset)")
      source += row + (index % 2 == 0 ? [0x0A] : [0x0D, 0x0A]) + good + good
    }
    try expect(expected, of: source, .csv)
  }

  private func expect(
    _ faults: [String], of source: [UInt8], _ format: SourceFormat,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let run = try RecordRun.samples.get()
    let sizes = Array(1...40) + [63, 64, 65, 127, 1000, 4095, 4096, 65_536]
    for (index, size) in sizes.enumerated() {
      var limits = RecordRun.lenient
      limits.blockByteCount = [1, 3, 64, 4096, 1 << 20][index % 5]
      let outcome = run.preview(source, format, limits: limits, readSize: size, workers: index % 3 + 1)
      let found = outcome.faults.map { "\($0.code) \($0.record ?? 0) \($0.byteOffset ?? 0)" }
      #expect(
        found == faults, "reads of \(size) bytes, blocks of \(limits.blockByteCount)",
        sourceLocation: location)
      #expect(outcome.failure == nil, sourceLocation: location)
      #expect(outcome.sources.first?.tally.isConserved == true, sourceLocation: location)
    }
  }
}

/// JSON and CSV made at random: valid in the main, of keys and values that mean something to the schema of the targets.
enum RandomJSON {
  private static let keys = [
    "kind", "at", "who", "full name", "with", "place", "lat", "lon", "a", "b", "c", #"say \"hi\""#, #"x\\ny"#,
    "body", "new", "wh\\u006f", "é", "", "place.lat", "a.b.c", "n12345", "a_name_of_more_than_sixteen_bytes",
  ]

  static func record<Numbers: RandomNumberGenerator>(using numbers: inout Numbers) -> String {
    object(depth: 1, using: &numbers)
  }

  private static func blank<Numbers: RandomNumberGenerator>(using numbers: inout Numbers) -> String {
    ["", "", "", "", " ", "\t", " \r "].randomElement(using: &numbers)!
  }

  private static func object<Numbers: RandomNumberGenerator>(depth: Int, using numbers: inout Numbers)
    -> String
  {
    let names = keys.shuffled(using: &numbers).prefix(Int.random(in: 0...5, using: &numbers))
    let members = names.map { name in
      "\"\(name)\"\(blank(using: &numbers)):\(blank(using: &numbers))"
        + value(depth: depth + 1, using: &numbers) + blank(using: &numbers)
    }
    return "{" + blank(using: &numbers) + members.joined(separator: ",") + "}"
  }

  private static func value<Numbers: RandomNumberGenerator>(depth: Int, using numbers: inout Numbers)
    -> String
  {
    switch Int.random(in: 0..<(depth > 4 ? 6 : 9), using: &numbers) {
    case 0: return ["null", "true", "false"].randomElement(using: &numbers)!
    case 1, 2:
      return ["0", "-0", "12", "-1.50", "1e9", "2E-07", "12345678", "123456789012345678901.5"]
        .randomElement(using: &numbers)!
    case 3, 4, 5:
      let pieces = [
        "a", "+1", "é", "𝒜", #"\n"#, #"\u0041"#, #"\ud834\udd1e"#, #"\""#, "12345678", "{", "]", ",",
      ]
      return "\""
        + (0..<Int.random(in: 0...5, using: &numbers)).map { _ in pieces.randomElement(using: &numbers)! }
        .joined()
        + "\""
    case 6, 7: return object(depth: depth, using: &numbers)
    default:
      let elements = (0..<Int.random(in: 0...4, using: &numbers)).map { _ in
        blank(using: &numbers) + value(depth: depth + 1, using: &numbers) + blank(using: &numbers)
      }
      return "[" + elements.joined(separator: ",") + "]"
    }
  }

  static func row<Numbers: RandomNumberGenerator>(cells: Int, using numbers: inout Numbers) -> String {
    let pieces = ["a", "+1", "é", " ", "", "12345678", "\"\"", ",", "\n", "\r\n", "\t", ";"]
    let texts = (0..<cells).map { _ in
      let text = (0..<Int.random(in: 0...4, using: &numbers)).map { _ in
        pieces.randomElement(using: &numbers)!
      }
      .joined()
      let isPlain = !text.contains { ",\"\r\n\t".contains($0) || $0 == "\r\n" }
      return isPlain && Bool.random(using: &numbers) ? text : "\"\(text)\""
    }
    return texts.joined(separator: ",") + ["\n", "\r\n"].randomElement(using: &numbers)!
  }
}
