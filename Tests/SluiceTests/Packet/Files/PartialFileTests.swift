import Foundation
import Sluice
import Testing

@Suite("A file is published whole")
struct PartialFileTests {
  /// A mark joins the character before it: a slash with one is no "/" to Swift, and is one to the system.
  @Test func aNameMayBeginWithAMark() throws {
    let place = try PacketPlace()
    try FileManager.default.createDirectory(
      atPath: place.path + "/folder", withIntermediateDirectories: false)
    let path = place.path + "/folder/\u{301}report"
    try PartialFile.write([1, 2, 3], to: path)
    #expect(try SmallFile.read(path) == [1, 2, 3])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/folder") == ["\u{301}report"])
  }
}
