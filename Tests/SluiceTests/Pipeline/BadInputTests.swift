import Sluice
import Testing

/// The table of bad inputs through the whole record path. The same outcome is asked for whatever the reads, the
/// blocks and the number of workers.
@Suite("Bad input") struct BadInputTests {
  /// Reads of 1, 2, 3 and 7 bytes with blocks of 4 KiB, then as a run has them.
  static let settings: [(read: Int, block: Int, workers: Int)] = [
    (1, 4096, 1), (2, 4096, 2), (3, 4096, 1), (7, 4096, 2), (.max, 4096, 2),
    (.max, Limits().blockByteCount, 1),
  ]

  @Test("NDJSON", arguments: BadInput.ndjson) func ndjson(_ input: BadInput) throws {
    try check(input, .ndjson, head: [], good: BadInput.good)
  }

  @Test("CSV", arguments: BadInput.csv) func csv(_ input: BadInput) throws {
    try check(input, .csv, head: [BadInput.csvHeader], good: BadInput.csvGood)
  }

  /// Puts the record behind 40 good ones, so that it lies in a block of its own kind of place, and two before the end.
  private func check(_ input: BadInput, _ format: SourceFormat, head: [String], good: String) throws {
    let run = try RecordRun.samples.get()
    let before = head + [String](repeating: good, count: 40)
    let start = Array(before.map { $0 + "\n" }.joined().utf8)
    let (line, offset) = input.bytes
    var bytes = start + line
    if !input.endsSource { bytes += Array("\n\(good)\n\(good)\n".utf8) }
    let goodCount = UInt64(input.endsSource ? 40 : 42)
    let plain = run.preview(Array((before + [good, good]).joined(separator: "\n").utf8), format)
    let known = run.names + "\n" + run.everythingSaid(plain)
    for setting in Self.settings {
      var limits = RecordRun.lenient
      limits.blockByteCount = setting.block
      let outcome = run.preview(
        bytes, format, limits: limits, readSize: setting.read, workers: setting.workers)
      expect(
        input, outcome, of: run, good: goodCount,
        place: (UInt64(before.count + 1), UInt64(start.count + offset)))
      let names = outcome.sources.flatMap { Array($0.tally.unknownFields.keys) }.joined(separator: "\n")
      let said = run.everythingSaid(outcome)
      #expect(input.secrets(butFor: known + names).filter { said.contains($0) } == [])
    }
  }

  private func expect(
    _ input: BadInput, _ outcome: DisclosureRun.Outcome, of run: RecordRun, good: UInt64,
    place: (record: UInt64, byteOffset: UInt64)
  ) {
    #expect(outcome.failure == nil)
    guard let tally = outcome.sources.first?.tally else {
      Issue.record("no source was read")
      return
    }
    var (code, field): (FaultCode?, String?) = (nil, nil)
    var (released, rejectedBy, isRecord): (UInt64, [Int], Bool) = (0, [], true)
    switch input.outcome {
    case .unreadable(let fault, let name): (code, field) = (fault, name)
    case .rejected(let fault, let name, let packets): (code, field, rejectedBy) = (fault, name, packets)
    case .released: released = 1
    case .outOfReach: break
    case .blank: isRecord = false
    }
    #expect(outcome.recordCount == good + (isRecord ? 1 : 0))
    #expect(tally.blankLines == (isRecord ? 0 : 1))
    let faults = outcome.faults.map { "\($0.description), \($0.status)" }
    let expected = code.map {
      SluiceError(
        .rejected, $0.code, $0.sentence, source: "records", record: place.record,
        byteOffset: place.byteOffset,
        field: field)
    }
    #expect(faults == [expected].compactMap { $0 }.map { "\($0.description), \($0.status)" })
    let isUnreadable = rejectedBy.isEmpty && code != nil
    #expect(tally.unreadable == (isUnreadable ? [code!: 1] : [:]))
    #expect(tally.unreadableCount == (isUnreadable ? 1 : 0) && tally.rejected == (rejectedBy.isEmpty ? 0 : 1))
    #expect(tally.isConserved)
    for packet in outcome.tallies.indices {
      let kinds = outcome.tallies[packet].kinds
      let rejected = rejectedBy.contains(packet) ? [code!: UInt64(1)] : [:]
      #expect(kinds.map(\.rejected).reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) } == rejected)
      #expect(kinds.allSatisfy { $0.isConserved })
      // The court order does not reach a location; the warrant reaches all there is here.
      if packet == 1 { #expect(kinds.reduce(0) { $0 + $1.released } == good + released) }
      #expect(run.tally(outcome, packet: packet).released >= good)
    }
  }

  @Test("The mark and the bytes of a case are read as they are meant") func notation() {
    let (bytes, offset) = BadInput("", "é¦‹C0 af›x", .released).bytes
    #expect(bytes == [0xC3, 0xA9, 0xC0, 0xAF, 0x78] && offset == 2)
    let secrets = BadInput("", BadInput.message(#""note":"a secret word 12345""#), .released).secrets(
      butFor: "message kind sender recipients timestamp note")
    #expect(secrets.contains("secret") && secrets.contains("12345") && !secrets.contains("note"))
  }
}
