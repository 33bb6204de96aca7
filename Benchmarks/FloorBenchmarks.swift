import Foundation
import Sluice
import SluiceCrypto
import Testing

extension Benchmarks {
  /// How much room the target of a packet leaves: `minimize` with what a packet needs besides, before anything is checked,
  /// searched or synced.
  @Suite struct Floor {
    private let report = BenchmarkReport.shared

    /// A packet is `minimize` and a digest of what that writes, and is read back before it is published; one whose time is
    /// coarse is sorted by its bytes besides, in bounded memory, as the system's `sort` does.
    @Test(arguments: [("fine", "second"), ("coarse", "hour, sorted")])
    func onePacket(instrument: String, title: String) throws {
      let shared = SharedRecords.oneSender
      let job = try BenchmarkJob()
      let source = try Source(job, shared, .ndjson)
      let (path, sorted) = (job.folder + "/rows", job.folder + "/sorted")
      try job.minimize(source.whole, to: path, instrument: instrument, workers: 2)
      let rows = Array(try Data(contentsOf: URL(filePath: path)))
      var digests: Set<[UInt8]> = []
      var parts = [
        source.subject("minimize to a file, time to the \(title)") {
          try job.minimize(
            $0, to: $0 == source.whole ? path : "/dev/null", instrument: instrument, workers: 2)
        },
        shared.ndjson.part("digest") { digests.insert(SHA256.hash(rows)) },
        shared.ndjson.part("reading back") { try readInPieces(path) },
      ]
      var sorting: [Double] = []
      if instrument == "coarse" {
        parts.append(
          shared.ndjson.part("sort") { sorting.append(try sortSeconds(path, to: sorted, in: job.folder)) })
      }
      let seconds = try BenchmarkRow.measure(.job, inTurn: parts).map(\.processorSeconds)
      #expect(digests == [SHA256.hash(Array(try Data(contentsOf: URL(filePath: path))))])
      if instrument == "coarse" {
        let lines = try String(contentsOfFile: sorted, encoding: .utf8).utf8.split(separator: 0x0A)
        #expect(lines.count == source.recordCount)
        #expect(zip(lines, lines.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) })
      }
      let floor = seconds[0].indices.map { run in
        seconds.reduce(0) { $0 + $1[run] } + (sorting.isEmpty ? 0 : sorting[run])
      }
      report.add(
        ratio: "minimize, a digest and reading back over minimize, time to the \(title), CPU",
        floor.median(over: seconds[0]))
    }

    /// Sorts a file's lines by their bytes; returns the seconds of processor time that it took.
    private func sortSeconds(_ path: String, to target: String, in folder: String) throws -> Double {
      let before = Self.secondsOfChildren
      let said = output(of: ["LC_ALL=C", "sort", "-S", "32M", "-T", folder, "-o", target, path])
      #expect(said == "")
      return Self.secondsOfChildren - before
    }

    private static var secondsOfChildren: Double {
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
      return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
  }
}
