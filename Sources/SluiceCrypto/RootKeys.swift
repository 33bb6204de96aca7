/// A provider's root keys: one an epoch, of which the newest that is not retired is used for new cases.
///
/// A case that runs keeps the key that it began under, retired or not: `caseKey(jurisdiction:reference:published:)`
/// finds it by what the case's packets publish.
public struct RootKeys: Sendable {
  /// The key of one epoch.
  public struct Member: Sendable {
    /// The key, or what holds it.
    public let root: any RootOperations
    /// Whether no new case may be begun under it.
    public let isRetired: Bool

    /// A key and whether it is retired.
    public init(root: any RootOperations, isRetired: Bool) {
      self.root = root
      self.isRetired = isRetired
    }
  }

  /// In the order of their epochs; at least one.
  public let members: [Member]

  /// Takes keys from wherever they are held.
  ///
  /// - Throws: `key-folder-empty` where there is none, `key-epoch-twice` where two have one epoch.
  public init(_ members: [Member]) throws(CryptoError) {
    guard !members.isEmpty else {
      throw CryptoError(
        code: "key-folder-empty",
        message: "There is no root key in the folder. Make one with `sluice key new --out FOLDER`.")
    }
    let ordered = members.sorted { $0.root.epoch < $1.root.epoch }
    for (first, second) in zip(ordered, ordered.dropFirst()) where first.root.epoch == second.root.epoch {
      throw CryptoError(
        code: "key-epoch-twice",
        message:
          "Two root keys are of epoch \(first.root.epoch); which of them a case uses cannot be told. "
          + "Give one of them."
      )
    }
    self.members = ordered
  }

  /// Reads one key file, or every key of a folder (`RootKeyFolder`). A single file whose name ends in `.retired.key` is
  /// retired.
  ///
  /// - Throws: what `RootKey(contentsOfFile:)` throws for a file, and for a folder what `RootKeyFolder` does.
  public init(contentsOfPath path: String) throws(CryptoError) {
    if let folder = try RootKeyFolder(ifFolder: path) {
      try self.init(folder.members())
    } else {
      let root = try RootKey(contentsOfFile: path)
      try self.init([Member(root: root, isRetired: path.hasSuffix(RootKeyFolder.retiredEnding))])
    }
  }

  /// Returns the key for new cases and streams: the newest that is not retired.
  ///
  /// - Throws: `key-retired` where all are.
  public func newest() throws(CryptoError) -> any RootOperations {
    guard let member = members.last(where: { !$0.isRetired }) else {
      throw CryptoError(
        code: "key-retired",
        message:
          "Every root key given is retired, so no new case can be begun. Make one with `sluice key new`.")
    }
    return member.root
  }

  /// Returns the key of one epoch, retired or not; nil where there is none.
  public func member(epoch: UInt32) -> Member? { members.first { $0.root.epoch == epoch } }

  /// Returns the key of a case by what its packets publish, with its epoch; nil where no key given is the case's.
  public func caseKey(
    jurisdiction: String, reference: String, published: PublishedKey
  ) throws(CryptoError) -> (key: CaseKey, epoch: UInt32)? {
    for member in members {
      let key = try member.root.caseKey(jurisdiction: jurisdiction, reference: reference)
      if try key.published().matches(published) { return (key, member.root.epoch) }
    }
    return nil
  }
}
