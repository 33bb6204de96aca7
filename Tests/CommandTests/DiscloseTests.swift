import Foundation
import Testing

/// `sluice disclose`: exit statuses, what is sealed, and what is not.
struct DiscloseTests {
  @Test func sealsTheGrantedAndRefusesTheOthers() throws {
    let folder = try CommandFolder()
    let outcome = try folder.disclose(
      ["us-warrant", "hk-paused", "us-subpoena"], ["--report", "report.json"])
    #expect(outcome.status == 10)
    #expect(outcome.lines.count == 3)
    #expect(outcome.lines[0].hasPrefix("US-2026-000127: sealed, "))
    #expect(outcome.lines[1] == "HK-2026-000117: refused, status-paused-review")
    #expect(folder.names("packets") == ["US-2026-000126", "US-2026-000127"])
    for name in folder.names("packets") {
      #expect(try folder.run(["verify", "packets/" + name]).status == 0)
    }
    let report = try JSONSerialization.jsonObject(with: Data(try folder.text("report.json").utf8))
    #expect((report as? [String: Any])?["sluice"] as? String == "report/1")
  }

  @Test func aReportThatCannotBeWrittenIsFoundBeforeAnythingIsSealed() throws {
    let folder = try CommandFolder()
    try folder.write("an older one", to: "report.json")
    let there = try folder.disclose(["us-warrant"], ["--report", "report.json"])
    #expect(there.status == 6)
    #expect(there.talk.contains("(exists)"))
    let nowhere = try folder.disclose(["us-warrant"], ["--report", "nowhere/report.json"])
    #expect(nowhere.status == 6)
    #expect(folder.names("packets") == [])
    #expect(try folder.text("report.json") == "an older one")
    // In the folder of the packets, which is made for them, there is room for it.
    let inside = try folder.disclose(["us-warrant"], ["--report", "packets/report.json"])
    #expect(inside.status == 0)
    #expect(folder.names("packets") == ["US-2026-000127", "report.json"])
    // A run that seals nothing leaves no half of a report.
    let failed = try folder.disclose(
      ["us-emergency"], records: ["nowhere.ndjson"], ["--report", "other.json"])
    #expect(failed.status == 5)
    #expect(folder.names(".").filter { $0.contains("partial") } == [])
  }

  @Test func aFolderStandsForTheDemandsInIt() throws {
    let folder = try CommandFolder()
    let text = try String(
      contentsOfFile: CommandFolder.samples + "/demands/us-emergency.yaml", encoding: .utf8)
    for reference in ["US-1", "US-2"] {
      let renamed = text.replacing(/(?m)^reference: .*$/, with: "reference: \(reference)")
      try folder.write(renamed, to: "demands/\(reference).yaml")
    }
    try folder.write("not a demand", to: "demands/notes.txt")
    let outcome = try folder.disclose([folder.path + "/demands"])
    #expect(outcome.status == 0)
    #expect(folder.names("packets") == ["US-1", "US-2"])
    try folder.write("", to: "none/notes.txt")
    let empty = try folder.disclose([folder.path + "/none"], out: "other")
    #expect(empty.status == 3)
    #expect(empty.talk.contains("demands-missing"))
  }

  /// For the operator alone, and of the bytes as they are without their packing.
  @Test func sourcesAreDigestedForTheReportOnRequest() throws {
    let folder = try CommandFolder()
    let records = try folder.write("\u{FEFF}{\"kind\":\"nothing\"}\n", to: "records.ndjson")
    _ = try folder.disclose(["us-warrant"], records: [records], ["--report", "a.json", "--digest-sources"])
    _ = try folder.disclose(["us-warrant"], records: [records], out: "other", ["--report", "b.json"])
    let tool = folder.start([])
    tool.arguments = ["-c", "sha256sum < records.ndjson"]
    try tool.run()
    let digest = String(folder.finish(tool).output.prefix(64))
    #expect(digest.count == 64)
    #expect(try folder.text("a.json").contains(digest))
    #expect(!(try folder.text("b.json").contains(digest)))
    #expect(try folder.files("packets") == folder.files("other"))
  }

  @Test func whatIsSealedIsNotSealedAgain() throws {
    let folder = try CommandFolder()
    let first = try folder.disclose(["us-warrant"])
    #expect(first.status == 0)
    let files = try folder.files("packets")
    let second = try folder.disclose(["us-warrant"], records: ["/no/such/records"])
    #expect(second.status == 0, "the sources are not needed any more")
    #expect(second.output.contains("US-2026-000127: sealed before, "))
    #expect(try folder.files("packets") == files)
  }

