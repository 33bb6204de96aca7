import Foundation
import Sluice
import SluiceRegister
import Testing

/// What the register may say of a packet whose run died: only what its folder tells.
struct SettleTests {
  /// A place where a run died; its packet was to lie in `packets`.
  private func place(_ death: Dying.Place) throws -> (RegisterPlace, Demand) {
    let place = try RegisterPlace()
    let demand = try place.demand("us-court-order")
    let (run, granted) = try place.note([demand])
    _ = try place.sealWithoutAborting(granted, run) { Dying($0, at: death) }
    #expect(try place.events() == ["received", "ruled", "sealing"])
    return (place, demand)
  }

  private func settle(
    _ place: RegisterPlace, _ folder: String = "packets", _ register: Register? = nil, isTheirs: Bool = false
  ) throws -> [Int] {
    let folder = try PacketFolder(path: place.path + "/" + folder)
    let settlement = try (register ?? place.register).settle(
      now: RegisterPlace.now, in: folder, isTheirs: isTheirs)
    return [settlement.settledCount, settlement.elsewhere.count + settlement.unusable.count]
  }

  private func refusal(
    _ place: RegisterPlace, _ demand: Demand, _ reasons: RegisterRun.Reasons = RegisterRun.Reasons()
  ) throws -> SluiceError? {
    let (run, granted) = try place.note([demand], reasons: reasons)
    return try run.answeredBefore(granted)[demand.packetName]
  }

