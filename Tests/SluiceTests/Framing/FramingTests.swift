import ReferenceDecoders
import Sluice
import Testing

@Suite("Framing") struct FramingTests {
  /// Bytes in which every other one means something to CSV.
  static func randomRows(_ count: Int, _ generator: inout FramingGenerator, separator: UInt8) -> [UInt8] {
    let alphabet: [UInt8] = [0x22, 0x22, 0x22, 0x0A, separator, separator, 0x0D, 0x61, 0x00, 0xFF]
    return (0..<count).map { _ in
      Bool.random(using: &generator) ? alphabet.randomElement(using: &generator)! : 0x62
    }
  }

  /// The ends that the fast scan finds when the bytes come in pieces.
  static func ends(
    _ bytes: [UInt8], cutAt cuts: [Int], separator: UInt8
  ) -> (ends: [Int], isInsideQuotes: Bool) {
    var scan = DelimitedFraming.Scan()
    var ends: [Int] = []
    var start = 0
    for limit in cuts + [bytes.count] {
      // A copy of its own length, so that a read past the end is a read past the allocation.
      Array(bytes[start..<limit]).withUnsafeBufferPointer { piece in
        guard let base = piece.baseAddress else { return }
        var index = 0
        while let end = DelimitedFraming.endOfRecord(
          base, from: index, to: piece.count, separator: separator, scan: &scan)
        {
          ends.append(start + end)
          index = end
        }
      }
      scan.rebase(dropping: limit - start)
      start = limit
    }
    return (ends, scan.isInsideQuotes)
  }

  @Test(
    "CSV ends agree with the slow machine, whole and cut anywhere", arguments: 1...40 as ClosedRange<UInt64>)
  func agreesWithReference(seed: UInt64) {
    var generator = FramingGenerator(seed: seed)
    for _ in 0..<200 {
      let separator: UInt8 = Bool.random(using: &generator) ? 0x2C : 0x09
      let count = Int.random(in: 0...120, using: &generator)
      let bytes = Self.randomRows(count, &generator, separator: separator)
      let expected = ReferenceFraming.ends(bytes, separator: separator)
      let cuts = (0..<Int.random(in: 0...5, using: &generator))
        .map { _ in Int.random(in: 0...count, using: &generator) }.sorted()
      for found in [
        Self.ends(bytes, cutAt: [], separator: separator),
        Self.ends(bytes, cutAt: cuts, separator: separator),
        Self.ends(bytes, cutAt: Array(0..<count), separator: separator),
      ] {
        #expect(found == expected, "seed \(seed), bytes \(bytes), cuts \(cuts)")
      }
    }
  }

  @Test("The last end is the last of all ends", arguments: 41...50 as ClosedRange<UInt64>)
  func lastEnd(seed: UInt64) {
    var generator = FramingGenerator(seed: seed)
    for _ in 0..<300 {
      let bytes = Self.randomRows(Int.random(in: 1...200, using: &generator), &generator, separator: 0x2C)
      let lines = bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
      bytes.withUnsafeBufferPointer { buffer in
        var scan = DelimitedFraming.Scan()
        let last = DelimitedFraming.lastEnd(
          buffer.baseAddress!, from: 0, to: bytes.count, separator: 0x2C, scan: &scan)
        #expect(last == ReferenceFraming.ends(bytes, separator: 0x2C).ends.last, "seed \(seed), \(bytes)")
        let line = NewlineFraming.lastEnd(buffer.baseAddress!, from: 0, to: bytes.count)
        #expect(line == lines.last, "seed \(seed), \(bytes)")
        let first = NewlineFraming.endOfRecord(buffer.baseAddress!, from: 0, to: bytes.count)
        #expect(first == lines.first, "seed \(seed), \(bytes)")
      }
    }
  }

  @Test(
    "A row ends where it must",
    arguments: [
      ("a,b\nc\n", [4, 6]),
      ("\"a\nb\",c\n", [8]),
      ("\"a\"\"\nb\"\n", [8]),
      ("\"\"\n\"\"\"\"\n", [3, 8]),
      ("\"a\"\r\nb\n", [5, 7]),
      // A quote in a bare cell spoils the row; the next line feed ends it.
      ("a\"b\nc\n\"d\n\"\n", [4, 6, 11]),
      // So does text after a closing quote, and the quotes in it open nothing.
      ("\"a\"b,\"c\nd\n", [8, 10]),
      ("\"a\"\rx\"\nb\n", [7, 9]),
      (",\"a\n\"\n", [6]),
      (" \"a\nb\n", [4, 6]),
    ])
  func rows(text: String, expected: [Int]) {
    #expect(ReferenceFraming.ends(Array(text.utf8), separator: 0x2C).ends == expected)
    #expect(Self.ends(Array(text.utf8), cutAt: [], separator: 0x2C).ends == expected)
  }

  @Test("The longest quoted span is seen, also across pieces")
  func longestQuote() {
    let text = Array("\"ab\",\"abcd\",x,\"a\"\"b\"\n".utf8)
    for cut in 0...text.count {
      var scan = DelimitedFraming.Scan()
      for (piece, offset) in [(text[..<cut], 0), (text[cut...], cut)] {
        Array(piece).withUnsafeBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          _ = DelimitedFraming.endOfRecord(base, from: 0, to: buffer.count, separator: 0x2C, scan: &scan)
        }
        if offset == 0 { scan.rebase(dropping: cut) }
      }
      #expect(scan.longestQuote == 5 && scan.longestQuoteStart + cut == 5, "cut at \(cut)")
    }
  }
}
