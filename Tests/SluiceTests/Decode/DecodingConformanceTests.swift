import Foundation
import Sluice
import Testing

/// Conformance data from elsewhere, beside the package. Every test here is skipped by name where it is absent.
@Suite("Conformance of decoding", .enabled(if: CanonicalSupport.hasVectors, "shared/vectors is absent"))
struct DecodingConformanceTests {
  /// Unpacks an archive of the vectors and reads its files by path.
  private func unpack(_ archive: String) throws -> [String: [UInt8]] {
    let folder = SourceFolder()
    let path = try #require(CanonicalSupport.vectors).appendingPathComponent(archive).path
    #expect(runProgram(["tar", "-xzf", path, "-C", folder.path]) == 0)
    return try SampleRun.files(under: folder.path)
  }

  // MARK: - JSONTestSuite

  private static let reader =
    "sluice: schema/1\nname: suite\nkinds:\n"
    + "  any: { time: none, parties: [x], fields: { x: phone } }\n"

  /// A record is an object, so each file is read twice: as the value of a member, and bare. Bare, only those that
  /// are an object can be records.
  private func readings(_ bytes: [UInt8]) throws -> (wrapped: Decoded, bare: Decoded) {
    let reader = try JSONReader(Self.reader)
    return (reader.read(Array("{\"x\":".utf8) + bytes + [UInt8(ascii: "}")]), reader.read(bytes))
  }

  private func suite(_ prefix: String) throws -> [(name: String, bytes: [UInt8])] {
    try unpack("json/JSONTestSuite_parsing_transform.tar.gz").compactMap { path, bytes in
      let name = String(path.split(separator: "/").last ?? "")
      return path.contains("test_parsing/") && name.hasPrefix(prefix) ? (name, bytes) : nil
    }.sorted { $0.name < $1.name }
  }

  /// RFC 8259 lets a key stand twice, and readers then differ in which value counts; a record in which that is so
  /// is unreadable here.
  private static let duplicates = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"]

  @Test("JSONTestSuite: of 95 files 93 are accepted, and 2 refused for their duplicate keys") func accepted()
    throws
  {
    let files = try suite("y_")
    #expect(files.count == 95)
    for (name, bytes) in files {
      let (wrapped, bare) = try readings(bytes)
      if Self.duplicates.contains(name) {
        #expect([wrapped.code, bare.code] == [.jsonDuplicateKey, .jsonDuplicateKey])
        continue
      }
      #expect(wrapped.code == nil, "\(name): \(wrapped)")
      let first = bytes.first { !" \t\r\n".utf8.contains($0) }
      #expect(bare.code == (first == UInt8(ascii: "{") ? nil : .jsonNotObject), "\(name): \(bare)")
    }
  }

  @Test("JSONTestSuite: 188 files are refused") func refused() throws {
    let files = try suite("n_")
    #expect(files.count == 188)
    for (name, bytes) in files {
      let (wrapped, bare) = try readings(bytes)
      #expect(wrapped.code != nil, "\(name)")
      #expect(bare.code != nil, "\(name)")
    }
  }

