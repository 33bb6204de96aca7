import Foundation
import Sluice
import SluiceCrypto
import SluiceRegister
import Testing

struct RegisterTests {
  @Test func everyDemandCountsWhateverCameOfIt() throws {
    let place = try RegisterPlace()
    let outcome = try place.seal([
      try place.demand("us-court-order"), try place.demand("hk-paused", document: 2),
    ])
    #expect(outcome.failure == nil)
    #expect(try place.events(of: "US-2026-000123") == ["received", "ruled", "sealing", "produced"])
    #expect(try place.events(of: "HK-2026-000117") == ["received", "ruled", "refused"])
    #expect(RegisterPlace.fault(place.file, packets: try place.witnesses()) == nil)
    let histories = try place.register.demandHistories(
      receivedIn: Period(from: Instant(seconds: .min), until: Instant(seconds: .max)))
    #expect(histories.map(\.reference) == ["US-2026-000123", "HK-2026-000117"])
    guard case .produced(let recordCount, let fieldCount, false) = histories[0].outcome else {
      Issue.record("\(histories[0].outcome)")
      return
    }
    #expect(recordCount > 0 && fieldCount > 0)
    #expect(histories[1].outcome == .refused("status-paused-review"))
    #expect(histories[1].stateAtReceipt == .pausedReview)
    #expect(histories[1].accountCount == 1)
  }

  @Test func aDemandIsNotedOnceHoweverOftenItIsRun() throws {
    let place = try RegisterPlace()
    let refused = try place.demand("hk-paused")
    for _ in 1...3 { try place.note([refused]) }
    #expect(try place.events() == ["received", "ruled", "refused"])
  }

  /// A demand that came in a pause stays refused when the pause ends; it has to be received anew, and then counts again.
  @Test func aDemandOfAPauseHasToBeReceivedAnew() throws {
    let place = try RegisterPlace()
    let pause = "  - state: active\n    from: 2026-11-20T00:00:00Z\n"
    let early = try place.demand("hk-paused")
    try place.note([early])
    try place.change { name, text in
      name == "HK.yaml"
        ? text.replacingOccurrences(of: "\ninstruments:", with: "\n\(pause)instruments:") : text
    }
    let later = RegisterPlace.instant("2026-11-25T00:00:00Z")
    #expect(try place.note([early], now: later).granted.isEmpty)
    let anew = try place.demand(
      "hk-paused", ["received": "2026-11-21T00:00:00Z", "issued": "2026-11-20"])
    #expect(try place.note([anew], now: later).granted.count == 1)
    let histories = try place.register.demandHistories(
      receivedIn: Period(from: Instant(seconds: 0), until: Instant(seconds: .max)))
    #expect(histories.map(\.outcome) == [.refused("status-paused-review"), .pending])
  }

  /// No subject and no word of the case: only what is counted.
  @Test func aDemandsTextIsMinimised() throws {
    let place = try RegisterPlace()
    let canary = "CANARY-7f3e"
    let demand = try place.demand(
      "us-court-order",
      [
        "subjects": "[ { phone: \"+12025550142\", also: [ { account: a-canary } ] } ]",
        "  official": "\"\(canary)\"", "  title": "\"\(canary)\"", "  contact": "\"\(canary)\"",
      ])
    try place.seal([demand])
    let leaves = try RegisterPlace.sqlite(place.file, "SELECT leaf FROM entries").joined()
    #expect(!leaves.contains("2025550142"))
    #expect(!leaves.contains("a-canary"))
    #expect(!leaves.contains(canary))
    #expect(leaves.contains("lert-03"), "the register keeps who prepared it")
    for file in try FileManager.default.contentsOfDirectory(atPath: place.path)
    where file.hasPrefix("demands") {
      let bytes = try Data(contentsOf: URL(filePath: "\(place.path)/\(file)"))
      #expect(bytes.range(of: Data("2025550142".utf8)) == nil)
    }
  }

  @Test func theSameInstrumentIsNotAnsweredTwice() throws {
    let place = try RegisterPlace()
    try place.seal([try place.demand("us-court-order")])
    let other = try place.demand("us-court-order", ["reference": "US-2026-000999"])
    let (run, granted) = try place.note([other])
    let error = try run.answeredBefore(granted)["US-2026-000999"]
    #expect(error?.code == "answered-before")
    #expect(error?.status == .refused)
    // Another part of the same reference is the same instrument, and may be answered; so may another instrument.
    let part = try place.demand("us-court-order", ["reference": "US-2026-000123\npart: 2"])
    let (second, parts) = try place.note([part])
    #expect(try second.answeredBefore(parts).isEmpty)
    let another = try place.demand("us-court-order", ["reference": "US-2026-000998"], document: 9)
    let (third, others) = try place.note([another])
    #expect(try third.answeredBefore(others).isEmpty)
    let again = try place.note([other], reasons: RegisterRun.Reasons(again: "the court lost it"))
    #expect(try again.run.answeredBefore(again.granted).isEmpty)
    let leaves = try RegisterPlace.sqlite(place.file, "SELECT leaf FROM entries WHERE event = 'ruled'")
    #expect(leaves.last?.contains("\"again\":\"the court lost it\"") == true)
  }

