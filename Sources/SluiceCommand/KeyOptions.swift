import ArgumentParser
import Sluice
import SluiceCrypto

/// Whether a key may lie in memory that the system does not lock.
struct MemoryOptions: ParsableArguments {
  @Flag(help: "End with 7 where the system does not lock the memory of keys, instead of warning.")
  var requireLockedMemory = false

  nonisolated(unsafe) private static var hasWarned = false

  /// Looks at the memory of keys: before a key is read, and again once all are there.
  func check() throws {
    if requireLockedMemory { try SecretMemory.requireLocked() }
    guard !Self.hasWarned, try !SecretMemory.isLocked() else { return }
    Self.hasWarned = true
    Terminal.note(
      "warning: the system does not lock the memory of keys (`ulimit -l`), so they could be written to its swap space; "
        + "--require-locked-memory refuses to go on")
  }
}

/// Which root key is used.
struct KeyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The root key's file, or the folder of root keys.", valueName: "path"))
  var key: String
  @OptionGroup var memory: MemoryOptions

  /// Every key that is given.
  func rootKeys() throws -> RootKeys {
    try memory.check()
    return try RootKeys(contentsOfPath: key)
  }

  /// The case key of each ruling: a case that has a packet in the folder keeps the key it began under.
  func caseKeys(_ rulings: [GrantedRuling], _ folder: PacketFolder) throws -> [CaseKey] {
    let keys = try rootKeys()
    let cases = try folder.cases(of: Set(rulings.map(\.demand.reference)))
    return try CaseKeyChoice(keys) { cases[$0]?.map(\.publishedKey) ?? [] }.caseKeys(rulings)
  }

  /// The key of a stream: that of an epoch, or the newest that is not retired.
  func root(epoch: UInt32?) throws -> any RootOperations {
    let keys = try rootKeys()
    guard let epoch else { return try keys.newest() }
    guard let member = keys.member(epoch: epoch) else {
      throw SluiceError(
        .key, "key-missing", "none of the root keys is of the epoch given; see `sluice key list`")
    }
    return member.root
  }

  /// A key for what shows no pseudonym.
  func anyRoot() throws -> any RootOperations { try rootKeys().members[0].root }
}
