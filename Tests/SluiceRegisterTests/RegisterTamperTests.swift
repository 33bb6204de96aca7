import Foundation
import Sluice
import SluiceRegister
import Testing

/// F40, for the register: whatever is changed in it no longer verifies, and the sentence says what it is.
struct RegisterTamperTests {
  /// A register of two packets and a refusal, a checkpoint that was kept before the second packet, and the packets.
  private func place() throws -> (RegisterPlace, kept: String, packets: [Register.PacketWitness]) {
    let place = try RegisterPlace()
    try place.seal([try place.demand("us-court-order"), try place.demand("hk-paused", document: 2)])
    let kept = try place.register.lastCheckpoint().note.note
    try place.seal([try place.demand("us-emergency")])
    return (place, kept, try place.witnesses())
  }

  private func entryCount(_ place: RegisterPlace) throws -> Int {
    try #require(Int(try RegisterPlace.sqlite(place.file, "SELECT COUNT(*) FROM entries")[0]))
  }

  @Test func anEntryThatIsChangedRemovedMovedOrPutInIsFound() throws {
    let (place, _, _) = try place()
    let count = try entryCount(place)
    #expect(RegisterPlace.fault(try place.tampered("SELECT 1")) == nil, "the copy itself verifies")
    for entry in 0..<count {
      for sql in [
        "UPDATE entries SET leaf = replace(leaf, '2026', '2025') WHERE sequence = \(entry)",
        "UPDATE entries SET leaf = leaf || ' ' WHERE sequence = \(entry)",
        "DELETE FROM entries WHERE sequence = \(entry)",
        "INSERT INTO entries (sequence, leaf) SELECT \(count), leaf FROM entries WHERE sequence = \(entry)",
        "UPDATE nodes SET hash = (SELECT hash FROM nodes WHERE level = 0 AND place = \((entry + 1) % count)) WHERE level = 0 AND place = \(entry)",
      ] {
        // The first entry holds no year of this run.
        guard entry > 0 || !sql.contains("replace") else { continue }
        let error = RegisterPlace.fault(try place.tampered(sql))
        #expect(error?.status == .verification, "\(sql)")
        #expect(error?.message.isEmpty == false)
        // One that is gone is told from one that was changed, where others follow it.
        if sql.hasPrefix("DELETE"), entry < count - 1 { #expect(error?.code == "register-sequence") }
      }
    }
  }

  @Test func everyTruncationIsFoundByACheckpointThatWasKept() throws {
    let (place, kept, packets) = try place()
    let count = try entryCount(place)
    let keptSize = try #require(Int(kept.split(separator: "\n")[1]))
    var wholeCount = 0
    for entry in 1..<count {
      // As somebody who has the file and not its key could: entries, hashes and checkpoints are all cut at one place.
      let cut = try place.tampered(
        """
        DELETE FROM entries WHERE sequence >= \(entry);
        DELETE FROM nodes WHERE (place + 1) * (1 << level) > \(entry);
        DELETE FROM checkpoints WHERE size > \(entry)
        """)
      let error = RegisterPlace.fault(cut, kept: [kept], packets: packets)
      #expect(error?.status == .verification, "cut at \(entry)")
      guard entry < keptSize else { continue }
      // Where a checkpoint signs all that is left, the register alone would verify.
      let isWhole = RegisterPlace.fault(cut) == nil
      let code = RegisterPlace.fault(cut, kept: [kept])?.code
      #expect(code == (isWhole ? "register-truncated" : "register-unsigned"), "cut at \(entry)")
      wholeCount += isWhole ? 1 : 0
    }
    #expect(wholeCount > 0, "no checkpoint stands before the one that was kept")
  }

  @Test func everyBitOfEveryEntryAndCheckpointCounts() throws {
    let (place, _, _) = try place()
    let copy = try place.tampered("SELECT 1", name: "copy.register")
    let whole = Array(try Data(contentsOf: URL(filePath: copy)))
    let leaves = try RegisterPlace.sqlite(place.file, "SELECT leaf FROM entries")
    let notes = try RegisterPlace.sqlite(
      place.file, "SELECT replace(note, char(10), '\\n') FROM checkpoints"
    ).map { $0.replacingOccurrences(of: "\\n", with: "\n") }
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: .min ... .max, using: &random)
    var flipped = 0
    for text in leaves + notes where text.utf8.count > 8 {
      let bytes = Array(text.utf8)
      guard let start = whole.firstRange(of: bytes)?.lowerBound else { continue }
      // One bit of each sixth byte; which one hangs on the seed and the place.
      for offset in stride(from: Int(seed % 6), to: bytes.count, by: 6) {
        var changed = whole
        changed[start + offset] ^= 1 << UInt8((seed >> 8 &+ UInt64(offset)) % 8)
        try Data(changed).write(to: URL(filePath: copy))
        chmod(copy, 0o600)
        if RegisterPlace.fault(copy) == nil {
          Issue.record("byte \(offset) of \(bytes.count) flipped and not found, seed \(seed)")
        }
        flipped += 1
      }
    }
    #expect(flipped > 500)
  }

  @Test func aRegisterMadeAnewWithItsOwnKeyIsFoundByPacketsAndCheckpoints() throws {
    let (place, kept, packets) = try place()
    let other = try RegisterPlace()
    try other.seal([try other.demand("us-court-order")])
    #expect(RegisterPlace.fault(other.file, kept: [kept])?.code == "register-checkpoint")
    #expect(RegisterPlace.fault(other.file, packets: packets)?.code == "register-history")
    let verifier = place.register.verifier
    #expect { try Register(reading: other.file).verify(by: verifier) } throws: {
      ($0 as? SluiceError)?.code == "register-key"
    }
  }

  @Test func aPacketThatWasNeverNotedIsFound() throws {
    let (place, _, packets) = try place()
    let strange = Register.PacketWitness(
      name: "US-1", digest: Array(repeating: 7, count: 32), checkpointDigest: packets[0].checkpointDigest)
    #expect(RegisterPlace.fault(place.file, packets: [strange])?.code == "register-packet")
  }

  @Test func aKeptCheckpointThatWasChangedIsNotBelieved() throws {
    let (place, kept, _) = try place()
    for offset in kept.utf8.indices {
      var bytes = Array(kept.utf8)
      bytes[kept.utf8.distance(from: kept.utf8.startIndex, to: offset)] ^= 1
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(RegisterPlace.fault(place.file, kept: [text]) != nil)
    }
  }

  @Test func tablesWithoutTheirGuardsAreFound() throws {
    let (place, _, _) = try place()
    let copy = try place.tampered("SELECT 1")
    try RegisterPlace.sqlite(copy, "DROP TRIGGER entries_no_delete")
    #expect(RegisterPlace.fault(copy)?.code == "register-schema")
  }
}
