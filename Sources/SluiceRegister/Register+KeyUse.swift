import Sluice
import SluiceCrypto

extension Register: KeyUseRegister {
  /// Notes that the root key was asked, before the answer is given.
  ///
  /// Of the pseudonym only its SHA-256 is kept: who holds the packet can find the entry, and the register by itself does
  /// not tell who was looked for. No candidate is kept, only how many there were.
  public func append(_ entry: KeyUseEntry) throws(SluiceError) {
    var members: [String: RegisterValue] = [
      "jurisdiction": .string(entry.jurisdiction), "reference": .string(entry.reference),
      "reason": .string(entry.reason), "confirmed": .boolean(entry.isConfirmed),
    ]
    if let by = entry.by { members["by"] = .string(by) }
    let event: RegisterEntry.Event
    switch entry.question {
    case .resolve(let pseudonym, let candidateCount):
      event = .resolved
      members["pseudonym"] = Self.digest(pseudonym)
      members["candidates"] = .integer(Int64(candidateCount))
    case .prove(let packetDigest, let pseudonym):
      event = .proved
      members["packet"] = .string(Base16.encode(packetDigest))
      if let pseudonym { members["pseudonym"] = Self.digest(pseudonym) }
    }
    let noted = RegisterEntry(event, members)
    try append(now: entry.at) { _ in [noted] }
  }

  private static func digest(_ pseudonym: Pseudonym) -> RegisterValue {
    .string(Base16.encode(SHA256.hash(Array(pseudonym.text.utf8))))
  }
}
