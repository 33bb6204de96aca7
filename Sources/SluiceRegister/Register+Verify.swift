import GRDB
import Sluice
import SluiceCrypto

extension Register {
  /// What a register that verifies has.
  public struct Verified: Equatable, Sendable {
    /// Entries of the log; the last checkpoint signs all of them.
    public let entryCount: UInt64
    /// Checkpoints that the register itself holds, each signed by its key and true of the tree.
    public let checkpointCount: Int
    /// Kept checkpoints and packets that it was held against.
    public let witnessCount: Int
  }

  /// A packet as a witness: which checkpoint it names, and its own digest.
  public struct PacketWitness: Sendable {
    /// The packet's name, for the sentence that says what is wrong.
    public let name: String
    /// SHA-256 of its tagmanifest-sha256.txt; the register must have noted it as produced.
    public let digest: [UInt8]
    /// SHA-256 of a checkpoint; nil where the packet names none.
    public let checkpointDigest: [UInt8]?

    /// A witness, from a packet that was verified.
    public init(name: String, digest: [UInt8], checkpointDigest: [UInt8]?) {
      self.name = name
      self.digest = digest
      self.checkpointDigest = checkpointDigest
    }
  }

  /// Works the whole log out again from its entries and holds it against its checkpoints, kept ones and packets.
  ///
  /// - Parameters:
  ///   - kept: the texts of checkpoints that were kept elsewhere.
  ///   - packets: packets that were made with this register.
  ///   - by: who must have signed; nil takes the register's own word for it.
  /// - Throws: status 8 with what is wrong, at the first thing that is.
  public func verify(
    kept: [String] = [], packets: [PacketWitness] = [], by trusted: NoteVerifier? = nil
  ) throws(SluiceError) -> Verified {
    guard trusted == nil || trusted == verifier else {
      throw Self.wrong("register-key", "it is signed by another key than the one that was kept.")
    }
    return try reporting {
      try store.queue.read { database in
        try Self.checkFile(database)
        let checkpoints = try Self.checkpoints(database, verifier)
        let size = try Self.checkEntries(database, checkpoints)
        let digests = Set(checkpoints.map(\.note.digest))
        for text in kept { try Self.check(kept: text, size, database, verifier) }
        for packet in packets { try Self.check(packet, digests, database) }
        return Verified(
          entryCount: size, checkpointCount: checkpoints.count, witnessCount: kept.count + packets.count)
      }
    }
  }

  static func wrong(_ code: String, _ reason: String) -> SluiceError {
    SluiceError(
      .verification, code,
      "The register does not verify: \(reason) Keep it and its copies as they are, and find out what changed."
    )
  }