  @Test func aStatusHistoryIsOnlyAddedTo() throws {
    let place = try RegisterPlace()
    let demand = try place.demand("hk-paused")
    try place.note([demand])
    try place.change { name, text in
      guard name == "HK.yaml" else { return text }
      return text.replacingOccurrences(of: "2020-07-06T00:00:00Z", with: "2020-07-07T00:00:00Z")
    }
    #expect {
      try place.note([demand])
    } throws: {
      guard let error = $0 as? SluiceError else { return false }
      // It says which entry, and neither who paused nor why.
      return error.code == "status-history-changed" && error.status == .document
        && error.message.contains("(2020-07-06T00:00:00Z, paused-review)")
    }
    #expect(try place.events() == ["received", "ruled", "refused"], "nothing is noted of a run that stopped")
    try place.change { $1 }
    try place.note([demand])
  }

  // MARK: - Crashes

  @Test func aCrashBeforeThePacketIsThereIsAborted() throws {
    let place = try RegisterPlace()
    let demand = try place.demand("us-court-order")
    let outcome = try place.seal([demand]) { Dying($0, at: .afterSealing) }
    #expect(outcome.failure?.code == "died")
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.packets).isEmpty)
    #expect(try place.events() == ["received", "ruled", "sealing", "aborted"])
    try place.seal([demand])
    #expect(try place.events().suffix(2) == ["sealing", "produced"])
  }

  @Test func aCrashAfterThePacketIsThereIsSettledAsProduced() throws {
    let place = try RegisterPlace()
    let demand = try place.demand("us-court-order")
    let (run, granted) = try place.note([demand])
    // As a killed process leaves it: the packet lies there, and nothing after `sealing` is noted.
    _ = try place.sealWithoutAborting(granted, run) { Dying($0, at: .beforeProduced) }
    #expect(try place.events() == ["received", "ruled", "sealing"])
    let folder = try PacketFolder(path: place.packets)
    #expect(try place.register.settle(now: RegisterPlace.now, in: folder).settledCount == 1)
    #expect(try place.events() == ["received", "ruled", "sealing", "produced"])
    #expect(RegisterPlace.fault(place.file, packets: try place.witnesses()) == nil)
    let histories = try place.register.demandHistories(
      receivedIn: Period(from: Instant(seconds: 0), until: Instant(seconds: .max)))
    guard case .produced(let recordCount, _, _) = histories[0].outcome else {
      Issue.record("\(histories[0].outcome)")
      return
    }
    #expect(recordCount > 0)
  }

  /// What the run itself leaves open, the next one settles from what lies on the disk.
  private func expectSettledAsProduced(_ place: RegisterPlace) throws {
    #expect(try place.events() == ["received", "ruled", "sealing"])
    let folder = try PacketFolder(path: place.packets)
    try place.register.settle(now: RegisterPlace.now, in: folder)
    #expect(try place.events().last == "produced")
    #expect(RegisterPlace.fault(place.file, packets: try place.witnesses()) == nil)
  }

  /// A disk that was full for a moment: the packet is there, and must not be noted as aborted by the same run.
  @Test func aPacketThatCouldNotBeNotedIsSettledByTheNextRun() throws {
    let place = try RegisterPlace()
    let (run, granted) = try place.note([try place.demand("us-court-order")])
    try RegisterPlace.sqlite(
      place.file,
      """
      CREATE TRIGGER full BEFORE INSERT ON entries WHEN NEW.leaf LIKE '%"event":"produced"%'
      BEGIN SELECT RAISE(ABORT, 'full'); END;
      """)
    let outcome = try place.sealWithoutAborting(granted, run) { $0 }
    #expect(outcome.failure != nil)
    try RegisterPlace.sqlite(place.file, "DROP TRIGGER full")
    try run.aborted(outcome, of: granted)
    try expectSettledAsProduced(place)
  }

  /// The packet was moved to its place, and the disk reports an error when that is to last.
  @Test func aPacketWhoseFolderCouldNotBeSyncedIsSettledByTheNextRun() throws {
    let place = try RegisterPlace()
    let (run, granted) = try place.note([try place.demand("us-court-order")])
    let isMoved = Guarded(false)
    var layer = FileLayer()
    layer.fault = { call in
      isMoved.withLock { moved in
        if call == .rename { moved = true }
        return moved && call == .sync ? EIO : 0
      }
    }
    let outcome = try place.sealWithoutAborting(granted, run, layer: layer) { $0 }
    let name = granted[0].demand.packetName
    #expect(FileManager.default.fileExists(atPath: place.packets + "/" + name + "/bag-info.txt"))
    guard case .failed? = outcome.answers.first?.outcome else {
      Issue.record("the run does not tell it")
      return
    }
    try run.aborted(outcome, of: granted)
    try expectSettledAsProduced(place)
  }

  @Test func aSealingWithoutItsPacketIsSettledAsAborted() throws {
    let place = try RegisterPlace()
    let (run, granted) = try place.note([try place.demand("us-court-order")])
    _ = try place.sealWithoutAborting(granted, run) { Dying($0, at: .afterSealing) }
    let folder = try PacketFolder(path: place.packets)
    #expect(try place.register.settle(now: RegisterPlace.now, in: folder).settledCount == 1)
    #expect(try place.events().last == "aborted")
    let again = try place.register.settle(now: RegisterPlace.now, in: folder)
    #expect(again.settledCount == 0 && again.elsewhere == [] && again.unusable == [])
  }

  /// The state has two policies that begin alike: the one that goes on does not stand in for the other's pause.
  @Test func aPauseIsNotHiddenByAnotherPolicysHistory() throws {
    let place = try RegisterPlace()
    let active = "  - { state: active, from: 2000-01-01T00:00:00Z }\n"
    let pause =
      "  - { state: paused-review, from: 2026-09-01T00:00:00Z, review: R-1, owner: counsel, next-review: 2026-12-01 }\n"
    let end = "  - { state: active, from: 2026-09-20T00:00:00Z }\n"
    func use(german: String, union: String) throws {
      try place.change { name, text in
        switch name {
        case "DE.yaml": text.replacing(active, with: german)
        case "EU.yaml": text.replacing("  - { state: active, from: 2026-08-18T00:00:00Z }\n", with: union)
        default: text
        }
      }
    }
    let demand = try place.demand("de-100g")
    try use(german: active + pause, union: active + pause)
    try place.note([demand])
    try use(german: active + pause, union: active + pause + end)
    try place.note([demand])
    try use(german: active, union: active + pause + end)
    #expect {
      try place.note([demand])
    } throws: {
      guard let error = $0 as? SluiceError else { return false }
      return error.code == "status-history-changed" && error.message.contains("entry 2")
        && error.message.contains("paused-review") && error.source == "DE.yaml"
    }
    // Either may go on, and both may.
    try use(german: active + pause + end, union: active + pause + end)
    #expect(try place.note([demand]).granted.isEmpty == false)
  }

  /// Where the register cannot take a note, nothing is published.
  @Test func nothingIsPublishedThatIsNotNoted() throws {
    let place = try RegisterPlace()
    let outcome = try place.seal([try place.demand("us-court-order")]) { Dying($0, at: .beforeSealing) }
    #expect(outcome.failure?.status == .output)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.packets).isEmpty)
  }

  // MARK: - Writers side by side

  @Test func writersSideBySideLoseNothing() async throws {
    let place = try RegisterPlace()
    let demands = try (0..<24).map {
      try place.demand("hk-paused", ["reference": "HK-\($0)"], document: UInt8($0))
    }
    let file = place.file
    let (policies, catalog) = (place.policies, place.catalog)
    let facts = place.facts(RegisterPlace.now)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for demand in demands {
        group.addTask {
          let rulings = Gates.rule([demand], policies: policies, catalog: catalog, now: RegisterPlace.now)
          _ = try RegisterRun(try Register(path: file), rulings, policies: policies, facts: facts)
        }
      }
      try await group.waitForAll()
    }
    #expect(try place.events().filter { $0 == "received" }.count == 24)
    #expect(try place.events().count == 72)
    #expect(RegisterPlace.fault(place.file) == nil)
  }

  // MARK: - The file

  @Test func aRegisterIsItsOwnersAloneAndIsNeverMadeTwice() throws {
    let place = try RegisterPlace()
    #expect(throws: SluiceError.self) {
      try Register.create(path: place.file, name: "other", now: RegisterPlace.now)
    }
    chmod(place.file, 0o644)
    #expect { try Register(path: place.file) } throws: { ($0 as? SluiceError)?.code == "register-mode" }
    chmod(place.file, 0o600)
    let other = try RegisterPlace()
    try FileManager.default.removeItem(atPath: place.file + ".key")
    try FileManager.default.copyItem(atPath: other.file + ".key", toPath: place.file + ".key")
    #expect { try Register(path: place.file) } throws: { ($0 as? SluiceError)?.code == "register-key" }
    #expect(throws: SluiceError.self) { try Register(path: place.path + "/none") }
  }

  /// The register's own statements cannot change it, nor can any other program by accident.
  @Test func nothingIsChangedOrRemoved() throws {
    let place = try RegisterPlace()
    for sql in [
      "UPDATE entries SET leaf = '{}'", "DELETE FROM entries", "DELETE FROM nodes",
      "UPDATE checkpoints SET note = ''",
      "DELETE FROM identity",
    ] {
      #expect(try RegisterPlace.run(place.file, sql).status != 0, "\(sql)")
    }
    #expect(RegisterPlace.fault(place.file) == nil)
  }

  @Test func aClockThatWentBackIsToldAndNotFollowed() throws {
    let place = try RegisterPlace()
    try place.note([try place.demand("hk-paused")])
    try place.note(
      [try place.demand("hk-2019", document: 3)], now: RegisterPlace.instant("2019-08-05T00:00:00Z"))
    let leaves = try RegisterPlace.sqlite(place.file, "SELECT leaf FROM entries ORDER BY sequence")
    #expect(leaves.last?.contains("\"at\":\"2026-10-05T00:00:00Z\"") == true)
    #expect(leaves.last?.contains("\"clock\":\"2019-08-05T00:00:00Z\"") == true)
    #expect(RegisterPlace.fault(place.file) == nil)
  }

  @Test func aProofOfAnEntryHoldsWithoutTheRegister() throws {
    let place = try RegisterPlace()
    try place.note([try place.demand("hk-paused")])
    let checkpoint = try place.register.lastCheckpoint()
    var leaves: [String] = []
    try place.register.entries { (entry) throws(SluiceError) in leaves.append(entry.leaf) }
    for (index, leaf) in leaves.enumerated() {
      let proof = try #require(try place.register.proof(of: UInt64(index)))
      let lines = proof.split(separator: "\n", omittingEmptySubsequences: false)
      let hashes = lines.dropFirst(2).prefix { !$0.isEmpty }.compactMap { Data(base64Encoded: String($0)) }
      #expect(
        MerkleProof.includes(
          leafHash: MerkleHash.leaf(Array(leaf.utf8)), at: UInt64(index), size: checkpoint.size,
          root: checkpoint.root, proof: hashes.map { Array($0) }))
    }
    #expect(try place.register.proof(of: UInt64(leaves.count)) == nil)
  }

  @Test func aProofLeadsFromEveryKeptCheckpointToTheLast() throws {
    let place = try RegisterPlace()
    var kept = [try place.register.lastCheckpoint()]
    for count in 1...5 {
      try place.note([try place.demand("hk-paused", ["reference": "HK-\(count)"], document: UInt8(count))])
      kept.append(try place.register.lastCheckpoint())
    }
    let last = try place.register.lastCheckpoint()
    for checkpoint in kept {
      let proof = try place.register.consistencyProof(from: checkpoint.note.note)
      #expect(proof.hasPrefix("old \(checkpoint.size)\n") && proof.hasSuffix("\n\n\(last.note.note)"))
      let lines = proof.split(separator: "\n", omittingEmptySubsequences: false)
      let hashes = lines.dropFirst().prefix { !$0.isEmpty }.compactMap { Data(base64Encoded: String($0)) }
      #expect(
        MerkleProof.isConsistent(
          smaller: checkpoint.size, root: checkpoint.root, larger: last.size, root: last.root,
          proof: hashes.map { Array($0) }))
    }
    // Of another register, or of this one with another past.
    let other = try RegisterPlace()
    try other.note([try other.demand("hk-paused")])
    func code(_ text: String, _ register: Register) -> String? {
      do throws(SluiceError) { _ = try register.consistencyProof(from: text) } catch { return error.code }
      return nil
    }
    #expect(code(last.note.note, other.register) == "register-checkpoint")
    let cut = try place.tampered(
      """
      DELETE FROM entries WHERE sequence >= \(kept[2].size);
      DELETE FROM nodes WHERE (place + 1) * (1 << level) > \(kept[2].size);
      DELETE FROM checkpoints WHERE size > \(kept[2].size)
      """)
    #expect(code(last.note.note, try Register(reading: cut)) == "register-truncated")
    #expect(code(kept[1].note.note, try Register(reading: cut)) == nil)
  }
}
