import GRDB
import Sluice
import SluiceCrypto

/// The provider's lasting history: every demand, what was ruled and what came of it.
///
/// Entries are added and never changed. Each is a leaf of a Merkle tree (RFC 6962), and the state after each group of
/// entries is signed (`Checkpoint`), so that whoever keeps a checkpoint can tell whether anything up to it was changed,
/// removed, moved or cut off. It holds no subject and no record, and of a demand's text only what is counted.
public final class Register: Sendable {
  let store: RegisterStore
  /// Nil where the register is only read.
  private let key: NoteKey?
  /// Who signs its checkpoints.
  public let verifier: NoteVerifier

  /// Makes a register at a path where there is nothing yet, and beside it its key, `PATH.key`.
  ///
  /// `name` is what checkpoints begin with: 1 to 64 characters of `A-Za-z0-9._/-`, as a domain and a path.
  public static func create(path: String, name: String, now: Instant) throws(SluiceError) -> Register {
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ isNameByte($0) }) else {
      throw SluiceError(
        .usage, "register-name", "This cannot name a register. Use 1 to 64 characters of A-Z a-z 0-9 . _ / -")
    }
    let store = try RegisterStore(path: path, isNew: true)
    let key = try reporting { try NoteKey.create(atPath: path + ".key") }
    let verifier = NoteVerifier(name: name, publicKey: key.publicKey)
    try reporting {
      try store.queue.write { database in
        try database.execute(
          sql: "INSERT INTO identity (name, verifier) VALUES (?, ?)", arguments: [name, verifier.description])
      }
    }
    let register = Register(store: store, key: key, verifier: verifier)
    try register.append(now: now) { _ in [RegisterEntry(.opened, ["name": .string(name)])] }
    return register
  }

  /// Opens a register to add to it; its key must lie beside it.
  public convenience init(path: String) throws(SluiceError) {
    let store = try RegisterStore(path: path, isNew: false)
    let key = try reporting { try NoteKey(contentsOfFile: path + ".key") }
    let verifier = try Self.verifier(store)
    guard verifier.publicKey == key.publicKey else {
      throw SluiceError(
        .key, "register-key",
        "The key beside the register is that of another register. Put its own key back there.", source: path)
    }
    self.init(store: store, key: key, verifier: verifier)
  }

  /// Opens a register to read it; its key is not needed.
  public convenience init(reading path: String) throws(SluiceError) {
    let store = try RegisterStore(path: path, isNew: false)
    self.init(store: store, key: nil, verifier: try Self.verifier(store))
  }

  private init(store: RegisterStore, key: NoteKey?, verifier: NoteVerifier) {
    self.store = store
    self.key = key
    self.verifier = verifier
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func verifier(_ store: RegisterStore) throws(SluiceError) -> NoteVerifier {
    let rows = try reporting {
      try store.queue.read { try Row.fetchAll($0, sql: "SELECT name, verifier FROM identity") }
    }
    guard rows.count == 1, let verifier = NoteVerifier(rows[0]["verifier"]), rows[0]["name"] == verifier.name
    else {
      throw SluiceError(
        .verification, "register-damaged", "The register does not say whose it is. Restore it from a copy.")
    }
    return verifier
  }

  // MARK: - Adding

  /// Adds entries as one group, which is signed as a whole; adds and signs nothing where there are none.
  ///
  /// `make` sees the register as it is, in the transaction that adds to it.
  @discardableResult
  func append(
    now: Instant, _ make: (Database) throws -> [RegisterEntry]
  ) throws(SluiceError) -> Checkpoint? {
    guard let key else { preconditionFailure("a register that was opened to be read is not added to") }
    return try reporting {
      try store.queue.write { database in
        let entries = try make(database)
        guard !entries.isEmpty else { return nil }
        var log = try LogWriter(database)
        for entry in entries { try log.append(entry, now: now) }
        let checkpoint = try Checkpoint(size: log.size, root: try log.root(), verifier.name, key)
        try database.execute(
          sql: "INSERT INTO checkpoints (size, note) VALUES (?, ?)",
          arguments: [Int64(checkpoint.size), checkpoint.note.note])
        return checkpoint
      }
    }
  }

  /// The last checkpoint. A register has one from its first entry on.
  public func lastCheckpoint() throws(SluiceError) -> Checkpoint {
    let text = try reporting {
      try store.queue.read {
        try String.fetchOne($0, sql: "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")
      }
    }
    guard let text, let checkpoint = try reporting({ try Checkpoint(text, verifier) }) else {
      throw SluiceError(
        .verification, "register-checkpoint",
        "The register's last checkpoint is not there or not signed by its key. Run `sluice register verify`.")
    }
    return checkpoint
  }
}
