import Foundation
import Sluice
import SluiceCrypto
import Synchronization

/// What a granted demand is needed for: sources that are opened, packets that are written, runs.
struct ProvokedRun {
  private enum Failure: Error { case notGranted }

  static let subject = "+12025550100"
  static let now = Provocation.at("2026-10-05T00:00:00Z")

  let ruling: GrantedRuling
  let catalog: Catalog

  /// The demand, schema and policy of the rows beside this; `cites` is the instrument's citation as YAML, `time` what
  /// the time of a message is cut to, `authority` the name of one that no document can state.
  init(
    cites: String = "\"\(Canary.word)\"", time: String = "second", subject: String = Canary.phone,
    authority: String? = nil
  ) throws {
    var problems = ProblemList()
    let policy = Provocation.policyText
      .replacingOccurrences(of: "cites: \"\(Canary.word)\"", with: "cites: " + cites)
      .replacingOccurrences(of: "sent_at: { truncate: second }", with: "sent_at: { truncate: \(time) }")
    let (set, catalog) = Provocation.readPolicies(
      [("baseline.yaml", Provocation.baselineText), ("no.yaml", policy)], at: Self.now, &problems)
    let changes = [
      "jurisdiction: US": "jurisdiction: \"NO\"", "instrument: court-order": "instrument: order",
      "phone: \"\(Canary.phone)\"": "phone: \"\(subject)\"",
    ]
    let text = changes.reduce(Provocation.demandText) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
    let stated = DemandDocument.read(
      Array(text.utf8), file: "demand.yaml", problems: &problems, documentDigest: { _ in [1] })
    guard let set, let stated,
      case .granted(let ruling) = Gates.rule(
        authority.map(stated.byAuthority) ?? stated, policies: set, catalog: catalog, now: Self.now)
    else { throw Failure.notGranted }
    self.ruling = ruling
    self.catalog = catalog
  }

  var facts: RunFacts {
    RunFacts(
      toolVersion: "1.0.0", now: Self.now, clockIsGiven: true, format: .ndjson,
      schemas: [RunFacts.Document(name: "sample", digest: [1])], baselineDigest: [1])
  }

  func writer(_ folder: PacketFolder, spool: Int = 1 << 20) throws -> PacketWriter {
    try PacketWriter(
      ruling: ruling, facts: facts,
      key: PublishedKey(
        keyID: Array(repeating: 0x1D, count: 8), commitment: Array(repeating: 0xC0, count: 32)), in: folder,
      spool: SpoolMemory(byteCountMax: spool))
  }

  /// Writes messages of canaries, changes the count of them, and seals the packet.
  func seal(
    in folder: PacketFolder, rows count: Int = 1, kind: Int = 0, spool: Int = 1 << 20,
    _ change: (inout PacketTally) -> Void = { _ in }
  ) throws {
    let writer = try writer(folder, spool: spool)
    var tally = PacketTally(kindCount: catalog.kinds.count)
    tally.kinds[0].released = UInt64(count)
    tally.kinds[0].reached = UInt64(count)
    change(&tally)
    for _ in 0..<count {
      let row =
        "{\"sent_at\":\"2026-09-10T12:00:00Z\",\"sender\":\"\(Canary.phone)\",\"nick\":\"\(Canary.word)\"}\n"
      try Array(row.utf8).withUnsafeBytes { try writer.append(kindIndex: kind, rows: $0) }
    }
    _ = try writer.seal(tally, hasUnreadable: false)
  }

  /// Reads a source to its end; `during` is called once it is open.
  func read(
    _ path: String, _ compression: SourceCompression = .none, limits: Limits = Limits(),
    tools: [String]? = nil, during: () throws -> Void = {}
  ) throws {
    guard let permit = ReadPermit([ruling]) else { throw Failure.notGranted }
    let specification = SourceSpecification(
      name: "records", place: .file(path: path), format: .ndjson, compression: compression, schemaIndex: 0)
    let source =
      try tools.map {
        try SourceReader(specification, permit: permit, limits: limits, readSizeMax: .max, toolFolders: $0)
      } ?? SourceReader(specification, permit: permit, limits: limits)
    try during()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while try source.read(into: buffer) > 0 {}
    try source.finish()
  }
}

extension Provocation {
  private static let record =
    "{\"kind\":\"message\",\"sent_at\":\"2026-09-10T12:00:00Z\",\"sender\":\"\(Canary.phone)\",\"nick\":\"\(Canary.word)\"}\n"

  // MARK: - Sources

  /// Packs lines of canaries with the system's gzip.
  private static func pack(_ folder: CommandFolder, lines: Int = 1) throws -> String {
    let file = try folder.write(String(repeating: record, count: lines), to: "a.ndjson")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/gzip")
    process.arguments = [file]
    try process.run()
    process.waitUntilExit()
    return file + ".gz"
  }

