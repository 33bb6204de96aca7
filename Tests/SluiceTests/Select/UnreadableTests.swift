import Foundation
import Sluice
import Testing

/// Whether a packet says that records could not be read which it may have been in reach of.
@Suite("Unreadable records in a packet's reach") struct UnreadableTests {
  private static let kinds = """
      message:
        when: { kind: message }
        time: at
        parties: [sender, recipients]
        fields:
          at: timestamp
          sender: phone
          recipients: { array: phone }
    """

  private static let mine = record(#""sender":"+12025550100""#)
  private static let others = record(#""sender":"+12025550199""#)
  private static let nobodys = record(#""size":5"#)
  private static let unread = record(#""sender":"x""#)
  private static let late = record(#""size":5"#).replacing("2026-09", with: "2026-11")

  private static func record(_ party: String) -> String {
    #"{"kind":"message","at":"2026-09-05T10:00:00Z","# + party + "}\n"
  }

  private static func states(_ records: String, _ phones: [String], workers: Int = 1) throws -> [Bool] {
    let run = try SmallRun(
      kinds: kinds, rules: ["message.at: keep", "message.sender: { subject: keep, other: withhold }"])
    var options = RunOptions(workerCount: workers)
    options.limits.blockByteCount = 4096
    let rulings = try phones.enumerated().map {
      try run.ruling(reference: "US-\($0.offset)", phone: $0.element)
    }
    let (folder, outcome) = try run.seal(rulings, [run.source(records)], options: options)
    try #require(outcome.failure == nil)
    return try phones.indices.map { try PacketVerifier.verify(path: "\(folder)/US-\($0)").hasUnreadable }
  }

  @Test("It says so whatever record came before", arguments: [nobodys, unread])
  func whateverCameBefore(_ record: String) throws {
    for before in ["", Self.mine, Self.others, Self.mine + Self.others] {
      #expect(try Self.states(before + record + Self.mine, ["+12025550100"]) == [true], "\(before)")
    }
    #expect(try Self.states(Self.mine + Self.late, ["+12025550100"]) == [false])
  }

  @Test("It says the same alone and with others, and for any number of workers and any block")
  func aloneAndWithOthers() throws {
    let phones = ["+12025550100", "+12025550199"]
    for count in [1, 60, 200] {
      let records = String(repeating: Self.others, count: count) + Self.nobodys + Self.others
      for phone in phones { #expect(try Self.states(records, [phone]) == [true]) }
      for workers in [1, 3] { #expect(try Self.states(records, phones, workers: workers) == [true, true]) }
    }
  }

  @Test(
    "Whose an element is that cannot be read nobody knows, so the record stays in",
    arguments: [#"["12025550124"]"#, #"["+12025550100",7]"#, #"["not a phone"]"#, "[null]", #"[{"x":1}]"#])
  func elements(_ recipients: String) throws {
    for other in ["withhold", "pseudonymize", "redact"] {
      let run = try SmallRun(
        kinds: Self.kinds,
        rules: [
          "message.at: keep", "message.sender: { subject: keep, other: withhold }",
          "message.recipients: { subject: keep, other: \(other) }",
        ])
      let record = Self.record(#""sender":"+12025550100","recipients":"# + recipients)
      #expect(try run.rows(record + Self.mine).count == 1, "\(other)")
    }
  }
}
