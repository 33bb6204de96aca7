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
    let again = try folder.disclose(
      ["us-court-order"], out: "other", ["--register", "demands.register", "--again", "the court lost it"])
    #expect(again.status == 0, "\(again.talk)")
    #expect(try entries(folder, "ruled").contains { $0["again"] as? String == "the court lost it" })
    #expect(try entries(folder, "produced").count == 2)
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
}