  @Test func aPacketInTheWayIsLeftAndStopsTheRunBeforeASourceIsOpened() throws {
    let folder = try CommandFolder()
    _ = try folder.disclose(["us-warrant"])
    try folder.write("changed", to: "packets/US-2026-000127/data/fields.csv")
    let files = try folder.files("packets")
    let outcome = try folder.disclose(["us-warrant", "us-subpoena"], records: ["/no/such/records"])
    #expect(outcome.status == 6)
    #expect(try folder.files("packets") == files)
    #expect(try folder.run(["verify", "packets/US-2026-000127"]).status == 8)
  }

  /// Guarantee 2: a refusal needs no record, no key and no folder.
  @Test(arguments: [
    "hk-paused", "us-subpoena-refused", "no-unknown", "us-period-too-long", "us-issued-in-future",
  ])
  func aRefusedDemandOpensNothing(_ demand: String) throws {
    let folder = try CommandFolder()
    try FileManager.default.removeItem(atPath: folder.key)
    let outcome = try folder.disclose([demand], records: ["/no/such/records"])
    #expect(outcome.status == 10)
    #expect(outcome.output.contains(": refused, "))
    #expect(folder.names("packets") == [])
  }

  @Test func theDemandsThatAreGrantedStillNeedTheSources() throws {
    let folder = try CommandFolder()
    let outcome = try folder.disclose(["hk-paused", "us-warrant"], records: ["/no/such/records"])
    #expect(outcome.status == 5)
    #expect(folder.names("packets") == [])
  }

  // MARK: - Whatever the machine does

  @Test func packetsAreTheSameForAnyWorkersAndBlocks() throws {
    let folder = try CommandFolder()
    let demands = ["us-warrant", "us-court-order", "gb-events", "de-100g", "eu-judge", "br-judicial"]
    _ = try folder.disclose(demands, out: "one", ["--workers", "1"])
    let reference = try folder.files("one")
    #expect(reference.count > 60)
    for (index, options) in [
      ["--workers", "4", "--block-bytes", "4096"], ["--workers", "4", "--block-bytes", "4194304"],
      ["--workers", "2", "--spool-bytes", "1"],
    ].enumerated() {
      _ = try folder.disclose(demands, out: "other\(index)", options)
      let files = try folder.files("other\(index)")
      #expect(files == reference, "\(options)")
    }
  }

  /// F36: neither the language nor the time zone of the machine is in a packet.
  @Test func packetsAreTheSameInAnyLocaleAndZone() throws {
    let folder = try CommandFolder()
    _ = try folder.disclose(["us-warrant"], out: "plain")
    let moved = folder.start(folder.discloseArguments(["us-warrant"], out: "moved"))
    moved.environment?["LC_ALL"] = "tr_TR.UTF-8"
    moved.environment?["TZ"] = "Pacific/Apia"
    try moved.run()
    #expect(folder.finish(moved).status == 0)
    #expect(try folder.files("plain") == folder.files("moved"))
  }

  @Test(arguments: ["gz", "zst", "xz"]) func packedRecordsGiveTheSamePacket(_ suffix: String) throws {
    let folder = try CommandFolder()
    _ = try folder.disclose(["us-warrant"], out: "plain")
    let tool = ["gz": "gzip", "zst": "zstd -q", "xz": "xz"][suffix] ?? ""
    let packing = folder.start([])
    packing.arguments = [
      "-c", "\(tool) -c < \(CommandFolder.samples)/records/sample.ndjson > records.ndjson.\(suffix)",
    ]
    try packing.run()
    packing.waitUntilExit()
    let packed = try folder.disclose(
      ["us-warrant"], records: ["\(folder.path)/records.ndjson.\(suffix)"], out: "packed")
    #expect(packed.status == 0, "\(packed.talk)")
    #expect(try folder.files("plain") == folder.files("packed"))

    // Cut short, it is an error and not a shorter file.
    let whole = try Data(contentsOf: URL(filePath: "\(folder.path)/records.ndjson.\(suffix)"))
    try whole.prefix(whole.count * 3 / 4).write(to: URL(filePath: "\(folder.path)/cut.ndjson.\(suffix)"))
    let cut = try folder.disclose(
      ["us-warrant"], records: ["\(folder.path)/cut.ndjson.\(suffix)"], out: "cut")
    #expect(cut.status == 5)
    #expect(folder.names("cut") == [])
  }

