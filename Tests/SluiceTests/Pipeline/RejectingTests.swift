import Foundation
import Sluice
import Testing

/// Which records are unreadable for all, which are rejected by one packet alone, and when there are too many.
@Suite("Rejecting") struct RejectingTests {
  private static let schema = """
    sluice: schema/1
    name: rejecting
    kinds:
      upload:
        when: { op: upload }
        time: at
        parties: [who]
        fields:
          at: timestamp
          who: phone
      message:
        when: { kind: message }
        time: at
        parties: [sender, receiver]
        mentions: [added]
        fields:
          at: timestamp
          sender: { type: phone, from: [Sender, from_number] }
          receiver: phone
          added: phone
          size: { integer: bytes }
          style: { enum: [one, many] }
          client_ip: { type: ip, of: sender }
          body: content
    """

  private static let baseline = """
    sluice: baseline/1
    version: "1"
    smallest-count: 1
    longest-period: 400d
    bundles: []
    fields:
      message.at: { truncate: second }
      message.sender: { subject: keep, other: pseudonymize }
      message.receiver: { subject: keep, other: pseudonymize }
      message.added: { subject: keep, other: pseudonymize }
      message.size: { bucket: 10 }
      message.style: keep
      message.client_ip: { subject: keep, other: withhold }
    """

  private static let policy = """
    sluice: policy/1
    jurisdiction: US
    version: "1"
    valid: { from: 2026-01-01, until: 2027-01-01 }
    status: [ { state: active, from: 2000-01-01T00:00:00Z } ]
    instruments:
      order:
        cites: Act 1
        grants: [traffic, sizes, styles]
        longest-period: 366d
        approval: none
        document: none
    smallest-count: 1
    bundles: []
    categories:
      traffic:
        message.at: { truncate: second }
        message.sender: { subject: keep, other: pseudonymize }
        message.receiver: { subject: keep, other: pseudonymize }
        message.client_ip: { subject: keep, other: withhold }
      sizes:
        message.at: { truncate: second }
        message.size: { bucket: 10 }
      styles:
        message.at: { truncate: second }
        message.style: { action: keep, on-error: withhold }
    """

  private static let (traffic, sizes, styles, both, other) = (0, 1, 2, 3, 4)

  /// Five demands, in the order of the names above; the last is of another subject.
  private static let run = Result {
    try RecordRun(
      schema: schema, baseline: baseline, policy: policy,
      demands: [
        ("US-1", "traffic", "+12025550100"), ("US-2", "sizes", "+12025550100"),
        ("US-3", "styles", "+12025550100"),
        ("US-4", "traffic, sizes", "+12025550100"), ("US-5", "traffic", "+447700900001"),
      ].map { reference, categories, phone in
        RecordRun.demand(
          reference, instrument: "order", categories: categories, subject: "phone: \"\(phone)\"")
      })
  }

  private static func message(_ members: String, at time: String = "2026-09-10T12:00:00Z") -> String {
    #"{"kind":"message","at":"\#(time)",\#(members)}"#
  }

