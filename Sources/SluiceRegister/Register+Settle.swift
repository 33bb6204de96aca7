import GRDB
import Sluice
import SluiceCrypto

extension Register {
  /// Settles what a run that died left open: packets that were about to be published, and of which nothing more is noted.
  ///
  /// `standing` says what lies at a packet's place. One that verifies and has the digest that was noted is `produced`;
  /// otherwise it is `aborted`, and a later run may answer the demand. Returns how many there were.
  @discardableResult
  public func settle(
    now: Instant, standing: (_ packetName: String) throws(SluiceError) -> PacketStanding
  ) throws(SluiceError) -> Int {
    let open = try openSealings()
    guard !open.isEmpty else { return 0 }
    var digests: [String: [UInt8]] = [:]
    for name in open {
      if case .sealedBefore(let packet) = try standing(name) { digests[name] = packet.digest }
    }
    var count = 0
    try append(now: now) { database in
      // Another run may have settled some meanwhile.
      let entries = try Self.openSealings(database).filter { open.contains($0.demand) }
      count = entries.count
      return entries.map { sealing in
        var members = sealing.members
        let isThere = digests[sealing.demand].map { SHA256.hex($0) } == sealing.packet
        members[isThere ? "settled" : "code"] = isThere ? .boolean(true) : .string("run-died")
        if isThere { members["packet"] = .string(sealing.packet) }
        return RegisterEntry(isThere ? .produced : .aborted, members)
      }
    }
    return count
  }

  private func openSealings() throws(SluiceError) -> Set<String> {
    try reporting { try store.queue.read { Set(try Self.openSealings($0).map(\.demand)) } }
  }

  private struct Sealing {
    let demand: String
    let packet: String
    let members: [String: RegisterValue]
  }

  /// Demands whose last entry of a packet is that it is about to be published.
  private static func openSealings(_ database: Database) throws -> [Sealing] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT demand, leaf ->> 'packet' AS packet, leaf ->> 'digest' AS digest, document,
          leaf ->> 'jurisdiction' AS jurisdiction, leaf ->> 'reference' AS reference,
          leaf ->> 'records' AS records, leaf ->> 'fields' AS fields, leaf ->> 'partial' AS partial
        FROM entries WHERE sequence IN (
          SELECT MAX(sequence) FROM entries WHERE event IN ('sealing', 'produced', 'aborted') GROUP BY demand)
          AND event = 'sealing' ORDER BY sequence
        """)
    return rows.map { row in
      var members: [String: RegisterValue] = [:]
      for name in ["demand", "digest", "document", "jurisdiction", "reference"] {
        if let text: String = row[name] { members[name] = .string(text) }
      }
      for name in ["records", "fields"] {
        if let number: Int64 = row[name] { members[name] = .integer(number) }
      }
      if let isPartial: Bool = row["partial"] { members["partial"] = .boolean(isPartial) }
      return Sealing(demand: row["demand"], packet: row["packet"], members: members)
    }
  }
}
