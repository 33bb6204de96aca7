import Sluice
import Testing

/// A condition that reads `true` or `false`: JSON writes it as a word, CSV as a text, and it is one condition.
struct KindConditionTests {
  private static func run(_ first: String = "{ deleted: false }") throws -> SmallRun {
    try SmallRun(
      kinds: """
          live:
            when: \(first)
            time: none
            parties: [p]
            fields: { p: phone, n: { integer: count } }
          gone:
            when: { deleted: true }
            time: none
            parties: [p]
            fields: { p: phone, n: { integer: count } }
        """, rules: ["live.n: keep", "gone.n: keep"])
  }

  private static func record(_ deleted: String, _ number: Int) -> String {
    #"{"deleted":\#(deleted),"p":"\#(SmallRun.subject)","n":\#(number)}"# + "\n"
  }

  @Test func aWordOfJSONMeetsIt() throws {
    let records = [("false", 1), ("true", 2), (#""false""#, 3), (#""true""#, 4)].map(Self.record).joined()
    let rows = try Self.run().rows(records)
    #expect(
      rows == [
        #"{"kind":"live","n":1}"#, #"{"kind":"gone","n":2}"#, #"{"kind":"live","n":3}"#,
        #"{"kind":"gone","n":4}"#,
      ])
  }

  @Test func aTextOfCSVDoesTheSame() throws {
    let subject = SmallRun.subject
    let rows = try Self.run().rows("deleted,p,n\nfalse,\(subject),1\ntrue,\(subject),2\n", from: .csv)
    #expect(rows == [#"{"kind":"live","n":1}"#, #"{"kind":"gone","n":2}"#])
  }

  /// Such a word is no text for a condition of another value; what no condition can read tells no kind.
  @Test func anotherConditionIsNotMetByIt() throws {
    let run = try Self.run("{ state: live }")
    for (line, code) in [
      (#"{"state":true,"p":"+12025550100"}"#, "kind-unreadable"),
      (#"{"deleted":null,"p":"+12025550100"}"#, "kind-unreadable"),
      (#"{"deleted":{"true":true},"p":"+12025550100"}"#, "kind-unreadable"),
    ] {
      let (text, outcome) = try run.stream(line + "\n" + Self.record("true", 2))
      #expect(text == #"{"kind":"gone","n":2}"# + "\n")
      #expect(outcome.faults.map(\.code) == [code], "\(line)")
    }
    let (text, outcome) = try run.stream(Self.record("false", 1))
    #expect(text == "" && outcome.faults.isEmpty, "the record is of a kind that no schema has")
  }
}