  private static let good = message(
    #""Sender":"+12025550100","receiver":"+12025550177","size":5,"style":"one""#)

  /// What became of a record between good ones: a word a packet, and the code where no packet could read it.
  private func outcome(
    _ line: String, _ settings: (read: Int, block: Int, workers: Int) = (.max, 4096, 1)
  ) throws -> (packets: [String], unreadable: String?, faults: [SluiceError]) {
    let run = try Self.run.get()
    let outcome = run.preview(
      Array("\(line)\n\(Self.good)\n".utf8), readSize: settings.read, workers: settings.workers)
    #expect(outcome.failure == nil && outcome.recordCount == 2)
    let tally = outcome.sources[0].tally
    #expect(tally.isConserved && tally.rejected + tally.unreadableCount == UInt64(outcome.faults.count))
    let packets = (0..<5).map { packet -> String in
      let tally = run.tally(outcome, packet: packet)
      let good: UInt64 = packet == Self.other ? 0 : 1
      #expect(tally.isConserved)
      if let code = tally.rejected.keys.first { return code.code }
      if tally.withheld.contains(where: { $0 > 0 }) { return "withheld" }
      return tally.released > good ? "released" : "-"
    }
    return (packets, tally.unreadable.keys.first?.code, outcome.faults)
  }

  @Test("A value is read only where it is released, and rejects there alone") func values() throws {
    let parties = #""Sender":"+12025550100","receiver":"+447700900001""#
    let size = try outcome(Self.message(parties + #","size":"secret""#))
    #expect(size.packets == ["released", "value-type", "released", "value-type", "released"])
    // It counts once, whatever the number of packets that reject it.
    #expect(size.unreadable == nil && size.faults.map(\.field) == ["size"])
    // In the role `other` the address is withheld, so nobody reads it in the last packet.
    let address = try outcome(Self.message(parties + #","client_ip":"secret""#))
    #expect(address.packets == ["ip-format", "released", "released", "ip-format", "released"])
    // A mention that no plan releases is never read.
    let mention = try outcome(Self.message(parties + #","added":"secret""#))
    #expect(mention.packets == ["released", "released", "released", "released", "released"])
    #expect(mention.faults.isEmpty)
  }

  @Test("on-error: withhold keeps the field in and lets the record go") func onError() throws {
    let line = Self.message(#""Sender":"+12025550100","style":"secret""#)
    let style = try outcome(line)
    #expect(style.packets == ["released", "released", "released", "released", "-"] && style.faults.isEmpty)
    let folder = SourceFolder()
    let packets = try seal([line, Self.good], in: folder)
    #expect(
      packets["US-3"] == ##"{"at":"2026-09-10T12:00:00Z"}"## + "\n"
        + ##"{"at":"2026-09-10T12:00:00Z","style":"one"}"## + "\n")
  }

  @Test("Of several names exactly one may hold a value", arguments: BadInputTests.settings)
  func ambiguousField(read: Int, block: Int, workers: Int) throws {
    let settings = (read, block, workers)
    let twice = Self.message(#""Sender":"+12025550100","from_number":"+12025550100""#)
    let (packets, code, faults) = try outcome(twice, settings)
    #expect(packets == ["-", "-", "-", "-", "-"] && code == "field-ambiguous")
    // The first record of the source: the field's name is that of its own kind.
    #expect(faults.map(\.field) == ["sender"] && faults.map(\.record) == [1])
    let place = try #require(twice.firstRange(of: "+12025550100\"}")).lowerBound
    #expect(faults.map(\.byteOffset) == [UInt64(twice.utf8.distance(from: twice.startIndex, to: place))])
    for line in [
      #""Sender":null,"from_number":"+12025550100""#, #""from_number":"+12025550100""#,
      #""from_number":null,"Sender":"+12025550100""#,
    ] {
      #expect(try outcome(Self.message(line), settings).packets[Self.traffic] == "released")
    }
    // "" is a value.
    let empty = try outcome(Self.message(#""Sender":"","from_number":"+12025550100""#), settings)
    #expect(empty.unreadable == "field-ambiguous")
  }

  @Test("A record that fits two kinds, one that fits none, one that does not say") func kinds() throws {
    let two = try outcome(Self.message(#""op":"upload","Sender":"+12025550100""#))
    #expect(two.unreadable == "kind-ambiguous" && two.faults.map(\.field) == [nil])
    let unknown = try outcome(#"{"kind":"secret","at":"secret"}"#)
    #expect(unknown.packets == ["-", "-", "-", "-", "-"] && unknown.faults.isEmpty)
    #expect(try outcome(#"{"kind":{"a":1}}"#).unreadable == "kind-unreadable")
    #expect(try outcome(#"{"kind":null,"op":null}"#).unreadable == "kind-unreadable")
  }

  @Test("Time and parties are read only in kinds that some plan names") func namedKinds() throws {
    for line in [#"{"op":"upload","at":"secret","who":"secret"}"#, #"{"op":"upload"}"#] {
      let (packets, code, faults) = try outcome(line)
      #expect(packets == ["-", "-", "-", "-", "-"] && code == nil && faults.isEmpty)
    }
    let time = try outcome(Self.message(#""Sender":"+12025550177""#, at: "secret"))
    #expect(time.unreadable == "time-format" && time.faults.map(\.field) == ["at"])
    let party = try outcome(Self.message(#""size":1"#))
    #expect(party.unreadable == "party-missing" && party.faults.map(\.field) == [nil])
  }

  @Test("A party that cannot be read: in reach by another, in reach by none, outside every period")
  func parties() throws {
    let reached = try outcome(Self.message(#""Sender":"+12025550100","receiver":"secret","size":1"#))
    // Only the packets that release the receiver reject it.
    #expect(reached.packets == ["phone-format", "released", "released", "phone-format", "-"])
    #expect(reached.unreadable == nil && reached.faults.map(\.field) == ["receiver"])
    let unreached = try outcome(Self.message(#""Sender":"+12025550177","receiver":"secret""#))
    #expect(unreached.unreadable == "phone-format" && unreached.faults.map(\.field) == ["receiver"])
    let outside = try outcome(
      Self.message(#""Sender":"+12025550177","receiver":"secret""#, at: "2026-10-01T00:00:00Z"))
    #expect(outside.unreadable == nil && outside.faults.isEmpty)
    let nobody = try outcome(Self.message(#""Sender":"+12025550177","receiver":"+12025550188""#))
    #expect(nobody.packets == ["-", "-", "-", "-", "-"] && nobody.faults.isEmpty)
  }

  @Test("A packet says only whether a record that may concern it could not be read") func someOrNone() throws
  {
    let folder = SourceFolder()
    // Reached by the first subject; the second may be the receiver that cannot be read.
    let line = Self.message(#""Sender":"+12025550100","receiver":"secret","size":1"#)
    _ = try seal([line, Self.good], in: folder)
    for (reference, word) in [("US-2", "none"), ("US-5", "some")] {
      let text = try SampleRun.files(under: folder.path + "/out/" + reference).values.map {
        String(decoding: $0, as: UTF8.self)
      }.joined()
      #expect(
        text.contains("\"unreadable\":\"\(word)\"") || text.contains("\"unreadable\": \"\(word)\""),
        "\(reference)")
    }
  }

  @Test("A time that cannot be read may lie in every packet's period") func unreadableTime() throws {
    #expect(try unreadable(Self.message(#""Sender":"+12025550177""#, at: "secret")) == ["some"])
  }

  @Test("A kind that no schema has concerns no packet, a record that tells no kind all of them")
  func unreadableKind() throws {
    #expect(try unreadable(#"{"kind":"secret","at":"secret"}"#) == ["none"])
    #expect(try unreadable(#"{"kind":null}"#) == ["some"])
  }

  /// What packets say of whether a record like this, beside a good one, could not be read.
  private func unreadable(_ line: String) throws -> Set<Substring> {
    let folder = SourceFolder()
    _ = try seal([line, Self.good], in: folder)
    let words = try ["US-1", "US-2", "US-5"].map { reference in
      let text = try SampleRun.files(under: folder.path + "/out/" + reference).values.map {
        String(decoding: $0, as: UTF8.self)
      }.joined()
      return try #require(text.firstMatch(of: /"unreadable": ?"(\w+)"/)?.1, "\(reference)")
    }
    return Set(words)
  }

  @Test("Of the packets that reject a record the first has its fault told, whomever the record names first")
  func firstFault() throws {
    // The last packet's subject is the sender; the first four packets' is the receiver.
    let result = try outcome(
      Self.message(
        #""Sender":"+447700900001","receiver":"+12025550100","size":"secret","client_ip":"secret""#))
    #expect(result.packets == ["released", "value-type", "released", "value-type", "ip-format"])
    #expect(result.faults.map(\.code) == ["value-type"] && result.faults.map(\.field) == ["size"])
  }

  /// The message files of the packets, by reference.
  private func seal(_ lines: [String], in folder: SourceFolder) throws -> [String: String] {
    let run = try Self.run.get()
    let source = run.source(folder.write(lines.map { $0 + "\n" }.joined(), to: "records"))
    let packets = try PacketFolder(path: folder.path + "/out")
    let outcome = DisclosureRun(
      rulings: run.rulings, sources: [source], catalog: run.catalog, facts: run.facts,
      options: RunOptions(limits: RecordRun.lenient)
    ).seal(rootKey: run.rootKey, in: packets)
    try packets.removePartial()
    #expect(outcome.failure == nil)
    var files: [String: String] = [:]
    for (path, bytes) in try SampleRun.files(under: folder.path + "/out")
    where path.hasSuffix("/message.ndjson") {
      files[String(path.prefix { $0 != "/" })] = String(decoding: bytes, as: UTF8.self)
    }
    return files
  }

  // MARK: - Too many

  private func lines(_ count: Int, bad: Int, _ line: String = "secret") -> [UInt8] {
    // Bad ones at the end, so that all is read before anything is decided.
    Array((0..<count).map { ($0 >= count - bad ? line : Self.good) + "\n" }.joined().utf8)
  }

  @Test(
    "Above --max-rejected nothing is sealed, at it and below it a warning is given",
    arguments: [
      (10_000, 9999, 1, false), (10_000, 10_000, 1, true), (100, 199, 2, false), (100, 200, 2, true),
      (1, 30, 15, true),
      (100, 99, 0, true),
    ])
  func tooMany(perRejected: Int, count: Int, bad: Int, isSealed: Bool) throws {
    var limits = Limits()
    limits.recordsPerRejected = perRejected
    // A record that no packet reads, and one that two packets reject: each counts once.
    for line in ["secret", Self.message(#""Sender":"+12025550100","size":"secret""#)] {
      let outcome = try Self.run.get().preview(lines(count, bad: bad, line), limits: limits)
      #expect(outcome.failure?.code == (isSealed ? nil : "too-many-rejected"))
      #expect(outcome.failure?.status == (isSealed ? nil : .rejected))
      #expect(outcome.recordCount == UInt64(count))
      #expect(outcome.warnings.isEmpty == (!isSealed || bad == 0))
      let said = try Self.run.get().everythingSaid(outcome)
      #expect(!said.contains("secret"))
    }
    #expect(Limits().recordsPerRejected == 10_000)
  }

  @Test(
    "A file that is mostly bad is told from its first 1,000 records, whatever the blocks", arguments: [1, 2])
  func mismatch(workers: Int) throws {
    let run = try Self.run.get()
    var limits = RecordRun.lenient
    limits.blockByteCount = 4096
    let bytes = lines(40_000, bad: 40_000)
    let early = run.preview(bytes, limits: limits, workers: workers)
    #expect(early.failure?.code == "source-mismatch" && early.failure?.status == .input)
    #expect(early.failure?.message.contains("schema and the format") == true)
    #expect(early.recordCount >= 1000 && early.recordCount < 3000)
    #expect(early.tallies.isEmpty)
    // Half is not more than half, and what comes later counts as rejected alone.
    for (first, isRefused) in [(500, false), (501, true)] {
      let mixed = lines(1000, bad: first) + lines(1000, bad: 1000)
      for block in [4096, 1 << 20] {
        limits.blockByteCount = block
        #expect(
          (run.preview(mixed, limits: limits, workers: workers).failure != nil) == isRefused,
          "\(first), \(block)")
      }
    }
  }

  @Test("Fewer than ten records are too few to tell a wrong file") func few() throws {
    let run = try Self.run.get()
    #expect(run.preview(lines(9, bad: 9), limits: Limits()).failure?.code == "too-many-rejected")
    #expect(run.preview(lines(9, bad: 9)).failure == nil)
    #expect(run.preview(lines(10, bad: 10)).failure?.code == "source-mismatch")
    #expect(run.preview(lines(10, bad: 5)).failure == nil)
  }

  @Test("A strict run ends on kinds and fields that no schema has") func strict() throws {
    let run = try Self.run.get()
    for (line, isUnknown) in [
      (Self.good, false), (#"{"kind":"secret"}"#, true),
      (Self.message(#""Sender":"+12025550100","note":"secret""#), true),
      (Self.message(#""Sender":"+12025550100","no te":"secret""#), true),
      // Known of another kind only.
      (Self.message(#""Sender":"+12025550100","who":"secret""#), true),
      // Content is known, and never read.
      (Self.message(#""Sender":"+12025550100","body":"secret""#), false),
    ] {
      let bytes = Array((line + "\n" + Self.good + "\n").utf8)
      let strict = run.preview(bytes, isStrict: true)
      #expect(strict.failure?.code == (isUnknown ? "strict-unknown" : nil), "\(line)")
      #expect(strict.failure?.status == (isUnknown ? .input : nil))
      let lenient = run.preview(bytes)
      #expect(lenient.failure == nil && lenient.warnings.isEmpty == !isUnknown, "\(line)")
      #expect(
        !run.everythingSaid(strict).contains("secret") && !run.everythingSaid(lenient).contains("secret"))
    }
    let csv = Array("kind,at,Sender,extra\nmessage,2026-09-10T12:00:00Z,+12025550100,".utf8)
    #expect(run.preview(csv, .csv, isStrict: true).failure == nil)
    #expect(run.preview(csv + [0x78], .csv, isStrict: true).failure?.code == "strict-unknown")
  }
}
