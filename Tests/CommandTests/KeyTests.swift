import Foundation
import Testing

/// `sluice key`, and what the other verbs do with keys of several epochs and with memory that is not locked.
struct KeyTests {
  static func demand(_ folder: CommandFolder, part: Int, reference: String) throws -> String {
    let text = try String(
      contentsOfFile: CommandFolder.samples + "/demands/us-emergency.yaml", encoding: .utf8)
    let renamed = text.replacing(/(?m)^reference: .*$/, with: "reference: \(reference)")
    return try folder.write(renamed + (part == 1 ? "" : "part: \(part)\n"), to: "\(reference)-\(part).yaml")
  }

  /// `disclose` with keys of one's own.
  static func disclose(
    _ folder: CommandFolder, _ demands: [String], keys: String, _ more: [String] = [], out: String = "packets"
  ) throws -> CommandOutcome {
    var arguments = folder.discloseArguments(demands, out: out)
    arguments[try #require(arguments.firstIndex(of: folder.key))] = keys
    return try folder.run(arguments + more)
  }

  static func keyID(_ folder: CommandFolder, _ packet: String) throws -> String {
    let text = try folder.text("packets/\(packet)/data/provenance.json")
    return String(try #require(text.firstMatch(of: /"key-id": "([0-9a-f]{16})"/)).1)
  }

  @Test func keysOfAFolderAreCountedListedAndRetired() throws {
    let folder = try CommandFolder()
    #expect(try folder.run(["key", "new", "--out", "keys/"]).output.contains("epoch 1"))
    #expect(try folder.run(["key", "new", "--out", "keys"]).output.contains("epoch 2"))
    #expect(folder.names("keys") == ["root-1.key", "root-2.key"])
    let listed = try folder.run(["key", "list", "keys"])
    #expect(listed.lines.count == 2)
    #expect(listed.lines[0].wholeMatch(of: /epoch 1, root id [0-9a-f]{16}, running-cases/) != nil)
    #expect(listed.lines[1].wholeMatch(of: /epoch 2, root id [0-9a-f]{16}, new-cases/) != nil)
    #expect(try folder.run(["key", "retire", "keys", "--epoch", "2"]).output == "epoch 2 retired\n")
    #expect(
      try folder.run(["key", "retire", "keys", "--epoch", "2"]).output == "epoch 2 was retired before\n")
    let json = try folder.run(["key", "list", "keys", "--json"]).json() as? [[String: Any]]
    #expect(json?.map { $0["state"] as? String } == ["new-cases", "retired"])
    #expect(json?.map { $0["epoch"] as? Int } == [1, 2])
    let last = try folder.run(["key", "retire", "keys", "--epoch", "1"])
    #expect(last.status == 0 && last.talk.contains("every key of the folder is retired"))
    #expect(try folder.run(["key", "new", "--out", "keys", "--epoch", "2"]).status == 7)
    #expect(try folder.run(["key", "retire", "keys", "--epoch", "9"]).status == 7)
    #expect(try folder.run(["key", "list", "no-such-folder"]).status == 7)
    #expect(try folder.run(["key", "new", "--out", "no/such/folder/"]).status == 7)
  }

  @Test func aRunningCaseKeepsItsEpoch() throws {
    let folder = try CommandFolder()
    _ = try folder.run(["key", "new", "--out", "keys/"])
    let first = try Self.demand(folder, part: 1, reference: "US-1")
    #expect(try Self.disclose(folder, [first], keys: "keys").status == 0)
    _ = try folder.run(["key", "new", "--out", "keys"])
    _ = try folder.run(["key", "retire", "keys", "--epoch", "1"])
    let further = try Self.demand(folder, part: 2, reference: "US-1")
    let other = try Self.demand(folder, part: 1, reference: "US-2")
    #expect(try Self.disclose(folder, [further, other], keys: "keys").status == 0)
    #expect(try Self.keyID(folder, "US-1") == Self.keyID(folder, "US-1.2"))
    // Under the key of its epoch alone it is the same packet: what epoch 1 sealed then, epoch 1 seals now.
    let alone = try Self.disclose(folder, [first], keys: "keys/root-1.retired.key", out: "alone")
    #expect(alone.status == 7 && alone.talk.contains("key-retired"))
    let lone = try Self.disclose(folder, [further], keys: "keys/root-2.key")
    #expect(lone.status == 0 && lone.output.contains("sealed before"))
    let third = try Self.demand(folder, part: 3, reference: "US-1")
    let wrong = try Self.disclose(folder, [third], keys: "keys/root-2.key")
    #expect(wrong.status == 7 && wrong.talk.contains("key-epoch-missing"))
    #expect(try Self.disclose(folder, [third], keys: "keys/root-1.retired.key").status == 0)
    #expect(
      try Self.disclose(folder, [third], keys: "keys", out: "elsewhere").talk.contains("key-epoch-unknown"))
    #expect(folder.names("elsewhere") == [])
  }

  @Test func aStreamTakesTheNewestKeyOrThatOfAnEpoch() throws {
    let folder = try CommandFolder()
    _ = try folder.run(["key", "new", "--out", "keys/"])
    func stream(_ more: [String]) throws -> CommandOutcome {
      try folder.run(
        [
          "minimize", "--jurisdiction", "US", "--instrument", "court-order", "--case", "test", "--key",
          "keys",
        ]
          + folder.rules + CommandFolder.now + more, input: CommandFolder.samples + "/records/sample.ndjson")
    }
    let first = try stream([])
    #expect(first.status == 0 && !first.output.isEmpty)
    _ = try folder.run(["key", "new", "--out", "keys"])
    #expect(try stream([]).output != first.output)
    #expect(try stream(["--epoch", "1"]).output == first.output)
    #expect(try stream(["--epoch", "3"]).status == 7)
  }