  private static func reading(
    _ code: String, _ status: SluiceError.Status = .input,
    _ work: @escaping @Sendable (ProvokedRun, CommandFolder) throws -> Void
  ) -> Provocation {
    thrown(code, status) { try work(try ProvokedRun(), $0) }
  }

  static let reading: [Provocation] = [
    reading("input-changed") { run, folder in
      let file = try folder.write(record, to: "a.ndjson")
      try run.read(file) { try folder.write(record + record, to: "a.ndjson") }
    },
    reading("input-unreadable") { run, _ in
      // A process's page 0.
      try run.read("/proc/self/mem")
    },
    command("input-forbidden", .input) { folder in
      let file = try folder.write(record, to: "a.ndjson")
      _ = chmod(file, 0)
      return try folder.run(
        [
          "minimize", "--jurisdiction", "US", "--instrument", "court-order", "--case", "test", "--key",
          folder.key, "--records", file,
        ] + folder.rules + CommandFolder.now,
        prefix: geteuid() == 0 ? "setpriv --bounding-set=-all --inh-caps=-all" : "")
    }.needing(.setpriv),
    reading("compressed-corrupt") { run, folder in
      let file = try pack(folder)
      let handle = try FileHandle(forUpdating: URL(filePath: file))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(Canary.word.utf8))
      try handle.close()
      try run.read(file, .gzip)
    },
    reading("compression-ratio", .limit) { run, folder in
      var limits = Limits()
      limits.compressionRatioMax = 2
      try run.read(try pack(folder, lines: (17 << 20) / record.utf8.count), .gzip, limits: limits)
    },
    reading("tool-missing") { run, folder in
      try run.read(try pack(folder), .gzip, tools: [try folder.make("none")])
    },
    thrown("tool-missing", .output) { _ in
      _ = try SystemTool("no-such-program", package: "none", [Canary.word], input: 0, output: 1)
    },
    thrown("tool-failed", .output) { _ in
      try SystemTool("false", package: "coreutils", [Canary.word], input: 0, output: 1).finish()
    },
    command("csv-header-encoding", .input) { folder in
      let file = folder.path + "/a.csv"
      try Data(Array("kind,\(Canary.word)".utf8) + [0xFF, 0x0A]).write(to: URL(filePath: file))
      return try folder.minimize(["--records", file, "--kind", "message"], input: nil)
    },
  ]

  // MARK: - Packets in the making

  private static func sealing(
    _ code: String, _ change: @escaping @Sendable (inout PacketTally) -> Void
  ) -> Provocation {
    thrown(code, .bug) { try ProvokedRun().seal(in: try PacketFolder(path: $0.path), change) }
  }

  /// A layer that changes every file of the packet in the making before the first call of a sort.
  private static func layer(
    before call: FileCall, in folder: CommandFolder, _ change: @escaping @Sendable (_ file: String) -> Void
  ) -> FileLayer {
    let isDone = Atomic(false)
    let path = folder.path
    var layer = FileLayer()
    layer.fault = { made in
      guard made == call, !isDone.exchange(true, ordering: .relaxed) else { return 0 }
      for name in (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
      where name.contains("ZQ-1") { change(path + "/" + name) }
      return 0
    }
    return layer
  }

  /// A record whose free text holds another's number, which the policy withholds.
  private static let leaking =
    "{\"kind\":\"message\",\"sent_at\":\"2026-09-10T12:00:00Z\",\"sender\":\"\(ProvokedRun.subject)\","
    + "\"recipients\":[\"\(Canary.phone)\"],\"nick\":\"call \(Canary.phone)\"}\n"

  private static func leak(_ folder: CommandFolder, _ file: String) throws {
    let run = try ProvokedRun(subject: ProvokedRun.subject)
    let source = SourceSpecification(
      name: "records", place: .file(path: file), format: .ndjson, schemaIndex: 0)
    let outcome = DisclosureRun(
      rulings: [run.ruling], sources: [source], catalog: run.catalog, facts: run.facts,
      options: RunOptions(workerCount: 1)
    ).seal(
      rootKey: try RootKey(contentsOfFile: folder.key), in: try PacketFolder(path: try folder.make("out")))
    if let failure = outcome.failure { throw failure }
  }

  static let sealed: [Provocation] = [
    sealing("not-conserved") { $0.kinds[0].reached += 1 },
    sealing("rows-miscounted") { tally in
      tally.kinds[0].released += 1
      tally.kinds[0].reached += 1
    },
    sealing("tally-short") { $0.kinds.removeAll() },
    sealing("tally-unplanned") { tally in
      tally.kinds[1].withheld[0] = 1
      tally.kinds[1].reached = 1
    },
    thrown("rows-unplanned", .bug) {
      try ProvokedRun().seal(in: try PacketFolder(path: $0.path), kind: 7)
    },
    thrown("read-back", .output) { folder in
      let layer = layer(before: .read, in: folder) { file in
        let handle = FileHandle(forUpdatingAtPath: file)
        handle?.write(Data("[".utf8))
        try? handle?.close()
      }
      try ProvokedRun().seal(in: try PacketFolder(path: folder.path, layer: layer))
    },
    thrown("rows-lost", .output) { folder in
      let layer = layer(before: .read, in: folder) { truncate($0, 0) }
      // An hour has many rows, which are put in order before they are written.
      try ProvokedRun(time: "hour").seal(
        in: try PacketFolder(path: folder.path, layer: layer), rows: 3000, spool: 1000)
    },
    thrown("text-start", .document) { folder in
      _ = try ProvokedRun(cites: "\"=\(Canary.word)\"").writer(try PacketFolder(path: folder.path))
    },
    thrown("text-character", .document) { folder in
      _ = try ProvokedRun(authority: Canary.word + "\u{202E}").writer(try PacketFolder(path: folder.path))
    },
    thrown("leak-found", .bug) { folder in
      try leak(folder, try folder.write(leaking, to: "a.ndjson"))
    },
    thrown("bag-files", .verification) { folder in
      var reader = BagReader()
      reader.fileCountMax = 3
      let place = try FileLayer().openFolder(try ChangedPacket(in: folder).path)
      do throws(SluiceError) { _ = try reader.verify(place) } catch { throw PacketVerifier.advised(error) }
    },
    thrown("bag-changed", .verification) { folder in
      let packet = try ChangedPacket(in: folder)
      let path = packet.path
      let calls = Atomic(0)
      var layer = FileLayer()
      // Once the names in the packet's folder are read, and it goes into the first folder in it.
      layer.fault = { call in
        if call == .open, calls.add(1, ordering: .relaxed).newValue > 2 {
          unlink(path + "/tagmanifest-sha256.txt")
        }
        return 0
      }
      _ = try PacketVerifier(layer: layer).verify(path: path)
    },
  ]

  // MARK: - Tests of one's own

  private static func selfTest(
    _ code: String, _ change: @escaping @Sendable (inout SelfTestRun.Answers) -> Void
  ) -> Provocation {
    thrown(code, .key) { folder in
      var answers = SelfTestRun.Answers()
      change(&answers)
      _ = try SelfTestRun(answers).run(in: try folder.make("test"), toolVersion: "1.0.0")
    }
  }

  /// What holds a root key and gives something else.
  private struct ShortRoot: RootOperations {
    let epoch: UInt32 = 1
    let rootID: [UInt8] = []

    func expand(info: [UInt8], count: Int) throws(CryptoError) -> SecretBytes {
      try SecretBytes(count: 31) { bytes in bytes.copyBytes(from: Provocation.secret.prefix(31)) }
    }
  }

  static let tests: [Provocation] = [
    selfTest("libcrypto-version") { $0.crypto.versionNumber = 0x3000_0020 },
    selfTest("self-test-hmac") { $0.crypto.textKeyTag = Canary.word },
    selfTest("self-test-hkdf") { $0.crypto.expandedKey = Canary.word },
    selfTest("self-test-sha256") { $0.crypto.digest = Canary.word },
    selfTest("self-test-pseudonym") { $0.pseudonym = Canary.word },
    selfTest("self-test-decoder") { $0.ndjson[0].record = Array(record.utf8) },
    selfTest("self-test-tamper") {
      $0.forgeries = [PacketForgery(what: "nothing is changed", isManifestedAnew: true) { _ in }]
    },
    selfTest("self-test-tamper") {
      $0.forgeries = [
        PacketForgery(what: "the read-me is longer", isManifestedAnew: true) {
          $0["data/README.txt"]?.append(contentsOf: Array(Canary.word.utf8))
        }
      ]
    },
    thrown("derivation-failed", .key) { _ in
      _ = try ShortRoot().caseKey(jurisdiction: "US", reference: Canary.word)
    },
  ]

  // MARK: - Runs of the command

  /// Demands of one case, a part each, under keys of two epochs.
  private static func keyed(
    _ code: String,
    then: @escaping @Sendable (_ folder: CommandFolder, _ second: String) throws -> CommandOutcome
  ) -> Provocation {
    command(code, .key) { folder in
      let first = try folder.demand()
      let second = try folder.demand(
        name: "second", ["categories: [traffic]": "categories: [traffic]\npart: 2"])
      for epoch in 1...2 {
        let made = try folder.run(["key", "new", "--out", "keys/"])
        guard epoch == 1, made.status == 0 else { continue }
        let sealed = try folder.disclose([first], keys: "keys/root-1.key", out: "packets")
        guard sealed.status == 0 else { return sealed }
      }
      return try then(folder, second)
    }
  }

  static let running: [Provocation] = [
    keyed("key-epoch-missing") { try $0.disclose([$1], keys: "keys/root-2.key", out: "packets") },
    keyed("key-epoch-unknown") { try $0.disclose([$1], keys: "keys/", out: "other") },
    command("memory-not-locked", .key) { folder in
      let demand = try folder.demand()
      let process = folder.start(
        folder.discloseArguments([demand]) + ["--require-locked-memory"],
        prefix: geteuid() == 0 ? "setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock" : "")
      let arguments = process.arguments ?? []
      process.arguments = ["-c", "ulimit -l 0 && " + arguments[1]] + arguments.dropFirst(2)
      try process.run()
      return folder.finish(process)
    }.needing(.setpriv),
    command("answered-before", .refused) { folder in
      let register = folder.path + "/demands.register"
      let made = try folder.run(["register", "new", register])
      guard made.status == 0 else { return made }
      let demands = [
        try folder.demand(),
        try folder.demand(name: "second", [CommandFolder.reference: "US-2026-000999"]),
      ]
      let first = try folder.disclose([demands[0]], ["--register", register])
      guard first.status == 0 else { return first }
      return try folder.disclose([demands[1]], ["--register", register])
    },
    command("packet-other-demand", .output) { folder in
      let first = try folder.disclose([try folder.demand()])
      guard first.status == 0 else { return first }
      return try folder.disclose([try folder.demand(["District Judge": "\(Canary.word) \(Canary.word)"])])
    },
    command("status-history-changed", .document) { folder in
      let register = folder.path + "/demands.register"
      let made = try folder.run(["register", "new", register])
      guard made.status == 0 else { return made }
      try FileManager.default.copyItem(
        atPath: CommandFolder.samples + "/policies", toPath: folder.path + "/rules")
      let policy = try folder.text("rules/HK.yaml")
        .replacingOccurrences(of: "owner: policy-counsel", with: "owner: \(Canary.word)")
        .replacingOccurrences(of: "review: HRDD-2020-07", with: "review: \(Canary.word)")
      try folder.write(policy, to: "rules/HK.yaml")
      var arguments = folder.discloseArguments(["hk-paused"]) + ["--register", register]
      arguments[arguments.firstIndex(of: "--policies")! + 1] = folder.path + "/rules"
      let first = try folder.run(arguments)
      guard first.status == SluiceError.Status.refused.rawValue else { return first }
      try folder.write(
        policy.replacingOccurrences(of: "2020-07-06T00:00:00Z", with: "2020-07-07T00:00:00Z"),
        to: "rules/HK.yaml")
      return try folder.run(arguments)
    },
  ]
}

