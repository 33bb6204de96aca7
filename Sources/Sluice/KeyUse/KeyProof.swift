import SluiceCrypto

/// The answer to the question whether a packet was made under a key, and whether a pseudonym stands for somebody.
public struct KeyProof: Equatable, Sendable {
  /// A claim: that a pseudonym under the packet's case stands for the one candidate of a list.
  public struct Claim: Sendable {
    /// The pseudonym, as the packet shows it.
    public let pseudonym: Pseudonym
    /// Whom it is said to stand for. A list of none or several, or of another class, makes a claim that does not
    /// hold.
    public let candidate: CandidateList

    /// A claim; nothing of it is checked here.
    public init(pseudonym: Pseudonym, candidate: CandidateList) {
      self.pseudonym = pseudonym
      self.candidate = candidate
    }
  }

  /// The packet that was asked about; it verifies.
  public let packet: VerifiedPacket
  /// The epoch of the key that the packet was made under, by its key id and commitment; nil where it is none of them.
  public let epoch: UInt32?
  /// Whether the claim holds; nil where there is none, or no key to hold it against.
  public let claimHolds: Bool?

  /// Whether all that was asked is proved.
  public var isConfirmed: Bool { epoch != nil && claimHolds != false }

  /// Verifies the packet in a folder, derives its case key from every key given, compares, and writes to the register
  /// that it was asked. Only then is there an answer.
  ///
  /// Throws what `PacketVerifier` throws for a packet that does not verify: then nothing was derived.
  public init(
    ofPacketAt path: String, claim: Claim?, keys: RootKeys, grounds: KeyUseGrounds,
    register: any KeyUseRegister
  ) throws(SluiceError) {
    packet = try PacketVerifier.verify(path: path)
    let packetCase = packet.packetCase
    do throws(CryptoError) {
      let found = try keys.caseKey(
        jurisdiction: packetCase.jurisdiction, reference: packetCase.reference,
        published: packetCase.publishedKey)
      epoch = found?.epoch
      claimHolds = try Self.holds(claim, found?.key)
    } catch {
      throw SluiceError(error)
    }
    try register.append(
      KeyUseEntry(
        question: .prove(packetDigest: packet.digest, pseudonym: claim?.pseudonym),
        jurisdiction: packetCase.jurisdiction, reference: packetCase.reference, reason: grounds.reason,
        by: grounds.by, at: grounds.at, isConfirmed: isConfirmed))
  }

  private static func holds(_ claim: Claim?, _ key: CaseKey?) throws(CryptoError) -> Bool? {
    guard let claim, let key else { return nil }
    guard claim.candidate.identifierClass == claim.pseudonym.identifierClass,
      let candidate = claim.candidate.candidates.first, claim.candidate.candidates.count == 1
    else { return false }
    var trial = try PseudonymTrial(key, claim.candidate.identifierClass, name: claim.candidate.name)
    return try trial.matches(claim.pseudonym, candidate.canonical)
  }
}
