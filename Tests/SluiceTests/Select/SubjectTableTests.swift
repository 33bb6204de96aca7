import Sluice
import Testing

/// Whose records are selected: the account's, and not those of one that looks like it to a table of hashes.
struct SubjectTableTests {
  private func run() throws -> SmallRun {
    try SmallRun(
      kinds: """
          event:
            time: none
            parties: [account, device]
            fields:
              account: { account: "a-z0-9-" }
              device: { device: "a-z0-9-" }
        """,
      rules: [
        "event.account: { subject: keep, other: withhold }",
        "event.device: { subject: keep, other: withhold }",
      ])
  }

  private func identifier(_ identifierClass: IdentifierClass, _ text: String) -> Identifier {
    Identifier(identifierClass, canonical: Array(text.utf8), text: text)
  }

  /// Anybody can search for such a pair, since the hash has no key.
  @Test func anAccountWithTheHashOfASubjectIsNot() throws {
    let (subject, other) = ("a-kg4gndsmvm44x", "a-izqtrbpg5k7d5")
    func hash(_ text: String) -> UInt64 {
      Array(text.utf8).withUnsafeBufferPointer {
        SubjectTable.hash(Bytes(rebasing: $0[...]), IdentifierClass.account.rawValue)
      }
    }
    // Where the hash is changed, this test needs another pair.
    try #require(hash(subject) == hash(other))
    let rows = try run().rows(
      "{\"account\":\"\(other)\"}\n{\"account\":\"\(subject)\"}\n", subjects: [identifier(.account, subject)])
    #expect(rows == ["{\"kind\":\"event\",\"account\":\"\(subject)\"}"])
  }

  @Test func aSubjectIsOfItsClassAlone() throws {
    let records = "{\"account\":\"0f3a\"}\n{\"device\":\"0f3a\"}\n"
    let run = try run()
    #expect(
      try run.rows(records, subjects: [identifier(.account, "0f3a")])
        == ["{\"kind\":\"event\",\"account\":\"0f3a\"}"])
    #expect(
      try run.rows(records, subjects: [identifier(.device, "0f3a")])
        == ["{\"kind\":\"event\",\"device\":\"0f3a\"}"])
  }

  /// Among subjects of every length, each prefix and each longer text is another account.
  @Test func anAccountIsTheWholeOfIt() throws {
    let text = "a-0123456789abcdefghijk"
    let run = try run()
    for length in 1..<text.count {
      let subject = String(text.prefix(length))
      let others = [String(text.prefix(length + 1)), String(subject.dropLast()), "z" + subject.dropFirst()]
      let records = ([subject] + others).filter { !$0.isEmpty }.map { "{\"account\":\"\($0)\"}\n" }
      #expect(
        try run.rows(records.joined(), subjects: [identifier(.account, subject)])
          == ["{\"kind\":\"event\",\"account\":\"\(subject)\"}"], "\(length)")
    }
  }
}
