import Sluice
import SluiceCrypto

/// Something that the register notes, before it has its place in the log.
struct RegisterEntry {
  /// What happened; the raw value stands in the entry.
  enum Event: String, CaseIterable {
    /// The register was made.
    case opened
    /// The status history of a jurisdiction, as it was first used or as it went on.
    case status
    case received, ruled, refused, sealing, produced, aborted
    /// A key was asked: `resolved` for one pseudonym, `proved` for a packet.
    case resolved, proved
    case verified
  }

  let event: Event
  var members: [String: RegisterValue]

  init(_ event: Event, _ members: [String: RegisterValue]) {
    self.event = event
    self.members = members
  }

  /// The entry as the log holds it. The salt keeps somebody who has its hash from guessing what it says.
  func leaf(sequence: UInt64, at instant: String, salt: [UInt8]) -> String {
    var members = members
    members["at"] = .string(instant)
    members["event"] = .string(event.rawValue)
    members["salt"] = .string(Base16.encode(salt))
    members["sequence"] = .integer(Int64(sequence))
    members["version"] = .integer(1)
    return RegisterValue.object(members).canonical
  }
}