  /// What the suite leaves to each reader. Numbers are read as they are written and never as floating point: the
  /// type of their field says whether they are in range. Text is UTF-8 or it is refused.
  private static let decided: [(name: String, code: FaultCode?, reason: String)] = [
    ("number_double_huge_neg_exp", nil, "grammar alone is decided here; a field takes no exponent"),
    ("number_huge_exp", .jsonNumber, "135 bytes, more than a number may have"),
    ("number_neg_int_huge_exp", nil, "as above: read, not computed"),
    ("number_pos_double_huge_exp", nil, "as above"),
    ("number_real_neg_overflow", nil, "as above"),
    ("number_real_pos_overflow", nil, "as above"),
    ("number_real_underflow", nil, "as above"),
    ("number_too_big_neg_int", nil, "grammar; an integer field refuses it as out of range"),
    ("number_too_big_pos_int", nil, "as above"),
    ("number_very_big_negative_int", nil, "as above"),
    ("object_key_lone_2nd_surrogate", .jsonSurrogate, "half a pair is no character, in a key too"),
    ("string_1st_surrogate_but_2nd_missing", .jsonSurrogate, "half a pair"),
    ("string_1st_valid_surrogate_2nd_invalid", .jsonSurrogate, "half a pair"),
    ("string_UTF-16LE_with_BOM", .utf8Invalid, "UTF-16; as a whole source `encoding-utf16`"),
    ("string_UTF-8_invalid_sequence", .utf8Invalid, "not UTF-8"),
    ("string_UTF8_surrogate_U+D800", .utf8Invalid, "a surrogate has no UTF-8 form"),
    ("string_incomplete_surrogate_and_escape_valid", .jsonSurrogate, "half a pair"),
    ("string_incomplete_surrogate_pair", .jsonSurrogate, "half a pair"),
    ("string_incomplete_surrogates_escape_valid", .jsonSurrogate, "half a pair"),
    ("string_invalid_lonely_surrogate", .jsonSurrogate, "half a pair"),
    ("string_invalid_surrogate", .jsonSurrogate, "half a pair"),
    ("string_invalid_utf-8", .utf8Invalid, "not UTF-8"),
    ("string_inverted_surrogates_U+1D11E", .jsonSurrogate, "the wrong half first"),
    ("string_iso_latin_1", .utf8Invalid, "not UTF-8"),
    ("string_lone_second_surrogate", .jsonSurrogate, "half a pair"),
    ("string_lone_utf8_continuation_byte", .utf8Invalid, "not UTF-8"),
    ("string_not_in_unicode_range", .utf8Invalid, "beyond U+10FFFF"),
    ("string_overlong_sequence_2_bytes", .utf8Invalid, "a second form of one character"),
    ("string_overlong_sequence_6_bytes", .utf8Invalid, "as above"),
    ("string_overlong_sequence_6_bytes_null", .utf8Invalid, "as above"),
    ("string_truncated-utf-8", .utf8Invalid, "not UTF-8"),
    ("string_utf16BE_no_BOM", .utf8Invalid, "UTF-16; as a whole source `encoding-utf16`"),
    ("string_utf16LE_no_BOM", .utf8Invalid, "as above"),
    ("structure_500_nested_arrays", .jsonDepth, "deeper than 32"),
    (
      "structure_UTF-8_BOM_empty_object", .jsonSyntax, "a mark is taken off a source's start and nowhere else"
    ),
  ]

  @Test("JSONTestSuite: 35 files that each reader decides") func decided() throws {
    let files = try suite("i_")
    #expect(files.map(\.name).sorted() == Self.decided.map { "i_\($0.name).json" }.sorted())
    #expect(files.count == 35)
    for (name, code, reason) in Self.decided {
      let bytes = try #require(files.first { $0.name == "i_\(name).json" }?.bytes)
      let (wrapped, bare) = try readings(bytes)
      #expect(wrapped.code == code, "\(name): \(wrapped), because: \(reason)")
      #expect(bare.code != nil, "\(name)")
    }
  }

  // MARK: - csv-spectrum

