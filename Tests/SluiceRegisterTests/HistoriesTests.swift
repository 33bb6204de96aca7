import Foundation
import Sluice
import SluiceRegister
import Testing

/// What reports are told of each demand.
struct HistoriesTests {
  private static let pause = """
      - { state: paused-review, from: 2026-10-06T00:00:00Z, review: R-1, owner: counsel, next-review: 2026-12-01 }

    """

  private func histories(_ place: RegisterPlace) throws -> [DemandHistory] {
    try place.register.demandHistories(
      receivedIn: Period(from: Instant(seconds: .min), until: Instant(seconds: .max)))
  }

  @Test func whatWasProducedStaysProduced() throws {
    let place = try RegisterPlace()
    let demand = try place.demand("us-court-order")
    try place.seal([demand])
    let produced = try place.outcomes()
    guard case .produced(let recordCount, _, _)? = produced.first, recordCount > 0 else {
      Issue.record("\(produced)")
      return
    }
    // A further packet that comes to nothing, and a pause, after which the demand is refused.
    try place.seal([demand], reasons: RegisterRun.Reasons(again: "lost"), in: "other") {
      Dying($0, at: .beforeSealing)
    }
    #expect(try place.events().last == "aborted")
    #expect(try place.outcomes() == produced)
    try place.change { name, text in
      name == "US.yaml" ? text.replacing("\n\ninstruments:", with: "\n\(Self.pause)\ninstruments:") : text
    }
    try place.note([demand], now: RegisterPlace.instant("2026-10-07T00:00:00Z"))
    #expect(try place.events().last == "refused")
    #expect(try place.outcomes() == produced)
  }

  /// What a run that died would have released is nothing that was.
  @Test func aRefusalAfterARunThatDiedCounts() throws {
    let place = try RegisterPlace()
    let demand = try place.demand("us-court-order")
    let (run, granted) = try place.note([demand])
    _ = try place.sealWithoutAborting(granted, run) { Dying($0, at: .afterSealing) }
    try place.register.settle(now: RegisterPlace.now, in: try PacketFolder(path: place.packets))
    #expect(try place.outcomes() == [.aborted("run-died")])
    try place.change { name, text in
      name == "US.yaml" ? text.replacing("\n\ninstruments:", with: "\n\(Self.pause)\ninstruments:") : text
    }
    try place.note([demand], now: RegisterPlace.instant("2026-10-07T00:00:00Z"))
    #expect(try place.outcomes() == [.refused("status-paused-review")])
  }

  /// A document that was changed and put back: the demand is what was answered.
  @Test func aDemandIsThatOfTheDocumentThatWasAnswered() throws {
    let place = try RegisterPlace()
    let demand = try place.demand("us-court-order")
    try place.seal([demand])
    let answered = try histories(place)
    try place.note([try place.demand("us-court-order", ["instrument": "warrant"])])
    #expect(try histories(place) == answered)
  }

  /// One that is answered again when the records are gone takes nothing back.
  @Test func ofSeveralPacketsTheLargestCounts() throws {
    let place = try RegisterPlace()
    let demand = try place.demand("us-court-order")
    try place.seal([demand])
    let produced = try place.outcomes()
    try place.seal([demand], reasons: RegisterRun.Reasons(again: "lost"), in: "other")
    let copy = try place.tampered(
      """
      UPDATE entries SET leaf = json_set(leaf, '$.records', 0)
      WHERE sequence = (SELECT MAX(sequence) FROM entries WHERE event = 'produced')
      """)
    let histories = try Register(reading: copy).demandHistories(
      receivedIn: Period(from: Instant(seconds: .min), until: Instant(seconds: .max)))
    #expect(histories.map(\.outcome) == produced)
  }

  /// Two policies of a state, the one after the other: what a demand counts as is for the one in force to say.
  @Test func classAndBandAreThoseOfThePolicyInForceAtProduction() throws {
    let place = try RegisterPlace()
    let text = try RegisterPlace.text("policies/US.yaml")
    let valid = "valid: { from: 2026-01-01, until: 2027-11-01 }"
    let order = "    cites: \"18 U.S.C. 2703(d)\"\n"
    #expect(text.contains(valid) && text.contains(order))
    func follow(_ change: (String) -> String) throws {
      let later = change(text.replacing(valid, with: "valid: { from: 2026-10-05, until: 2027-11-01 }"))
      try place.change(adding: ["US-2.yaml": later]) { name, text in
        name == "US.yaml"
          ? text.replacing(valid, with: "valid: { from: 2026-01-01, until: 2026-10-05 }") : text
      }
    }
    try follow { $0.replacing(order, with: "    class: emergency\n    report-band: 500\n\(order)") }
    let demand = try place.demand("us-court-order")
    // Noted first when the former one was in force.
    try place.note([demand], now: RegisterPlace.instant("2026-10-04T12:00:00Z"))
    #expect(try histories(place).map(\.instrumentClass) == [.legalProcess])
    #expect(try histories(place).map(\.band) == [nil])
    try place.seal([demand])
    #expect(try histories(place).map(\.instrumentClass) == [.emergency])
    #expect(try histories(place).map(\.band) == [500])
    // A later run under a policy that counts it otherwise does not change what was answered.
    try follow { $0 }
    try place.note([demand])
    #expect(try histories(place).map(\.band) == [500])

    let other = try place.demand("us-court-order", ["reference": "US-2026-000777"], document: 7)
    try follow { $0.replacing("  court-order:\n", with: "  other-order:\n") }
    try place.note([other])
    #expect(try histories(place).last?.instrumentClass == .unknown)
  }
}
