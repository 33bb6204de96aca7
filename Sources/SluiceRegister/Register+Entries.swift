import GRDB
import Sluice
import SluiceCrypto

extension Register {
  /// One entry of the log, as it was added.
  public struct Entry: Sendable {
    /// Counted from 0.
    public let sequence: UInt64
    /// RFC 3339, UTC.
    public let at: String
    /// What happened, in a word: `received`, `ruled`, `produced` and the like.
    public let event: String
    /// The packet's name of the demand it is about; nil for one that is about none.
    public let demand: String?
    /// The whole, canonical JSON (RFC 8785): the leaf whose hash stands in the tree.
    public let leaf: String
  }

  /// Hands out entries in their order: all, or those about a demand's reference, its parts included.
  public func entries(
    of reference: String? = nil, _ take: (Entry) throws(SluiceError) -> Void
  ) throws(SluiceError) {
    try reporting {
      try store.queue.read { database in
        let condition = reference == nil ? "" : "WHERE demand = :name OR leaf ->> 'reference' = :name"
        let rows = try Row.fetchCursor(
          database,
          sql:
            "SELECT sequence, leaf ->> 'at' AS at, event, demand, leaf FROM entries \(condition) ORDER BY sequence",
          arguments: reference.map { ["name": $0] } ?? StatementArguments())
        while let row = try rows.next() {
          let sequence: Int64 = row["sequence"]
          try take(
            Entry(
              sequence: UInt64(sequence), at: row["at"] ?? "", event: row["event"] ?? "",
              demand: row["demand"], leaf: row["leaf"]))
        }
      }
    }
  }

  /// The proof that an entry is in the log as the last checkpoint signs it, in the form of C2SP tlog-proof.
  ///
  /// Nil where there is no such entry.
  public func proof(of entry: UInt64) throws(SluiceError) -> String? {
    let checkpoint = try lastCheckpoint()
    guard entry < checkpoint.size else { return nil }
    let path = try reporting {
      try store.queue.read { try $0.tree(size: checkpoint.size).inclusionProof(of: entry) }
    }
    let hashes = path.map { Base64.encode($0) + "\n" }.joined()
    return "c2sp.org/tlog-proof@v1\nindex \(entry)\n\(hashes)\n\(checkpoint.note.note)"
  }

  /// The proof that the log as a kept checkpoint signs it is the beginning of the log as the last one does (RFC 6962,
  /// section 2.1.2), in the form in which C2SP tlog-witness takes it: `old` and the kept size, the hashes, a blank line,
  /// the last checkpoint.
  ///
  /// Throws status 8 where the kept checkpoint is not signed by this register's key, or is of another history.
  public func consistencyProof(from kept: String) throws(SluiceError) -> String {
    let last = try lastCheckpoint()
    return try reporting {
      try store.queue.read { database in
        let kept = try Self.check(kept: kept, last.size, database, verifier)
        let path = try database.tree(size: last.size).consistencyProof(from: kept.size)
        let hashes = path.map { Base64.encode($0) + "\n" }.joined()
        return "old \(kept.size)\n\(hashes)\n\(last.note.note)"
      }
    }
  }

  /// Notes that a packet was verified.
  ///
  /// - Parameters:
  ///   - packetName: nil where the packet does not say which it is.
  ///   - digest: its SHA-256; nil where it does not verify.
  ///   - code: why it is not whole; nil where it is.
  public func verified(_ packetName: String?, digest: [UInt8]?, code: String?, now: Instant)
    throws(SluiceError)
  {
    var members: [String: RegisterValue] = ["code": .string(code ?? "")]
    if let packetName { members["demand"] = .string(packetName) }
    if let digest { members["packet"] = .string(Base16.encode(digest)) }
    try append(now: now) { _ in [RegisterEntry(.verified, members)] }
  }
}
