import Sluice
import Testing

/// Which class keys a packet has: a key that nothing is pseudonymised under need not exist.
struct CompiledPlanTests {
  private func classLabels(_ rules: [String]) throws -> [String] {
    let run = try SmallRun(
      kinds: """
          message:
            time: none
            parties: [sender]
            fields:
              sender: phone
              ip: { type: ip, of: sender }
              device: { device: "0-9a-f", of: sender }
              chat: { id: chat, alphabet: "0-9a-f", of: record }
        """,
      rules: rules)
    let plan = CompiledPlan(try run.ruling().plan, kindCount: 1, prefixesKind: false)
    defer { plan.deallocate() }
    return plan.classLabels
  }

  @Test func aClassThatIsReleasedOtherwiseOrNotAtAllHasNoKey() throws {
    let labels = try classLabels([
      "message.sender: { subject: keep, other: pseudonymize }",
      "message.ip: { subject: { prefix: { v4: 24, v6: 48 } }, other: withhold }", "message.chat: keep",
    ])
    #expect(labels == ["phone"])
    #expect(try classLabels(["message.sender: { subject: keep, other: withhold }"]) == [])
  }

  @Test func aClassThatEitherRoleNeedsHasOne() throws {
    let labels = try classLabels([
      "message.sender: { subject: keep, other: pseudonymize }",
      "message.device: { subject: pseudonymize, other: withhold }", "message.chat: pseudonymize",
    ])
    #expect(Set(labels) == ["phone", "device", "id:chat"])
  }
}
