import GRDB
import Sluice
import SluiceCrypto

/// Adds entries to the log, in one transaction.
///
/// A run of a thousand demands adds four thousand: what is asked for each of them is a statement that SQLite keeps ready.
struct LogWriter {
  private(set) var size: UInt64
  private let database: Database
  private var last: String

  init(_ database: Database) throws {
    self.database = database
    size = UInt64(try Int64.fetchOne(database, sql: "SELECT COUNT(*) FROM entries") ?? 0)
    last =
      try String.fetchOne(
        database, sql: "SELECT leaf ->> 'at' FROM entries ORDER BY sequence DESC LIMIT 1") ?? ""
  }

  /// The hash of the tree of all entries.
  func root() throws -> [UInt8] { try database.tree(size: size).root() }

  /// Adds an entry, and every subtree that it completes.
  mutating func append(_ entry: RegisterEntry, now: Instant) throws {
    var entry = entry
    var instant = now.text
    if instant.isEarlier(than: last) {
      // Entries are in the order of their times; a clock that went back is told, not followed.
      entry.members["clock"] = .string(instant)
      instant = last
    }
    last = instant
    let leaf = entry.leaf(sequence: size, at: instant, salt: try RandomBytes.make(count: 16))
    try database.cachedStatement(sql: "INSERT INTO entries (sequence, leaf) VALUES (?, ?)")
      .execute(arguments: [Int64(size), leaf])
    var (level, place) = (0, size)
    var hash = MerkleHash.leaf(Array(leaf.utf8))
    try insert(level, place, hash)
    while place % 2 == 1 {
      hash = MerkleHash.node(try database.node(level, place - 1), hash)
      (level, place) = (level + 1, place / 2)
      try insert(level, place, hash)
    }
    size += 1
  }

  private func insert(_ level: Int, _ place: UInt64, _ hash: [UInt8]) throws {
    try database.cachedStatement(sql: "INSERT INTO nodes (level, place, hash) VALUES (?, ?, ?)")
      .execute(arguments: [level, Int64(place), Base64.encode(hash)])
  }
}

extension Database {
  /// The tree over the first `size` entries.
  func tree(size: UInt64) -> MerkleTree {
    MerkleTree(size: size) { (level, place) throws(SluiceError) in
      try reporting { try self.node(level, place) }
    }
  }

  func node(_ level: Int, _ place: UInt64) throws -> [UInt8] {
    let text = try String.fetchOne(
      try cachedStatement(sql: "SELECT hash FROM nodes WHERE level = ? AND place = ?"),
      arguments: [level, Int64(place)])
    guard let text, let hash = Base64.decode(text), hash.count == SHA256.byteCount else {
      throw SluiceError(
        .verification, "register-tree",
        "A hash of the register's tree is missing or cut; it was changed or damaged. Run `sluice "
          + "register verify`."
      )
    }
    return hash
  }
}

extension String {
  /// Whether an instant's text is before another's; both in UTC, with fractions of any length.
  func isEarlier(than other: String) -> Bool {
    guard !other.isEmpty else { return false }
    let (left, right) = (self.dropLast(), other.dropLast())
    return left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
