import Foundation
import Sluice
import Testing

/// Guarantee 11: tools that are not ours verify a packet.
@Suite struct BagItToolTests {
  /// Made by `make test`; `bagit.py` on PATH serves too.
  static let tool: [String]? = {
    let own = PacketFixtures.packageFolder + "/.build-tools/venv/bin/"
    if FileManager.default.isExecutableFile(atPath: own + "bagit.py") {
      return [own + "python", own + "bagit.py"]
    }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/bagit.py" }.first(where: FileManager.default.isExecutableFile).map { [$0] }
  }()

  @Test(
    "bagit.py --validate", .enabled(if: tool != nil, "bagit.py is not installed (pip install bagit)"),
    arguments: RecordFormat.allCases)
  func bagitPyAcceptsAPacketAndSeesADamage(format: RecordFormat) throws {
    let tool = try #require(Self.tool)
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path), format: format)
    let packet = place.path + "/US-2026-000123"
    let accepted = try runTool(tool + ["--validate", packet])
    #expect(accepted.status == 0, "\(accepted.output)")
    var bytes = try place.bytes("US-2026-000123/data/withheld.csv")
    bytes[bytes.count - 3] ^= 1
    try place.write(bytes, "US-2026-000123/data/withheld.csv")
    #expect(try runTool(tool + ["--validate", packet]).status != 0)
  }

  @Test func sha256sumVerifiesAPacketAsItsReadMeSays() throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
      let checked = try runTool(
        ["sha256sum", "--check", "--strict", manifest], in: place.path + "/US-2026-000123")
      #expect(checked.status == 0, "\(checked.output)")
    }
  }
}