  @Test func foldersStandardInputAndSourcesDocumentsAreRead() throws {
    let folder = try CommandFolder()
    _ = try folder.disclose(["us-subpoena"], out: "file")
    let text = String(
      decoding: try Data(contentsOf: URL(filePath: "\(CommandFolder.samples)/records/sample.ndjson")),
      as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    try folder.write(lines.prefix(300).joined(separator: "\n") + "\n", to: "records/a.ndjson")
    try folder.write(lines.dropFirst(300).joined(separator: "\n"), to: "records/b.ndjson")
    _ = try folder.disclose(["us-subpoena"], records: ["\(folder.path)/records"], out: "folder")
    let piped = try folder.run(
      folder.discloseArguments(["us-subpoena"], records: ["-"], out: "piped") + [
        "--records-format", "ndjson",
      ],
      input: "\(CommandFolder.samples)/records/sample.ndjson")
    #expect(piped.status == 0, "\(piped.talk)")
    let reference = try folder.files("file")
    #expect(reference.count > 10)
    #expect(try folder.files("folder") == reference)
    #expect(try folder.files("piped") == reference)
    let listed = try folder.run(
      [
        "disclose", "\(CommandFolder.samples)/demands/us-warrant.yaml", "--sources",
        "\(CommandFolder.samples)/sources.yaml",
        "--policies", "\(CommandFolder.samples)/policies", "--key", folder.key, "--out", "listed",
      ] + CommandFolder.now)
    #expect(listed.status == 0, "\(listed.talk)")
    #expect(folder.names("listed/US-2026-000127/data/records").contains("interaction.ndjson"))
  }

  @Test func csvIsWrittenWithoutFormulas() throws {
    let folder = try CommandFolder()
    #expect(try folder.disclose(["us-warrant"], ["--format", "csv"]).status == 0)
    let records = try folder.files("packets/US-2026-000127/data/records")
    #expect(records.count >= 3)
    for (name, data) in records {
      for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
        #expect(line.first == "\"" && line.last == "\"", "\(name)")
        #expect(line.firstMatch(of: /(^|,)"[=+@\t\r]/) == nil, "\(name)")
      }
    }
  }

  // MARK: - Exit statuses

  @Test func tooManyRejectedRecordsSealNothing() throws {
    let folder = try CommandFolder()
    let good = String(
      decoding: try Data(contentsOf: URL(filePath: "\(CommandFolder.samples)/records/sample.ndjson")),
      as: UTF8.self)
    let records = try folder.write(good + "{broken\n", to: "records.ndjson")
    let refused = try folder.disclose(["us-warrant"], records: [records])
    #expect(refused.status == 4)
    #expect(folder.names("packets") == [])
    let allowed = try folder.disclose(["us-warrant"], records: [records], ["--max-rejected", "100"])
    #expect(allowed.status == 0)
    #expect(allowed.talk.contains("record 733, byte "))
    #expect(allowed.talk.contains("(json-syntax)"))
  }

  @Test func aStrictRunFailsOnWhatTheSchemaDoesNotKnow() throws {
    let folder = try CommandFolder()
    let record = #"{"kind":"telegram","sender":"+12025550100"}"# + "\n"
    let records = try folder.write(record, to: "records.ndjson")
    #expect(try folder.disclose(["us-warrant"], records: [records], out: "loose").status == 0)
    #expect(try folder.disclose(["us-warrant"], records: [records], out: "strict", ["--strict"]).status == 5)
    #expect(folder.names("strict") == [])
  }

  @Test func aBrokenDocumentStopsEverythingAndEveryProblemIsTold() throws {
    let folder = try CommandFolder()
    let policies = folder.path + "/policies"
    try FileManager.default.copyItem(atPath: "\(CommandFolder.samples)/policies", toPath: policies)
    let policy = try folder.text("policies/US.yaml")
    try folder.write(
      policy.replacing("smallest-count: 5", with: "smallest-counts: 5").replacing(
        "longest-period: 366d", with: "longest-period: 366y"),
      to: "policies/US.yaml")
    var arguments = folder.discloseArguments(["us-warrant", "hk-paused"])
    arguments[arguments.firstIndex(of: "\(CommandFolder.samples)/policies")!] = policies
    let outcome = try folder.run(arguments)
    #expect(outcome.status == 3)
    let problems = outcome.talk.split(separator: "\n").filter {
      $0.firstMatch(of: /US\.yaml:\d+:\d+: error:/) != nil
    }
    #expect(problems.count >= 4, "\(outcome.talk)")
    #expect(Set(problems).count == problems.count, "each is told once")
    #expect(outcome.output == "")
    #expect(folder.names("packets") == [])
  }