  @Test func aPacketOfAnotherFolderStaysOpenUntilThatIsLookedInto() throws {
    let (place, demand) = try place(.beforeProduced)
    for isTheirs in [false, true] { #expect(try settle(place, "other", isTheirs: isTheirs) == [0, 1]) }
    #expect(try place.events() == ["received", "ruled", "sealing"])
    #expect(try place.outcomes() == [.pending])
    // It may have been published, so the instrument may have been answered; and the sentence says what to do.
    let error = try #require(try refusal(place, demand))
    #expect(error.code == "answered-before")
    #expect(error.message.contains("sluice register settle REGISTER --out FOLDER"))
    let sameInstrument = try place.demand("us-court-order", ["reference": "US-2026-000999"])
    #expect(try refusal(place, sameInstrument)?.code == "answered-before")
    #expect(try refusal(place, demand, RegisterRun.Reasons(again: "the folder is gone")) == nil)
    #expect(try refusal(place, demand, RegisterRun.Reasons(recreate: "the folder is gone")) == nil)

    #expect(try settle(place) == [1, 0])
    #expect(try place.events(of: demand.reference).last == "produced")
    #expect(RegisterPlace.fault(place.file, packets: try place.witnesses()) == nil)
  }

  /// A path says nothing: the folder with the packet may have been moved away, and another one made in its place.
  @Test func aFolderOfTheSamePathIsAnotherOne() throws {
    let (place, _) = try place(.beforeProduced)
    try FileManager.default.moveItem(atPath: place.packets, toPath: place.path + "/moved")
    #expect(try settle(place) == [0, 1])
    #expect(try settle(place, "moved") == [1, 0])
    #expect(try place.events().last == "produced")
  }

  /// A folder that is gone for good tells nothing: the operator's word settles it, and is noted with its reason.
  @Test func aLostPacketIsAbortedOnItsOwnersWord() throws {
    let (place, demand) = try place(.beforeProduced)
    try FileManager.default.removeItem(atPath: place.packets)
    #expect(try refusal(place, demand)?.code == "answered-before")
    try place.register.settleAsLost(demand.packetName, reason: "the disk is gone", now: RegisterPlace.now)
    #expect(try place.events().last == "aborted")
    #expect(try place.outcomes() == [.aborted("folder-lost")])
    var leaves: [String] = []
    try place.register.entries(of: demand.reference) { (entry) throws(SluiceError) in
      leaves.append(entry.leaf)
    }
    #expect(leaves.last?.contains(#""reason":"the disk is gone""#) == true)
    #expect(leaves.last?.contains(#""records""#) == false)
    #expect(try settle(place, "other") == [0, 0])
    #expect(try refusal(place, demand) == nil)
    #expect(RegisterPlace.fault(place.file, packets: []) == nil)
  }

  @Test func aLostPacketThatIsFoundIsProducedAfterAll() throws {
    let (place, demand) = try place(.beforeProduced)
    try FileManager.default.moveItem(atPath: place.packets, toPath: place.path + "/found")
    try place.register.settleAsLost(demand.packetName, reason: "the disk is gone", now: RegisterPlace.now)
    #expect(try settle(place, "other") == [0, 0])
    #expect(try refusal(place, demand) == nil)
    #expect(try settle(place, "found") == [1, 0])
    #expect(try place.events().last == "produced")
    #expect(try refusal(place, demand)?.code == "answered-before")
    #expect(RegisterPlace.fault(place.file, packets: try place.witnesses("found")) == nil)
    // And only once.
    #expect(try settle(place, "found") == [0, 0])
  }

  /// A folder that comes back from a copy is another one: its owner says that it is theirs.
  @Test func aLostPacketIsFoundInACopyOfItsFolder() throws {
    let (place, demand) = try place(.beforeProduced)
    try FileManager.default.copyItem(atPath: place.packets, toPath: place.path + "/copy")
    try FileManager.default.removeItem(atPath: place.packets)
    try place.register.settleAsLost(demand.packetName, reason: "the disk is gone", now: RegisterPlace.now)
    #expect(try settle(place, "copy") == [0, 0])
    #expect(try settle(place, "copy", isTheirs: true) == [1, 0])
    #expect(try place.events().last == "produced")
  }

  @Test func ofPacketsInSeveralFoldersTheLostOneIsToldByItsDigest() throws {
    let (place, demand) = try place(.beforeProduced)
    let first = try #require(try packets(place, demand).first)
    let (run, granted) = try place.note([demand], reasons: RegisterRun.Reasons(again: "the folder is gone"))
    _ = try place.sealWithoutAborting(granted, run, in: "other") { Dying($0, at: .beforeProduced) }
    let error = #expect(throws: SluiceError.self) {
      try place.register.settleAsLost(demand.packetName, reason: "gone", now: RegisterPlace.now)
    }
    #expect(error?.code == "register-several-open")
    #expect(try place.events().filter { $0 == "aborted" }.isEmpty)
    try place.register.settleAsLost(first, reason: "gone", now: RegisterPlace.now)
    #expect(try place.events().last == "aborted")
    #expect(try settle(place, "other") == [1, 0])
    #expect(RegisterPlace.fault(place.file, packets: try place.witnesses("other")) == nil)
  }

  /// The digests of the packets that were about to be published.
  private func packets(_ place: RegisterPlace, _ demand: Demand) throws -> [String] {
    var digests: [String] = []
    try place.register.entries(of: demand.reference) { (entry) throws(SluiceError) in
      guard entry.event == "sealing", let match = entry.leaf.firstMatch(of: /"packet":"([0-9a-f]{64})"/)
      else {
        return
      }
      digests.append(String(match.1))
    }
    return digests
  }

