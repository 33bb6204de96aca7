/// A record of the self-test's corpus, and what a decoder has to make of it.
package struct DecoderCase: Sendable {
  /// What a decoder makes of a record.
  package enum Outcome: Equatable, Sendable {
    /// The values, unescaped, by their path in the record.
    case values([String: String])
    case fault(FaultCode)
  }

  package var record: [UInt8]
  package var outcome: Outcome

  init(_ record: String, _ values: [String: String]) {
    (self.record, outcome) = (Array(record.utf8), .values(values))
  }

  init(_ record: String, _ fault: FaultCode) {
    (self.record, outcome) = (Array(record.utf8), .fault(fault))
  }

  init(_ record: [UInt8], _ fault: FaultCode) { (self.record, outcome) = (record, .fault(fault)) }

  /// One of each sort of value, and of each sort of fault that lets a parser be misled.
  package static let ndjson = [
    DecoderCase(
      #"{"kind":"message","sent_at":"2026-09-01T10:00:00Z","sender":"+12025550100","size":7,"x":[{}]}"#,
      ["kind": "message", "sent_at": "2026-09-01T10:00:00Z", "sender": "+12025550100", "size": "7"]),
    DecoderCase(
      #" { "\u0073ender" : "\u002b12025550100" , "recipient" : null } "#,
      [
        "sender": "+12025550100", "recipient": "null",
      ]),
    DecoderCase(#"{"body":"\ud83d\ude00 \"\\\/\n"}"#, ["body": "\u{1F600} \"\\/\n"]),
    DecoderCase(#"{"sender":"+12025550100","sender":"+12025550101"}"#, .jsonDuplicateKey),
    DecoderCase(#"{"sender":"+12025550100","\u0073ender":"+12025550100"}"#, .jsonDuplicateKey),
    DecoderCase(#"{"body":"\ud800"}"#, .jsonSurrogate),
    DecoderCase("{\"body\":\"a\tb\"}", .jsonControl),
    DecoderCase(#"{"size":01}"#, .jsonNumber),
    DecoderCase(#"{"size":tru}"#, .jsonLiteral),
    DecoderCase(#"{"size":1,}"#, .jsonSyntax),
    DecoderCase(#"{"size":1"#, .jsonTruncated),
    DecoderCase(#"{"size":1}{}"#, .jsonTrailing),
    DecoderCase("[1]", .jsonNotObject),
    DecoderCase(#"{"x":"# + String(repeating: "[", count: 40), .jsonDepth),
    DecoderCase(Array(#"{"body":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8), .utf8Invalid),
  ]

  /// Of a source with the columns `kind,sent_at,sender,recipient,size,body`.
  package static let csv = [
    DecoderCase(
      "message,2026-09-01T10:00:00Z,+12025550100,+12025550101,7,x",
      [
        "kind": "message", "sent_at": "2026-09-01T10:00:00Z", "sender": "+12025550100",
        "recipient": "+12025550101", "size": "7", "body": "x",
      ]),
    DecoderCase(
      "message,\"a \"\"b\"\", c\nd\",,,7,",
      [
        "kind": "message", "sent_at": "a \"b\", c\nd", "sender": "", "recipient": "", "size": "7", "body": "",
      ]),
    DecoderCase(#"message,a"b,,,7,"#, .csvQuote),
    DecoderCase(#"message,"a"b,,,7,"#, .csvQuote),
    DecoderCase("message,a,,,7", .csvColumns),
    DecoderCase("message,a,,,7,x,y", .csvColumns),
    DecoderCase("message,a\rb,,,7,x", .csvBareCarriageReturn),
  ]
}

/// A decoder, asked for one record at a time.
protocol DecoderTrial: ~Copyable {
  mutating func outcome(_ record: [UInt8]) -> DecoderCase.Outcome
}

extension DecoderTrial where Self: ~Copyable {
  /// The layout of the self-test's schema.
  static func layout() -> RecordLayout {
    var problems = ProblemList()
    let schema = SchemaDocument.read(
      Array(SelfTestDocuments.schema.utf8), file: "self-test", problems: &problems)
    guard let schema else { preconditionFailure("the self-test's schema does not load") }
    return RecordLayout(schema: schema, catalog: Catalog(schemas: [schema], problems: &problems))
  }

  /// What stands in the slots of a record that was read.
  static func values(
    _ layout: RecordLayout, _ slots: UnsafeMutablePointer<Slot>, _ base: UnsafePointer<UInt8>,
    _ unescape: (Bytes, UnsafeMutablePointer<UInt8>) -> Int
  ) -> DecoderCase.Outcome {
    var values: [String: String] = [:]
    for (index, path) in layout.slotPaths.enumerated() where slots[index].kind != .absent {
      let slot = slots[index]
      let raw = Bytes(start: base + Int(slot.offset), count: Int(slot.length))
      guard slot.isEscaped else {
        values[path] = String(decoding: raw, as: UTF8.self)
        continue
      }
      var plain = [UInt8](repeating: 0, count: raw.count + 8)
      let count = unescape(raw, &plain)
      values[path] = String(decoding: plain.prefix(count), as: UTF8.self)
    }
    return .values(values)
  }

  /// A record as a block holds it: with room behind it that may be read.
  static func padded(_ record: [UInt8]) -> [UInt8] {
    record + [UInt8](repeating: 0, count: Block.paddingByteCount)
  }
}

/// The NDJSON decoder, after the check of UTF-8 that a block goes through.
struct NDJSONTrial: DecoderTrial, ~Copyable {
  private let layout = Self.layout()
  private var decoder: JSONRecordDecoder

  init() { decoder = JSONRecordDecoder(layout: Self.layout(), limits: Limits()) }

  mutating func outcome(_ record: [UInt8]) -> DecoderCase.Outcome {
    let bytes = Self.padded(record)
    return bytes.withUnsafeBufferPointer { bytes in
      let base = bytes.baseAddress.unsafelyUnwrapped
      guard firstInvalidUTF8(base, record.count) == nil else { return .fault(.utf8Invalid) }
      for index in 0..<layout.slotCount { decoder.slots[index] = Slot() }
      do throws(FaultCode) { try decoder.decode(base, count: record.count) } catch { return .fault(error) }
      return Self.values(layout, decoder.slots, base, unescapeJSON)
    }
  }
}

/// The CSV decoder.
struct CSVTrial: DecoderTrial, ~Copyable {
  private let layout = Self.layout()
  private var decoder: DelimitedDecoder

  init() {
    let header = ["kind", "sent_at", "sender", "recipient", "size", "body"].map { Array($0.utf8) }
    decoder = DelimitedDecoder(
      layout: Self.layout(), header: header, separator: UInt8(ascii: ","), limits: Limits())
  }

  mutating func outcome(_ record: [UInt8]) -> DecoderCase.Outcome {
    let bytes = Self.padded(record)
    return bytes.withUnsafeBufferPointer { bytes in
      let base = bytes.baseAddress.unsafelyUnwrapped
      for index in 0..<layout.slotCount { decoder.slots[index] = Slot() }
      do throws(FaultCode) { try decoder.decode(base, count: record.count) } catch { return .fault(error) }
      return Self.values(layout, decoder.slots, base, unescapeCell)
    }
  }
}
