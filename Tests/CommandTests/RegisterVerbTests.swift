import Foundation
import Testing

/// `sluice register`, `disclose --register`, and the questions to a key that have to be in it.
struct RegisterVerbTests {
  /// A folder with a register, and a packet that was made with it.
  private func place() throws -> CommandFolder {
    let folder = try CommandFolder()
    let made = try folder.run(["register", "new", "demands.register", "--name", "provider.example/register"])
    try #require(made.status == 0, "\(made.talk)")
    #expect(made.output.hasPrefix("provider.example/register+"))
    let outcome = try folder.disclose(
      ["us-court-order", "hk-paused"], ["--register", "demands.register"])
    try #require(outcome.status == 10, "\(outcome.talk)")
    return folder
  }

  private func entries(_ folder: CommandFolder, _ event: String) throws -> [[String: Any]] {
    let outcome = try folder.run(["register", "export", "demands.register"])
    #expect(outcome.status == 0)
    return try outcome.lines.compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }.filter { $0["event"] as? String == event }
  }

  @Test func listsShowsProvesAndVerifies() throws {
    let folder = try place()
    let list = try folder.run(["register", "list", "demands.register"])
    #expect(list.lines.count == 2)
    #expect(list.lines[0].contains("US court-order  produced, "))
    #expect(list.lines[1].hasSuffix("refused, status-paused-review"))
    let refused = try folder.run(["register", "list", "demands.register", "--outcome", "refused", "--json"])
    #expect((try refused.json() as? [[String: Any]])?.map { $0["demand"] as? String } == ["HK-2026-000117"])
    #expect(try folder.run(["register", "show", "demands.register", "US-2026-000123"]).lines.count == 4)
    #expect(try folder.run(["register", "show", "demands.register", "US-1"]).status == 5)
    #expect(
      try folder.run(["register", "proof", "demands.register", "3"]).output.hasPrefix(
        "c2sp.org/tlog-proof@v1\nindex 3\n"))
    let kept = try folder.run(["register", "checkpoint", "demands.register"]).output
    try folder.write(kept, to: "kept.txt")
    let verify = [
      "register", "verify", "demands.register", "--checkpoint", "kept.txt", "--packets", "packets",
    ]
    #expect(try folder.run(verify).status == 0)
    try folder.write(kept.replacingOccurrences(of: "register\n", with: "register \n"), to: "kept.txt")
    let outcome = try folder.run(verify)
    #expect(outcome.status == 8)
    #expect(outcome.talk.contains("register-checkpoint"))
  }

  @Test func anInstrumentIsAnsweredAgainForAReasonAlone() throws {
    let folder = try place()
    let before = try folder.disclose(["us-court-order"], out: "other", ["--register", "demands.register"])
    #expect(before.status == 10)
    #expect(before.talk.contains("answered-before"))
    #expect(folder.names("other") == [])
    #expect(
      try folder.disclose(["us-court-order"], ["--register", "demands.register"]).output.contains(
        "sealed before"))
    for blank in ["", " ", "\u{A0}", "\u{3164}"] {
      let blankly = try folder.disclose(
        ["us-court-order"], out: "other", ["--register", "demands.register", "--again", blank])
      #expect(blankly.status == 64)
    }
    let again = try folder.disclose(
      ["us-court-order"], out: "other", ["--register", "demands.register", "--again", "the court lost it"])
    #expect(again.status == 0, "\(again.talk)")
    #expect(try entries(folder, "ruled").contains { $0["again"] as? String == "the court lost it" })
    #expect(try entries(folder, "produced").count == 2)
  }

  @Test func aSecondReferenceOfTheSameRunIsNotAnswered() throws {
    let folder = try CommandFolder()
    _ = try folder.run(["register", "new", "demands.register"])
    let text = try String(
      contentsOfFile: CommandFolder.samples + "/demands/us-court-order.yaml", encoding: .utf8)
    let document = CommandFolder.samples + "/demands/documents/us-court-order.txt"
    try folder.write(
      try String(contentsOfFile: document, encoding: .utf8), to: "documents/us-court-order.txt")
    let demands = try ["US-2026-000123", "US-2026-000999"].map {
      try folder.write(text.replacing("US-2026-000123", with: $0), to: "\($0).yaml")
    }
    let outcome = try folder.disclose(demands, ["--register", "demands.register"])
    #expect(outcome.status == 10)
    #expect(outcome.output.contains("US-2026-000999: refused, answered-before"))
    #expect(folder.names("packets") == ["US-2026-000123"])
    let list = try folder.run(["register", "list", "demands.register"])
    #expect(list.lines.last?.hasSuffix("refused, answered-before") == true, "\(list.output)")
  }

  /// What a packet does not answer is not told as sealed before.
  @Test func aPacketOfAnotherDemandIsInTheWay() throws {
    let folder = try CommandFolder()
    let first = try folder.disclose([try KeyTests.demand(folder, part: 1, reference: "A.2")])
    #expect(first.status == 0)
    let before = try folder.files("packets")
    let part = try folder.disclose([try KeyTests.demand(folder, part: 2, reference: "A")])
    #expect(part.status == 6 && part.talk.contains("packet-other-demand"), "\(part.talk)")
    let changed = try folder.text("A.2-1.yaml").replacing("+1202555", with: "+1202556")
    #expect(try changed != folder.text("A.2-1.yaml"))
    let other = try folder.disclose([try folder.write(changed, to: "changed.yaml")])
    #expect(other.status == 6 && other.talk.contains("packet-other-demand"), "\(other.talk)")
    #expect(try folder.files("packets") == before)
    let same = try folder.disclose([folder.path + "/A.2-1.yaml"])
    #expect(same.status == 0 && same.output.contains("sealed before"))
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func aRunThatIsToldToEndIsNoted(_ number: Int32) throws {
    let folder = try CommandFolder()
    _ = try folder.run(["register", "new", "demands.register"])
    let fifo = folder.path + "/records.ndjson"
    #expect(mkfifo(fifo, 0o600) == 0)
    let process = folder.start(
      folder.discloseArguments(["us-warrant"], records: [fifo]) + ["--register", "demands.register"])
    try process.run()
    // Opens once the run reads, and then the demand is noted.
    let writer = try #require(FileHandle(forWritingAtPath: fifo))
    kill(process.processIdentifier, number)
    #expect(folder.finish(process).status == 128 + number)
    try writer.close()
    #expect(try entries(folder, "aborted").map { $0["code"] as? String } == ["run-ended"])
    #expect(try folder.run(["register", "verify", "demands.register"]).status == 0)
    #expect(try folder.disclose(["us-warrant"], ["--register", "demands.register"]).status == 0)
  }

  /// The answer is the number of a line; the register has the question, and no candidate.
  @Test func aPseudonymIsResolvedOnTheRecordAlone() throws {
    let folder = try place()
    let rows = try folder.text("packets/US-2026-000123/data/records/message.ndjson")
    let pseudonym = try #require(rows.firstMatch(of: /"(pa[a-z2-7]{26})"/)).1
    let candidates = (0..<100).map { "+120255501" + ($0 < 10 ? "0\($0)" : "\($0)") }
    try folder.write(candidates.joined(separator: "\n") + "\n", to: "candidates.txt")
    func resolve(_ more: [String]) throws -> CommandOutcome {
      try folder.run(
        [
          "key", "resolve", "--pseudonym", String(pseudonym), "--candidates", "candidates.txt", "--reference",
          "US-2026-000123", "--jurisdiction", "US", "--key", folder.key,
        ] + more)
    }
    let outcome = try resolve([
      "--register", "demands.register", "--reason", "court order 17", "--by", "counsel-02",
    ])
    #expect(outcome.status == 0, "\(outcome.talk)")
    #expect(outcome.output.hasPrefix("line "), "\(outcome.output)")
    let entry = try #require(try entries(folder, "resolved").first)
    #expect(entry["reason"] as? String == "court order 17")
    #expect(entry["by"] as? String == "counsel-02")
    #expect(entry["candidates"] as? Int == 100)
    let export = try folder.run(["register", "export", "demands.register"]).output
    #expect(!export.contains(pseudonym))
    #expect(!export.contains("+120255501"))
    // No register, no answer.
    #expect(try resolve(["--reason", "court order 17"]).status == 64)
    let missing = try resolve(["--register", "none.register", "--reason", "court order 17"])
    #expect(missing.status != 0)
    #expect(missing.output == "")
  }

  @Test func aPacketIsProvedOnTheRecord() throws {
    let folder = try place()
    func prove(_ key: String) throws -> CommandOutcome {
      try folder.run([
        "key", "prove", "packets/US-2026-000123", "--reason", "audit", "--key", key, "--register",
        "demands.register",
      ])
    }
    #expect(try prove(folder.key).status == 0)
    #expect(try folder.run(["key", "new", "--out", "other.key"]).status == 0)
    #expect(try prove(folder.path + "/other.key").status == 8)
    #expect(try entries(folder, "proved").map { $0["confirmed"] as? Bool } == [true, false])
    #expect(try folder.run(["register", "verify", "demands.register"]).status == 0)
  }

  /// Whole or not, it is noted before it is told, under the name that the packet or its folder has.
  @Test func aVerificationIsNotedWithWhatCameOfIt() throws {
    let folder = try place()
    func verify(_ packet: String, _ register: String = "demands.register") throws -> CommandOutcome {
      try folder.run(["verify", packet, "--register", register, "--now", "2026-10-06T00:00:00Z"])
    }
    let packet = "packets/US-2026-000123"
    let list = try folder.run(["register", "list", "demands.register"]).output
    let whole = try verify(packet)
    #expect(whole.status == 0, "\(whole.talk)")
    let digest = try #require(whole.output.firstMatch(of: /digest ([0-9a-f]{64})/)?.1)
    for copy in ["US-2026-000123", "somewhere else"] {
      try FileManager.default.createDirectory(
        atPath: folder.path + "/copies", withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: folder.path + "/" + packet, toPath: folder.path + "/copies/" + copy)
      let file = FileHandle(forWritingAtPath: folder.path + "/copies/\(copy)/data/README.txt")
      try #require(file).write(Data("x".utf8))
      let broken = try verify("copies/" + copy)
      #expect(broken.status == 8 && broken.talk.contains("bag-digest"), "\(broken.talk)")
    }
    // What cannot be read was not verified, and is not noted.
    #expect(try verify("none").status == 5)
    let noted = try entries(folder, "verified")
    #expect(noted.map { $0["demand"] as? String } == ["US-2026-000123", "US-2026-000123", nil])
    #expect(noted.map { $0["code"] as? String } == ["", "bag-digest", "bag-digest"])
    #expect(noted.map { $0["packet"] as? String } == [String(digest), nil, nil])
    // The register was made after the given instant, so that stands beside its own time, which does not go back.
    #expect(noted.map { $0["clock"] as? String } == Array(repeating: "2026-10-06T00:00:00Z", count: 3))
    #expect(!(try folder.run(["register", "export", "demands.register"]).output.contains("somewhere")))
    // What came of the demand is as before, and the log is whole.
    #expect(try folder.run(["register", "list", "demands.register"]).output == list)
    #expect(try folder.run(["register", "verify", "demands.register", "--packets", "packets"]).status == 0)
    // Where it cannot be noted, nothing is told.
    let missing = try verify(packet, "none.register")
    #expect(missing.status != 0 && missing.output.isEmpty)
    #expect(try folder.run(["verify", packet, "--now", "2026-10-06T00:00:00Z"]).status == 64)
  }

  @Test func aProofLeadsFromAKeptCheckpointToTheLast() throws {
    let folder = try place()
    func proof(_ more: [String]) throws -> CommandOutcome {
      try folder.run(["register", "proof", "demands.register"] + more)
    }
    let kept = try folder.run(["register", "checkpoint", "demands.register"]).output
    try folder.write(kept, to: "kept.txt")
    let size = try #require(kept.split(separator: "\n").dropFirst().first)
    #expect(try proof(["--from", "kept.txt"]).output == "old \(size)\n\n\(kept)")
    #expect(
      try folder.run(["verify", "packets/US-2026-000123", "--register", "demands.register"]).status == 0)
    let last = try folder.run(["register", "checkpoint", "demands.register"]).output
    let made = try proof(["--from", "kept.txt"]).output
    #expect(made.hasPrefix("old \(size)\n") && made.hasSuffix("\n\n\(last)") && last != kept)
    try folder.write(kept.replacing("\n\(size)\n", with: "\n1\(size)\n"), to: "changed.txt")
    let changed = try proof(["--from", "changed.txt"])
    #expect(changed.status == 8 && changed.talk.contains("register-checkpoint") && changed.output.isEmpty)
    for wrong in [[], ["3", "--from", "kept.txt"]] { #expect(try proof(wrong).status == 64) }
  }

  @Test func settleTakesAFolderOrALostPacketWithAReason() throws {
    let folder = try place()
    func settle(_ more: [String]) throws -> CommandOutcome {
      try folder.run(["register", "settle", "demands.register"] + more)
    }
    let settled = try settle(["--out", "packets"])
    #expect(settled.status == 0 && settled.output == "settled: 0\n" && settled.talk.isEmpty)
    #expect(try settle(["--out", "none"]).status == 5)
    let lost = ["--lost", "US-2026-000123"]
    let answered = try settle(lost + ["--reason", "the disk is gone"])
    #expect(answered.status == 5 && answered.talk.contains("register-nothing-open"))
    for wrong in [
      [], lost, ["--out", "packets"] + lost, lost + ["--reason", " "],
      ["--out", "packets", "--reason", "none"],
    ] {
      #expect(try settle(wrong).status == 64, "\(wrong)")
    }
  }
}