  /// Takes the right to lock memory away; nil where this system has no way to.
  static func withoutLocking(_ folder: CommandFolder, _ arguments: [String]) throws -> CommandOutcome? {
    guard getuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else {
      return nil
    }
    let process = folder.start(arguments)
    let drop = getuid() == 0 ? "setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock " : ""
    process.arguments = ["-c", "ulimit -l 0 && exec \(drop)\"$@\""] + (process.arguments ?? []).dropFirst(2)
    try process.run()
    return folder.finish(process)
  }

  /// F33: memory that is not locked is warned of, and refused where locking is required.
  @Test func memoryThatIsNotLockedIsToldOrRefused() throws {
    let folder = try CommandFolder()
    guard let shown = try Self.withoutLocking(folder, ["key", "show", "root.key"]) else { return }
    #expect(shown.status == 0 && shown.talk.contains("warning: the system does not lock the memory of keys"))
    for arguments in [
      ["key", "show", "root.key"], ["key", "new", "--out", "other.key"],
      folder.discloseArguments(["us-warrant"]), folder.discloseArguments(["us-warrant"]),
    ] {
      let outcome = try Self.withoutLocking(folder, arguments + ["--require-locked-memory"])
      #expect(outcome?.status == 7 && outcome?.talk.contains("memory-not-locked") == true, "\(arguments[0])")
    }
    #expect(folder.names("packets") == [] && !folder.names("").contains("other.key"))
    #expect(try Self.withoutLocking(folder, ["key", "show", "root.key", "--quiet"])?.talk == "")
  }

  @Test func whereMemoryIsLockedNothingIsSaid() throws {
    let folder = try CommandFolder()
    let outcome = try folder.run(["key", "show", "root.key", "--require-locked-memory"])
    #expect(outcome.status == 0 || outcome.talk.contains("memory-not-locked"))
    if outcome.status == 0 { #expect(outcome.talk == "") }
  }

  /// F34: while the program has a key, no other process of its user may look at it, and it leaves no core file.
  @Test func theProgramCannotBeLookedAtAndLeavesNoCore() throws {
    let folder = try CommandFolder()
    let fifo = folder.path + "/records.ndjson"
    #expect(mkfifo(fifo, 0o600) == 0)
    let process = folder.start(folder.discloseArguments(["us-warrant"], out: "packets"))
    process.arguments = ["-c", "ulimit -c unlimited; exec \"$@\""] + (process.arguments ?? []).dropFirst(2)
    var arguments = process.arguments ?? []
    arguments[try #require(arguments.firstIndex(of: "\(CommandFolder.samples)/records/sample.ndjson"))] = fifo
    process.arguments = arguments
    try process.run()
    // It waits for records, its key is read.
    let writer = try #require(FileHandle(forWritingAtPath: fifo))
    let place = "/proc/\(process.processIdentifier)"
    let limits = try String(contentsOfFile: place + "/limits", encoding: .utf8)
    #expect(limits.firstMatch(of: /Max core file size\s+0\s+0/) != nil)
    // What an undumpable process has in /proc belongs to root alone.
    let owner = try FileManager.default.attributesOfItem(atPath: place + "/mem")[.ownerAccountID] as? Int
    #expect(owner == 0)
    let secret = try #require(try folder.text("root.key").split(separator: " ").last).trimmingCharacters(
      in: .newlines)
    for name in ["cmdline", "environ"] {
      let text = String(decoding: try Data(contentsOf: URL(filePath: place + "/" + name)), as: UTF8.self)
      #expect(!text.contains(secret))
    }
    kill(process.processIdentifier, SIGSEGV)
    process.waitUntilExit()
    try writer.close()
    let outcome = folder.finish(process)
    #expect(outcome.status == 128 + SIGSEGV)
    // Swift's own report of a crash would show registers and the memory that they point to.
    #expect(outcome.talk == "sluice: no --register: this run counts in no report\n" && outcome.output == "")
    #expect(folder.names("").filter { $0.contains("core") } == [])
  }

  // MARK: - self-test

  @Test func selfTestSaysWhatItDidAndLeavesNothing() throws {
    let folder = try CommandFolder()
    let process = folder.start(["self-test"])
    process.environment?["TMPDIR"] = folder.path
    let before = folder.names("")
    try process.run()
    let outcome = folder.finish(process)
    #expect(outcome.status == 0, "\(outcome.talk)")
    #expect(outcome.lines.count == 16 && outcome.lines.count { $0.hasPrefix("tamper: ") } == 10)
    #expect(outcome.lines.last == "15 steps, all as they must be")
    #expect(folder.names("").filter { !$0.hasPrefix(".") } == before.filter { !$0.hasPrefix(".") })
    let json = try folder.run(["self-test", "--json"]).json() as? [String: Any]
    #expect(json?["passed"] as? Bool == true && (json?["steps"] as? [Any])?.count == 15)
    let lost = folder.start(["self-test"])
    lost.environment?["TMPDIR"] = folder.path + "/none"
    try lost.run()
    #expect(folder.finish(lost).status == 6)
  }
}
