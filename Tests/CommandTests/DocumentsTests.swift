import Foundation
import Testing

/// Which files of a folder are documents, and what became of the file that a demand names as its own.
struct DocumentsTests {
  /// A policy that declines whatever it is asked.
  private static let pause = """
    sluice: policy/1
    jurisdiction: US
    version: pause
    valid: { from: 2026-01-01, until: 2027-11-01 }
    status: [ { state: declined, from: 2000-01-01T00:00:00Z } ]
    instruments: {}
    smallest-count: 5
    bundles: []

    """

  private func copy(_ folder: CommandFolder, _ name: String) throws -> String {
    let path = folder.path + "/" + name
    try FileManager.default.copyItem(atPath: CommandFolder.samples + "/" + name, toPath: path)
    return path
  }

  private func arguments(_ folder: CommandFolder, _ verb: String, _ policies: String) -> [String] {
    let rules = folder.rules.dropLast() + [policies] + CommandFolder.now
    guard verb == "disclose" else { return [verb] + rules }
    return [
      verb, CommandFolder.samples + "/demands/us-court-order.yaml", "--records",
      CommandFolder.samples + "/records/sample.ndjson", "--key", folder.key, "--out",
      folder.path + "/packets",
    ] + rules
  }

  /// A pause whose file is named amiss is not lost.
  @Test(arguments: [
    "US-pause.yml", "US-pause.YAML", "US-pause.Yml", "US-pause.yaml.txt", "US-pause.yaml (1)",
  ])
  func aDocumentOfAnotherNameIsNotPassedOver(_ name: String) throws {
    let folder = try CommandFolder(rootKey: Array(1...32))
    let policies = try copy(folder, "policies")
    try folder.write(Self.pause, to: "policies/" + name)
    for verb in ["disclose", "check"] {
      let outcome = try folder.run(arguments(folder, verb, policies))
      #expect(outcome.status == 3)
      #expect((outcome.talk + outcome.output).contains("\(name):0:0: error: "))
      #expect((outcome.talk + outcome.output).contains("(document-name)"))
    }
    #expect(folder.names("packets") == [])
    try FileManager.default.moveItem(atPath: policies + "/" + name, toPath: policies + "/US-pause.yaml")
    #expect(try folder.run(arguments(folder, "disclose", policies)).status == 10)
  }

  @Test func whatIsNoDocumentIsPassedOver() throws {
    let folder = try CommandFolder(rootKey: Array(1...32))
    let policies = try copy(folder, "policies")
    for name in ["README.md", ".US.yaml.swp", "US.yaml~", "yaml", "notes.txt"] {
      try folder.write("no document\n", to: "policies/" + name)
    }
    let outcome = try folder.run(arguments(folder, "disclose", policies))
    #expect(outcome.status == 0, "\(outcome.talk)")
  }

  @Test func aDemandOfAnotherNameIsNotPassedOver() throws {
    let folder = try CommandFolder(rootKey: Array(1...32))
    for others in [[], ["us-warrant.yaml"]] {
      let demands = try copy(folder, "demands")
      defer { try? FileManager.default.removeItem(atPath: demands) }
      for name in try FileManager.default.contentsOfDirectory(atPath: demands)
      where name.hasSuffix(".yaml") && !others.contains(name) {
        let path = demands + "/" + name
        try FileManager.default.moveItem(atPath: path, toPath: path.dropLast(5) + ".yml")
      }
      let outcome = try folder.disclose([demands])
      #expect(outcome.status == 3)
      #expect(outcome.talk.contains("us-court-order.yml:0:0: error: "))
      #expect(folder.names("packets") == [])
    }
  }

  // MARK: - What was served

  private func disclose(_ folder: CommandFolder, served byteCount: UInt64) throws -> CommandOutcome {
    let demands = try copy(folder, "demands")
    defer { try? FileManager.default.removeItem(atPath: demands) }
    let file = demands + "/documents/us-court-order.txt"
    try Data().write(to: URL(filePath: file))
    let handle = try #require(FileHandle(forWritingAtPath: file))
    try handle.truncate(atOffset: byteCount)
    try handle.close()
    return try folder.disclose([demands + "/us-court-order.yaml"])
  }

  @Test func anEmptyDocumentIsNone() throws {
    let folder = try CommandFolder(rootKey: Array(1...32))
    let outcome = try disclose(folder, served: 0)
    #expect(outcome.status == 10)
    #expect(outcome.output.contains("refused, document-missing"))
    #expect(outcome.talk.contains("(document-holds-nothing)"))
    #expect(folder.names("packets") == [])
  }

  /// A scan is longer than what people write; its digest is in the packet.
  @Test func aLongDocumentIsOne() throws {
    let folder = try CommandFolder(rootKey: Array(1...32))
    #expect(try disclose(folder, served: 17 << 20).status == 0)
    #expect(
      try folder.text("packets/US-2026-000123/data/demand.json").contains(
        "22427fd5e24f1989afefbda75c8daf74aa02a1d4b2ba47dae755b275d35da5cf"))
  }
}
