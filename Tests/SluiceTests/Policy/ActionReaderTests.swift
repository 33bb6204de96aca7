import Sluice
import Testing

/// What the parameter of an action may be. An action that lets the whole value out is `keep`, and is written so: it would
/// be told as derived, and a bundle holds what is kept.
struct ActionReaderTests {
  /// The problems of a policy with this action for a field of this type, which the baseline lets out as it is.
  private func problems(_ type: String, _ action: String) -> String? {
    do {
      _ = try SmallRun(
        kinds: "  m:\n    time: none\n    parties: [p]\n    fields:\n      p: phone\n      value: \(type)",
        rules: ["m.value: \(action)"], baseline: ["m.value: keep"])
      return nil
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    ("ip", "{ prefix: { v4: 32, v6: 48 } }"), ("ip", "{ prefix: { v4: 24, v6: 128 } }"),
    ("ip", "{ prefix: { v4: 33, v6: 48 } }"), ("ip", "{ prefix: { v4: 24, v6: -1 } }"),
    ("port", "{ bucket: 1 }"), ("{ integer: bytes }", "{ bucket: 1 }"),
    ("{ integer: bytes }", "{ bucket: 0 }"),
    ("{ duration: seconds }", "{ bucket: 1s }"), ("{ duration: seconds }", "{ bucket: 1 }"),
    ("phone", "{ mask: 5 }"), ("phone", "{ mask: 11 }"), ("{ account: 0-9a-f }", "{ mask: 64 }"),
    ("email", "{ mask: 0 }"),
  ])
  func anActionThatKeepsIsRefused(_ type: String, _ action: String) throws {
    let found = try #require(problems(type, action))
    #expect(found.contains("(wrong-value)"))
  }

  @Test(arguments: [
    ("ip", "{ prefix: { v4: 31, v6: 127 } }"), ("ip", "{ prefix: { v4: 0, v6: 0 } }"),
    ("port", "{ bucket: 2 }"),
    ("{ integer: bytes }", "{ bucket: [0, 1, 2] }"), ("{ duration: seconds }", "{ bucket: 2s }"),
    ("{ duration: milliseconds }", "{ bucket: 1s }"), ("phone", "{ mask: 1 }"), ("phone", "{ mask: 4 }"),
  ])
  func oneThatCoarsensIsRead(_ type: String, _ action: String) {
    #expect(problems(type, action) == nil)
  }

  /// Their cells at the pole would have a corner beyond it.
  @Test(arguments: ["7", "0.7", "4", "0.16", "90.1", "100", "0", "0.000000007", "45.1"])
  func aGridThatDoesNotMeetThePoleIsRefused(_ side: String) throws {
    let found = try #require(problems("{ point: [lat, lon] }", "{ grid: \(side) }"))
    #expect(found.contains("(wrong-value)"))
  }

  @Test(arguments: ["90", "45", "7.5", "0.15", "0.2", "0.0625", "0.000000001"])
  func oneThatDoesIsRead(_ side: String) {
    #expect(problems("{ point: [lat, lon] }", "{ grid: \(side) }") == nil)
  }

  @Test func whatAWholeAddressIsIsSaid() throws {
    let said = try #require(problems("ip", "{ prefix: { v4: 32, v6: 128 } }"))
    #expect(
      said.contains(
        "v4 is the length of a whole address, which is keep by another name; write at most 31, or keep"))
    #expect(
      said.contains(
        "v6 is the length of a whole address, which is keep by another name; write at most 127, or keep"))
  }
}
