import Sluice
import Testing

/// What both formats do to text that they have to take apart.
struct RowEncodingTests {
  private func run() throws -> SmallRun {
    try SmallRun(
      kinds: """
          event:
            time: none
            parties: [phones]
            fields:
              phones: { array: phone }
              value: { text: 60, of: record }
        """,
      rules: ["event.phones: { subject: keep, other: keep }", "event.value: { action: keep }"])
  }

  /// Text is copied eight bytes at a time up to what has to be escaped: at every place of it, and more than once.
  @Test(arguments: [#"""#, #"\"#]) func aStopIsEscapedWhereverItStands(_ stop: String) throws {
    let run = try run()
    let letters = "abcdefghijklmnopqrstuvwxyz"
    var texts = (0...letters.count).map { String(letters.prefix($0)) + stop + String(letters.dropFirst($0)) }
    texts += [letters + stop + stop + letters, String(letters.prefix(7)) + stop + stop, "a" + stop]
    let lines = texts.map { text in
      let escaped = text.replacing(stop, with: "\\" + stop)
      return #""phones":["+12025550100"],"value":"\#(escaped)"}"# + "\n"
    }
    let records = lines.map { "{" + $0 }.joined()
    #expect(
      try run.rows(records).map { $0 + "\n" } == lines.map { #"{"kind":"event","# + $0 })
    let cells = texts.map { #""tel:+12025550100",""# + $0.replacing(#"""#, with: #""""#) + #"""# }
    #expect(try Array(run.rows(records, to: .csv).dropFirst()) == cells)
  }

  @Test func elementsAreJoinedByTheFormat() throws {
    let run = try run()
    for count in 1...3 {
      let phones = ["+12025550100", "+447700900123", "+12025550100"].prefix(count)
      let quoted = phones.map { "\"\($0)\"" }.joined(separator: ",")
      let record = "{\"phones\":[\(quoted)],\"value\":\"a\"}\n"
      #expect(try run.rows(record) == ["{\"kind\":\"event\",\"phones\":[\(quoted)],\"value\":\"a\"}"])
      let cell = phones.map { "tel:" + $0 }.joined(separator: ";")
      #expect(try run.rows(record, to: .csv).last == "\"\(cell)\",\"a\"")
    }
  }

  /// No cell begins what a spreadsheet takes for a formula, whatever the type; JSON has no such thing.
  @Test(arguments: ["=", "+", "-", "@"]) func noCellBeginsAFormula(_ first: String) throws {
    let run = try SmallRun(
      kinds: """
          event:
            time: none
            parties: [phone]
            fields:
              phone: phone
              call: { id: call, alphabet: "!-~", of: record }
        """,
      rules: ["event.phone: { subject: keep, other: withhold }", "event.call: { action: keep }"])
    let record = #"{"phone":"+12025550100","call":"\#(first)1+1"}"# + "\n"
    #expect(
      try run.rows(record) == [#"{"kind":"event","phone":"+12025550100","call":"\#(first)1+1"}"#])
    let (text, outcome) = try run.stream(record, to: .csv)
    #expect(text == #""phone","call""# + "\n")
    #expect(outcome.faults.map(\.code) == ["text-start"] && outcome.faults.map(\.field) == ["call"])
    let inner = #"{"phone":"+12025550100","call":"1\#(first)1"}"# + "\n"
    #expect(try run.rows(inner, to: .csv).last == #""tel:+12025550100","1\#(first)1""#)
  }
}
