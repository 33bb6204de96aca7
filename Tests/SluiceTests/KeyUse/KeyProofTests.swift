import Foundation
import Sluice
import SluiceCrypto
import Testing

/// Whether a packet was made under a key, and whether a pseudonym of it stands for somebody.
struct KeyProofTests {
  static func prove(
    _ fixture: KeyUseFixtures, _ packet: String, claim: (String, String)? = nil, register: MemoryRegister
  ) throws -> KeyProof {
    try KeyProof(
      ofPacketAt: packet,
      claim: claim.map {
        KeyProof.Claim(
          pseudonym: try #require(Pseudonym($0.0)), candidate: try KeyUseFixtures.candidates([$0.1]))
      }, keys: fixture.keys(), grounds: KeyUseFixtures.grounds(), register: register)
  }

  @Test func aPacketIsProvedByTheKeyOfItsEpoch() throws {
    let fixture = try KeyUseFixtures()
    let packet = try fixture.seal([("US-1", 1)]) + "/US-1"
    try fixture.newEpoch()
    try fixture.retire(1)
    let register = MemoryRegister()
    let proof = try Self.prove(fixture, packet, register: register)
    #expect(proof.epoch == 1 && proof.claimHolds == nil && proof.isConfirmed)
    #expect(proof.packet.name == "US-1" && proof.packet.packetCase.reference == "US-1")
    #expect(
      register.entries == [
        KeyUseEntry(
          question: .prove(packetDigest: proof.packet.digest, pseudonym: nil), jurisdiction: "US",
          reference: "US-1", reason: "court order 17", by: "somebody", at: TestDocuments.now,
          isConfirmed: true)
      ])
  }

  @Test func aClaimHoldsForTheRightCandidateAlone() throws {
    let fixture = try KeyUseFixtures()
    let packet = try fixture.seal([("US-1", 1)]) + "/US-1"
    let pseudonyms = try fixture.pseudonyms(packet)
    let register = MemoryRegister()
    for (index, pseudonym) in pseudonyms.enumerated() {
      for (other, candidate) in KeyUseFixtures.strangers.enumerated() {
        let proof = try Self.prove(fixture, packet, claim: (pseudonym, candidate), register: register)
        #expect(proof.claimHolds == (index == other) && proof.isConfirmed == (index == other))
      }
    }
    #expect(register.entries.count == 9 && register.entries.count(where: \.isConfirmed) == 3)
  }

  @Test func anotherKeyProvesNothingAndIsRegistered() throws {
    let fixture = try KeyUseFixtures()
    let packet = try fixture.seal([("US-1", 1)]) + "/US-1"
    try fixture.newEpoch()
    try FileManager.default.removeItem(atPath: fixture.keyFolder + "/root-1.key")
    let register = MemoryRegister()
    let claim = (try fixture.pseudonyms(packet)[0], KeyUseFixtures.strangers[0])
    let proof = try Self.prove(fixture, packet, claim: claim, register: register)
    #expect(proof.epoch == nil && proof.claimHolds == nil && !proof.isConfirmed)
    #expect(register.entries.map(\.isConfirmed) == [false])
  }

  @Test func aPacketThatDoesNotVerifyIsNotHeldAgainstTheKey() throws {
    let fixture = try KeyUseFixtures()
    let packet = try fixture.seal([("US-1", 1)]) + "/US-1"
    let file = packet + "/data/withheld.csv"
    try (String(contentsOfFile: file, encoding: .utf8) + "\n").write(
      toFile: file, atomically: false, encoding: .utf8)
    let register = MemoryRegister()
    #expect(
      KeyUseFixtures.failure { _ = try Self.prove(fixture, packet, register: register) }?.status
        == .verification)
    #expect(register.entries.isEmpty)
  }
}
