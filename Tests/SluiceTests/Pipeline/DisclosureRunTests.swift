import Foundation
import Sluice
import Testing

/// The main job end to end on the samples.
struct DisclosureRunTests {
  @Test(arguments: RecordFormat.allCases) func sealsAPacketForEachGrantedDemand(_ format: RecordFormat) throws
  {
    let folder = SourceFolder()
    let run = try SampleRun(in: folder)
    let outcome = try run.seal(into: folder.path + "/out", format: format)
    #expect(outcome.failure == nil)
    #expect(outcome.answers.count == run.rulings.count)
    var released: UInt64 = 0
    for answer in outcome.answers {
      guard case .sealed(let packet) = answer.outcome else {
        Issue.record("\(answer.packetName): \(answer.outcome)")
        continue
      }
      released += packet.kinds.reduce(0) { $0 + $1.tally.released }
      let verified = try PacketVerifier.verify(path: folder.path + "/out/" + answer.packetName)
      #expect(verified.digest == packet.digest)
    }
    #expect(released > 100)
    #expect(outcome.recordCount == 732)
    let read = outcome.sources.reduce(0) { $0 + $1.tally.read }
    #expect(read == 732)
    #expect(outcome.sources.allSatisfy { $0.tally.isConserved })
  }

  @Test func packetsDoNotDependOnWorkersBlocksOrReads() throws {
    let folder = SourceFolder()
    let run = try SampleRun(in: folder)
    _ = try run.seal(into: folder.path + "/reference")
    let reference = try SampleRun.files(under: folder.path + "/reference")
    #expect(reference.count > 50)
    for (index, setting) in [(1, 4096, 977), (4, 4096, Int.max), (4, 1 << 22, Int.max), (2, 16384, 1)]
      .enumerated()
    {
      var options = RunOptions(workerCount: setting.0)
      options.limits.blockByteCount = setting.1
      options.readByteCountMax = setting.2
      let out = folder.path + "/run\(index)"
      let outcome = try run.seal(into: out, options: options)
      #expect(outcome.failure == nil)
      let files = try SampleRun.files(under: out)
      #expect(files.keys.filter { files[$0] != reference[$0] }.sorted() == [])
      #expect(files.count == reference.count, "workers, block, read: \(setting)")
    }
  }

  @Test func aPacketIsTheSameAloneAndWithOthers() throws {
    let folder = SourceFolder()
    _ = try SampleRun(in: folder).seal(into: folder.path + "/all")
    let alone = try SampleRun(demands: ["us-warrant"], in: folder)
    _ = try alone.seal(into: folder.path + "/alone")
    let name = alone.rulings[0].demand.packetName
    let one = try SampleRun.files(under: folder.path + "/alone/" + name)
    let other = try SampleRun.files(under: folder.path + "/all/" + name)
    #expect(one.keys.filter { one[$0] != other[$0] }.sorted() == [])
    #expect(one.count == other.count)
  }

  @Test func previewCountsWhatSealWrites() throws {
    let folder = SourceFolder()
    let run = try SampleRun(in: folder)
    let sealed = try run.seal(into: folder.path + "/out")
    let preview = DisclosureRun(
      rulings: run.rulings, sources: try run.sources([SampleRun.sampleRecords]), catalog: run.catalog,
      facts: run.facts(.ndjson), options: RunOptions()
    ).preview(rootKey: run.rootKey)
    #expect(preview.failure == nil)
    #expect(preview.tallies == sealed.tallies)
  }
}
