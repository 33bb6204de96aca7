import Sluice
import Testing

@Suite("Decoding CSV and TSV records") struct DelimitedDecoderTests {
  private static let header = ["kind", "who", "extra", "place.lat"]

  private func reader(_ limits: Limits = Limits()) throws -> DelimitedReader {
    try DelimitedReader(Self.header, limits: limits)
  }

  @Test(
    arguments: [
      ("event,+1,x,1.5", ["event", "+1", "1.5"]), (#""event","+1","x","1.5""#, ["event", "+1", "1.5"]),
      (",,,", ["", "", ""]), (#""","","","""#, ["", "", ""]), (#"a,"b,""c""",,"#, ["a", #"b,"c""#, ""]),
      ("a,\"b\nc\r\n\",,d", ["a", "b\nc\r\n", "d"]), (#"a,"""",,"#, ["a", "\"", ""]),
      (" a , b ,,", [" a ", " b ", ""]),
      ("é,\u{0},,#", ["é", "\0", "#"]), ("a,'b',,c\td", ["a", "'b'", "c\td"]),
      (#"a,"12345678""90",,"#, ["a", #"12345678"90"#, ""]),
    ] as [(String, [String])])
  func cellsGoToTheirColumns(text: String, cells: [String]) throws {
    let expected = ["kind": cell(cells[0]), "who": cell(cells[1]), "place.lat": cell(cells[2])]
    #expect(try reader().read(text) == .slots(expected))
  }

  private func cell(_ text: String) -> String { text.isEmpty ? "emptyCell " : "cell \(text)" }

  @Test func columnsMayStandInAnyOrderAndTABMaySeparateThem() throws {
    let reader = try DelimitedReader(["place.lat", "a,b", "who"], separator: "\t")
    #expect(reader.read("1,5\tx\t\"a\tb\"") == .slots(["place.lat": "cell 1,5", "who": "cell a\tb"]))
    #expect(reader.read("1,5,x").code == .csvColumns)
  }

  /// A quoted empty cell and a bare one are both absent: CSV has no null.
  @Test func anEmptyCellIsAbsentQuotedOrNot() throws {
    let reader = try reader()
    for text in [",,,", #","","","#] {
      guard case .slots = reader.read(text) else {
        Issue.record("not read")
        continue
      }
    }
    #expect(Slot.cell(offset: 3, length: 0).isAbsent)
    #expect(!Slot.cell(offset: 3, length: 1).isAbsent)
    #expect(!Slot(.string, offset: 3, length: 0).isAbsent)
  }

  @Test(
    arguments: [
      (#"a,"b"¦c,,"#, .csvQuote), (#"a,"b"¦ ,,"#, .csvQuote), (#"a,b¦"c,,"#, .csvQuote),
      (#"a,b¦"c",,"#, .csvQuote),
      (#"a,¦"b,,"#, .csvQuote), (#"a,¦""",,"#, .csvQuote), (#"a,,,¦""#, .csvQuote),
      ("a, ¦\"b\",,", .csvQuote),
      ("a,b¦\rc,,", .csvBareCarriageReturn), ("a,\"b\"¦\rc,,", .csvBareCarriageReturn),
      ("a,b,c,d¦\r", .csvBareCarriageReturn), ("¦", .csvColumns), ("a¦", .csvColumns),
      ("a,b,c¦", .csvColumns),
      ("a,b,c,d,¦", .csvColumns), ("a,b,c,d,¦e,f,g", .csvColumns), ("a;b;c;d¦", .csvColumns),
      // A fault before the surplus cell is the one that is told.
      (#"a,b,c,d,e¦"f"#, .csvQuote),
    ] as [(String, FaultCode)])
  func whatIsNotCSVIsToldByItsPlace(text: String, code: FaultCode) throws {
    let (bytes, offset) = DecoderSupport.marked(text)
    let reader = try reader()
    #expect(reader.read(bytes) == .fault(code, at: offset))
    #expect(reader.read("a,b,,") == .slots(["kind": "cell a", "who": "cell b", "place.lat": "emptyCell "]))
  }

  @Test func cellsAtTheLimitAndBeyond() throws {
    var limits = Limits()
    limits.stringByteCountMax = 40
    let reader = try reader(limits)
    let most = String(repeating: "a", count: 40)
    #expect(reader.read("e,\(most),,").code == nil)
    #expect(reader.read("e,\(most)b,,") == .fault(.stringTooLong, at: 2))
    #expect(reader.read("e,\"\(most)\",,").code == nil)
    #expect(reader.read("e,\"\(most)b\",,") == .fault(.stringTooLong, at: 3))
    // A cell of a column that nobody knows is bound by it too.
    #expect(reader.read("e,,\(most)b,") == .fault(.stringTooLong, at: 3))
  }

  @Test func unknownColumnsAreCountedWhereTheyHoldAValue() throws {
    let reader = try DelimitedReader(["who", "extra", "Who", "lat"])
    let before = reader.unknownCounts
    _ = reader.read("+1,x,,")
    _ = reader.read("+1,\"\",y,1")
    // Each record is read twice here.
    #expect(zip(before, reader.unknownCounts).map { $1 - $0 } == [0, 2, 2, 2])
  }

  @Test func everyPlaceOfAQuoteIsFound() throws {
    let reader = try reader()
    for before in 0...20 {
      for after in 0...9 {
        let (start, end) = (String(repeating: "a", count: before), String(repeating: "b", count: after))
        let expected = ["kind": "cell \(start)\"\(end)", "who": "cell x", "place.lat": "emptyCell "]
        #expect(reader.read("\"\(start)\"\"\(end)\",x,,") == .slots(expected))
      }
    }
  }

  @Test func noBeginningOfAQuotedRecordIsARecord() throws {
    let reader = try reader()
    let whole = Array("\"a\",\"b\"\"c\",\"d\",\"e\"".utf8)
    #expect(reader.read(whole).code == nil)
    // But for the one that ends behind the last comma, whose last cell is empty.
    for cut in whole.indices where whole[..<cut].last != UInt8(ascii: ",") || cut < 14 {
      #expect(reader.read(Array(whole[..<cut])).code != nil, "cut at \(cut)")
    }
  }
}
