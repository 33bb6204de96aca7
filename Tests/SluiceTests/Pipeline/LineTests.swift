import Sluice
import Testing

/// Where a record of NDJSON ends is found on the way, once the records before it looked the same. Whatever a line is, it is
/// told among its like as it is alone, and the lines around it are read as ever.
struct LineTests {
  private static let kinds = """
      event:
        time: at
        parties: [sender]
        fields:
          at: timestamp
          sender: phone
          note: { text: 400 }
          size: { integer: bytes }
    """

  private static func event(_ note: String, _ size: String = "1") -> String {
    #"{"at":"2026-09-02T01:02:03Z","sender":"+12025550100","note":"\#(note)","size":\#(size)}"#
  }

  private static let good = event("note")
  private static let half = String(good.prefix(70))

  /// No line feed in them but those that cut a record in two.
  private static let lines: [String] = [
    good, good + " ", " " + good, good + "\r", good + "x", good + good, good + "," + good,
    String(good.dropLast()),
    half, half + "\n" + good.dropFirst(70), good.replacing(",", with: ",\n"),
    good.replacing(",", with: "\n,"),
    good.replacing(":", with: ":\n"), "{\n" + good.dropFirst(), good.dropLast() + "\n}", "{", "}", "{}",
    "7", "",
    " ", "\r", "\t\r",
    event(#"a\u00e9\"b"#), event(#"a\u00e"#), event("a\\\nb"), event("a\nb"), event(#"a\"#), event("a\tb"),
    event(#"\ud800"#),
    event("note", "1e3"), event("note", "01"), event("note", "true"), event("note", "null"),
    event("note", "{\"a\":1}"),
    event("note", "[1,2]"), event("note", "1,\"size\":2"), event("note", "1,\"more\":\"x\""),
    event("note", ""),
    event(String(repeating: "n", count: 60)), event(String(repeating: "n", count: 61)),
    event(String(repeating: "\\u006e", count: 11)),
    event(String(repeating: "n", count: 30), "1" + String(repeating: " ", count: 60)),
    event(String(repeating: "n", count: 59), "1234567,\"x\":\"" + String(repeating: "y", count: 40) + "\""),
    event(String(repeating: "n", count: 90), "x"), event(String(repeating: "n", count: 190)),
  ]

  private static var limits: Limits {
    var limits = Limits()
    (limits.stringByteCountMax, limits.recordByteCountMax) = (60, 170)
    return limits
  }

  private static func read(
    _ run: SmallRun, _ text: String, _ format: SourceFormat = .ndjson, limits: Limits = limits
  ) throws -> (rows: [String], faults: [String]) {
    let (text, outcome) = try run.stream(text, from: format, options: RunOptions(limits: limits))
    let faults = outcome.faults.map { "\($0.code) \($0.record ?? 0) \($0.byteOffset ?? 0)" }
    return (text.split(separator: "\n").map(String.init), faults)
  }

  @Test("A line among others is what it is alone", arguments: ["\n", "\r\n"]) func amongOthers(_ end: String)
    throws
  {
    let run = try SmallRun(
      kinds: Self.kinds, rules: ["event.note: keep", "event.size: keep"])
    let before = Self.good + end
    for line in Self.lines {
      let alone = try Self.read(run, line + end)
      let among = try Self.read(run, before + before + line + end + before)
      let good = try #require(try Self.read(run, before).rows.first)
      #expect(among.rows == [good, good] + alone.rows + [good], "\(line)")
      let moved = try alone.faults.map { fault in
        let parts = fault.split(separator: " ")
        let (record, offset) = try (#require(Int(parts[1])), #require(Int(parts[2])))
        return "\(parts[0]) \(record + 2) \(offset + 2 * before.utf8.count)"
      }
      #expect(among.faults == moved, "\(line)")
      // Without an end to the last line.
      let last = try Self.read(run, before + before + line)
      if !line.hasSuffix("\r") {
        #expect(last.rows == [good, good] + alone.rows && last.faults == moved, "\(line)")
      }
    }
  }

  @Test("Too long is told of a record, then of a string, however it was read") func tooLong() throws {
    let run = try SmallRun(kinds: Self.kinds, rules: ["event.note: keep", "event.size: keep"])
    func codes(_ line: String) throws -> [String] {
      try Self.read(run, Self.good + "\n" + line + "\n").faults.map { String($0.split(separator: " ")[0]) }
    }
    #expect(try codes(Self.event(String(repeating: "n", count: 60))) == [])
    #expect(try codes(Self.event(String(repeating: "n", count: 61))) == ["string-too-long"])
    #expect(try codes(Self.event(String(repeating: "n", count: 61), "x")) == ["string-too-long"])
    #expect(try codes(Self.event(String(repeating: "n", count: 100))) == ["record-too-long"])
    #expect(try codes(Self.event(String(repeating: "n", count: 100), "x")) == ["record-too-long"])
  }
  @Test("A record that is too long, of strings that are not, whatever tells its end") func tooLongByItself()
    throws
  {
    let run = try SmallRun(kinds: Self.kinds, rules: ["event.note: keep", "event.size: keep"])
    var limits = Self.limits
    limits.recordByteCountMax = 100
    let long = Self.event(String(repeating: "n", count: 40))
    for (line, stringMax) in [(long, 60), (long + " ", 60), (long, 1000), (long + " ", 1000)] {
      limits.stringByteCountMax = stringMax
      let text = Self.good + "\n" + line + "\n" + Self.good + "\n"
      let (rows, faults) = try Self.read(run, text, limits: limits)
      #expect(rows.count == 2 && faults == ["record-too-long 2 \(Self.good.utf8.count + 1)"])
    }
    let rows = ["at,sender,note,size", "2026-09-02T01:02:03Z,+12025550100,note,1"]
    let cell = String(repeating: "n", count: 60)
    for longRow in [
      "2026-09-02T01:02:03Z,+12025550100,\(cell),100000",
      "2026-09-02T01:02:03Z,+12025550100,\"\(cell)\",1000",
    ] {
      let text = (rows + [longRow, rows[1]]).map { $0 + "\n" }.joined()
      let (written, faults) = try Self.read(run, text, .csv, limits: limits)
      let place = (rows[0] + rows[1]).utf8.count + 2
      #expect(longRow.utf8.count == 101 && written.count == 2 && faults == ["record-too-long 3 \(place)"])
    }
  }

  @Test("Where no object may be, each line is told") func noDepth() throws {
    let run = try SmallRun(kinds: Self.kinds, rules: ["event.note: keep", "event.size: keep"])
    var limits = Self.limits
    limits.depthMax = 0
    let line = Self.good + "\n"
    let (rows, faults) = try Self.read(run, line + line + line, limits: limits)
    #expect(rows.isEmpty)
    #expect(faults == (0..<3).map { "json-depth \($0 + 1) \($0 * line.utf8.count)" })
  }
}
