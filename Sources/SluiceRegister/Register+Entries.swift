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

  /// Notes that a packet was verified; `code` is nil where it is whole, else why it is not.
  public func verified(_ packetName: String, digest: [UInt8]?, code: String?, now: Instant)
    throws(SluiceError)
  {
    var members: [String: RegisterValue] = ["demand": .string(packetName), "code": .string(code ?? "")]
    if let digest { members["packet"] = .string(SHA256.hex(digest)) }
    try append(now: now) { _ in [RegisterEntry(.verified, members)] }
  }
}
