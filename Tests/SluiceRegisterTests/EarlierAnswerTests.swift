import Foundation
import Sluice
import SluiceRegister
import Testing

/// One instrument is answered once, in whatever order and by however many runs it comes.
struct EarlierAnswerTests {
  private func twice(_ place: RegisterPlace) throws -> [Demand] {
    [try place.demand("us-court-order"), try place.demand("us-court-order", ["reference": "US-2026-000999"])]
  }

  @Test(arguments: [false, true]) func ofTwoReferencesInOneRunTheFirstIsAnswered(isTurned: Bool) throws {
    let place = try RegisterPlace()
    let demands = isTurned ? try twice(place).reversed() : try twice(place)
    let (run, granted) = try place.note(demands)
    let before = try run.answeredBefore(granted)
    #expect(before.mapValues(\.code) == [demands[1].packetName: "answered-before"])
    #expect(before.values.first?.message.contains("(\(demands[0].packetName))") == true)
    #expect(try place.outcomes() == [.pending, .refused("answered-before")])
    let again = try place.note(demands, reasons: RegisterRun.Reasons(again: "both are to have it"))
    #expect(try again.run.answeredBefore(again.granted).isEmpty)
  }

  @Test func otherInstrumentsOfARunAreAnsweredAllTheSame() throws {
    let place = try RegisterPlace()
    let (run, granted) = try place.note([
      try place.demand("us-court-order"),
      try place.demand("us-court-order", ["reference": "US-2026-000123\npart: 2"]),
      try place.demand("us-court-order", ["reference": "US-2026-000998"], document: 9),
      try place.demand("us-emergency", document: 7),
    ])
    #expect(granted.count == 4)
    #expect(try run.answeredBefore(granted).isEmpty)
  }

  /// A packet that lies at its place is an answer, though the register may not know of it.
  @Test func aPacketThatLiesThereAnswersTheInstrumentToo() throws {
    let place = try RegisterPlace()
    let (run, granted) = try place.note(twice(place))
    let before = try run.answeredBefore([granted[0]], beside: [granted[1]])
    #expect(before.mapValues(\.code) == ["US-2026-000123": "answered-before"])
  }

  @Test func aPacketIsMadeAgainUnderItsOwnReferenceAlone() throws {
    let place = try RegisterPlace()
    let demands = try twice(place)
    try place.seal([demands[0]])
    let (run, granted) = try place.note(demands, reasons: RegisterRun.Reasons(recreate: "the disk was lost"))
    #expect(try run.answeredBefore(granted).mapValues(\.code) == ["US-2026-000999": "answered-before"])
  }

  /// Two runs that both looked before either answered: the one that is about to publish first does.
  @Test(arguments: ["US-2026-000123", "US-2026-000999"]) func ofTwoRunsOneAnswers(reference: String) throws {
    let place = try RegisterPlace()
    let demands = [
      try place.demand("us-court-order"), try place.demand("us-court-order", ["reference": reference]),
    ]
    let runs = try demands.map { try place.note([$0]) }
    for (run, granted) in runs { #expect(try run.answeredBefore(granted).isEmpty) }
    let outcomes = try zip(runs, ["packets", "other"]).map { run, folder in
      let outcome = try place.sealWithoutAborting(run.granted, run.run, in: folder) { $0 }
      try run.run.aborted(outcome, of: run.granted)
      return outcome
    }
    #expect(outcomes.allSatisfy { $0.failure == nil })
    guard case .sealed? = outcomes[0].answers.first?.outcome,
      case .failed(let error)? = outcomes[1].answers.first?.outcome
    else {
      Issue.record("\(outcomes.map(\.answers))")
      return
    }
    #expect(error.code == "answered-before" && error.status == .refused)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/other").isEmpty)
    #expect(try place.events().filter { $0 == "produced" }.count == 1)
    let counted = try place.outcomes()
    guard case .produced? = counted.first else {
      Issue.record("\(counted)")
      return
    }
    #expect(counted.dropFirst() == (reference == "US-2026-000123" ? [] : [.refused("answered-before")]))
    #expect(RegisterPlace.fault(place.file, packets: try place.witnesses()) == nil)
  }

  @Test func aDemandThatIsNotAnsweredIsNotedOnceAndIsPendingNoMore() throws {
    let place = try RegisterPlace()
    let demands = try twice(place)
    try place.seal([demands[0]])
    for _ in 1...3 { try place.seal([demands[1]]) }
    #expect(try place.events(of: "US-2026-000999") == ["received", "ruled", "refused"])
    #expect(try place.outcomes().last == .refused("answered-before"))
    // Answered for a reason, it is.
    try place.seal([demands[1]], reasons: RegisterRun.Reasons(again: "the court asks for both"))
    guard case .produced? = try place.outcomes().last else {
      Issue.record("it was answered")
      return
    }
  }

  /// A reference may end as a part's name does; each is a demand of its own.
  @Test func aReferenceThatEndsAsAPartDoesIsAnotherDemand() throws {
    let place = try RegisterPlace()
    let first = try place.demand("us-court-order", ["reference": "A.2"])
    let second = try place.demand("us-court-order", ["reference": "A\npart: 2"], document: 2)
    #expect(first.packetName == second.packetName)
    try place.seal([first])
    let (run, granted) = try place.note([second])
    #expect(try run.answeredBefore(granted).isEmpty)
    #expect(try place.outcomes().last == .pending)
    #expect(try place.outcomes().count == 2)
  }

  // MARK: - Told to end

  @Test func aRunThatIsToldToEndNotesWhatItDidNotBeginToPublish() throws {
    let place = try RegisterPlace()
    let demands = [try place.demand("us-court-order"), try place.demand("us-emergency", document: 7)]
    let (run, granted) = try place.note(demands)
    #expect(try run.answeredBefore(granted).isEmpty)
    // The first one's packet is published, and then the signal comes.
    _ = try place.sealWithoutAborting([granted[0]], run) { Dying($0, at: .beforeProduced) }
    try run.interrupted()
    #expect(try place.events(of: demands[0].reference) == ["received", "ruled", "sealing"])
    #expect(try place.events(of: demands[1].reference) == ["received", "ruled", "aborted"])
    #expect(try place.outcomes() == [.pending, .aborted("run-ended")])
    // Whatever its threads still do, nothing is published, and nothing is noted twice.
    let outcome = try place.sealWithoutAborting([granted[1]], run) { $0 }
    #expect(outcome.failure?.code == "run-ended")
    try run.aborted(outcome, of: [granted[1]])
    try run.interrupted()
    #expect(try place.events(of: demands[1].reference) == ["received", "ruled", "aborted"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.packets) == [demands[0].packetName])
  }
}
