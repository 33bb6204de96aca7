import Foundation
import Sluice
import Testing

/// Runs whose packets would hold an identifier that they withhold, and runs that only seem to.
@Suite("Leak gate") struct LeakGateTests {
  private static let kinds = """
      message:
        when: { kind: message }
        time: at
        parties: [sender, recipients]
        fields:
          at: timestamp
          sender: phone
          recipients: { array: phone }
          client_ip: { type: ip, of: sender }
          device: { device: "a-z0-9.-", of: sender }
          ref: { id: message, alphabet: "0-9a-f", of: record }
          note: { type: text, max: 200, of: sender }
    """

  private static let rules = [
    "message.at: { truncate: second }",
    "message.sender: { subject: keep, other: pseudonymize }",
    "message.recipients: { subject: keep, other: pseudonymize }",
    "message.client_ip: { subject: keep }",
    "message.ref: keep",
    "message.note: { subject: keep }",
  ]

  private static func run() throws -> SmallRun { try SmallRun(kinds: kinds, rules: rules) }

  private static func record(
    _ index: Int = 0, sender: String = SmallRun.subject, to recipients: [String] = ["+12025550147"],
    ip: String = "203.0.113.77", note: String = "nothing"
  ) -> String {
    let names = recipients.map { "\"\($0)\"" }.joined(separator: ",")
    let second = index % 60 < 10 ? "0\(index % 60)" : "\(index % 60)"
    let ref = String(0xABCD_0000 + index, radix: 16)
    return
      #"{"kind":"message","at":"2026-09-05T10:00:\#(second)Z","sender":"\#(sender)","recipients":[\#(names)],"#
      + #""client_ip":"\#(ip)","device":"dev-\#(index)-77c2f","ref":"\#(ref)","note":"\#(note)"}"# + "\n"
  }

  private static func seal(
    _ records: String, workers: Int = 1, block: Int = 1 << 20, format: RecordFormat = .ndjson,
    change: (inout RunOptions) -> Void = { _ in }
  ) throws -> (run: SmallRun, folder: String, outcome: DisclosureRun.Outcome) {
    let run = try run()
    var options = RunOptions(workerCount: workers)
    options.limits.blockByteCount = block
    change(&options)
    let (folder, outcome) = try run.seal(
      [try run.ruling()], [run.source(records)], format: format, options: options)
    return (run, folder, outcome)
  }

  /// Notes that hold the number of a third party, its device or an address of one.
  static let leaks = [
    "call +12025550147", "call 1 202 555 0147", "b64 KzEyMDI1NTUwMTQ3", "hex 2b3132303235353530313437",
    #"esc \\u002b12025550147"#, "url %2B12025550147", "was at 203.0.113.99", "dev-0-77c2f",
    "DEV0 77 or dev077c2f", "電話12025550147找我", "“12025550147”", "at\u{A0}+12025550147\u{A0}soon",
    "12025550147—call", "地址203.0.113.99。", "203.0.113.99→", "né dev-0-77c2f…", "6Zu76KmxMTIwMjU1NTAxNDc=",
  ]

  @Test("A leak seals nothing, and the message says where but not what", arguments: leaks)
  func leak(_ note: String) throws {
    let other = Self.record(1, sender: "+12025550147", to: [SmallRun.subject], ip: "203.0.113.99")
    let records = Self.record(0, note: note) + other
    for format in RecordFormat.allCases {
      let (_, folder, outcome) = try Self.seal(records, format: format)
      let failure = try #require(outcome.failure, "\(note)")
      #expect(failure.code == "leak-found" && failure.status == .bug)
      #expect(outcome.answers.isEmpty)
      #expect((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] == [])
      #expect(failure.description.contains("field note"), "\(failure)")
      #expect(failure.description.contains(format == .ndjson ? "row 1," : "row 2,"), "\(failure)")
      #expect(!failure.description.contains("0147") && !failure.description.contains("113.99"))
      #expect(failure.byteOffset != nil && failure.field?.hasPrefix("message.") == true)
    }
  }

  @Test(
    "What is named in the demand, released in clear or no identifier is no leak",
    arguments: [
      "nothing", "call +12025550100", "from 203.0.113.77", "see abcd0000", "x+120255501478", "0147",
      "12025550147123", "203.0.113.0",
    ])
  func noLeak(_ note: String) throws {
    // The address of the subject is another's too, and withheld there.
    let other = Self.record(1, sender: "+12025550199", to: [SmallRun.subject], ip: "203.0.113.77")
    let (_, _, outcome) = try Self.seal(Self.record(0, note: note) + other)
    #expect(outcome.failure == nil, "\(note)")
    #expect(outcome.answers.count == 1)
  }

