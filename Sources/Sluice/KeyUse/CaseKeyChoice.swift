import SluiceCrypto

/// Chooses the root key of each case: the newest that is not retired for a new one; for a case that runs the one that it
/// began under, or its pseudonyms would not compare.
public struct CaseKeyChoice {
  private let keys: RootKeys
  private let published: (String) throws(SluiceError) -> [PublishedKey]

  /// - Parameters:
  ///   - keys: the provider's root keys.
  ///   - published: what the packets so far of a reference publish of its key; none for a new case.
  public init(
    _ keys: RootKeys, published: @escaping (_ reference: String) throws(SluiceError) -> [PublishedKey]
  ) {
    self.keys = keys
    self.published = published
  }

  /// Returns the case key of each ruling, in their order.
  ///
  /// Throws status 7: `key-epoch-missing` where a running case's key is not among those given, `key-epoch-unknown` for a
  /// further part of which no earlier one is known while there is more than one key, and `key-retired`.
  public func caseKeys(_ rulings: [GrantedRuling]) throws(SluiceError) -> [CaseKey] {
    let begun = Set(rulings.lazy.filter { $0.demand.part == 1 }.map { $0.demand.reference })
    var caseKeys: [CaseKey] = []
    for ruling in rulings {
      let demand = ruling.demand
      let known = try published(demand.reference)
      let isContinued = demand.part > 1 && !begun.contains(demand.reference)
      do throws(CryptoError) {
        caseKeys.append(try caseKey(demand, known, isContinued: isContinued))
      } catch {
        throw SluiceError(.key, error.code, error.message, source: demand.packetName)
      }
    }
    return caseKeys
  }

  private func caseKey(
    _ demand: Demand, _ known: [PublishedKey], isContinued: Bool
  ) throws(CryptoError) -> CaseKey {
    guard let first = known.first else {
      guard !isContinued || keys.members.count == 1 else {
        throw CryptoError(
          code: "key-epoch-unknown",
          message:
            "This is a further part, and no earlier packet of its reference is known, so the root key of the "
            + "case cannot be told. Use the output folder of the first part, or give that key's own file.")
      }
      let root = try isContinued ? keys.members[0].root : keys.newest()
      return try root.caseKey(jurisdiction: demand.jurisdiction, reference: demand.reference)
    }
    let found = try keys.caseKey(
      jurisdiction: demand.jurisdiction, reference: demand.reference, published: first)
    guard let found, known.allSatisfy(first.matches) else {
      throw CryptoError(
        code: "key-epoch-missing",
        message:
          "The packets of this reference were made under a root key that is not given, or under several. "
          + "Give the folder with the keys of every epoch; a new packet under another key would not compare.")
    }
    return found.key
  }
}
