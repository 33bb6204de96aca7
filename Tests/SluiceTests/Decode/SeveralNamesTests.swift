import Sluice
import Testing

/// A field that may have one of several names, where a value stands in place of the object that holds them.
struct SeveralNamesTests {
  private struct Outcome: Equatable {
    let text: String
    let faults: [String]
  }

  /// `from`: the names of the size, and of the other party.
  private func outcome(_ record: String, from: String, rule: String = "keep") throws -> Outcome {
    let run = try SmallRun(
      kinds: """
          m:
            time: none
            parties: [p, q]
            fields:
              p: phone
              q: { type: phone, from: \(from.replacing("o.", with: "party.").replacing("size", with: "q")) }
              size: { type: integer, unit: bytes, from: \(from) }
        """,
      rules: ["m.p: { subject: keep, other: withhold }", "m.size: \(rule)"])
    let (text, outcome) = try run.stream(record + "\n")
    return Outcome(
      text: text, faults: outcome.faults.map { "\($0.code) \($0.field ?? "-") \($0.byteOffset ?? 0)" })
  }

  private static let values = [#""s""#, "[]", "[1]", "5", "true"]

  @Test(arguments: values, ["keep", "{ action: keep, on-error: withhold }"])
  func itIsTheFieldsFaultAsWithOneName(_ value: String, _ rule: String) throws {
    let record = #"{"p":"\#(SmallRun.subject)","o":\#(value)}"#
    let one = try outcome(record, from: "[o.e]", rule: rule)
    #expect(try outcome(record, from: "[o.e, o.f]", rule: rule) == one)
    #expect(one.faults.count == (rule == "keep" ? 1 : 0))
    #expect(!one.faults.contains { $0.hasPrefix("field-ambiguous") })
  }

  @Test(arguments: values)
  func soItIsOfAParty(_ value: String) throws {
    let record = #"{"p":"\#(SmallRun.subject)","party":\#(value),"o":{"e":1}}"#
    #expect(try outcome(record, from: "[o.e, o.f]") == outcome(record, from: "[o.e]"))
  }

  /// It may be meant for the field too, so the value beside it is not taken for the field's.
  @Test(arguments: ["[o.e, size]", "[size, o.e]"])
  func besideAValueItIsOneTooMany(_ from: String) throws {
    let record = #"{"p":"\#(SmallRun.subject)","o":"s","size":1}"#
    let found = try outcome(record, from: from)
    #expect(found.text == "" && found.faults.map { $0.prefix(15) } == ["field-ambiguous"])
    #expect(try outcome(#"{"p":"\#(SmallRun.subject)","o":null,"size":1}"#, from: from).faults == [])
  }

  @Test func aValueInTheObjectIsRead() throws {
    let record = #"{"p":"\#(SmallRun.subject)","o":{"f":7}}"#
    #expect(try outcome(record, from: "[o.e, o.f]").text.contains(#""size":7"#))
  }
}
