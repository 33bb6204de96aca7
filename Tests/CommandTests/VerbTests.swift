import Foundation
import Testing

/// The verbs beside `disclose`: what they write, and how they end.
struct VerbTests {
  // MARK: - minimize

  @Test func minimizeIsAFilter() throws {
    let folder = try CommandFolder()
    let outcome = try folder.minimize()
    #expect(outcome.status == 0)
    #expect(outcome.talk.contains("not a disclosure"))
    #expect(outcome.lines.count > 100)
    #expect(outcome.lines.allSatisfy { $0.hasPrefix(#"{"kind":""#) })
    #expect(!outcome.output.contains("447700900"), "without subjects everyone is `other`")
    #expect(try folder.minimize(["--workers", "4", "--block-bytes", "4096"]).output == outcome.output)
    #expect(try folder.minimize(["--case", "another"]).output != outcome.output)
  }

  @Test func minimizeTakesSubjectsAndAPeriod() throws {
    let folder = try CommandFolder()
    let subjects = try folder.write("# one of them\nphone +12025550100\naccount a-7f31\n", to: "subjects")
    let all = try folder.minimize(["--subjects", subjects])
    #expect(all.status == 0)
    #expect(all.lines.contains { $0.contains("+12025550100") })
    let some = try folder.minimize([
      "--subjects", subjects, "--from", "2026-09-10T00:00:00Z", "--until", "2026-09-20T00:00:00Z", "--kind",
      "message",
    ])
    #expect(!some.lines.isEmpty && some.lines.count < all.lines.count)
    #expect(some.lines.allSatisfy { $0.contains(#""timestamp":"2026-09-1"#) })
    let bad = try folder.write("phone 12345\n", to: "bad")
    let refused = try folder.minimize(["--subjects", bad])
    #expect(refused.status == 3)
    #expect(!refused.talk.contains("12345"))
  }

  @Test func minimizeWritesCSVOfOneKind() throws {
    let folder = try CommandFolder()
    let outcome = try folder.minimize(["--format", "csv", "--kind", "call"])
    #expect(outcome.status == 0)
    #expect(outcome.lines.first?.hasPrefix("\"call_id\",\"timestamp\"") == true)
    #expect(try folder.minimize(["--format", "csv"]).status == 64)
    #expect(try folder.minimize(["--kind", "telegram"]).status == 64)
  }

  @Test func minimizeWritesAFileWholeOrNotAtAll() throws {
    let folder = try CommandFolder()
    let expected = try folder.minimize().output
    #expect(try folder.minimize(["--out", "rows.ndjson"]).status == 0)
    #expect(try folder.text("rows.ndjson") == expected)
    #expect(try folder.minimize(["--out", "rows.ndjson"]).status == 6, "nothing is overwritten")
    #expect(try folder.text("rows.ndjson") == expected)
    let broken = try folder.write("no JSON at all\n", to: "broken.ndjson")
    #expect(try folder.minimize(["--out", "other.ndjson"], input: broken).status == 4)
    #expect(folder.names("").filter { $0.contains("other") || $0.contains("partial") } == [])
  }

  @Test func minimizeNoticesLostOutput() throws {
    let folder = try CommandFolder()
    for shell in [">&-", "> /dev/full"] {
      #expect(try folder.minimize(shell: shell).status == 6, "\(shell)")
    }
    let source = try folder.write("", to: "same.ndjson")
    let same = try folder.minimize(["--records", source], input: nil, shell: ">> same.ndjson")
    #expect(same.status == 64)
  }

  /// F21: a reader that goes away is an error with a message.
  @Test func minimizeNoticesAReaderThatIsGone() throws {
    let folder = try CommandFolder()
    let process = folder.start([])
    let arguments =
      folder.start(
        [
          "minimize", "--jurisdiction", "US", "--instrument", "court-order", "--case", "test", "--key",
          folder.key,
        ]
          + folder.rules + CommandFolder.now + [
            "--records", "\(CommandFolder.samples)/records/sample.ndjson",
          ]
      ).arguments ?? []
    process.arguments = ["-c", "{ \"$@\"; echo $? > status; } | head -c 100"] + arguments.dropFirst(2)
    try process.run()
    process.waitUntilExit()
    #expect(try folder.text("status") == "6\n")
  }

