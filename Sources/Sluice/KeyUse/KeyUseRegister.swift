/// Where it is written down that somebody asked what only the root key can answer.
public protocol KeyUseRegister {
  /// Writes an entry, and returns once it is on the disk.
  func append(_ entry: KeyUseEntry) throws(SluiceError)
}

/// What is written down of a question to the root key, whatever its answer was.
public struct KeyUseEntry: Equatable, Sendable {
  /// What was asked.
  public enum Question: Equatable, Sendable {
    /// Which of some candidates a pseudonym stands for.
    case resolve(pseudonym: Pseudonym, candidateCount: Int)
    /// Whether a packet, by its digest, was made under the key, and whether a pseudonym stands for a candidate.
    case prove(packetDigest: [UInt8], pseudonym: Pseudonym?)
  }

  /// What was asked, without the candidates.
  public let question: Question
  /// The state of the case whose key was asked for, an ISO 3166-1 code.
  public let jurisdiction: String
  /// The reference of the case whose key was asked for, which all parts share.
  public let reference: String
  /// Why it was asked, in the words of whoever asked.
  public let reason: String
  /// Who asked, where it was said.
  public let by: String?
  /// When it was asked.
  public let at: Instant
  /// Whether the pseudonym was resolved, or everything was proved.
  public let isConfirmed: Bool

  /// An entry, not written anywhere yet.
  public init(
    question: Question, jurisdiction: String, reference: String, reason: String, by: String?, at: Instant,
    isConfirmed: Bool
  ) {
    self.question = question
    self.jurisdiction = jurisdiction
    self.reference = reference
    self.reason = reason
    self.by = by
    self.at = at
    self.isConfirmed = isConfirmed
  }
}

/// Who asks the root key, when and why; goes into every entry.
public struct KeyUseGrounds: Equatable, Sendable {
  /// Why it is asked; at least one character that is no blank.
  public let reason: String
  /// Who asks; nil where it is not said.
  public let by: String?
  /// When it is asked; the caller's clock.
  public let at: Instant

  /// Throws status 64 where no reason is given, or one that shows nothing.
  public init(reason: String, by: String?, at: Instant) throws(SluiceError) {
    guard reason.isVisible else {
      throw SluiceError(
        .usage, "reason-missing", "no reason is given; say why with --reason, which the register keeps")
    }
    self.reason = reason
    self.by = by
    self.at = at
  }
}
