import AllocationCount
import Sluice
import Testing

/// A worker that is warm allocates nothing for a record: what it allocates for a block does not depend on the number of
/// records in it.
@Suite("Allocations") struct AllocationTests {
  private static let isCounted = ConditionTrait.enabled(
    if: allocation_count_is_available(), "allocations are counted with glibc and without a sanitizer")

  /// Whom the records are released to.
  enum Reach: String, CaseIterable {
    case nobody, onePacket, severalPackets, stream
  }

  @Test("The counter sees what is allocated", isCounted) func counts() {
    let (thread, process) = (allocation_count_of_thread(), allocation_count_of_process())
    for _ in 0..<10 { UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 64).deallocate() }
    var sizes: [Int] = []
    for size in 1...10 { sizes.append(Array(repeating: size, count: size).count) }
    let ofThread = allocation_count_of_thread() - thread
    let ofProcess = allocation_count_of_process() - process
    #expect(sizes == Array(1...10))
    #expect(ofThread >= 20 && ofProcess >= ofThread)
  }

  @Test("A flat record costs none, whoever it is released to", isCounted, arguments: Reach.allCases)
  func flat(_ reach: Reach) throws {
    for source in [SourceFormat.ndjson, .csv] {
      for format in RecordFormat.allCases { try check(source, format, reach) { Self.flat($0, source) } }
    }
  }

  @Test("A record with objects, arrays and mentions costs none", isCounted, arguments: Reach.allCases)
  func nested(_ reach: Reach) throws {
    for format in RecordFormat.allCases { try check(.ndjson, format, reach, Self.nested) }
  }

  @Test("The sample records cost none", isCounted) func samples() throws {
    let run = try SampleRun(in: SourceFolder())
    let sample = try SampleRun.bytes("records/sample.ndjson")
    let source = try #require(try run.sources([SampleRun.sampleRecords]).first)
    for format in RecordFormat.allCases {
      let worker = try LoneWorker(
        run.rulings, source: source, catalog: run.catalog, format: format, rootKey: run.rootKey,
        leakGate: LeakGate(folder: -1))
      let reached = try expectNoneForEachRecord(worker, sample)
      #expect(reached > 100)
    }
  }

  // MARK: - A worker, and records for it

  private func check(
    _ sourceFormat: SourceFormat, _ format: RecordFormat, _ reach: Reach, _ record: (Int) -> String
  ) throws {
    let run = try SmallRun(kinds: Self.kinds, rules: Self.rules)
    let source = run.source("", format: sourceFormat)
    let header = sourceFormat == .csv ? Self.columns.map { Array($0.utf8) } : []
    let worker: LoneWorker
    if reach == .stream {
      let ruling = try Gates.ruleStream(
        jurisdiction: "US", instrument: "order", name: "test", subjects: nil, period: nil,
        policies: run.documents.policies, catalog: run.catalog, now: TestDocuments.now)
      worker = try LoneWorker(
        ruling, source: source, header: header, catalog: run.catalog, format: format, rootKey: run.rootKey)
    } else {
      let subjects =
        switch reach {
        case .nobody: ["+12025550177"]
        case .onePacket: [Self.phone(0)]
        default: [Self.phone(0), Self.phone(1), Self.phone(2)]
        }
      let rulings = try subjects.enumerated().map { try run.ruling(reference: "US-\($0)", phone: $1) }
      worker = try LoneWorker(
        rulings, source: source, header: header, catalog: run.catalog, format: format, rootKey: run.rootKey,
        leakGate: LeakGate(folder: -1))
    }
    let reached = try expectNoneForEachRecord(worker, Array((0..<300).map(record).joined().utf8))
    #expect((reached > 0) == (reach != .nobody), "\(sourceFormat) to \(format)")
  }

  /// Runs records once and twice through a warm worker; returns how many of them are in reach.
  private func expectNoneForEachRecord(_ worker: LoneWorker, _ records: [UInt8]) throws -> UInt64 {
    let single = Self.block(records)
    let double = Self.block(records + records)
    // Both of the buffers that the worker and its result exchange have to have seen the longest output.
    for _ in 0..<4 { _ = try worker.run(double) }
    var before = allocation_count_of_thread()
    let once = try worker.run(single)
    let forOnce = allocation_count_of_thread() - before
    before = allocation_count_of_thread()
    let twice = try worker.run(double)
    let forTwice = allocation_count_of_thread() - before
    // Generics of the standard library that a debug build does not specialise allocate; there it is a smoke test.
    #if !DEBUG
      #expect(forTwice == forOnce, "for \(twice.read) records and for \(once.read)")
    #else
      _ = (forTwice, forOnce)
    #endif
    #expect(once.unreadable == 0 && once.read > 0)
    #expect(twice.read == 2 * once.read && twice.reached == 2 * once.reached)
    return once.reached
  }

  private static func block(_ bytes: [UInt8]) -> Block {
    var block = Block()
    block.append(bytes, bytes.count)
    block.end(at: bytes.count)
    return block
  }

  private static func phone(_ number: Int) -> String { "+1202555010\(number % 10)" }

  private static let columns = [
    "kind", "at", "sender", "recipient", "email", "address", "port", "lat", "lon", "device", "type", "size",
    "note",
    "is_read", "score", "body",
    // Of the other kind.
    "title",
  ]

  /// The cells of a flat record, in the order of `columns`.
  private static func cells(_ index: Int) -> [String] {
    [
      "message", "2026-09-\(10 + index % 20)T01:02:03.\(100 + index)Z", phone(index), phone(index / 3 + 5),
      "first.last\(index)@EXAMPLE.com", index % 2 == 0 ? "203.0.113.\(index % 256)" : "2001:DB8::\(index)",
      "\(1024 + index)", "\(index % 90).12345\(index)", "-\(index % 180).5\(index)", "ab\(index)",
      index % 2 == 0 ? "text" : "image", "\(index * 37)", "a note, no. \(index)",
      index % 2 == 0 ? "true" : "false",
      "-\(index).250", "never read", "a title",
    ]
  }

  private static func flat(_ index: Int, _ format: SourceFormat) -> String {
    let cells = cells(index)
    if format == .csv { return cells.map { "\"\($0)\"" }.joined(separator: ",") + "\n" }
    let bare = ["port", "lat", "lon", "size", "is_read", "score"]
    let members = zip(columns, cells).map { bare.contains($0) ? "\"\($0)\":\($1)" : "\"\($0)\":\"\($1)\"" }
    return "{" + members.joined(separator: ",") + ",\"stray\\u0020key\":[1,{\"a\":null}]}\n"
  }

  private static func nested(_ index: Int) -> String {
    let members = (0..<index % 5).map { "\"\(phone(index + $0))\"" }.joined(separator: ",")
    return
      #"{"kind":"group","who":{"from":"\#(phone(index))","to":[\#(members)],"added":"\#(phone(index + 4))"},"#
      + #""place":{"lat":\#(index % 90).5,"lon":\#(index % 180).25},"at":"2026-09-02T01:02:03Z","#
      + #""cc":["+447700900123"],"title":"gro\u0075p \#(index)"}"# + "\n"
  }

  private static let kinds = """
      message:
        when: { kind: message }
        time: at
        parties: [sender, recipient]
        fields:
          at:        timestamp
          sender:    phone
          recipient: phone
          email:     { type: email, of: sender }
          address:   { type: ip, of: sender }
          port:      { type: port, of: sender }
          position:  { point: [lat, lon], of: sender }
          device:    { device: "0-9a-f", of: sender }
          type:      { enum: [text, image] }
          size:      { integer: bytes }
          note:      { text: 40, of: record }
          is_read:   { type: boolean, of: record }
          score:     { type: decimal, of: record }
          body:      content
      group:
        when: { kind: group }
        time: at
        parties: [from, to]
        mentions: [added, others]
        fields:
          at:        timestamp
          from:      { type: phone, from: who.from }
          to:        { array: phone, from: who.to }
          added:     { type: phone, from: who.added }
          position:  { point: [place.lat, place.lon], of: from }
          others:    { array: phone, from: [who.cc, cc] }
          title:     { text: 40, of: record }
    """

  /// Every action, on one field or another.
  private static let rules = [
    "message.at: { truncate: hour }",
    "message.sender: { subject: keep, other: pseudonymize }",
    "message.recipient: { subject: { mask: 3 }, other: country }",
    "message.email: { subject: keep, other: pseudonymize }",
    "message.address: { subject: keep, other: { prefix: { v4: 24, v6: 48 } } }",
    "message.port: { subject: { bucket: [1024, 49152] }, other: withhold }",
    "message.position: { subject: { grid: 0.1 }, other: { geohash: 4 } }",
    "message.device: { subject: redact, other: { mask: 2 } }",
    "message.type: { map: { text: words } }",
    "message.size: { bucket: 1000 }",
    "message.note: keep",
    "message.is_read: keep",
    "message.score: keep",
    "group.at: { truncate: second }",
    "group.from: { subject: keep, other: pseudonymize }",
    "group.to: { subject: keep, other: pseudonymize }",
    "group.added: { subject: keep, other: pseudonymize }",
    "group.position: { subject: { grid: 0.1 }, other: withhold }",
    "group.others: { subject: keep, other: { mask: 2 } }",
    "group.title: keep",
  ]
}
