import Foundation
import Sluice
import SluiceCrypto

/// Small packets of documentation identifiers, in folders of their own.
enum PacketFixtures {
  enum Failure: Error { case notGranted }

  /// The package's own folder.
  static let packageFolder: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(4)
    return parts.joined(separator: "/")
  }()

  static func facts(_ format: RecordFormat, clockIsGiven: Bool = true) -> RunFacts {
    RunFacts(
      toolVersion: "1.0.0", now: RulingFixtures.now, clockIsGiven: clockIsGiven, format: format,
      schemas: [RunFacts.Document(name: "messenger", digest: Array(repeating: 0x5C, count: 32))],
      baselineDigest: Array(repeating: 0xBA, count: 32))
  }

  /// A ruling that grants traffic (order of the sources) and place (an hour: sorted) and refuses a category.
  static func ruling(
    reference: String = "US-2026-000123", part: Int = 1, smallestCount: Int = 5,
    categories: [String] = ["traffic", "place", "billing"], cites: String = "section 1",
    authority: Authority = RulingFixtures.fullAuthority
  ) -> GrantedRuling? {
    let template = RulingFixtures.instrument()
    let instrument = Instrument(
      name: template.name, title: "", cites: cites, grants: template.grants,
      longestPeriodSeconds: template.longestPeriodSeconds, requiresApproval: false, requiresDocument: false,
      isViaTreaty: false, isProspective: false, position: template.position)
    let policy = RulingFixtures.policy(instruments: [instrument])
    let shown = Policy(
      file: policy.file, digest: Array(repeating: 0x90, count: 32), jurisdictions: policy.jurisdictions,
      version: policy.version, valid: policy.valid, statuses: policy.statuses,
      instruments: policy.instruments,
      categories: policy.categories, smallestCount: smallestCount,
      bundles: [
        Bundle(
          kind: RulingFixtures.message, fields: [1],
          companions: [Bundle.Companion(field: 0, coarsest: .second)],
          isBaseline: true)
      ], overrides: [], tests: [])
    let demand = RulingFixtures.demand(
      reference: reference, part: part, authority: authority,
      subjects: [
        RulingFixtures.subject(RulingFixtures.phone, also: RulingFixtures.otherPhone),
        RulingFixtures.subject(RulingFixtures.device),
      ],
      categories: categories, document: Array(repeating: 0xD0, count: 32))
    return RulingFixtures.rule(demand, [shown]).granted
  }

  /// Rows as the encoders write them.
  static func messageRow(_ index: Int, _ format: RecordFormat = .ndjson) -> String {
    let time = "2026-09-01T10:\(twoDigits(index / 60 % 60)):\(twoDigits(index % 60))Z"
    return format == .ndjson
      ? #"{"sent_at":"\#(time)","sender":"+12025550123","recipients":["paaaa"],"type":"text"}"# + "\n"
      : #""\#(time)","tel:+12025550123","paaaa","text""# + "\n"
  }

  static func locationRow(_ hour: Int, _ format: RecordFormat = .ndjson) -> String {
    format == .ndjson
      ? #"{"at":"2026-09-01T\#(twoDigits(hour % 24))Z","position":{"lat":51.5,"lon":-0.2}}"# + "\n"
      : #""2026-09-01T\#(twoDigits(hour % 24))Z","51.5","-0.2""# + "\n"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  static func writer(
    _ folder: PacketFolder, ruling: GrantedRuling?, format: RecordFormat = .ndjson,
    spool: SpoolMemory = SpoolMemory(byteCountMax: 1 << 20), facts: RunFacts? = nil
  ) throws -> PacketWriter {
    guard let ruling else { throw Failure.notGranted }
    return try PacketWriter(
      ruling: ruling, facts: facts ?? Self.facts(format),
      key: PublishedKey(
        keyID: Array(repeating: 0x1D, count: 8), commitment: Array(repeating: 0xC0, count: 32)), in: folder,
      spool: spool)
  }

  /// A tally with these counts of messages and places released, and some of both withheld and rejected.
  static func tally(messages: Int, locations: Int) -> PacketTally {
    var tally = PacketTally(kindCount: 3)
    tally.kinds[RulingFixtures.message].released = UInt64(messages)
    tally.kinds[RulingFixtures.message].withheld = [2, 7, 0]
    tally.kinds[RulingFixtures.message].rejected = [.timeFormat: 1]
    tally.kinds[RulingFixtures.message].reached = UInt64(messages) + 10
    tally.kinds[RulingFixtures.location].released = UInt64(locations)
    tally.kinds[RulingFixtures.location].reached = UInt64(locations)
    return tally
  }

  /// Seals the small packet that most tests start from: three messages, four places out of order.
  @discardableResult
  static func sealSmall(
    in folder: PacketFolder, reference: String = "US-2026-000123", format: RecordFormat = .ndjson,
    spool: SpoolMemory = SpoolMemory(byteCountMax: 1 << 20), facts: RunFacts? = nil
  ) throws -> SealedPacket {
    let format = facts?.format ?? format
    let writer = try writer(
      folder, ruling: ruling(reference: reference), format: format, spool: spool, facts: facts)
    for index in 0..<3 { try writer.append(messageRow(index, format), kind: RulingFixtures.message) }
    for hour in [9, 3, 23, 3] { try writer.append(locationRow(hour, format), kind: RulingFixtures.location) }
    return try writer.seal(tally(messages: 3, locations: 4), hasUnreadable: false)
  }
}

extension PacketWriter {
  func append(_ rows: String, kind: Int) throws {
    try Array(rows.utf8).withUnsafeBytes { try append(kindIndex: kind, rows: $0) }
  }
}

/// A folder of one test's own, removed with everything in it when it is let go.
final class PacketPlace {
  let path: String

  init() throws {
    var template = Array((FileManager.default.temporaryDirectory.path + "/sluice-test-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func names(_ inner: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/" + inner).sorted()
  }

  /// Every file below a folder with its bytes, by path.
  func files(_ inner: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: path + "/" + inner) ?? .init() {
      var isFolder: ObjCBool = false
      let file = path + "/" + inner + "/" + name
      guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue else {
        continue
      }
      files[name] = try bytes(inner + "/" + name)
    }
    return files
  }

  func bytes(_ inner: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + inner)))
  }

  func text(_ inner: String) throws -> String { String(decoding: try bytes(inner), as: UTF8.self) }

  /// Writes a file without waiting for the disk, as Foundation would.
  func write(_ bytes: [UInt8], _ inner: String) throws {
    let file = open(path + "/" + inner, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(file) }
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw CocoaError(.fileWriteUnknown) }
  }
}

/// Runs a tool found on PATH or by its path; returns its status and what it printed.
@discardableResult
func runTool(_ tool: [String], in folder: String? = nil, environment: [String: String]? = nil) throws -> (
  status: Int32, output: String
) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = tool
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  if let environment {
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  }
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

/// A generator whose seed a failing test prints, so that the case can be run again.
struct PacketGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  // SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
