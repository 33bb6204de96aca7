import Foundation
import Sluice
import SluiceCrypto
import Testing

/// Guarantee 6: a value leaves only where the policy keeps it, whatever the place and the spelling.
struct CanaryTests {
  static let demands = [
    "br-judicial", "de-100g", "eu-judge", "eu-prosecutor", "gb-events", "in-notice",
    "us-court-order-narrowed", "us-court-order", "us-emergency", "us-subpoena", "us-warrant",
  ]

  @Test(arguments: demands, RecordFormat.allCases)
  func aValueIsFoundOnlyWhereThePolicyKeepsIt(_ demand: String, _ format: RecordFormat) throws {
    let folder = SourceFolder()
    let run = try SampleRun(in: folder)
    let ruling = try #require(try SampleRun(demands: [demand], in: SourceFolder()).rulings.first)
    let records = CanaryRecords(for: ruling, catalog: run.catalog)
    let source = folder.write(records.lines.joined(separator: "\n") + "\n", to: "records.ndjson")
    let search = CanarySearch(records.canaries.map(\.text))
    let kept = run.rulings.map { Self.kept($0, records) }
    let keptByNobody = Set(records.canaries.indices).subtracting(kept.reduce([]) { $0.union($1) })

    // Every row goes to the disk, and what lies there while the run goes on is looked at too.
    let out = folder.path + "/out"
    let seen = Seen()
    var options = RunOptions(
      workerCount: 2,
      onProgress: { _ in
        for bytes in ((try? SampleRun.files(under: out)) ?? [:]).values { seen.add(search.found(in: bytes)) }
      })
    options.limits.blockByteCount = 4096
    options.limits.spoolByteCountMax = 1
    options.limits.recordsPerRejected = 1
    let outcome = try run.seal([source], into: out, format: format, options: options)
    #expect(outcome.failure == nil)
    #expect(outcome.answers.count == run.rulings.count)
    #expect(texts(seen.found.intersection(keptByNobody), records) == [])

    for (answer, kept) in zip(outcome.answers, kept) {
      var found: Set<Int> = []
      for (path, bytes) in try SampleRun.files(under: out + "/" + answer.packetName) {
        let here = search.found(in: bytes)
        found.formUnion(here)
        if !path.hasPrefix("data/records/") { #expect(texts(here, records) == [], "\(path)") }
      }
      #expect(texts(found.subtracting(kept), records) == [], "\(answer.packetName)")
      if answer.packetName == ruling.demand.packetName {
        let expected = Self.certain(ruling, records).intersection(kept)
        #expect(texts(expected.subtracting(found), records) == [], "what is kept arrives")
        #expect(!found.isEmpty)
      }
    }
    expectNothing(search, records, outcome, run, folder)
  }

  /// Faults, warnings and the operator's report hold no value at all.
  private func expectNothing(
    _ search: CanarySearch, _ records: CanaryRecords, _ outcome: DisclosureRun.Outcome, _ run: SampleRun,
    _ folder: SourceFolder
  ) {
    #expect(outcome.faults.count >= 8)
    var talk = outcome.faults.map(\.description) + outcome.warnings
    let report = OperatorReport(
      facts: run.facts(.ndjson), kindNames: run.catalog.kinds.map(\.name), sources: outcome.sources,
      answers: outcome.answers, warnings: outcome.warnings)
    talk.append(String(decoding: report.document, as: UTF8.self))
    #expect(texts(search.found(in: Array(talk.joined(separator: "\n").utf8)), records) == [])
    #expect(report.document.count > 100)
  }

  @Test func theSearchFindsEverySpelling() throws {
    let text = "canary-1234567897"
    let search = CanarySearch([text])
    let raw = Data(text.utf8)
    for prefix in ["", "x", "xy", "xyz"] {
      let padded = Data(prefix.utf8) + raw + Data("tail".utf8)
      let base64 = padded.base64EncodedString()
      #expect(search.found(in: Array(base64.utf8)) == [0], "base64 after \(prefix.count) bytes")
      #expect(search.found(in: Array(padded)) == [0])
    }
    let hex = raw.map { String(format: "%02x", $0) }
    #expect(search.found(in: Array(hex.joined().utf8)) == [0])
    #expect(search.found(in: Array(hex.map { "%" + $0.uppercased() }.joined().utf8)) == [0])
    #expect(search.found(in: Array(hex.map { "\\u00" + $0 }.joined().utf8)) == [0])
    #expect(search.found(in: Array("canary-1234567898".utf8)) == [])
    #expect(CanarySearch(["54321"]).found(in: Array("a 154321 b".utf8)) == [])
    #expect(CanarySearch(["54321"]).found(in: Array("a,54321,b".utf8)) == [0])
  }

  private func texts(_ found: Set<Int>, _ records: CanaryRecords) -> [String] {
    found.sorted().map { "\(records.canaries[$0])" }
  }

  /// What gathers while the run goes on.
  private final class Seen: @unchecked Sendable {
    private let lock = NSLock()
    private var all: Set<Int> = []
    func add(_ found: Set<Int>) { lock.withLock { all.formUnion(found) } }
    var found: Set<Int> { lock.withLock { all } }
  }

  // MARK: - What the policy keeps, by its own words

  /// The canaries that a packet may hold: in a record within its reach, of a field that is kept for the role.
  private static func kept(_ ruling: GrantedRuling, _ records: CanaryRecords) -> Set<Int> {
    let own = Set(
      ruling.subjects.filter { $0.refusal == nil }.flatMap { [$0.subject.identifier] + $0.subject.also })
    return Set(
      records.canaries.indices.filter { index in
        let canary = records.canaries[index]
        guard canary.kind >= 0, let plan = ruling.plan.kind(canary.kind),
          let field = plan.fields.first(where: { $0.fieldIndex == canary.field })
        else { return false }
        let record = records.records[canary.record]
        let isParty = plan.kind.parties.contains { party in
          record.identifiers[party]?.contains { $0.map(own.contains) ?? false } ?? false
        }
        let isInPeriod = plan.kind.timeField == nil || ruling.period.map { $0.contains(record.time) } ?? true
        guard isParty, isInPeriod else { return false }
        switch field.field.role {
        case .record: return field.subject.action == .keep
        // The canary stands where the subject does not.
        case .party, .mention: return field.other.action == .keep
        case .of(let party):
          let isSubject = record.identifiers[party]?.first.flatMap { $0 }.map(own.contains) ?? false
          return (isSubject ? field.subject : field.other).action == .keep
        }
      })
  }

  /// Of those, the ones that nothing else can hold back: a bundle, or a value beside it that cannot be read.
  private static func certain(_ ruling: GrantedRuling, _ records: CanaryRecords) -> Set<Int> {
    Set(
      records.canaries.indices.filter { index in
        let canary = records.canaries[index]
        guard canary.kind >= 0, records.records[canary.record].isReadable,
          let plan = ruling.plan.kind(canary.kind)
        else { return false }
        return !plan.bundles.contains { $0.fields.contains(canary.field) }
      })
  }
}
