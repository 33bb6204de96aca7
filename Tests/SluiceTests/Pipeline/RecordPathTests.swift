import Sluice
import Testing

/// What the record path does with the row of a record that stays in: nothing of it is in the rows around it.
struct RecordPathTests {
  private static let kinds = """
      event:
        time: at
        parties: [sender, receiver]
        fields:
          at: timestamp
          sender: phone
          receiver: phone
          size: { integer: bytes }
          ip: { type: ip, of: sender }
    """

  private static func record(_ members: String) -> String {
    #"{"at":"2026-09-02T01:02:03Z",\#(members)}"# + "\n"
  }

  /// Of the subject: one with an address, one without a value that leaves, one whose address cannot be read.
  private static let good = record(#""sender":"+12025550100","size":1,"ip":"203.0.113.9""#)
  private static let withheld = record(
    #""sender":"+447700900123","receiver":"+12025550100","ip":"203.0.113.7""#)
  private static let rejected = record(#""sender":"+12025550100","size":7,"ip":"203.0.113.777""#)

  @Test(arguments: [[withheld], [rejected], [withheld, rejected, withheld], [rejected, rejected]])
  func aRowThatStaysInLeavesNoTrace(_ lines: [String]) throws {
    let run = try SmallRun(
      kinds: Self.kinds,
      rules: ["event.size: { bucket: 10 }", "event.ip: { subject: keep, other: withhold }"])
    let records = (lines + [Self.good] + lines + [Self.good, Self.good] + lines).joined()
    for format in RecordFormat.allCases {
      let row = format == .csv ? #""0-9","203.0.113.9""# : #"{"size":"0-9","ip":"203.0.113.9"}"#
      let header = format == .csv ? [#""size","ip""#] : []
      let (folder, outcome) = try run.seal(
        [run.ruling()], [run.source(records)], into: format.rawValue, format: format)
      #expect(outcome.failure == nil)
      let files = try SampleRun.files(under: folder).filter { $0.key.contains("/event.") }
      #expect(files.count == 1)
      for (_, bytes) in files {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text == (header + [row, row, row]).map { $0 + "\n" }.joined())
      }
      let tally = try #require(outcome.tallies.first?.kinds.first)
      let count = UInt64(3 * lines.filter { $0 == Self.withheld }.count)
      #expect(tally.released == 3 && tally.withheld[WithheldReason.rule.rawValue] == count)
      #expect(tally.rejected[.ipFormat] ?? 0 == UInt64(3 * lines.count) - count)
    }
  }

  /// The rows of two packets stand in one buffer: what one of them withholds or rejects is in neither.
  @Test func aRowThatOnePacketKeepsInIsNotInTheOthers() throws {
    let run = try SmallRun(
      kinds: Self.kinds, rules: ["event.ip: { subject: keep, other: withhold }"])
    let both = Self.record(#""sender":"+12025550100","receiver":"+447700900123","ip":"203.0.113.9""#)
    let turned = Self.record(#""sender":"+447700900123","receiver":"+12025550100","ip":"203.0.113.7""#)
    let (folder, outcome) = try run.seal(
      [run.ruling(), run.ruling(reference: "US-2", phone: "+447700900123")],
      [run.source(both + turned + both + turned + turned)])
    #expect(outcome.failure == nil)
    let files = try SampleRun.files(under: folder).filter { $0.key.hasSuffix("/event.ndjson") }
    #expect(files.count == 2)
    for (path, bytes) in files {
      let (address, count) = path.hasPrefix("US-2") ? ("203.0.113.7", 3) : ("203.0.113.9", 2)
      #expect(
        String(decoding: bytes, as: UTF8.self)
          == String(repeating: #"{"ip":"\#(address)"}"# + "\n", count: count),
        "\(path)")
    }
  }
}