  @Test func minimizePassesTheGatesOfAStream() throws {
    let folder = try CommandFolder()
    #expect(try folder.minimize(["--instrument", "unheard-of"]).status == 10)
    #expect(try folder.minimize(["--jurisdiction", "NO"]).status == 10)
    let paused = try folder.minimize(["--jurisdiction", "HK", "--instrument", "search-warrant"])
    #expect(paused.status == 10)
    #expect(paused.output == "")
  }

  // MARK: - key

  @Test func keysAreMadeOnceAndShownByTheirId() throws {
    let folder = try CommandFolder()
    let made = try folder.run(["key", "new", "--out", "second.key", "--epoch", "7"])
    #expect(made.status == 0)
    let shown = try folder.run(["key", "show", "second.key"])
    #expect(shown.output == made.output)
    #expect(shown.output.wholeMatch(of: /root id [0-9a-f]{16}, epoch 7\n/) != nil)
    let text = try folder.text("second.key")
    let secret = try #require(text.split(separator: " ").last).trimmingCharacters(in: .newlines)
    #expect(secret.count == 52 && !shown.output.contains(secret))
    #expect(try folder.run(["key", "new", "--out", "second.key"]).status == 7)
    #expect(try folder.text("second.key") == text)
    let json = try folder.run(["key", "show", "second.key", "--json"]).json() as? [String: Any]
    #expect(json?["epoch"] as? Int == 7)
    #expect(try folder.run(["key", "show", "no-such.key"]).status == 7)
  }

  // MARK: - check, explain, preview

  @Test func checkEndsWith3OnAnyProblem() throws {
    let folder = try CommandFolder()
    let clean = try folder.run(["check"] + folder.rules + CommandFolder.now)
    #expect(clean.status == 0)
    #expect(clean.lines.last?.wholeMatch(of: /[1-9]\d* policy tests, 0 failed/) != nil)
    let demand = try folder.write("sluice: demand/1\nreferenc: US-1\n", to: "demand.yaml")
    let bad = try folder.run(["check"] + folder.rules + CommandFolder.now + ["--demands", demand, "--json"])
    #expect(bad.status == 3)
    let problems = (try bad.json() as? [String: Any])?["problems"] as? [[String: Any]] ?? []
    #expect(problems.contains { $0["file"] as? String == "demand.yaml" && $0["line"] as? Int == 2 })
  }

  @Test func aPolicyTestThatFailsIsAProblem() throws {
    let folder = try CommandFolder()
    try FileManager.default.copyItem(
      atPath: "\(CommandFolder.samples)/policies", toPath: folder.path + "/policies")
    let policy = try folder.text("policies/US.yaml")
    try folder.write(
      policy.replacing("refused: category-not-granted", with: "refused: period-too-long"),
      to: "policies/US.yaml")
    var arguments = ["check"] + folder.rules + CommandFolder.now
    arguments[arguments.firstIndex(of: "\(CommandFolder.samples)/policies")!] = folder.path + "/policies"
    let outcome = try folder.run(arguments)
    #expect(outcome.status == 3)
    #expect(outcome.lines.last?.hasSuffix(" 0 failed") == false)
  }

