import Foundation
import Sluice
import Testing

/// Guarantee 7 over schemas, policies and records drawn at random: every record is accounted for, as a count beside the
/// pipeline says, and the packet verifies with as many rows as were released.
@Suite("Conservation of random inputs") struct ConservationTests {
  @Test(arguments: 0xC025_0001...0xC025_000C as ClosedRange<UInt64>) func everyRecordIsAccountedFor(
    seed: UInt64
  ) throws {
    var numbers = SeededNumbers(seed: seed)
    let job = RandomJob(using: &numbers)
    let run = try SmallRun(kinds: job.schema, rules: job.rules)
    // Good ones come first: a source whose first records are bad in the main is refused as a whole.
    let records = (0..<400).map { _ in job.record(using: &numbers) }
    let text = records.map { $0.line + "\n" }.joined()
    var options = RunOptions(workerCount: Int.random(in: 1...3, using: &numbers))
    options.limits.blockByteCount = 4096
    let (folder, outcome) = try run.seal([try run.ruling()], [run.source(text)], options: options)
    let said = "seed \(seed): \(String(describing: outcome.failure)), rules \(job.rules)"
    try #require(outcome.failure == nil, "\(said)")
    let source = try #require(outcome.sources.first?.tally)
    let packet = try #require(outcome.tallies.first)
    #expect(source.isConserved, "\(said)")
    #expect(source.read == UInt64(records.count), "\(said)")
    func expected(_ fate: RandomJob.Fate, _ kind: String) -> UInt64 {
      UInt64(records.count { $0.kind == kind && $0.fate == fate })
    }
    for (index, kind) in run.catalog.kinds.enumerated() {
      let (counts, tally) = (source.kinds[index], packet.kinds[index])
      let fates = "\(said), \(kind.name)"
      #expect(counts.read == counts.outOfReach + counts.reached + counts.unreadable, "\(fates)")
      #expect(counts.reached == expected(.reached, kind.name), "\(fates)")
      #expect(counts.outOfReach == expected(.outOfReach, kind.name), "\(fates)")
      #expect(counts.unreadable == expected(.unreadable, kind.name), "\(fates)")
      #expect(tally.reached == counts.reached && tally.isConserved, "\(fates)")
    }
    #expect(source.unreadableCount == UInt64(records.count { $0.fate == .unreadable }), "\(said)")
    #expect(
      source.kinds[run.catalog.kinds.count].read == UInt64(records.count { $0.fate == .unknownKind }),
      "\(said)")
    #expect(source.rejected == packet.kinds.reduce(0) { $0 + $1.rejected.values.reduce(0, +) }, "\(said)")
    let verified = try PacketVerifier.verify(path: folder + "/US-1")
    let rows = try SampleRun.files(under: folder).filter { $0.key.contains("/records/") }
      .reduce(0) { $0 + $1.value.count { $0 == 0x0A } }
    #expect(UInt64(rows) == verified.kinds.reduce(0) { $0 + $1.released }, "\(said)")
    #expect(UInt64(rows) == packet.kinds.reduce(0) { $0 + $1.released }, "\(said)")
  }
}
