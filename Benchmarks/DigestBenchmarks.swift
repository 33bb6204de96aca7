import Sluice
import SluiceCrypto
import Testing

extension Benchmarks {
  /// What manifests take of every file of a packet.
  @Suite struct Digest {
    @Test func ofTheRecords() throws {
      let shared = SharedRecords.repeating
      let records = shared.ndjson
      var digest: [UInt8] = []
      try BenchmarkReport.shared.measure(
        .digest, "SHA-256", records: records.recordCount, bytes: records.byteCount
      ) {
        var state = try SHA256()
        for block in records.blocks { state.update(block.block.bytes) }
        digest = state.finalize()
      }
      let job = try BenchmarkJob()
      guard case .file(let path) = try job.source(shared, .ndjson).place else { return }
      let said = try #require(firstLine(of: ["sha256sum", path]))
      #expect(said.prefix(64) == Base16.encode(digest))
    }
  }
}