  @Test func explainTellsEveryFieldItsRuleAndCitation() throws {
    let folder = try CommandFolder()
    let arguments =
      ["explain", "--jurisdiction", "US", "--instrument", "subpoena"] + folder.rules + CommandFolder.now
    let text = try folder.run(arguments)
    #expect(text.status == 0)
    #expect(text.output.contains("18 U.S.C. 2703(c)(2)"))
    for field in ["message.body", "account.phone", "location.position"] {
      #expect(text.output.contains(field))
    }
    let json = try #require(try folder.run(arguments + ["--json"]).json() as? [String: Any])
    #expect(json["jurisdiction"] as? String == "US" && json["citation"] as? String == "18 U.S.C. 2703(c)(2)")
    let rows = json["rows"] as? [[String: Any]] ?? []
    let body = rows.first { $0["kind"] as? String == "message" && $0["field"] as? String == "body" }
    #expect(body?["is-released"] as? Bool == false && body?["category"] is NSNull)
    #expect(rows.contains { $0["is-released"] as? Bool == true && $0["line"] is Int })
    #expect(
      try folder.run(["explain", "--jurisdiction", "NO", "--instrument", "subpoena"] + folder.rules).status
        == 10)
  }

  @Test func explainTellsWhyACellLooksAsItDoes() throws {
    let folder = try CommandFolder()
    _ = try folder.disclose(["us-warrant"])
    let arguments = ["explain", "--packet", "packets/US-2026-000127", "--cell", "message:1:sender"]
    let row = try #require(
      try folder.text("packets/US-2026-000127/data/records/message.ndjson").split(separator: "\n").first)
    let value = try #require(row.firstMatch(of: /"sender":"([^"]+)"/)).1
    let text = try folder.run(arguments)
    #expect(text.status == 0 && text.talk == "", "\(text.talk)")
    #expect(text.lines[0] == "US-2026-000127: data/records/message.ndjson, row 1, column sender")
    let json = try folder.run(arguments + folder.rules + ["--json"])
    let object = try #require(try json.json() as? [String: Any])
    let roles = object["roles"] as? [[String: Any]] ?? []
    #expect(
      roles.allSatisfy { $0["policy-file"] as? String == "US.yaml" && $0["line"] is Int } && !roles.isEmpty)
    #expect(!text.output.contains(value) && !json.output.contains(value))

    // Its own status for each way in which there is nothing to explain.
    func status(_ packet: String, _ cell: String, _ more: [String] = []) throws -> Int32 {
      let outcome = try folder.run(["explain", "--packet", packet, "--cell", cell] + more)
      #expect(outcome.output == "" && !outcome.talk.isEmpty)
      return outcome.status
    }
    let packet = "packets/US-2026-000127"
    for cell in ["message:9999:sender", "message:1:body", "letter:1:sender"] {
      #expect(try status(packet, cell) == 5, "\(cell)")
    }
    for cell in ["message", "message:0:sender", "message:1:"] {
      #expect(try status(packet, cell) == 64, "\(cell)")
    }
    #expect(try status("no-such-packet", "message:1:sender") == 5)
    try FileManager.default.copyItem(
      atPath: "\(CommandFolder.samples)/policies", toPath: folder.path + "/policies")
    try folder.write(try folder.text("policies/US.yaml") + "# later\n", to: "policies/US.yaml")
    #expect(
      try status(packet, "message:1:sender", Array(folder.rules.prefix(4)) + [folder.path + "/policies"]) == 3
    )
    try folder.write("", to: "\(packet)/data/README.txt")
    #expect(try status(packet, "message:1:sender") == 8)
  }

  @Test func theTwoFormsOfExplainExcludeEachOther() throws {
    let folder = try CommandFolder()
    let (instrument, cell) = (
      ["--jurisdiction", "US", "--instrument", "warrant"],
      ["--packet", "packets", "--cell", "message:1:sender"]
    )
    for arguments in [
      [], instrument, Array(instrument.prefix(2)) + folder.rules, folder.rules, Array(cell.prefix(2)),
      Array(cell.suffix(2)), cell + instrument, cell + CommandFolder.now, cell + folder.rules.prefix(2),
      cell + folder.rules.suffix(2), Array(cell.prefix(2)) + instrument + folder.rules,
    ] {
      let outcome = try folder.run(["explain"] + arguments)
      #expect(outcome.status == 64 && outcome.output == "", "\(arguments)")
    }
  }

  @Test func previewCountsAndSealsNothing() throws {
    let folder = try CommandFolder()
    var arguments = folder.discloseArguments(["us-warrant", "hk-paused"])
    arguments[0] = "preview"
    arguments.removeSubrange(arguments.firstIndex(of: "--out")!...(arguments.firstIndex(of: "--out")! + 1))
    let outcome = try folder.run(arguments)
    #expect(outcome.status == 10)
    #expect(outcome.output.contains("would be released"))
    #expect(!outcome.output.contains("2025550100"))
    #expect(folder.names("packets") == [])
    let sealed = try folder.disclose(["us-warrant"])
    let released = sealed.lines.first?.firstMatch(of: /sealed, (\d+) records/)?.1 ?? "none"
    let entries = try folder.run(arguments + ["--json"]).json() as? [[String: Any]] ?? []
    let kinds = entries.first?["kinds"] as? [[String: Any]] ?? []
    #expect(kinds.reduce(0) { $0 + ($1["released"] as? Int ?? 0) } == Int(released))
  }

  // MARK: - diff

  private static let proposed = [
    "diff", "\(CommandFolder.samples)/policies", "\(CommandFolder.samples)/proposed-policies",
  ]

  @Test func diffTellsFieldsAndCountsOverASample() throws {
    let folder = try CommandFolder()
    let arguments =
      Self.proposed + CommandFolder.now + [
        "--jurisdiction", "IN", "--demands", "\(CommandFolder.samples)/demands/in-notice.yaml", "--sources",
        "\(CommandFolder.samples)/sources.yaml",
      ]
    let text = try folder.run(arguments)
    #expect(text.status == 0, "\(text.talk)")
    #expect(text.output.contains(#/\nIN .* grant identification +with approval +yes +wider /#))
    #expect(text.output.contains(#/ account\.email subject +keep +withheld +stricter +old/IN\.yaml:\d+\n/#))
    #expect(text.output.contains(#/\nIN-2026-000519 +account\.email +1 value +0 values +another\n/#))
    #expect(!text.output.contains("2025550"))
    let json = try #require(try folder.run(arguments + ["--json"]).json() as? [String: Any])
    let changes = (json["policies"] as? [String: Any])?["changes"] as? [[String: Any]] ?? []
    #expect(changes.count == 4)
    let answers = (json["sample"] as? [String: Any])?["answers"] as? [[String: Any]] ?? []
    #expect(answers.map { $0["differs"] as? Bool } == [true])
    #expect(folder.names("").filter { !$0.hasPrefix(".") } == ["root.key"])
    let check = try folder.run(
      ["check", "--policies", Self.proposed[2]] + folder.rules.prefix(3) + CommandFolder.now)
    #expect(check.status == 0)
  }

  @Test func diffOfTheSameFolderTellsNothing() throws {
    let folder = try CommandFolder()
    let policies = "\(CommandFolder.samples)/policies"
    let schema = Array(folder.rules.prefix(3))
    let outcome = try folder.run(["diff", policies, policies] + schema + CommandFolder.now)
    #expect(outcome.status == 0 && outcome.lines.count == 1)
    #expect(outcome.output.hasSuffix("; nothing differs\n"))
    let json = try folder.run(["diff", policies, policies] + schema + CommandFolder.now + ["--json"])
    #expect((try json.json() as? [String: Any])?["sample"] is NSNull)
  }

  @Test func diffRefusesWhatItCannotCompare() throws {
    let folder = try CommandFolder()
    let schema = Array(folder.rules.prefix(3)) + CommandFolder.now
    let demands = ["--demands", "\(CommandFolder.samples)/demands/in-notice.yaml"]
    func status(_ more: [String]) throws -> Int32 { try folder.run(Self.proposed + more).status }
    #expect(try status(schema + ["--jurisdiction", "NO"]) == 10)
    #expect(try status(schema + ["--jurisdiction", "IN", "--instrument", "letter"]) == 10)
    #expect(try status([]) == 64)
    #expect(try status(schema + demands) == 64)
    #expect(try status(schema + ["--records", "records.ndjson"]) == 64)
    #expect(try status(schema + demands + ["--records", "-"]) == 64)
    let wrong = try folder.write("sluice: policy/1\n", to: "wrong/IN.yaml")
    #expect(wrong.hasSuffix("IN.yaml"))
    let broken = try folder.run(["diff", "\(CommandFolder.samples)/policies", "wrong"] + schema)
    #expect(broken.status == 3 && broken.talk.contains("new/baseline.yaml"))
  }

  // MARK: - verify and demo

  @Test func verifyTellsWhatIsInAPacketAndFindsAChange() throws {
    let folder = try CommandFolder()
    _ = try folder.disclose(["us-warrant"])
    let whole = try folder.run(["verify", "packets/US-2026-000127", "--json"])
    #expect(whole.status == 0)
    #expect((try whole.json() as? [String: Any])?["verified"] as? Bool == true)
    let rows = try folder.text("packets/US-2026-000127/data/records/message.ndjson")
    try folder.write(rows + "\n", to: "packets/US-2026-000127/data/records/message.ndjson")
    let changed = try folder.run(["verify", "packets/US-2026-000127"])
    #expect(changed.status == 8)
    #expect(changed.output == "")
    #expect(try folder.run(["verify", "no-such-packet"]).status == 5)
  }

  @Test func demoDoesTheWholeJob() throws {
    let folder = try CommandFolder()
    let demo = try folder.run(["demo", "--samples", CommandFolder.samples, "--out", "demo"])
    #expect(demo.status == 0, "\(demo.talk)")
    #expect(folder.names("demo/packets").count == 11)
    #expect(demo.lines.count { $0.contains(": refused, ") && !$0.hasPrefix(" ") } == 7)
    #expect(try folder.run(["demo", "--samples", CommandFolder.samples, "--out", "demo"]).status == 6)
  }

  // MARK: - Help, and the command line

  static let verbs = [
    ["disclose"], ["minimize"], ["explain"], ["check"], ["diff"], ["preview"], ["verify"], ["key", "new"],
    ["key", "show"], ["key", "list"], ["key", "retire"], ["demo"], ["self-test"],
  ]

  @Test(arguments: verbs) func helpHasAnExample(_ verb: [String]) throws {
    let folder = try CommandFolder()
    let help = try folder.run(verb + ["--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("Example:\n  sluice \(verb.joined(separator: " "))"))
    #expect(help.talk == "")
    for shell in [">&-", "> /dev/full"] {
      #expect(try folder.run(verb + ["--help"], shell: shell).status == 6)
    }
  }

  /// The examples of the help work as they stand, from the project's folder and with a key of one's own.
  @Test(arguments: verbs) func theExampleWorks(_ verb: [String]) throws {
    let folder = try CommandFolder()
    let help = try folder.run(verb + ["--help"]).output
    let example = try #require(help.firstMatch(of: /Example:\n((?:  .*\n)+)/)).1
    // The packet that the example of `verify` names.
    _ = try folder.disclose(["us-court-order"])
    let process = folder.start([])
    let setting = """
      mkdir own && cd own && ln -s '\(CommandFolder.samples)' Samples && ln -s ../packets packets
      [ '\(verb.joined(separator: " "))' = 'key new' ] || cp ../root.key .
      [ '\(verb.joined())' = verify ] || rm packets
      sluice() { '\(CommandFolder.products)/sluice' "$@"; }
      case '\(verb.joined(separator: " "))' in 'key list' | 'key retire') sluice key new --out keys/ ;; esac
      """
    process.arguments = ["-c", setting + "\n" + example]
    try process.run()
    let outcome = folder.finish(process)
    #expect(outcome.status == 0, "\(outcome.talk)")
  }

  /// The README's five minutes, line by line.
  @Test func theCommandsOfTheReadMeWork() throws {
    let folder = try CommandFolder()
    let readMe = try String(contentsOfFile: CommandFolder.project + "/README.md", encoding: .utf8)
    let block = try #require(readMe.firstMatch(of: /(?s)export PATH=[^\n]*\n(.*?)```/)).1
    let process = folder.start([])
    process.arguments = [
      "-c",
      """
      rm root.key && ln -s '\(CommandFolder.samples)' Samples
      sluice() { '\(CommandFolder.products)/sluice' "$@"; echo "$1 $?" >> statuses; }
      \(block)
      """,
    ]
    try process.run()
    let outcome = folder.finish(process)
    #expect(
      try folder.text("statuses") == "key 0\ncheck 0\ndisclose 10\nverify 0\n", "\(outcome.talk)")
  }

  @Test func aCommandLineThatCannotBeUnderstoodEndsWith64() throws {
    let folder = try CommandFolder()
    for arguments in [
      ["disclos"], ["disclose"], ["verify"], ["verify", "a", "b"],
      ["key", "new", "--epoch", "-1", "--out", "k"],
    ] {
      let outcome = try folder.run(arguments)
      #expect(outcome.status == 64, "\(arguments)")
      #expect(outcome.output == "" && !outcome.talk.isEmpty)
    }
    #expect(try folder.disclose(["us-warrant"], ["--now", "yesterday"]).status == 64)
    #expect(try folder.disclose(["us-warrant"], ["--depth", "0"]).status == 64)
    #expect(try folder.disclose(["us-warrant"], ["--sources", "both.yaml"]).status == 64)
  }

  @Test func quietSaysNothingButErrors() throws {
    let folder = try CommandFolder()
    #expect(try folder.minimize(["--quiet"]).talk == "")
    #expect(!(try folder.minimize(["--quiet", "--jurisdiction", "NO"]).talk.isEmpty))
  }

  /// Guarantee 13: what was read leaves no trace in memory, however much it was.
  @Test func memoryDoesNotGrowWithTheInput() throws {
    let folder = try CommandFolder()
    let fifo = folder.path + "/records.ndjson"
    #expect(mkfifo(fifo, 0o600) == 0)
    let process = folder.start(
      [
        "minimize", "--jurisdiction", "US", "--instrument", "court-order", "--case", "test", "--key",
        folder.key,
      ]
        + folder.rules + CommandFolder.now + ["--records", fifo])
    try process.run()
    let writer = try #require(FileHandle(forWritingAtPath: fifo))
    let records = try Data(contentsOf: URL(filePath: "\(CommandFolder.samples)/records/sample.ndjson"))
    func peak(after byteCount: Int) throws -> Int {
      for _ in 0..<byteCount / records.count { try writer.write(contentsOf: records) }
      let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
      return Int(status.firstMatch(of: /VmHWM:\s*(\d+) kB/)?.1 ?? "") ?? 0
    }
    // Every buffer is in use by then: two blocks a worker and one more.
    let early = try peak(after: 12 << 20)
    let late = try peak(after: 24 << 20)
    try writer.close()
    #expect(folder.finish(process).status == 0)
    #expect(early > 0)
    #expect(late - early < 4096, "\(early) kB, then \(late) kB")
  }

  private static let networkCalls: Set = [
    "socket", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
    "getaddrinfo", "getnameinfo", "gethostbyname", "gethostbyname2", "gethostbyaddr",
    "gethostbyname_r", "gethostbyname2_r", "gethostbyaddr_r",
  ]

  /// Guarantee 14: the command imports none of the calls that reach a network.
  @Test func theCommandImportsNoNetworkCall() throws {
    let names = try importedNames()
    #expect(names.contains("fsync"), "names are found where they are")
    #expect(names.isDisjoint(with: Self.networkCalls))
  }

  /// Guarantee 14: whatever is loaded with the command gets the command's own, which refuse.
  @Test func networkCallsOfLibrariesAreTheCommandsOwn() throws {
    let outcome = try CommandFolder().run(["--version"], prefix: "env LD_DEBUG=bindings LD_BIND_NOW=1")
    // binding file LIBRARY [0] to OBJECT [0]: normal symbol `NAME' [VERSION]
    let bindings = outcome.talk.matches(of: /binding file (\S+) \[0\] to (\S+) \[0\]: normal symbol `(\w+)'/)
    let ofNetwork = bindings.filter { Self.networkCalls.contains(String($0.3)) }
    #expect(ofNetwork.contains { $0.1.contains("libcrypto") && $0.3 == "socket" }, "libcrypto has sockets")
    for binding in ofNetwork { #expect(binding.2.hasSuffix("/sluice"), "\(binding.1) \(binding.3)") }
  }

  /// The undefined names in the dynamic symbol table of the program's ELF file: what it takes from shared libraries.
  private func importedNames() throws -> Set<String> {
    let program = try [UInt8](Data(contentsOf: URL(filePath: CommandFolder.products + "/sluice")))
    func number(_ offset: Int, _ byteCount: Int) -> Int {
      (0..<byteCount).reduce(0) { $0 | Int(program[offset + $1]) << (8 * $1) }
    }
    func section(_ index: Int) -> (type: Int, content: Range<Int>, link: Int) {
      let header = number(40, 8) + index * number(58, 2)
      let start = number(header + 24, 8)
      return (number(header + 4, 4), start..<start + number(header + 32, 8), number(header + 40, 4))
    }
    var imported: Set<String> = []
    // SHT_DYNSYM; the names are in the section that it links to.
    for symbols in (0..<number(60, 2)).map(section) where symbols.type == 11 {
      let names = section(symbols.link).content
      for symbol in stride(from: symbols.content.lowerBound, to: symbols.content.upperBound, by: 24)
      where number(symbol + 6, 2) == 0 {
        let name = program[(names.lowerBound + number(symbol, 4))...].prefix { $0 != 0 }
        imported.insert(String(decoding: name, as: UTF8.self))
      }
    }
    return imported
  }
}
