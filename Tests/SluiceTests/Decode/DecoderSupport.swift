import FuzzTargets
import Sluice
import Testing

/// What a decoder made of a record: what stands in its slots, by path, or the fault and where it lies.
enum Decoded: Equatable, CustomStringConvertible {
  /// The kind of value and its text, unescaped: `string +44`, `null null`, `cell a"b`. Absent slots are left out.
  case slots([String: String])
  case fault(FaultCode, at: Int)

  var description: String {
    switch self {
    case .slots(let slots):
      slots.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    case .fault(let code, let offset): "\(code.code) at \(offset)"
    }
  }

  var code: FaultCode? {
    if case .fault(let code, _) = self { code } else { nil }
  }
}

enum DecoderSupport {
  /// The schema that the fuzzer reads records by too.
  static let schema = RecordTargets.schemaText

  static func layout(_ text: String = schema) throws -> RecordLayout {
    var problems = ProblemList()
    let schema = SchemaDocument.read(Array(text.utf8), file: "schema.yaml", problems: &problems)
    #expect(problems.inOrder.map(\.description) == [])
    let loaded = try #require(schema)
    return RecordLayout(schema: loaded, catalog: Catalog(schemas: [loaded], problems: &problems))
  }

  /// What stands in the slots of the record at `base`.
  static func texts(
    _ layout: RecordLayout, _ slots: UnsafeMutablePointer<Slot>, _ base: UnsafePointer<UInt8>,
    unescape: (Bytes, UnsafeMutablePointer<UInt8>) -> Int
  ) -> [String: String] {
    var found: [String: String] = [:]
    for (index, path) in layout.slotPaths.enumerated() where slots[index].kind != .absent {
      let slot = slots[index]
      let raw = Bytes(start: base + Int(slot.offset), count: Int(slot.length))
      var text = [UInt8](raw)
      if slot.isEscaped {
        var plain = [UInt8](repeating: 0, count: raw.count + 8)
        let count = unescape(raw, &plain)
        text = Array(plain.prefix(count))
      }
      found[path] = "\(slot.kind) " + String(decoding: text, as: UTF8.self)
    }
    return found
  }

  /// Gives the bytes to `body` as a block holds them: other bytes behind them, and room that may be read.
  static func withPadding<Result>(
    _ bytes: [UInt8], followedBy more: some Sequence<UInt8>, _ body: (UnsafePointer<UInt8>) -> Result
  ) -> Result {
    var padded = bytes + more.prefix(Block.paddingByteCount)
    padded += [UInt8](repeating: 0, count: bytes.count + Block.paddingByteCount - padded.count)
    return padded.withUnsafeBufferPointer { body($0.baseAddress!) }
  }

  /// What a decoder makes of the record at `base` once its slots are reset.
  static func decoded(
    _ layout: RecordLayout, _ slots: UnsafeMutablePointer<Slot>, _ base: UnsafePointer<UInt8>,
    decode: () throws(FaultCode) -> Void, faultOffset: () -> Int,
    unescape: (Bytes, UnsafeMutablePointer<UInt8>) -> Int
  ) -> Decoded {
    for index in 0..<layout.slotCount { slots[index] = Slot() }
    do throws(FaultCode) { try decode() } catch { return .fault(error, at: faultOffset()) }
    return .slots(texts(layout, slots, base, unescape: unescape))
  }

  /// A text in which `¦` marks a place, without the mark, and the place.
  static func marked(_ text: String) -> (bytes: [UInt8], offset: Int) {
    let parts = text.split(separator: "¦", maxSplits: 1, omittingEmptySubsequences: false)
    return (parts.flatMap { Array($0.utf8) }, parts[0].utf8.count)
  }
}

/// Reads records with one decoder, so that what it learned from one shows in the next.
///
/// Each record is read three times, followed by zeros, by bytes that would go on with it, and by the end of its line, and
/// once more as a line whose end the decoder has to find: a decoder that looks past the end, or that reads a record
/// otherwise once it knows its keys, gives two answers.
final class JSONReader {
  private let layout: RecordLayout
  private var decoder: JSONRecordDecoder

  init(_ schema: String = DecoderSupport.schema, limits: Limits = Limits()) throws {
    layout = try DecoderSupport.layout(schema)
    decoder = JSONRecordDecoder(layout: layout, limits: limits)
  }