  /// The database is whole, and still refuses changes.
  private static func checkFile(_ database: Database) throws {
    guard try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"] else {
      throw wrong("register-damaged", "its file is damaged.")
    }
    let objects = try Row.fetchAll(database, sql: "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    let sql = Dictionary(
      objects.map { ($0["name"] as String, $0["sql"] as String) }, uniquingKeysWith: { first, _ in first })
    let expected = RegisterStore.triggers.map(\.sql) + RegisterStore.tables
    guard Set(sql.values) == Set(expected) else {
      throw wrong(
        "register-schema", "its tables, or the triggers that forbid changes, are not as they were made.")
    }
  }

  /// Every checkpoint, smallest first, each signed.
  private static func checkpoints(_ database: Database, _ verifier: NoteVerifier) throws -> [Checkpoint] {
    var checkpoints: [Checkpoint] = []
    for row in try Row.fetchAll(database, sql: "SELECT size, note FROM checkpoints ORDER BY size") {
      let size: Int64 = row["size"]
      guard let checkpoint = try Checkpoint(row["note"], verifier), checkpoint.size == UInt64(size) else {
        throw wrong("register-checkpoint", "its checkpoint of \(size) entries is not signed by its key.")
      }
      checkpoints.append(checkpoint)
    }
    return checkpoints
  }

  /// Goes through the entries, and compares the tree with what is stored and with every checkpoint on the way.
  private static func checkEntries(_ database: Database, _ checkpoints: [Checkpoint]) throws -> UInt64 {
    var tree = GrowingTree()
    var rest = checkpoints[...]
    var last = ""
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT sequence, leaf, leaf ->> 'sequence' AS stated, leaf ->> 'at' AS at FROM entries ORDER BY sequence
        """)
    while let row = try rows.next() {
      let sequence: Int64 = row["sequence"]
      guard UInt64(sequence) == tree.size else {
        throw wrong("register-sequence", "entry \(tree.size) is gone.")
      }
      guard row["stated"] as Int64? == sequence, let at: String = row["at"], !at.isEarlier(than: last) else {
        throw wrong("register-entry", "entry \(sequence) was moved or changed.")
      }
      last = at
      let completed = tree.append(MerkleHash.leaf(Array((row["leaf"] as String).utf8)))
      for (level, place, hash) in completed where try database.node(level, place) != hash {
        throw wrong(
          "register-entry", "entry \(sequence) was changed, moved or put in: its hash is not the tree's.")
      }
      while let next = rest.first, next.size == tree.size {
        guard tree.root == next.root else {
          throw wrong(
            "register-entry",
            "an entry up to \(sequence) was changed: the checkpoint of \(next.size) entries is another's.")
        }
        rest.removeFirst()
      }
    }
    let nodeCount = try Int64.fetchOne(database, sql: "SELECT COUNT(*) FROM nodes") ?? 0
    guard UInt64(nodeCount) == tree.subtreeCount else {
      throw wrong("register-tree", "its tree has hashes of entries that are not there.")
    }
    if let missing = rest.first {
      throw wrong(
        "register-truncated",
        "it was cut off: a checkpoint signs \(missing.size) entries, and there are \(tree.size).")
    }
    guard checkpoints.last?.size == tree.size else {
      throw wrong(
        "register-unsigned",
        "its last entries, after \(checkpoints.last?.size ?? 0), are signed by no checkpoint.")
    }
    return tree.size
  }

  /// Holds a checkpoint that was kept against the tree, and returns it.
  @discardableResult
  static func check(
    kept text: String, _ size: UInt64, _ database: Database, _ verifier: NoteVerifier
  ) throws -> Checkpoint {
    guard let kept = try Checkpoint(text, verifier) else {
      throw wrong(
        "register-checkpoint", "a kept checkpoint is not signed by the register's key, or was changed.")
    }
    guard kept.size <= size else {
      throw wrong(
        "register-truncated",
        "it was cut off: a kept checkpoint signs \(kept.size) entries, and there are \(size).")
    }
    guard try database.tree(size: kept.size).root() == kept.root else {
      throw wrong(
        "register-history", "its first \(kept.size) entries are not those that a kept checkpoint signs.")
    }
    return kept
  }

  private static func check(_ packet: PacketWitness, _ digests: Set<[UInt8]>, _ database: Database) throws {
    if let digest = packet.checkpointDigest, !digests.contains(digest) {
      throw wrong(
        "register-history",
        "packet \(packet.name) names a checkpoint that it does not have: it was cut off or made anew.")
    }
    let isProduced = try Bool.fetchOne(
      database, sql: "SELECT 1 FROM entries WHERE event = 'produced' AND leaf ->> 'packet' = ?",
      arguments: [Base16.encode(packet.digest)])
    guard isProduced == true else {
      throw wrong("register-packet", "it has no entry of packet \(packet.name) as it lies there.")
    }
  }
}

/// A tree that grows an entry at a time and keeps only the subtrees at its right edge.
private struct GrowingTree {
  private(set) var size: UInt64 = 0
  private(set) var subtreeCount: UInt64 = 0
  /// The complete subtrees, largest first.
  private var edge: [[UInt8]] = []

  /// Adds an entry's hash; returns every subtree that it completes, by level and place.
  mutating func append(_ leaf: [UInt8]) -> [(level: Int, place: UInt64, hash: [UInt8])] {
    var (level, place, hash) = (0, size, leaf)
    var completed = [(level: level, place: place, hash: hash)]
    while place % 2 == 1 {
      hash = MerkleHash.node(edge.removeLast(), hash)
      (level, place) = (level + 1, place / 2)
      completed.append((level, place, hash))
    }
    edge.append(hash)
    size += 1
    subtreeCount += UInt64(completed.count)
    return completed
  }

  var root: [UInt8] {
    guard var hash = edge.last else { return MerkleHash.empty }
    for left in edge.dropLast().reversed() { hash = MerkleHash.node(left, hash) }
    return hash
  }
}
