import Sluice
import Testing

@Suite("CSV header") struct CSVHeaderTests {
  static func header(
    _ text: String, _ format: SourceFormat = .csv, limits: Limits = Limits(), readSizeMax: Int = .max
  ) throws -> (cells: [String], rest: ReadSource) {
    let folder = SourceFolder()
    let path = folder.write(text, to: "records")
    let source = try SourceReader(
      SourceSpecification(path, format), permit: readPermit(), limits: limits, readSizeMax: readSizeMax)
    let reader = BlockReader(source, sourceIndex: 0, limits: limits)
    let cells = try CSVHeader.read(from: reader).map { String(decoding: $0, as: UTF8.self) }
    var rest = ReadSource()
    var block = Block()
    while try reader.next(into: &block) {
      rest.records.append(.init(byteOffset: block.byteOffset, bytes: Array(block.bytes)))
    }
    try source.finish()
    return (cells, rest)
  }

  @Test("Cells are unescaped, the rest keeps its place", arguments: [1, 2, 3, 7, Int.max])
  func cells(readSize: Int) throws {
    let text = "\u{FEFF}\"a\",\"b\"\"c\",\"d,e\nf\",g\r\n1,2,3,4\n5"
    for block in [1, 5, 30, 1000] {
      var limits = Limits()
      limits.blockByteCount = block
      let found = try Self.header(text, limits: limits, readSizeMax: readSize)
      #expect(found.cells == ["a", "b\"c", "d,e\nf", "g"])
      #expect(found.rest.records.first?.byteOffset == 25)
      #expect(found.rest.records.flatMap { $0.bytes! } == Array("1,2,3,4\n5".utf8))
    }
    #expect(try Self.header("a\tb,c\n", .tsv).cells == ["a", "b,c"])
    #expect(try Self.header("only").cells == ["only"])
  }

  @Test(
    "B02, B81, B82: what is wrong with a header",
    arguments: [
      ("", "csv-no-header"), ("a,b,a\n", "csv-header-duplicate"), ("a,\"A\"\n", "csv-header-duplicate"),
      ("a,,b\n", "csv-header-blank"), ("\n", "csv-header-blank"), ("a,\" \"\n", "csv-header-blank"),
      ("a, b\n", "csv-header-space"), ("a;b;c\n", "csv-delimiter"), ("a\tb\n", "csv-delimiter"),
      ("a|b\n", "csv-delimiter"), ("# made today\na,b\n", "csv-comment"), ("a,b\"c\n", "csv-header-quote"),
      ("a,\"b\"c\n", "csv-header-quote"), ("a\rb,c\n", "csv-header-quote"), ("a,\"b", "csv-header-quote"),
    ])
  func faults(text: String, code: String) {
    let error = sourceFailure { _ = try Self.header(text) }
    #expect(error?.code == code && error?.status == .input)
    #expect(error?.message.contains("today") == false)
  }

  @Test("TSV with commas, a name that is not UTF-8, a header too long, a quote left open")
  func more() throws {
    #expect(sourceFailure { _ = try Self.header("a,b\n", .tsv) }?.code == "csv-delimiter")
    let folder = SourceFolder()
    let path = folder.write([0x61, 0x2C, 0xC0, 0xAF, 0x0A], to: "records")
    let source = try SourceReader(SourceSpecification(path, .csv), permit: readPermit(), limits: Limits())
    let reader = BlockReader(source, sourceIndex: 0, limits: Limits())
    #expect(sourceFailure { _ = try CSVHeader.read(from: reader) }?.code == "csv-header-encoding")
    var limits = Limits()
    limits.recordByteCountMax = 20
    limits.blockByteCount = 8
    let long = sourceFailure {
      _ = try Self.header(String(repeating: "a", count: 50) + "\nb\n", limits: limits)
    }
    #expect(long?.code == "csv-header-too-long" && long?.status == .limit)
    let open = sourceFailure {
      _ = try Self.header("\"" + String(repeating: "a\n", count: 50), limits: limits)
    }
    #expect(open?.code == "csv-quote-unclosed" && open?.byteOffset == 0)
  }
}
