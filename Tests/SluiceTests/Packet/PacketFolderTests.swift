import Foundation
import Sluice
import Testing

@Suite struct PacketFolderTests {
  private let name = "US-2026-000123"

  @Test func aPacketThatVerifiesIsSealedBefore() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    guard case .nothing = try folder.standing(of: name) else {
      Issue.record("an empty place is not empty")
      return
    }
    let sealed = try PacketFixtures.sealSmall(in: folder)
    guard case .sealedBefore(let verified) = try folder.standing(of: name) else {
      Issue.record("a sealed packet is not known again")
      return
    }
    #expect(verified.digest == sealed.digest)
  }

  @Test(arguments: ["file", "empty folder", "link", "damaged", "another"])
  func whatDoesNotVerifyIsInTheWayAndStays(what: String) throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let path = place.path + "/" + name
    switch what {
    case "file": try place.write([1], name)
    case "empty folder":
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    case "link": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/")
    case "damaged":
      try PacketFixtures.sealSmall(in: folder)
      try FileManager.default.removeItem(atPath: path + "/data/README.txt")
    default:
      try PacketFixtures.sealSmall(in: folder, reference: "US-OTHER")
      try FileManager.default.moveItem(atPath: place.path + "/US-OTHER", toPath: path)
    }
    let before = try runTool(["find", name, "-printf", "%p %y %s\\n"], in: place.path).output
    guard case .unusable(let error) = try folder.standing(of: name) else {
      Issue.record("\(what) is taken for a packet")
      return
    }
    #expect(error.status == .output)

    // And a run that did not look is stopped by the rename.
    let writer = try PacketFixtures.writer(folder, ruling: PacketFixtures.ruling())
    let failure = #expect(throws: SluiceError.self) {
      _ = try writer.seal(PacketTally(kindCount: 3), hasUnreadable: false)
    }
    #expect(failure?.code == "packet-exists")
    #expect(try runTool(["find", name, "-printf", "%p %y %s\\n"], in: place.path).output == before)
  }

  @Test func aFolderThatIsALinkOrAFileIsRefused() throws {
    let place = try PacketPlace()
    try FileManager.default.createSymbolicLink(atPath: place.path + "/link", withDestinationPath: "/tmp")
    try place.write([], "file")
    for path in ["link", "file", "none/below"] {
      let error = #expect(throws: SluiceError.self) { _ = try PacketFolder(path: place.path + "/" + path) }
      #expect(error?.status == .output)
    }
  }

  @Test func aFolderIsMadeWhereItsParentIs() throws {
    let place = try PacketPlace()
    _ = try PacketFolder(path: place.path + "/packets")
    #expect(try runTool(["stat", "--format", "%a", place.path + "/packets"]).output == "700\n")
  }

  @Test func aFolderThatAnyoneMayWriteIsRefusedWithoutTheStickyBit() throws {
    let place = try PacketPlace()
    chmod(place.path, 0o777)
    let error = #expect(throws: SluiceError.self) { _ = try PacketFolder(path: place.path) }
    #expect(error?.code == "folder-world-writable")
    chmod(place.path, 0o1777)
    _ = try PacketFolder(path: place.path)
  }

  @Test func aDeadRunsLeftoverIsRemovedAndALivingRunsWorkIsNot() throws {
    let place = try PacketPlace()
    let dead = place.path + "/.sluice-partial-1"
    try FileManager.default.createDirectory(
      atPath: dead + "/US-9/data/records", withIntermediateDirectories: true)
    try place.write([1], ".sluice-partial-1/US-9/data/records/message.ndjson")
    let living = try PacketFolder(path: place.path)
    #expect(living.removedLeftoverCount == 1)
    let writer = try PacketFixtures.writer(
      living, ruling: PacketFixtures.ruling(), spool: SpoolMemory(byteCountMax: 1))
    try writer.append(PacketFixtures.messageRow(0), kind: RulingFixtures.message)
    let second = try PacketFolder(path: place.path)
    #expect(second.removedLeftoverCount == 0)
    _ = try writer.seal(PacketFixtures.tally(messages: 1, locations: 0), hasUnreadable: false)
    _ = try PacketVerifier.verify(path: place.path + "/" + name)
  }

  @Test func ofTwoRunsOneSealsAndTheOtherIsToldSo() throws {
    let place = try PacketPlace()
    let folders = [try PacketFolder(path: place.path), try PacketFolder(path: place.path)]
    let writers = try folders.map { try PacketFixtures.writer($0, ruling: PacketFixtures.ruling()) }
    let first = try writers[0].seal(PacketTally(kindCount: 3), hasUnreadable: false)
    let error = #expect(throws: SluiceError.self) {
      _ = try writers[1].seal(PacketTally(kindCount: 3), hasUnreadable: true)
    }
    #expect(error?.code == "packet-exists")
    #expect(try PacketVerifier.verify(path: place.path + "/" + name).digest == first.digest)
  }

  @Test(arguments: ["", ".", "..", ".HIDDEN", "a/B", "A/../B", "A\0B", "us-1"])
  func aNameThatIsNoReferenceIsRefused(name: String) throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    #expect(throws: SluiceError.self) { _ = try folder.standing(of: name) }
  }
}
