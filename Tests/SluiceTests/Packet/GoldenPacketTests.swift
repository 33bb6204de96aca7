import Foundation
import Sluice
import Testing

/// The small packet byte for byte. A change here changes what receivers get: read the difference, then
/// `UPDATE_GOLDEN=1 swift test --filter GoldenPacketTests` rewrites the folders under Tests/Golden.
@Suite struct GoldenPacketTests {
  @Test(arguments: RecordFormat.allCases)
  func theSmallPacketIsWhatItWas(format: RecordFormat) throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path), format: format)
    let golden = PacketFixtures.packageFolder + "/Tests/Golden/packet-\(format.rawValue)"
    let made = place.path + "/US-2026-000123"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      #expect(
        try runTool([
          "sh", "-c", "rm -rf '\(golden)' && mkdir -p '\(golden)' && cp -R '\(made)/.' '\(golden)'",
        ])
        .status == 0)
    }
    let difference = try runTool(["diff", "--recursive", "--unified=0", golden, made])
    #expect(difference.status == 0, "\(difference.output)")
  }
}
