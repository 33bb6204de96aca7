import Glibc

/// A folder of root keys: `root-EPOCH.key` for each epoch, `root-EPOCH.retired.key` once it is retired.
///
/// The folder belongs to the effective user or root, and nobody else may write to it. What else lies in it is left
/// alone, but a name that begins with `root` and ends in `.key` must be one of the two: a misspelt key would be missed.
public struct RootKeyFolder: ~Copyable {
  /// One key file, by its name.
  public struct Entry: Hashable, Sendable {
    /// The epoch that the name states.
    public let epoch: UInt32
    /// Whether no new case may be begun under it.
    public let isRetired: Bool

    /// The name of its file.
    public var name: String {
      "root-\(epoch)" + (isRetired ? RootKeyFolder.retiredEnding : RootKeyFolder.ending)
    }
  }

  static let ending = ".key"
  static let retiredEnding = ".retired.key"

  /// The folder's path, as it was given.
  private let path: String
  private let descriptor: Int32

  /// Opens a folder, or returns nil where there is something else or nothing at the path.
  ///
  /// - Throws: `key-path`, `key-unreadable`, `key-owner`, or `key-mode` where others may write to it.
  public init?(ifFolder path: String) throws(CryptoError) {
    guard let descriptor = try Self.open(path) else { return nil }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The key files by their names, in the order of their epochs; none is read.
  ///
  /// - Throws: `key-folder-name` for a name that is nearly one, `key-epoch-twice`, `key-unreadable`.
  public borrowing func entries() throws(CryptoError) -> [Entry] {
    var entries: [Entry] = []
    for name in try names() where name.hasPrefix("root") && name.hasSuffix(Self.ending) {
      guard let entry = Self.entry(name) else {
        throw CryptoError(
          code: "key-folder-name",
          message: "A file in the folder of keys is named like a root key, but neither root-EPOCH.key nor "
            + "root-EPOCH.retired.key. Rename it or move it away.")
      }
      guard !entries.contains(where: { $0.epoch == entry.epoch }) else {
        throw CryptoError(
          code: "key-epoch-twice",
          message:
            "The folder of keys has epoch \(entry.epoch) both retired and in use. Move one of them away.")
      }
      entries.append(entry)
    }
    return entries.sorted { $0.epoch < $1.epoch }
  }

  /// Reads every key.
  ///
  /// - Throws: what a key file can be refused for, or `key-epoch-name` where it states another epoch than its name.
  borrowing func members() throws(CryptoError) -> [RootKeys.Member] {
    var members: [RootKeys.Member] = []
    for entry in try entries() {
      let root = try RootKey(KeyFile(path: entry.name, at: descriptor))
      guard root.epoch == entry.epoch else {
        throw CryptoError(
          code: "key-epoch-name",
          message:
            "The key file named for epoch \(entry.epoch) holds a key of another epoch. Restore both files.")
      }
      members.append(RootKeys.Member(root: root, isRetired: entry.isRetired))
    }
    return members
  }

  /// Makes the key of a new epoch in the folder: the one given, or the one after the highest; 1 in an empty folder.
  ///
  /// - Throws: `key-epoch-used` for an epoch that is not above all that are there: epochs are counted up, so that the
  ///   newest key is the one used; or what `RootKey.create` throws.
  public borrowing func create(epoch: UInt32?) throws(CryptoError) -> RootKey {
    let highest = try entries().last?.epoch
    // Past the last number it begins again, and is refused.
    let chosen = epoch ?? highest.map { $0 &+ 1 } ?? 1
    guard highest.map({ chosen > $0 }) ?? true else {
      throw CryptoError(
        code: "key-epoch-used",
        message:
          "The folder of keys has this epoch or a later one; epochs are counted up and never used again. "
          + "Leave out --epoch for the next one.")
    }
    let name = Entry(epoch: chosen, isRetired: false).name
    return try RootKey.create(atPath: path + "/" + name, epoch: chosen)
  }

  /// Retires the key of an epoch: it is used for no new case from now on, and for running ones as before.
  ///
  /// Returns false where it is retired already.
  /// - Throws: `key-missing` where there is none of this epoch, `key-write` where the system refuses.
  public borrowing func retire(epoch: UInt32) throws(CryptoError) -> Bool {
    guard let entry = try entries().first(where: { $0.epoch == epoch }) else {
      throw CryptoError(
        code: "key-missing", message: "The folder of keys has no key of this epoch; see `sluice key list`.")
    }
    guard !entry.isRetired else { return false }
    let name = Entry(epoch: epoch, isRetired: true).name
    // In one step, so that no crash leaves it under both names. `entries` saw that nothing lies at the new one.
    guard renameat(descriptor, entry.name, descriptor, name) == 0, fsync(descriptor) == 0
    else {
      throw .system(
        code: "key-write", errno: errno,
        "The key file could not be renamed. Check owner and mode of its folder.")
    }
    return true
  }

  /// Opens a folder that is fit to hold keys; nil where there is none.
  private static func open(_ path: String) throws(CryptoError) -> Int32? {
    try KeyFile.rule.checkPath(path)
    // A symbolic link is no folder here either, as it is no key file.
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    if descriptor < 0, [ENOTDIR, ENOENT, ELOOP].contains(errno) { return nil }
    guard descriptor >= 0 else {
      throw .system(
        code: "key-unreadable", errno: errno,
        "The folder of keys cannot be opened. Check its path, owner and mode.")
    }
    do {
      try checkStatus(of: descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  // MARK: - Names

  private static func entry(_ name: String) -> Entry? {
    let isRetired = name.hasSuffix(retiredEnding)
    let middle = name.dropFirst("root-".count).dropLast((isRetired ? retiredEnding : ending).count)
    guard name.hasPrefix("root-"), let epoch = UInt32(middle) else { return nil }
    let entry = Entry(epoch: epoch, isRetired: isRetired)
    // In the one spelling that a number has.
    return entry.name == name ? entry : nil
  }

  private func names() throws(CryptoError) -> [String] {
    guard let names = FolderNames.read(folder: descriptor) else {
      throw .system(
        code: "key-unreadable", errno: errno,
        "The folder of keys cannot be listed. Check its disk, owner and mode.")
    }
    return names.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func checkStatus(of descriptor: Int32) throws(CryptoError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(
        code: "key-unreadable", errno: errno,
        "The folder of keys cannot be examined. Check its disk, owner and mode.")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw CryptoError(
        code: "key-owner",
        message:
          "The folder of keys belongs to another user, who could exchange them. Make it yours or root's.")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw CryptoError(
        code: "key-mode",
        message: "Others than its owner may write to the folder of keys. Set its mode to 0700.")
    }
  }
}