  /// Each file through header, blocks, framing and decoder, cell by cell. One has a quote inside a bare cell, which
  /// RFC 4180 does not allow: its one record is unreadable. (Its JSON tells another number than the file, too.)
  @Test("csv-spectrum: 11 files cell by cell, and 1 with a stray quote") func spectrum() throws {
    let files = try unpack("csv/csv-spectrum.tar.gz")
    let names = files.keys.filter { $0.hasSuffix(".csv") }.sorted()
    #expect(names.count == 12)
    for name in names {
      let csv = try #require(files[name])
      guard !name.hasSuffix("location_coordinates.csv") else {
        #expect(try cells(csv, block: 1 << 20, read: .max) == [["": "csv-quote"]])
        continue
      }
      let json = name.replacingOccurrences(of: "csvs/", with: "json/").replacingOccurrences(
        of: ".csv", with: ".json")
      let object = try JSONSerialization.jsonObject(with: Data(try #require(files[json])))
      let expected = try #require(object as? [[String: String]])
      for settings in [(1, 1), (3, 7), (1 << 20, Int.max)] {
        #expect(try cells(csv, block: settings.0, read: settings.1) == expected, "\(name)")
      }
    }
  }

  private func cells(_ csv: [UInt8], block: Int, read: Int) throws -> [[String: String]] {
    let folder = SourceFolder()
    var limits = Limits()
    limits.blockByteCount = block
    let source = try SourceReader(
      SourceSpecification(folder.write(csv, to: "records"), .csv), permit: readPermit(), limits: limits,
      readSizeMax: read)
    let blocks = BlockReader(source, sourceIndex: 7, limits: limits)
    let header = try CSVHeader.read(from: blocks).map { String(decoding: $0, as: UTF8.self) }
    // A schema that knows each column by its name.
    let fields = header.enumerated().map { "      f\($0): { text: 100, from: [\"\($1)\"] }\n" }
    let schema =
      "sluice: schema/1\nname: spectrum\nkinds:\n  row:\n    time: none\n    parties: [p]\n    fields:\n"
      + "      p: phone\n"
      + fields.map { $0.replacingOccurrences(of: "text: 100", with: "text: 100, of: p") }
      .joined()
    let reader = try DelimitedReader(header, schema)
    return try readRecords(blocks, limits: limits).map { record in
      switch reader.read(record) {
      case .slots(let slots): slots.mapValues { String($0.drop { $0 != " " }.dropFirst()) }
      case .fault(let code, _): ["": code.code]
      }
    }
  }

  private func readRecords(_ blocks: BlockReader, limits: Limits) throws -> [[UInt8]] {
    var block = Block()
    var records: [[UInt8]] = []
    while try blocks.next(into: &block) {
      var start = 0
      var scan = DelimitedFraming.Scan()
      while start < block.count {
        let end =
          DelimitedFraming.endOfRecord(block.base, from: start, to: block.count, separator: 0x2C, scan: &scan)
          ?? block.count
        var record = Array(block.bytes[start..<end])
        if record.last == 0x0A { record.removeLast() }
        if record.last == 0x0D { record.removeLast() }
        records.append(record)
        start = end
      }
    }
    return records
  }

  // MARK: - UTF-8

  private struct TextCase {
    let name: String
    let bytes: [UInt8]
    /// Where the valid bytes before the first fault end; nil for valid text.
    let invalidAt: Int?
  }

  private static func hex(_ text: some StringProtocol) -> [UInt8] {
    guard text != "nothing" else { return [] }
    let digits = String(text.filter { $0 != " " })
    return stride(from: 0, to: digits.count, by: 2).map { index in
      let start = digits.index(digits.startIndex, offsetBy: index)
      return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)!
    }
  }

  /// The rows; the place of the first fault is where the replaced form, which every row states, has its first
  /// U+FFFD.
  private func textCases() throws -> [TextCase] {
    let text = String(decoding: try CanonicalSupport.vector("json/utf8tests.txt"), as: UTF8.self)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let parts = line.split(separator: ":", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      switch parts[1] {
      case "valid": return TextCase(name: parts[0], bytes: Array(parts[2].utf8), invalidAt: nil)
      case "valid hex": return TextCase(name: parts[0], bytes: Self.hex(parts[2]), invalidAt: nil)
      default:
        // Before the first fault both are the same, and some rows hold a valid U+FFFD there.
        let (bytes, replaced) = (Self.hex(parts[2]), Self.hex(parts[4]))
        let mark: [UInt8] = [0xEF, 0xBF, 0xBD]
        let place = replaced.indices.first {
          replaced[$0...].starts(with: mark) && !bytes.dropFirst($0).starts(with: mark)
        }
        return TextCase(name: parts[0], bytes: bytes, invalidAt: place)
      }
    }
  }

  @Test("utf8tests: every row is valid or invalid as stated, and at the place stated") func utf8() throws {
    let cases = try textCases()
    #expect(cases.count == 222)
    #expect(cases.count { $0.invalidAt != nil } == 145)
    for test in cases {
      // Behind few plain bytes and about 64, so that what is read eight and 64 at a time begins everywhere.
      for before in Array(0...8) + Array(56...72) {
        let bytes = [UInt8](repeating: 0x61, count: before) + test.bytes
        for after in [[], [0x61], [UInt8](repeating: 0x61, count: 9)] {
          let whole = bytes + after
          let place = whole.withUnsafeBufferPointer { firstInvalidUTF8($0.baseAddress!, $0.count) }
          #expect(place == test.invalidAt.map { $0 + before }, "\(test.name)")
        }
      }
    }
  }
}