  @Test("A value that is withheld only where a record is withheld or rejected is looked for too")
  func everyReachedRecord() throws {
    let rejected =
      #"{"kind":"message","at":"2026-09-05T10:00:00Z","sender":"+12025550147","recipients":["\#(SmallRun.subject)","1"],"#
      + #""ref":"abcd"}"# + "\n"
    let (_, _, outcome) = try Self.seal(
      Self.record(0, to: [SmallRun.subject], note: "call +12025550147") + rejected)
    #expect(outcome.failure?.code == "leak-found")
  }

  @Test(
    "Who stands in a value of the wrong form is looked for too",
    arguments: [
      #""+12025550147""#, "12025550147", "[12025550147]", #"[["+12025550147"]]"#,
      #"{"x":["\u002b12025550147"]}"#,
      #"{"x":12025550147}"#, #"["+12025550100","+12025550147",5]"#,
    ])
  func wrongForms(_ recipients: String) throws {
    let wrong = Self.record(1).replacing(#"["+12025550147"]"#, with: recipients)
    let leaking = Self.record(0, to: [], note: "call 12025550147")
    let (_, _, outcome) = try Self.seal(leaking + wrong)
    #expect(outcome.failure?.code == "leak-found")
    #expect(try Self.seal(Self.record(0, to: [], note: "call 12025550148") + wrong).outcome.failure == nil)
  }

  @Test("Of an array that is withheld for one of its elements no element is kept") func arrayWithheldOnError()
    throws
  {
    let run = try SmallRun(
      kinds: Self.kinds,
      rules: Self.rules.map { rule in
        rule.hasPrefix("message.recipients")
          ? "message.recipients: { subject: keep, other: keep, on-error: withhold }" : rule
      })
    for (more, code) in [("", nil), (",5", "leak-found")] {
      let record = Self.record(0, note: "call 12025550147")
        .replacing(#"["+12025550147"]"#, with: #"["+12025550147"\#(more)]"#)
      #expect(
        try run.seal([try run.ruling()], [run.source(record)], into: "out\(more)").outcome.failure?.code
          == code)
    }
  }

  @Test("A number where a text is due is no value that is kept") func wrongType() throws {
    let run = try SmallRun(
      kinds: Self.kinds, rules: Self.rules + ["message.device: { subject: keep, on-error: withhold }"])
    let record = Self.record(0, note: "see 1234567890").replacing("\"dev-0-77c2f\"", with: "1234567890")
    let outcome = try run.seal([try run.ruling()], [run.source(record)]).outcome
    #expect(outcome.failure?.code == "leak-found")
  }

  @Test(
    "Who is called like a word of the packet itself keeps nobody's packet back",
    arguments: [
      "certificate", "withheld", "released", "manifest-sha256", "sha256sum", "viewport", "font-size",
      "timestamp",
      "provenance", "subjects", "pseudonym", "bagging-date", "reconciliation", "court", "us-10000",
    ])
  func ownWords(_ device: String) throws {
    let record = Self.record(0).replacing("dev-0-77c2f", with: device)
    for format in RecordFormat.allCases {
      #expect(try Self.seal(record, format: format).outcome.failure == nil)
    }
    let both = record + Self.record(1, note: "by dev-1-77c2f")
    #expect(try Self.seal(both).outcome.failure?.code == "leak-found")
  }

  @Test("What the policy keeps is released only where its record is, and no bundle holds it")
  func keptValuesThatStayIn() throws {
    let released = Self.record(0, note: "was at 203.0.113.99")
    let start = #"{"kind":"message","at":"2026-09-05T10:00:00Z","sender":"\#(SmallRun.subject)","#
    let rejected = start + #""recipients":["1"],"client_ip":"203.0.113.99"}"# + "\n"
    #expect(try Self.seal(released + rejected).outcome.failure?.code == "leak-found")
    let run = try SmallRun(
      kinds: Self.kinds, rules: Self.rules + ["message.device: { subject: keep }"],
      bundles: ["{ fields: [message.client_ip, message.device] }"])
    let held = start + #""recipients":["\#(SmallRun.subject)"],"client_ip":"203.0.113.99"}"# + "\n"
    let whole = held.replacing("}", with: #","device":"dev-9-77c2f"}"#)
    for (record, code) in [(held, "leak-found"), (whole, nil)] {
      let outcome = try run.seal([try run.ruling()], [run.source(released + record)], into: code ?? "out")
        .outcome
      #expect(outcome.failure?.code == code)
    }
  }

  @Test("A number is looked for as its source spelled it and as it is") func spelling() throws {
    let kinds = Self.kinds.replacing(
      "recipients: { array: phone }", with: "recipients: { array: phone, region: US }")
    for note in ["call 2025550147", "call +1 202 555 0147"] {
      let run = try SmallRun(kinds: kinds, rules: Self.rules)
      let records = Self.record(0, to: ["(202) 555-0147"], note: note)
      let (_, outcome) = try run.seal([try run.ruling()], [run.source(records)])
      #expect(outcome.failure?.code == "leak-found", "\(note)")
    }
  }

  @Test(
    "An identifier is found by its letters and digits, however long it is and whatever stands between them")
  func punctuation() throws {
    var random = PacketGenerator(seed: 11)
    for count in 8...44 {
      let bytes = (0..<count).map { _ in Array("abcxyz0189---").randomElement(using: &random) ?? "a" }
      let device = "q7" + String(bytes) + "k"
      let plain = device.replacing("-", with: "")
      let record = Self.record(0, note: "by \(plain)").replacing("dev-0-77c2f", with: device)
      #expect(try Self.seal(record).outcome.failure?.code == "leak-found", "\(device)")
      let near = Self.record(0, note: "by \(plain)x").replacing("dev-0-77c2f", with: device)
      #expect(try Self.seal(near).outcome.failure == nil, "\(device)")
    }
  }

  @Test("An identifier of many parts is found where it ends a run of joined words", arguments: [0, 1, 11])
  func longRun(_ wordCount: Int) throws {
    let device = (0..<20).map { "q\($0)" }.joined(separator: "-")
    let note = String(repeating: "is.", count: wordCount) + device
    let record = Self.record(0, note: note).replacing("dev-0-77c2f", with: device)
    #expect(try Self.seal(record).outcome.failure?.code == "leak-found")
  }

  @Test("A cell of punctuation alone is no number", arguments: [".", "-.", "--.", "..", "-", ":", "::."])
  func punctuationAlone(_ note: String) throws {
    // While identifiers look like fractions, cells that do so are compared with them.
    for device in ["2021.1230", "2021.1230.1"] {
      let record = Self.record(0, note: note).replacing("dev-0-77c2f", with: device)
      #expect(try Self.seal(record).outcome.failure == nil)
    }
  }

  @Test(
    "An identifier that looks like what is passed over is looked for all the same",
    arguments: [
      "pa234567abcdefghijklmnopqrst", "pa234567abcdefghijklmnopqrst-1", "pa234567-abcdefghijklm-nopqrst",
      "2021-15-30-14-77", "2021-12-30", "20211230", "2021.1230",
    ])
  func formsOfIdentifiers(_ device: String) throws {
    for note in ["by \(device)", device, "by \(device.replacing("-", with: ""))"]
    where !note.contains("by 2021") {
      let record = Self.record(0, note: note).replacing("dev-0-77c2f", with: device)
      #expect(try Self.seal(record).outcome.failure?.code == "leak-found", "\(note)")
    }
  }

  @Test(
    "The digits of a network or a day are no other identifier's, whatever a third one looks like",
    arguments: RecordFormat.allCases)
  func digitsByChance(_ format: RecordFormat) throws {
    let prefix = "{ prefix: { v4: 24, v6: 48 } }"
    let rules = Self.rules.map {
      $0.replacing("second", with: "day").replacing(
        "client_ip: { subject: keep }", with: "client_ip: { subject: \(prefix), other: \(prefix) }")
    }
    let arrays = Self.kinds.replacing("client_ip: { type: ip, of: sender }", with: "client_ip: { array: ip }")
      .replacing("recipients]", with: "recipients]\n    mentions: [client_ip]")
    for formed in ["dev-0-77c2f", "pa234567-abcdefghijklm-nopqrst", "2021-12-30", "192.0.2.0/24"] {
      for (kinds, isArray) in [(Self.kinds, false), (arrays, true)] {
        let run = try SmallRun(kinds: kinds, rules: rules)
        let records = [
          Self.record(0, ip: "170.212.156.7").replacing("dev-0-77c2f", with: formed),
          Self.record(1, to: ["+1702121560"], ip: "198.51.100.7").replacing("dev-1-77c2f", with: "20260905"),
        ].joined()
        let (_, outcome) = try run.seal(
          [try run.ruling()],
          [run.source(isArray ? Self.withAddressArrays(records) : records)], format: format)
        #expect(outcome.failure == nil, "\(formed)")
        #expect(outcome.tallies.first?.kinds.first?.released == 2)
      }
    }
  }

  private static func withAddressArrays(_ records: String) -> String {
    records.replacing(/"client_ip":("[^"]*")/) { #""client_ip":["198.51.100.9",\#($0.output.1)]"# }
  }

  @Test("Of more leaks than are kept the first is told") func manyLeaks() throws {
    let records = (0..<1400).map { index in
      let number = "+1202555\(1000 + index)"
      return Self.record(index, to: [number], note: "call \(number)")
    }
    for workers in [1, 3] {
      let (_, _, outcome) = try Self.seal(records.joined(), workers: workers, block: 9000)
      #expect(outcome.failure?.message.contains("row 1, field note") == true)
    }
  }

  @Test("A leak is told where its sources are gone meanwhile") func lostOrigin() throws {
    let run = try Self.run()
    let source = run.source(Self.record(0, note: "call +12025550147"))
    let path = run.folder.path + "/records"
    var layer = FileLayer()
    layer.fault = { call in
      // The packet is read back.
      if call == .read { unlink(path) }
      return 0
    }
    let (_, outcome) = try run.seal([try run.ruling()], [source], layer: layer)
    #expect(outcome.failure?.code == "leak-found" && outcome.failure?.field == nil)
    #expect(outcome.failure?.message.contains("row 1, field note") == true)
    #expect(outcome.failure?.message.contains("Give the records as files") == false)
  }

  @Test("The same leak is told whatever the workers and blocks") func deterministic() throws {
    var records = (0..<300).map { Self.record($0) }
    records[140] = Self.record(140, note: "call +12025550147")
    records[260] = Self.record(260, note: "call +12025550147 or KzEyMDI1NTUwMTQ3")
    var messages: Set<String> = []
    for (workers, block) in [(1, 1 << 20), (1, 4096), (3, 4096), (2, 9000)] {
      let (_, _, outcome) = try Self.seal(records.joined(), workers: workers, block: block)
      messages.insert(try #require(outcome.failure).message)
    }
    #expect(messages.count == 1)
    #expect(messages.first?.contains("row 141,") == true)
  }

  @Test("A long file is read back by several threads, and what is found and sealed is the same")
  func longFile() throws {
    // Rows of different lengths, so that parts end within them.
    let text = { (index: Int) in "x" + String(repeating: "-", count: 9000 + index % 900) }
    let kinds = Self.kinds.replacing("max: 200", with: "max: 10000")
    let rowCount = 2 * RecordsReadBack.partByteCountMin / 9000 + 20
    var rows = Data()
    func seal(leak: Int?, workers: Int) throws -> DisclosureRun.Outcome {
      let records = (0..<rowCount).map { index in
        Self.record(index, note: text(index) + (index == leak ? " +12025550147" : ""))
      }
      let run = try SmallRun(kinds: kinds, rules: Self.rules)
      let (folder, outcome) = try run.seal(
        [try run.ruling()], [run.source(records.joined())], options: RunOptions(workerCount: workers))
      if leak == nil {
        rows = try Data(contentsOf: URL(fileURLWithPath: folder + "/US-1/data/records/message.ndjson"))
      }
      return outcome
    }
    var digests: Set<[UInt8]> = []
    for workers in [1, 3] {
      guard case .sealed(let packet) = try seal(leak: nil, workers: workers).answers.first?.outcome else {
        Issue.record("not sealed")
        continue
      }
      digests.insert(packet.digest)
    }
    #expect(digests.count == 1)
    #expect(rows.count > 2 * RecordsReadBack.partByteCountMin)
    // The row that is in both parts, its leak in the second.
    let between = rows[..<(rows.count / 2)].count { $0 == 0x0A }
    for leak in [between, rowCount - 1] {
      for workers in [1, 3] {
        let failure = try seal(leak: leak, workers: workers).failure
        #expect(failure?.message.contains("row \(leak + 1), field note") == true, "\(leak), \(workers)")
      }
    }
  }

  @Test("Packets that were sealed before a leak of a later batch are told") func laterBatch() throws {
    let subjects = ["+12025550100", "+12025550101", "+12025550102"]
    for leaking in 0..<3 {
      let run = try Self.run()
      let records = subjects.enumerated().map { index, subject in
        Self.record(index, sender: subject, note: index == leaking ? "call +12025550147" : "nothing")
      }
      var options = RunOptions(workerCount: 2)
      options.limits.batchCountMax = 1
      let rulings = try subjects.enumerated().map { try run.ruling(reference: "US-\($0)", phone: $1) }
      let (folder, outcome) = try run.seal(rulings, [run.source(records.joined())], options: options)
      #expect(outcome.failure?.code == "leak-found")
      #expect(outcome.answers.map(\.packetName) == (0..<leaking).map { "US-\($0)" })
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == (0..<leaking).map { "US-\($0)" })
    }
  }

  @Test("A filter that is full changes nothing") func fullFilter() throws {
    let records = (0..<400).map { Self.record($0, to: ["+120255501\(10 + $0 % 90)"]) }.joined()
    var digests: Set<[UInt8]> = []
    for (bytes, workers) in [(64, 1), (64, 3), (1 << 20, 2)] {
      let (_, _, outcome) = try Self.seal(records, workers: workers) { $0.limits.leakGateByteCount = bytes }
      #expect(outcome.failure == nil)
      guard case .sealed(let packet) = outcome.answers.first?.outcome else {
        Issue.record("not sealed")
        continue
      }
      digests.insert(packet.digest)
    }
    #expect(digests.count == 1)
    // And a leak is told from what is hit by chance.
    let (_, _, outcome) = try Self.seal(records + Self.record(7, note: "call +12025550147")) {
      $0.limits.leakGateByteCount = 64
    }
    #expect(outcome.failure?.code == "leak-found")
  }

  @Test("What can be read once alone is decided too, without the origin of a leak") func pipe() throws {
    for (note, code) in [
      ("nothing", nil), ("from 203.0.113.77", nil), ("call +12025550147", "leak-found"),
    ] {
      let run = try Self.run()
      let path = run.folder.path + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      let records =
        Self.record(0, note: note) + Self.record(1, sender: "+12025550199", to: [SmallRun.subject])
      Foundation.Thread.detachNewThread {
        let descriptor = open(path, O_WRONLY)
        _ = Array(records.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
      }
      let (_, outcome) = try run.seal([try run.ruling()], [SourceSpecification(path, .ndjson)])
      #expect(outcome.failure?.code == code, "\(note)")
      #expect(outcome.failure?.field == nil)
      #expect(outcome.failure?.message.contains("Give the records as files") ?? true)
    }
  }

  // MARK: - Faults that are planted behind the record path

  @Test("What a faulty encoder or a side file holds is found", arguments: RecordFormat.allCases)
  func planted(_ format: RecordFormat) throws {
    for place in 0..<3 {
      let gate = LeakGate(folder: -1)
      for value in ["+12025550147", "203.0.113.99"] {
        LeakSearchTests.note(value, in: gate, isReleased: false)
      }
      let folderPlace = try PacketPlace()
      let folder = try PacketFolder(path: folderPlace.path + "/out")
      let ruling = try #require(PacketFixtures.ruling(cites: place == 1 ? "Act 203.0.113.99" : "section 1"))
      let writer = try PacketFixtures.writer(folder, ruling: ruling, format: format)
      let row = PacketFixtures.messageRow(0, format)
      try writer.append(
        place == 2 ? row.replacing("paaaa", with: "+12025550147") : row, kind: RulingFixtures.message)
      try writer.write(PacketFixtures.tally(messages: 1, locations: 0), hasUnreadable: false, leakGate: gate)
      try writer.verify()
      // The citation is in demand.json, so it is named there.
      #expect(try gate.leaks().count == (place == 2 ? 1 : 0), "\(place)")
      writer.discard()
    }
  }

  @Test("Without the gate the leaks would be sealed: the tests above see the gate and nothing else")
  func withoutTheGate() throws {
    let (_, _, outcome) = try Self.seal(Self.record(0, note: "call +12025550147")) {
      $0.searchesForLeaks = false
    }
    #expect(outcome.failure == nil)
  }
}
