import Foundation
import Sluice
import SluiceCrypto
import Testing

/// The whole job, from bytes on the disk to rows or packets, and what nobody can do without: reading the bytes.
@Suite(.serialized) struct JobBenchmarks {
  @Test(arguments: MessageRecords.Accounts.allCases)
  func wholeJob(_ accounts: MessageRecords.Accounts) throws {
    let records = MessageRecords(accounts)
    let job = try BenchmarkJob()
    let ndjson = try job.source(records.ndjson, .ndjson)
    let csv = try job.source(records.csv, .csv)
    try checkAgainstReference(job, ndjson, records)
    try checkThatFormatsAgree(job, ndjson, csv)

    var table = BenchmarkTable()
    var found = 0
    table.measure("one pass of memchr", records: records.count, bytes: records.ndjson.count) {
      found = records.ndjson.withUnsafeBytes { lineCount($0) }
    }
    #expect(found == records.count)
    for workers in [1, 2] {
      try table.measure(
        "minimize NDJSON, \(accounts), \(workers) workers", records: records.count,
        bytes: records.ndjson.count
      ) { try job.minimize(ndjson, to: "/dev/null", workers: workers) }
    }
    try table.measure(
      "minimize CSV, \(accounts), 2 workers", records: records.count, bytes: records.csv.count
    ) { try job.minimize(csv, to: "/dev/null", format: .csv, workers: 2) }
    try measureDisclosure(&table, job, ndjson, records)
    print(table.text)
  }

  private func measureDisclosure(
    _ table: inout BenchmarkTable, _ job: BenchmarkJob, _ source: SourceSpecification,
    _ records: MessageRecords
  ) throws {
    guard !records.pool.isEmpty else { return }
    // The end of the pool is drawn least, so that each subject has a few records in a million.
    for count in MessageRecords.packetCounts {
      let accounts = Array(records.pool.suffix(count))
      var released: UInt64 = 0
      try table.measure(
        "disclose to \(count) packets, 2 workers", records: records.count, bytes: records.ndjson.count
      ) { released = try job.disclose(source, accounts: accounts, instrument: "fine") }
      let wanted = Set(accounts.map { Data("\"\($0)\"".utf8) })
      #expect(released == UInt64(self.released(to: wanted, records.ndjson)))
    }
  }

  // MARK: - Are the results right?

  private func checkAgainstReference(
    _ job: BenchmarkJob, _ source: SourceSpecification, _ records: MessageRecords
  ) throws {
    let path = job.folder + "/reference-check"
    try job.minimize(source, to: path, workers: 2)
    let rows = try Data(contentsOf: URL(filePath: path)).split(separator: 0x0A)
    #expect(rows.count == records.count)
    let reference = try ReferenceJob(job.rootKey)
    let lines = Data(records.ndjson).split(separator: 0x0A)
    for index in stride(from: 0, to: records.count, by: max(1, records.count / 500)) {
      #expect(String(decoding: rows[index], as: UTF8.self) == (try reference.row(lines[index])))
    }
  }

  /// NDJSON and CSV of the same records give the same rows, whatever the number of workers.
  private func checkThatFormatsAgree(
    _ job: BenchmarkJob, _ ndjson: SourceSpecification, _ csv: SourceSpecification
  ) throws {
    var digests: Set<[UInt8]> = []
    for (source, workers) in [(ndjson, 1), (ndjson, 2), (csv, 2)] {
      let path = job.folder + "/format-check"
      try job.minimize(source, to: path, workers: workers)
      digests.insert(SHA256.hash(Array(try Data(contentsOf: URL(filePath: path)))))
    }
    #expect(digests.count == 1)
  }

  /// How often one of the accounts is in a record, counted once for each packet: an account is one packet's.
  private func released(to accounts: Set<Data>, _ ndjson: [UInt8]) -> Int {
    var count = 0
    for line in Data(ndjson).split(separator: 0x0A) {
      let cells = line.split(separator: UInt8(ascii: ","))
      let parties = Set(cells[3...4].map { Data($0.drop { $0 != UInt8(ascii: ":") }.dropFirst()) })
      count += parties.intersection(accounts).count
    }
    return count
  }
}
