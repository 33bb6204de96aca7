import Foundation
import Sluice
import SluiceCrypto
import Testing

extension Benchmarks {
  /// How much two targets leave room for: what a job cannot do without, over what the job may take that it is held
  /// against. Above 1, or above the target, no work on the rest can reach it.
  @Suite struct Floor {
    private let report = BenchmarkReport.shared

    /// CSV has half of NDJSON's bytes for the same record, so by bytes it may take half of the time: for the same MACs
    /// and the same rows.
    @Test func delimitedByBytes() throws {
      let shared = SharedRecords.unique
      let records = shared.csv
      let job = try BenchmarkJob()
      let source = try Source(job, shared, .ndjson)
      let path = job.folder + "/rows"
      try job.minimize(source.whole, to: path, workers: 1)
      let rows = try Data(contentsOf: URL(filePath: path))
      let messages = AccountMessages(shared.ndjson)
      let key = [UInt8](repeating: 7, count: 32)
      let decoder = SharedSlotDecoder(SlotDecoder(csv: job.catalog, header: shared.header))
      var tags: (UInt64, UInt64) = (0, 0)
      var (lines, decoded) = (0, 0)
      var isValid = false
      let seconds = try BenchmarkRow.measure(
        .job,
        inTurn: [
          source.subject("minimize to a file, unique, 1 worker") {
            try job.minimize($0, to: $0 == source.whole ? path : "/dev/null", workers: 1)
          },
          records.part("MACs by EVP_MAC") { tags.0 = try messages.tagsByReference(key) },
          records.part("MACs by block") { tags.1 = try messages.tagsByBlock(key) },
          records.part("decoding") { decoded = try decoder.decode(records) },
          records.part("memchr") { lines = records.lineCount },
          records.part("UTF-8") { isValid = records.areUTF8 },
          records.part("writing") { try writeInPieces(rows, to: job.folder + "/copy") },
        ]
      ).map(\.processorSeconds)
      #expect(try Data(contentsOf: URL(filePath: job.folder + "/copy")) == rows)
      #expect(tags.0 == tags.1 && lines == records.recordCount && decoded == records.byteCount && isValid)

      let share = Double(records.byteCount) / Double(source.byteCount)
      for (parts, name) in [
        ([1, 4, 5, 6], "MACs by EVP_MAC"), ([2, 3, 4, 5, 6], "MACs by block, decoding"),
      ] {
        let floor = seconds[0].indices.map { run in parts.reduce(0) { $0 + seconds[$1][run] } }
        report.add(
          ratio: "CSV's unavoidable parts over NDJSON by bytes, unique, \(name), CPU",
          floor.median(over: seconds[0].map { $0 * share }))
      }
    }

    /// A packet is `minimize` and a digest of what that writes, and is read back before it is published; one whose time is
    /// coarse is sorted by its bytes besides, in bounded memory, as the system's `sort` does.
    @Test(arguments: [("fine", "second"), ("coarse", "hour, sorted")])
    func onePacket(instrument: String, title: String) throws {
      let shared = SharedRecords.oneSender
      let job = try BenchmarkJob()
      let source = try Source(job, shared, .ndjson)
      let (path, sorted) = (job.folder + "/rows", job.folder + "/sorted")
      try job.minimize(source.whole, to: path, instrument: instrument, workers: 2)
      let rows = try Data(contentsOf: URL(filePath: path))
      var digests: Set<[UInt8]> = []
      var parts = [
        source.subject("minimize to a file, time to the \(title)") {
          try job.minimize(
            $0, to: $0 == source.whole ? path : "/dev/null", instrument: instrument, workers: 2)
        },
        shared.ndjson.part("digest") {
          var digest = try SHA256()
          rows.withUnsafeBytes { digest.update($0) }
          digests.insert(digest.finalize())
        },
        shared.ndjson.part("reading back") { try readInPieces(path) },
      ]
      var sorting: [Double] = []
      if instrument == "coarse" {
        parts.append(shared.ndjson.part("sort") { sorting.append(try sortSeconds(path, to: sorted)) })
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
    private func sortSeconds(_ path: String, to target: String) throws -> Double {
      let before = Self.secondsOfChildren
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/sort")
      process.arguments = [
        "-S", "32M", "-T", NSString(string: target).deletingLastPathComponent, "-o", target, path,
      ]
      process.environment = ["LC_ALL": "C"]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return Self.secondsOfChildren - before
    }

    private static var secondsOfChildren: Double {
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
      return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
  }
}

extension RecordBlocks {
  /// A piece of a job over the records, by itself.
  func part(_ name: String, _ body: @escaping () throws -> Void) -> BenchmarkRow.Subject {
    BenchmarkRow.Subject(
      name: name, recordCount: recordCount, byteCount: byteCount, counting: .none, body: body)
  }
}

/// In pieces as large as the rows of a block are.
func writeInPieces(_ rows: Data, to path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  defer { close(descriptor) }
  for start in stride(from: 0, to: rows.count, by: 600_000) {
    try write(rows[start..<min(start + 600_000, rows.count)], to: descriptor)
  }
}

/// In pieces as large as a block.
func readInPieces(_ path: String) throws {
  let size = Limits().blockByteCount
  let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
  defer { buffer.deallocate() }
  let descriptor = open(path, O_RDONLY)
  defer { close(descriptor) }
  while read(descriptor, buffer, size) > 0 {}
}
