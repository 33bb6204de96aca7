import Foundation
import Sluice
import Testing

/// Many packets sealed together: each is still whole or not at all, and one that cannot be written fails alone.
@Suite struct PacketBatchTests {
  private static let names = (1...4).map { "US-\($0)" }

  /// Seals four packets of one run through a layer; returns what became of each.
  private func seal(_ layer: FileLayer, into out: String, workerCount: Int = 2) throws
    -> DisclosureRun.Outcome
  {
    let run = try SmallRun(
      kinds: """
          message:
            when: { kind: message }
            time: sent_at
            parties: [sender]
            fields:
              sent_at: timestamp
              sender:  phone
        """,
      rules: [
        "message.sent_at: { truncate: hour }",
        "message.sender: { subject: pseudonymize, other: pseudonymize }",
      ])
    let records = (0..<40).map {
      #"{"kind":"message","sent_at":"2026-09-0\#($0 % 9 + 1)T10:00:00Z","sender":"+12025550100"}"# + "\n"
    }.joined()
    let rulings = try Self.names.map { try run.ruling(reference: $0) }
    var options = RunOptions(workerCount: workerCount)
    options.limits.spoolByteCountMax = 4000
    return DisclosureRun(
      rulings: rulings, sources: [run.source(records)], catalog: run.catalog,
      facts: run.documents.facts(.ndjson), options: options
    ).seal(rootKey: run.rootKey, in: try PacketFolder(path: out, layer: layer))
  }

  /// Fails calls of one sort from the n-th on, so many of them.
  private func layer(
    failing call: FileCall, _ numbers: Range<Int>, _ isSpent: @escaping @Sendable () -> Void = {}
  ) -> FileLayer {
    let count = Guarded(0)
    var layer = FileLayer()
    layer.fault = { made in
      guard made == call else { return 0 }
      let number = count.withLock { count in
        count += 1
        return count
      }
      if number >= numbers.upperBound - 1 { isSpent() }
      return numbers.contains(number) ? EIO : 0
    }
    return layer
  }

  private func sealedNames(_ outcome: DisclosureRun.Outcome) -> [String] {
    outcome.answers.compactMap { answer in
      if case .sealed(let packet) = answer.outcome { packet.name } else { nil }
    }
  }

  @Test(arguments: [1, 2, 3]) func packetsAreTheSameForAnyNumberOfWorkers(workerCount: Int) throws {
    let place = try PacketPlace()
    let outcome = try seal(FileLayer(), into: place.path + "/out", workerCount: workerCount)
    #expect(sealedNames(outcome) == Self.names)
    let alone = try PacketPlace()
    _ = try seal(FileLayer(), into: alone.path + "/out", workerCount: 1)
    for name in Self.names {
      #expect(try place.files("out/\(name)") == alone.files("out/\(name)"))
      _ = try PacketVerifier.verify(path: "\(place.path)/out/\(name)")
    }
  }

  @Test(arguments: [FileCall.open, .makeFolder, .read, .write, .close, .rename])
  func aPacketThatCannotBeWrittenFailsAlone(call: FileCall) throws {
    var number = 0
    var hasFailed = false
    while true {
      number += 1
      let place = try PacketPlace()
      let isSpent = Guarded(false)
      let layer = layer(failing: call, number..<number + 1) { isSpent.withLock { $0 = true } }
      // The first calls are those of the output folder, without which there is no run.
      guard let outcome = try? seal(layer, into: place.path + "/out") else { continue }
      if !isSpent.withLock({ $0 }) { break }
      #expect(outcome.failure == nil)
      let sealed = sealedNames(outcome)
      #expect(sealed.count >= Self.names.count - 1, "\(call) \(number): \(sealed)")
      hasFailed = hasFailed || sealed.count < Self.names.count
      #expect(try place.names("out").filter { !$0.hasPrefix(".") } == sealed, "\(call) \(number)")
      for name in sealed { _ = try PacketVerifier.verify(path: "\(place.path)/out/\(name)") }
    }
    #expect(hasFailed, "no call of this sort belongs to a packet")
  }

  /// The one sync for all tells not whose error it has: then each packet is synced alone.
  @Test func whereTheSharedSyncFailsEachPacketIsSyncedAlone() throws {
    let place = try PacketPlace()
    let all = try seal(layer(failing: .sync, 1..<2), into: place.path + "/out")
    #expect(sealedNames(all) == Self.names)

    // The second sync is that of one packet's first file.
    let other = try PacketPlace()
    let outcome = try seal(layer(failing: .sync, 1..<3), into: other.path + "/out")
    let sealed = sealedNames(outcome)
    #expect(sealed.count == Self.names.count - 1)
    #expect(try other.names("out").filter { !$0.hasPrefix(".") } == sealed)
  }
}
