import Foundation
import FuzzTargets
import Testing

/// What the fuzzer's targets say of known inputs, and of inputs that are changed at random, in process and without
/// libFuzzer. `make fuzz` goes on from there.
@Suite("Fuzz targets") struct FuzzTargetTests {
  /// The inputs a target begins with, without data from beside the package: see Tests/Fuzz/seeds.py.
  static func seeds(_ target: FuzzTarget) throws -> [[UInt8]] {
    switch target {
    case .ndjson:
      return try lines("Samples/records/sample.ndjson").enumerated().filter { $0.offset % 60 == 0 }.map(
        \.element)
        + [
          ##"{"kind":"event","at":"2026-09-10T12:00:00Z","who":"+12025550100","with":["+447700900001",{"b":[]}]}"##,
          ##"{"who":"\u002b1\ud834\udd1e\n","full name":null,"say \"hi\"":-1.5E+10,"x\\ny":[1,"a"]}"##,
          ##"{"place":{"lat":1.5,"lon":-2},"a":{"b":{"c":7}},"body":"x"}"##,
          ##"{"place":"misplaced","a":{"b":3},"new":true,"a.b":{"c":1}}"##,
        ].map { Array($0.utf8) }
    case .csv:
      return [
        ",event,+1,x,1.5\n\"a\",\"b\"\"c\",\"d\n\",\"e\"\r\n", "\ta\tb\t\"c\td\"\t\n", "a,b\"c,,\n\"a\"b,,\n",
      ]
      .map { Array($0.utf8) }
    case .timestamp:
      return [
        "2026-03-14T09:30:05Z", "2026-03-14t09:30:05.25+05:30", "1998-12-31T23:59:60Z",
        "2016-12-31T15:59:60-08:00", "9999-12-31T23:59:59.999999999Z", "1711843200.25", "2026-03-29 02:30:00",
      ].map { Array($0.utf8) }
    case .ip:
      return ["203.0.113.7", "2001:db8::1", "::ffff:192.0.2.1", "::", "2001:db8:0:0:1:0:0:1", "fe80::1%eth0"]
        .map { Array($0.utf8) }
    case .phone:
      return [
        "+12025550123", "(202) 555-0123", "011 44 7700 900123", "+44 (0)7700 900123", "07700 900123",
        "tel:+12025550123",
      ].map { Array($0.utf8) }
    case .coordinates:
      return ["52.52,13.405", "-90,180", "-0.0,-180", "89.999999999999999999,179.9", "48.8566000,2.35220"]
        .map { Array($0.utf8) }
    case .schema: return try documents("schemas")
    case .policy: return try documents("policies")
    case .demand: return try documents("demands")
    case .manifest:
      return [[0] + PackageFile.bytes("Tests/Golden/packet-ndjson/manifest-sha256.txt")]
    case .packet: return FuzzTarget.packetSeeds
    }
  }

  private static func lines(_ path: String) throws -> [[UInt8]] {
    PackageFile.bytes(path).split(separator: 0x0A).map(Array.init)
  }

  private static func documents(_ folder: String) throws -> [[UInt8]] {
    let path = "Samples/\(folder)"
    return try FileManager.default.contentsOfDirectory(atPath: PackageFile.root + "/" + path)
      .filter { $0.hasSuffix(".yaml") }.sorted().map { PackageFile.bytes("\(path)/\($0)") }
  }

  private static let regressions = PackageFile.root + "/Tests/Fuzz/Regressions"

  @Test("What was found once is not found again", arguments: FuzzTarget.allCases)
  func regressions(_ target: FuzzTarget) throws {
    let folder = "\(Self.regressions)/\(target.rawValue)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() {
      let bytes = PackageFile.bytes("Tests/Fuzz/Regressions/\(target.rawValue)/\(name)")
      #expect(target.finding(in: bytes) == nil, "\(name)")
    }
  }

  @Test("Every regression belongs to a target") func everyRegressionIsReplayed() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.regressions)
    #expect(folders.filter { FuzzTarget(rawValue: $0) == nil } == [])
    #expect(folders.count >= 1)
  }

  /// How many changed inputs each target is given here: few where one takes a file system or a document.
  private static func rounds(_ target: FuzzTarget) -> Int {
    switch target {
    case .schema, .policy, .demand: 60
    case .packet: 100
    case .ndjson, .csv: 1_500
    default: 4_000
    }
  }

  @Test("Nothing is found in inputs changed at random", arguments: FuzzTarget.allCases)
  func changedInputs(_ target: FuzzTarget) throws {
    let seed = UInt64(0xF022_0001)
    var numbers = SeededNumbers(seed: seed)
    let seeds = try Self.seeds(target)
    for bytes in seeds { #expect(target.finding(in: bytes) == nil) }
    for round in 0..<Self.rounds(target) {
      let bytes = ByteChanges.changed(seeds.randomElement(using: &numbers)!, among: seeds, using: &numbers)
      guard let finding = target.finding(in: bytes) else { continue }
      Issue.record("\(finding); seed \(seed), round \(round), \(String(decoding: bytes, as: UTF8.self))")
      return
    }
  }

  /// The references, asked for what no other test asks them: a target that could find nothing would pass all of the above.
  @Test("A wrong answer is found") func aFindingCanBeMade() {
    var packet = PackageFile.bytes("Tests/Golden/packet-ndjson/data/demand.json")
    packet[20] ^= 1
    // As it is, the digest tells; with manifests made to fit, the packet's own contradiction does or does not.
    #expect(FuzzTarget.packet.finding(in: [6] + packet) == nil)
    #expect(FuzzTarget.isPacketAccepted([6] + packet) == false)
    #expect(
      FuzzTarget.isPacketAccepted([6] + PackageFile.bytes("Tests/Golden/packet-ndjson/data/demand.json")))
  }
}
