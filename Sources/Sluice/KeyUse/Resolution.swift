import SluiceCrypto

/// The answer to the question which of some candidates a pseudonym stands for.
public struct Resolution: Equatable, Sendable {
  /// The line of the list that the candidate stands on, and the epoch of the key that the pseudonym was made under.
  public struct Match: Equatable, Sendable {
    /// From 1; lines that hold no candidate count too.
    public let line: Int
    /// The epoch of the root key, from 0.
    public let epoch: UInt32

    package init(line: Int, epoch: UInt32) {
      self.line = line
      self.epoch = epoch
    }
  }

  /// The first candidate of the pseudonym in the list; nil where none is.
  public let match: Match?
  /// How many candidates were tried, each under every key.
  public let candidateCount: Int

  /// Tries every candidate under the key of the case in every epoch, retired ones included, and writes to the register
  /// that it was asked. Only then is there an answer.
  ///
  /// Takes the same time wherever in the list the candidate stands.
  public init(
    of pseudonym: Pseudonym, among list: CandidateList, jurisdiction: String, reference: String,
    keys: RootKeys, grounds: KeyUseGrounds, register: any KeyUseRegister
  ) throws(SluiceError) {
    guard list.identifierClass == pseudonym.identifierClass else {
      throw SluiceError(
        .usage, "candidate-class",
        "the candidates are of another class than the pseudonym's identifier; give some of its class")
    }
    var match: Match?
    do throws(CryptoError) {
      for member in keys.members {
        let key = try member.root.caseKey(jurisdiction: jurisdiction, reference: reference)
        var trial = try PseudonymTrial(key, list.identifierClass, name: list.name)
        for candidate in list.candidates where try trial.matches(pseudonym, candidate.canonical) {
          match = match ?? Match(line: candidate.line, epoch: member.root.epoch)
        }
      }
    } catch {
      throw SluiceError(error)
    }
    try register.append(
      KeyUseEntry(
        question: .resolve(pseudonym: pseudonym, candidateCount: list.candidates.count),
        jurisdiction: jurisdiction, reference: reference, reason: grounds.reason, by: grounds.by,
        at: grounds.at, isConfirmed: match != nil))
    self.match = match
    candidateCount = list.candidates.count
  }
}
