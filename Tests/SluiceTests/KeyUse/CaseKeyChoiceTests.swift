import Foundation
import Sluice
import SluiceCrypto
import Testing

/// Which root key a case is pseudonymised under.
struct CaseKeyChoiceTests {
  @Test func aRunningCaseKeepsItsEpochAndANewOneTakesTheNewest() throws {
    let fixture = try KeyUseFixtures()
    let out = try fixture.seal([("US-1", 1)])
    try fixture.newEpoch()
    try fixture.retire(1)
    try fixture.seal([("US-1", 2), ("US-2", 1)])
    let first = try fixture.pseudonyms(out + "/US-1")
    #expect(first.count == 3 && Set(first).count == 3)
    #expect(try fixture.pseudonyms(out + "/US-1.2") == first, "parts compare")
    #expect(Set(try fixture.pseudonyms(out + "/US-2")).isDisjoint(with: first))
    // What each packet publishes tells its epoch to the holder of the keys.
    let keys = try fixture.keys()
    for (name, reference, epoch) in [("US-1", "US-1", 1), ("US-1.2", "US-1", 1), ("US-2", "US-2", 2)] {
      let packet = try PacketVerifier.verify(path: out + "/" + name)
      #expect(packet.packetCase.reference == reference && packet.packetCase.jurisdiction == "US")
      let found = try keys.caseKey(
        jurisdiction: "US", reference: reference, published: packet.packetCase.publishedKey)
      #expect(found.map { Int($0.epoch) } == epoch)
    }
  }

  @Test func aNewCaseNeverTakesARetiredKey() throws {
    let fixture = try KeyUseFixtures()
    try fixture.seal([("US-1", 1)])
    try fixture.retire(1)
    let error = KeyUseFixtures.failure { try fixture.seal([("US-2", 1)]) }
    #expect(error?.code == "key-retired" && error?.status == .key && error?.source == "US-2")
    try fixture.seal([("US-1", 2)])
  }

  @Test func aCaseWhoseKeyIsNotGivenIsNotGoneOnWith() throws {
    let fixture = try KeyUseFixtures()
    try fixture.seal([("US-1", 1)])
    try fixture.newEpoch()
    try FileManager.default.removeItem(atPath: fixture.keyFolder + "/root-1.key")
    let error = KeyUseFixtures.failure { try fixture.seal([("US-1", 2)]) }
    #expect(error?.code == "key-epoch-missing" && error?.status == .key)
    #expect(!FileManager.default.fileExists(atPath: fixture.run.folder.path + "/out/US-1.2"))
  }

  @Test func aFurtherPartWithoutAnEarlierOneNeedsOneKey() throws {
    let fixture = try KeyUseFixtures()
    try fixture.seal([("US-1", 1)])
    try fixture.seal([("US-1", 2)], into: "other")
    try fixture.newEpoch()
    let error = KeyUseFixtures.failure { try fixture.seal([("US-1", 3)], into: "third") }
    #expect(error?.code == "key-epoch-unknown" && error?.message.contains("output folder") == true)
    // Of a reference that begins in this run it is known.
    let out = try fixture.seal([("US-3", 2), ("US-3", 1)])
    #expect(try fixture.pseudonyms(out + "/US-3") == fixture.pseudonyms(out + "/US-3.2"))
  }

  @Test func partsThatDisagreeStopTheRun() throws {
    let fixture = try KeyUseFixtures()
    try fixture.seal([("US-1", 1)])
    try fixture.seal([("US-1", 2)], into: "other")
    try fixture.newEpoch()
    try fixture.retire(1)
    // Under epoch 2, as if part 1 had never been.
    let moved = fixture.run.folder.path
    try FileManager.default.moveItem(atPath: moved + "/out/US-1", toPath: moved + "/aside")
    try fixture.seal([("US-1", 1)])
    try FileManager.default.moveItem(atPath: moved + "/aside", toPath: moved + "/out/US-1.7")
    let error = KeyUseFixtures.failure { try fixture.seal([("US-1", 8)]) }
    #expect(error?.code == "key-epoch-missing")
  }

  /// `A-1.2` may be a reference of its own, or part 2 of `A-1`: the packet itself says which.
  @Test func aReferenceThatLooksLikeAPartIsNone() throws {
    let fixture = try KeyUseFixtures()
    let out = try fixture.seal([("A-1.2", 1)])
    let folder = try PacketFolder(path: out)
    #expect(try folder.cases(of: ["A-1"])["A-1"] == nil)
    #expect(try folder.cases(of: ["A-1.2"])["A-1.2"]?.count == 1)
    #expect(try folder.cases(of: []).isEmpty)
  }

  @Test func aPacketThatDoesNotSayItsKeyStopsTheRun() throws {
    let fixture = try KeyUseFixtures()
    let out = try fixture.seal([("US-1", 1)])
    let file = out + "/US-1/data/provenance.json"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    for (old, new) in [
      ("key-id", "key-ID"), ("\"key-commitment\": \"", "\"key-commitment\": \"0"),
      ("\"key-id\": \"", "\"key-id\": \"G"),
    ] {
      let changed = text.replacing(old, with: new)
      try #require(changed != text)
      try changed.write(toFile: file, atomically: false, encoding: .utf8)
      #expect(KeyUseFixtures.failure { try fixture.seal([("US-1", 2)]) }?.code == "packet-unusable")
      #expect(
        KeyUseFixtures.failure { _ = try PacketVerifier.verify(path: out + "/US-1") }?.status == .verification
      )
    }
  }
}