  func read(_ text: String) -> Decoded { read(Array(text.utf8)) }

  func read(_ bytes: [UInt8], followedBy more: [UInt8] = Array("\"}],:0 \"x\":1}}}}}".utf8)) -> Decoded {
    let first = readOnce(bytes, followedBy: [])
    let second = readOnce(bytes, followedBy: more)
    let third = readOnce(bytes, followedBy: [0x0A] + more)
    #expect(first == second && first == third, "what follows the record, or knowing it, changes it")
    // A line feed ends a line, and a carriage return before it is no part of the record.
    guard !bytes.contains(0x0A), bytes.last != 0x0D, first.code != .utf8Invalid else { return first }
    for end in [[0x0A], [0x0D, 0x0A]] as [[UInt8]] {
      #expect(readLine(bytes, end: end, followedBy: more + [0x0A]) == first, "to look for its end changes it")
    }
    return first
  }

  private func readLine(_ bytes: [UInt8], end: [UInt8], followedBy more: [UInt8]) -> Decoded {
    DecoderSupport.withPadding(bytes + end + more, followedBy: []) { base in
      let decoded = decodedOf(base, bytes.count) { () throws(FaultCode) in
        try decoder.decode(lineAt: base, before: base + bytes.count + end.count + more.count - 1)
      }
      guard decoder.recordByteCount == bytes.count, decoder.lineEnd == base + bytes.count + end.count - 1
      else {
        Issue.record("the end of the record is not where it is")
        return .slots([:])
      }
      return decoded
    }
  }

  func readOnce(_ bytes: [UInt8], followedBy more: [UInt8]) -> Decoded {
    DecoderSupport.withPadding(bytes, followedBy: more) { base in
      decodedOf(base, bytes.count) { () throws(FaultCode) in try decoder.decode(base, count: bytes.count) }
    }
  }

  private func decodedOf(
    _ base: UnsafePointer<UInt8>, _ count: Int, decode: () throws(FaultCode) -> Void
  ) -> Decoded {
    if let invalid = firstInvalidUTF8(base, count) { return .fault(.utf8Invalid, at: invalid) }
    return DecoderSupport.decoded(
      layout, decoder.slots, base, decode: decode, faultOffset: { decoder.faultOffset },
      unescape: { unescapeJSON($0, to: $1) })
  }

  /// The unknown names since the last call; those without a name are `?` and `…`.
  func takeUnknown() -> [String: UInt64] {
    var names: [String: UInt64] = [:]
    let rest = decoder.takeUnknownNames { names[String(decoding: $0, as: UTF8.self)] = $1 }
    if rest.unprintable > 0 { names["?"] = rest.unprintable }
    if rest.more > 0 { names["…"] = rest.more }
    return names
  }
}

/// Reads records of a CSV source with one decoder, each twice as `JSONReader` does.
final class DelimitedReader {
  private let layout: RecordLayout
  private var decoder: DelimitedDecoder
  let header: [String]

  init(
    _ header: [String], _ schema: String = DecoderSupport.schema, separator: Character = ",",
    limits: Limits = Limits()
  ) throws {
    self.header = header
    layout = try DecoderSupport.layout(schema)
    decoder = DelimitedDecoder(
      layout: layout, header: header.map { Array($0.utf8) }, separator: separator.asciiValue!, limits: limits)
  }

  func read(_ text: String) -> Decoded { read(Array(text.utf8)) }

  func read(_ bytes: [UInt8]) -> Decoded {
    let first = readOnce(bytes, followedBy: [])
    let second = readOnce(bytes, followedBy: Array("\",\"x,\"".utf8))
    #expect(first == second, "what follows the record changes it")
    return first
  }

  private func readOnce(_ bytes: [UInt8], followedBy more: [UInt8]) -> Decoded {
    DecoderSupport.withPadding(bytes, followedBy: more) { base in
      DecoderSupport.decoded(
        layout, decoder.slots, base,
        decode: { () throws(FaultCode) in try decoder.decode(base, count: bytes.count) },
        faultOffset: { decoder.faultOffset }, unescape: { unescapeCell($0, to: $1) })
    }
  }

  /// How often each column that no schema knows held a value.
  var unknownCounts: [UInt64] { header.indices.map { decoder.unknownCounts[$0] } }
}