  @Test func onlyAPacketThatIsWaitedForIsLost() throws {
    let place = try RegisterPlace()
    let demand = try place.demand("us-court-order")
    try place.seal([demand])
    for name in [demand.packetName, "US-2026-000999"] {
      let error = #expect(throws: SluiceError.self) {
        try place.register.settleAsLost(name, reason: "a mistake", now: RegisterPlace.now)
      }
      #expect(error?.code == "register-nothing-open" && error?.status == .input)
    }
    #expect(try place.events() == ["received", "ruled", "sealing", "produced"])
  }

  @Test func aPacketThatIsDamagedStaysOpen() throws {
    let (place, demand) = try place(.beforeProduced)
    try FileManager.default.removeItem(atPath: "\(place.packets)/\(demand.packetName)/data/README.txt")
    #expect(try settle(place) == [0, 1])
  }

  /// Entries of earlier versions name no folder: only its owner can say that this is theirs.
  @Test(arguments: [Dying.Place.afterSealing, .beforeProduced])
  func anEntryWithoutAFolderIsAbortedOnItsOwnersWordAlone(_ death: Dying.Place) throws {
    let (place, _) = try place(death)
    let copy = try place.tampered(
      "UPDATE entries SET leaf = json_remove(leaf, '$.folder', '$.run') WHERE event = 'sealing'")
    try FileManager.default.copyItem(atPath: place.file + ".key", toPath: copy + ".key")
    let register = try Register(path: copy)
    #expect(try settle(place, "other", register) == [0, 1])
    let isThere = death == .beforeProduced
    #expect(try settle(place, "packets", register) == (isThere ? [1, 0] : [0, 1]))
    #expect(try settle(place, "packets", register, isTheirs: true) == (isThere ? [0, 0] : [1, 0]))
  }

  /// A run that looks while another one is publishing.
  private final class LookedInto: DisclosureWitness {
    private let run: RegisterRun
    private let look: @Sendable () -> Void

    init(_ run: RegisterRun, _ look: @escaping @Sendable () -> Void) { (self.run, self.look) = (run, look) }

    func sealing(
      _ packets: [SealedPacket], in place: SealingPlace
    ) throws(SluiceError) -> [String: SluiceError] {
      let refusals = try run.sealing(packets, in: place)
      look()
      return refusals
    }

    func published(_ packets: [SealedPacket]) { run.published(packets) }
    func produced(_ packets: [SealedPacket]) throws(SluiceError) { try run.produced(packets) }
  }

  @Test func aLivingRunsPacketsAreItsOwn() throws {
    let place = try RegisterPlace()
    let (file, packets) = (place.file, place.packets)
    let settled = Guarded<[Int]>([])
    try place.seal([try place.demand("us-court-order")]) { run in
      LookedInto(run) {
        let folder = try? PacketFolder(path: packets)
        let settlement = try? folder.map {
          try Register(path: file).settle(now: RegisterPlace.now, in: $0, isTheirs: true)
        }
        settled.withLock {
          $0 = [
            settlement?.settledCount ?? -1,
            settlement.map { $0.elsewhere.count + $0.unusable.count } ?? -1,
          ]
        }
      }
    }
    #expect(settled.withLock { $0 } == [0, 0])
    #expect(try place.events() == ["received", "ruled", "sealing", "produced"])
  }

  /// What another run comes to says nothing of a packet that may lie somewhere.
  @Test func anotherRunsFailureSettlesNothing() throws {
    let (place, demand) = try place(.beforeProduced)
    for death in [Dying.Place.beforeSealing, .afterSealing] {
      try place.seal([demand], reasons: RegisterRun.Reasons(again: "the folder is gone"), in: "other") {
        Dying($0, at: death)
      }
      #expect(try place.events().last == "aborted")
      #expect(try settle(place, "third") == [0, 1])
    }
    #expect(try refusal(place, demand)?.code == "answered-before")
  }

  @Test func anAbortedOfAnEarlierVersionSettlesAllBeforeIt() throws {
    let place = try RegisterPlace()
    let demand = try place.demand("us-court-order")
    try place.seal([demand]) { Dying($0, at: .afterSealing) }
    let copy = try place.tampered(
      """
      UPDATE entries SET leaf = json_remove(leaf, '$.folder', '$.run') WHERE event = 'sealing';
      UPDATE entries SET leaf = json_remove(leaf, '$.packet') WHERE event = 'aborted'
      """)
    try FileManager.default.copyItem(atPath: place.file + ".key", toPath: copy + ".key")
    #expect(try settle(place, "other", Register(path: copy)) == [0, 0])
  }
}