extension Provocation {
  /// A run of the command in which the system refuses some calls.
  private static func refusing(
    _ code: String, _ status: SluiceError.Status, _ call: String, below path: String? = nil,
    _ arguments: @escaping @Sendable (CommandFolder) throws -> [String]
  ) -> Provocation {
    command(code, status) { folder in
      let place = path.map { "-P \(folder.path)/\($0) " } ?? ""
      return try folder.run(
        try arguments(folder), prefix: "strace -f -qq -o /dev/null \(place)-e inject=\(call)")
    }.needing(.strace)
  }

  static let refusing: [Provocation] = [
    refusing("process-hardening", .key, "prctl:error=EPERM") { ["key", "show", $0.key] },
    refusing("process-hardening", .key, "prlimit64,setrlimit:error=EPERM") { ["key", "show", $0.key] }
      .needing(.ownLimits),
    refusing("random-failed", .key, "getrandom:error=EIO") { ["key", "new", "--out", $0.path + "/new.key"] },
    refusing("folder-unreadable", .input, "getdents64:error=EIO", below: "packets") { folder in
      let register = folder.path + "/demands.register"
      _ = try folder.run(["register", "new", register])
      try folder.write(Canary.word, to: "packets/\(Canary.word)")
      return ["register", "verify", register, "--packets", folder.path + "/packets"]
    },
  ]
}

extension Demand {
  /// The same of an authority of another name.
  fileprivate func byAuthority(_ name: String) -> Demand {
    Demand(
      file: file, digest: digest, reference: reference, part: part, jurisdiction: jurisdiction,
      instrument: instrument,
      authority: Authority(
        name: name, official: authority.official, title: authority.title, contact: authority.contact,
        reference: authority.reference),
      issued: issued, received: received, subjects: subjects, period: period, categories: categories,
      documentDigest: documentDigest, prepared: prepared, approved: approved)
  }
}

extension CommandFolder {
  /// `disclose` with keys of one's own.
  fileprivate func disclose(_ demands: [String], keys: String, out: String) throws -> CommandOutcome {
    try run(discloseArguments(demands, out: out).map { $0 == key ? keys : $0 })
  }
}