  @Test func aKeyThatOthersCanReadIsRefused() throws {
    let folder = try CommandFolder()
    chmod(folder.key, 0o644)
    let outcome = try folder.disclose(["us-warrant"])
    #expect(outcome.status == 7)
    #expect(folder.names("packets") == [])
  }

  @Test func limitsEndARun() throws {
    let folder = try CommandFolder()
    #expect(try folder.disclose(["us-warrant", "us-subpoena"], ["--demands-max", "1"]).status == 9)
  }

  @Test func aClockBeforeReceiptIsRefused() throws {
    let folder = try CommandFolder()
    let outcome = try folder.disclose(["us-warrant"], ["--now", "2026-09-05T00:00:00Z"])
    #expect(outcome.status == 3)
    #expect(outcome.talk.contains("clock-before-received"))
  }

  @Test func outputThatCannotBeWrittenIsAnError() throws {
    let folder = try CommandFolder()
    for shell in [">&-", "> /dev/full"] {
      #expect(try folder.disclose(["us-warrant"], shell: shell).status == 6, "\(shell)")
    }
    #expect(try folder.disclose(["us-warrant"], out: "root.key").status == 6)
    // The packet itself lies sealed where the first run put it; only its line was lost.
    #expect(try folder.run(["verify", "packets/US-2026-000127"]).status == 0)
  }

  /// A packet's file never gets a standard descriptor, and its bytes never the talk.
  @Test func closedStandardStreamsDoNotReachAPacket() throws {
    let folder = try CommandFolder()
    _ = try folder.disclose(["us-warrant"], out: "plain")
    for (index, shell) in ["<&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"].enumerated() {
      let outcome = try folder.disclose(["us-warrant"], out: "closed\(index)", shell: shell)
      #expect(outcome.status == (shell.contains(" >&-") ? 6 : 0))
      #expect(try folder.files("closed\(index)") == folder.files("plain"), "\(shell)")
    }
    // Records that cannot be read are not an empty source, which would be a packet that says so.
    let unread = try folder.disclose(["us-warrant"], records: ["-"], out: "unread", shell: "<&-")
    #expect(unread.status == 5 && folder.names("unread").isEmpty)
  }

  /// A folder that is read in part could lack the file that pauses a jurisdiction.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "strace is missing"))
  func aFolderOfPoliciesIsReadToItsEndOrNotAtAll() throws {
    let folder = try CommandFolder()
    let command = [
      "/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "-P", CommandFolder.samples + "/policies",
    ]
    let fault = ["-e", "trace=getdents64", "-e", "inject=getdents64:error=EIO:when="]
    for place in ["1", "2"] {
      let prefix = (command + fault.dropLast() + [fault[fault.count - 1] + place]).joined(separator: " ")
      let outcome = try folder.disclose(["us-warrant"], out: "out\(place)", prefix: prefix)
      #expect(outcome.status == 3 && outcome.talk.contains("document-unreadable"), "\(outcome)")
      #expect(folder.names("out\(place)").isEmpty)
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func aSignalLeavesNoPartialPacket(_ number: Int32) throws {
    let folder = try CommandFolder()
    let fifo = folder.path + "/records.ndjson"
    #expect(mkfifo(fifo, 0o600) == 0)
    let process = folder.start(folder.discloseArguments(["us-warrant"], records: [fifo]))
    try process.run()
    // Opens once the run reads; a block's worth of records lets packets begin.
    let writer = try #require(FileHandle(forWritingAtPath: fifo))
    try writer.write(
      contentsOf: Data(contentsOf: URL(filePath: "\(CommandFolder.samples)/records/sample.ndjson")))
    kill(process.processIdentifier, number)
    let outcome = folder.finish(process)
    try writer.close()
    #expect(outcome.status == 128 + number)
    #expect(folder.names("packets") == [])
  }

  @Test func noIdentifierIsInTheTalk() throws {
    let folder = try CommandFolder()
    let records = try folder.write(
      #"{"kind":"message","timestamp":"2026-09-02T00:00:00Z","sender":"+12025550100","message_id":"+447700900999"}"#
        + "\n" + #"{"kind":"+447700900998","sender":"+447700900997""# + "\n",
      to: "records.ndjson")
    let outcome = try folder.disclose(
      ["us-warrant"], records: [records], ["--max-rejected", "1", "--report", "report.json"])
    #expect(outcome.talk.contains("record 1, byte "))
    for text in [outcome.talk, outcome.output, try folder.text("report.json")] {
      #expect(!text.contains("447700900"))
      #expect(!text.contains("2025550100"))
    }
  }
}
