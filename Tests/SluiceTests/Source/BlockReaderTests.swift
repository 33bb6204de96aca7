import ReferenceDecoders
import Sluice
import Testing

@Suite("Blocks of whole records") struct BlockReaderTests {
  static func limits(block: Int, record: Int) -> Limits {
    var limits = Limits()
    limits.blockByteCount = block
    limits.recordByteCountMax = record
    return limits
  }

  @Test("Every size of read and block gives the same records", arguments: SourceFormat.allCases)
  func sameRecords(format: SourceFormat) throws {
    var generator = FramingGenerator(seed: 7)
    let folder = SourceFolder()
    for round in 0..<12 {
      var bytes: [UInt8] = [0x61]
      for _ in 0..<60 {
        bytes += FramingTests.randomRows(
          Int.random(in: 0...40, using: &generator), &generator, separator: format.separator ?? 0x2C)
        bytes.append(0x0A)
      }
      // Spoilt rows may leave a quote open to the end: then the limit must not be reached.
      let path = folder.write(bytes, to: "records-\(round)")
      let expected = try readSource(
        SourceSpecification(path, format), limits: Self.limits(block: 1 << 20, record: 4096))
      for readSize in [1, 2, 3, 7, 4096] {
        for block in [1, 16, 100, 1000] {
          let found = try readSource(
            SourceSpecification(path, format), limits: Self.limits(block: block, record: 4096),
            readSizeMax: readSize)
          #expect(found == expected, "seed 7, round \(round), read \(readSize), block \(block)")
        }
      }
      let whole = expected.records.map { $0.bytes!.count }.reduce(0, +)
      #expect(whole <= bytes.count && expected.records.first?.byteOffset == 0)
      if let separator = format.separator {
        let reference = ReferenceFraming.ends(bytes, separator: separator)
        let starts = ([0] + reference.ends).filter { $0 < bytes.count }.map { UInt64($0) }
        #expect(expected.records.map(\.byteOffset) == starts)
        #expect(expected.endsInsideRecord == reference.isInsideQuotes)
      }
    }
  }

  @Test("B34 a record of the limit less one, the limit, and one more", arguments: SourceFormat.allCases)
  func recordLimit(format: SourceFormat) throws {
    let folder = SourceFolder()
    for end in ["\n", "\r\n", ""] {
      for length in 8...13 {
        let record = String(repeating: "a", count: length)
        let last = end.isEmpty ? [] : ["b"]
        let path = folder.write("c\n" + record + end + last.joined(), to: "records")
        for block in [1, 4, 11, 12, 13, 1000] {
          for readSize in [1, 3, Int.max] {
            let found = try readSource(
              SourceSpecification(path, format), limits: Self.limits(block: block, record: 10),
              readSizeMax: readSize)
            #expect(
              found.texts == ["c", length <= 10 ? record : nil] + last,
              "length \(length), block \(block), read \(readSize), end \(end.utf8.count)")
            #expect(found.records.map(\.byteOffset).starts(with: [0, 2]))
            if end != "" { #expect(found.records[2].byteOffset == UInt64(2 + length + end.utf8.count)) }
          }
        }
      }
    }
  }

  @Test("B33 a record of any length passes in constant memory; what follows keeps its place")
  func longRecord() throws {
    let folder = SourceFolder()
    for length in [100, 1000, 100_000] {
      let long = String(repeating: "a", count: length)
      let path = folder.write("x\n\(long)\ny\n\(long)\n\(long)\nz\n\(long)", to: "records")
      for format in SourceFormat.allCases {
        let found = try readSource(
          SourceSpecification(path, format), limits: Self.limits(block: 64, record: 90), readSizeMax: 50)
        let size = UInt64(length)
        #expect(found.texts == ["x", nil, "y", nil, nil, "z", nil])
        #expect(
          found.records.map(\.byteOffset)
            == [0, 2, 3 + size, 5 + size, 6 + 2 * size, 7 + 3 * size, 9 + 3 * size])
        #expect(found.endsWithoutDelimiter && !found.endsInsideRecord)
      }
    }
  }

  @Test("B78 a quote that is not closed ends the run at the limit and says where it opened")
  func unclosedQuote() throws {
    let folder = SourceFolder()
    let rest = String(repeating: "1,2\n", count: 5000)
    // The quote opens in a record's first cell, in a later one, and in a record that is too long already.
    for (start, offset) in [
      ("a,b\n\"", 4), ("a,b\nc,\"", 6), (String(repeating: "x", count: 300) + ",\"", 301),
    ] {
      let path = folder.write(start + rest, to: "records")
      for block in [1, 16, 100, 1 << 20] {
        let error = sourceFailure {
          _ = try readSource(
            SourceSpecification(path, .csv), limits: Self.limits(block: block, record: 200), readSizeMax: 70)
        }
        #expect(error?.code == "csv-quote-unclosed" && error?.status == .limit)
        #expect(error?.byteOffset == UInt64(offset), "block \(block)")
      }
    }
  }

  @Test("A closed quote at the limit, and past it")
  func longQuote() throws {
    let folder = SourceFolder()
    for span in 98...103 {
      let cell = "\"" + String(repeating: "\n", count: span - 1) + "\""
      let path = folder.write("a\nbb,\(cell)\nc\n", to: "records")
      for block in [1, 64, 100, 105, 110, 1 << 20] {
        for readSize in [1, Int.max] {
          let limits = Self.limits(block: block, record: 100)
          if span <= 100 {
            // `bb,` and the closing quote make it longer than its quoted span.
            let found = try readSource(SourceSpecification(path, .csv), limits: limits, readSizeMax: readSize)
            #expect(found.texts == ["a", nil, "c"], "span \(span), block \(block)")
          } else {
            let error = sourceFailure {
              _ = try readSource(SourceSpecification(path, .csv), limits: limits, readSizeMax: readSize)
            }
            #expect(
              error?.code == "csv-quote-unclosed" && error?.byteOffset == 5, "span \(span), block \(block)")
          }
        }
      }
    }
  }

  @Test("A source that ends inside quotes says so")
  func endsInside() throws {
    let folder = SourceFolder()
    let path = folder.write("a,b\n\"c\nd", to: "records")
    let found = try readSource(SourceSpecification(path, .csv), limits: Self.limits(block: 3, record: 100))
    #expect(found.endsInsideRecord && found.endsWithoutDelimiter && found.texts == ["a,b", "\"c\nd"])
    let closed = folder.write("a,b\n\"c\"", to: "closed")
    let whole = try readSource(SourceSpecification(closed, .csv), limits: Self.limits(block: 3, record: 100))
    #expect(!whole.endsInsideRecord && whole.endsWithoutDelimiter)
  }
}
