import GRDB
import Sluice
import SluiceCrypto

extension Register {
  /// What became of packets that were about to be published, and of which nothing more was noted.
  public struct Settlement: Equatable, Sendable {
    /// Those that are noted now.
    public let settledCount: Int
    /// Those of which it is not known whether they were published, by name: they were to lie in another folder.
    public let elsewhere: [String]
    /// Those in whose place something lies in this folder that does not verify, by name.
    public let unusable: [String]
  }

  /// Settles what a run that died left open: packets that were about to be published, and of which nothing more is noted.
  ///
  /// One that lies in the folder, verifies and has the digest that was noted is `produced`. One that was to lie there and
  /// does not is `aborted`, and a later run may answer the demand. Every other one stays open: it may have been published
  /// in another folder. Those of a run that still lives are its own.
  ///
  /// - Parameter isTheirs: takes the folder for that of packets of which no folder is noted, as entries of earlier
  ///   versions name none, and looks into it for packets that were given up (`settleAsLost`): it may be a copy of theirs.
  @discardableResult
  public func settle(
    now: Instant, in folder: PacketFolder, isTheirs: Bool = false
  ) throws(SluiceError) -> Settlement {
    let open = try reporting { try store.queue.read { try Self.openSealings($0) } }
    guard !open.isEmpty else { return Settlement(settledCount: 0, elsewhere: [], unusable: []) }
    var isThere: [String: Bool] = [:]
    var (elsewhere, unusable): ([String], [String]) = ([], [])
    for sealing in open {
      let isOfFolder = sealing.folder.map { $0 == folder.place.folder } ?? isTheirs
      if sealing.isLost {
        // Given up, and found again. Another folder is not looked into unasked: what answers the demand anew may lie
        // there, and every run would read it.
        if isOfFolder || isTheirs, try Self.isThere(sealing, in: folder, isOfFolder: isOfFolder) == true {
          isThere[sealing.packet] = true
        }
        continue
      }
      // Asked before what lies there: a run may publish a packet and die meanwhile.
      if isOfFolder, let run = sealing.run, try folder.isLiving(run) { continue }
      isThere[sealing.packet] = try Self.isThere(sealing, in: folder, isOfFolder: isOfFolder)
      guard isThere[sealing.packet] == nil else { continue }
      if isOfFolder { unusable.append(sealing.demand) } else { elsewhere.append(sealing.demand) }
    }
    var count = 0
    try append(now: now) { database in
      // Another run may have settled some meanwhile.
      let entries = try Self.openSealings(database).compactMap { sealing in
        isThere[sealing.packet].map { isThere in
          isThere
            ? sealing.outcome(.produced, ["settled": .boolean(true)])
            : sealing.outcome(.aborted, ["code": .string("run-died")])
        }
      }
      count = entries.count
      return entries
    }
    return Settlement(settledCount: count, elsewhere: elsewhere, unusable: unusable)
  }

  /// Notes that it cannot be found out any more whether a packet was published: its run has ended, and its folder is gone.
  ///
  /// Nothing is looked at; it is the operator's word, and the reason is noted with it. The demand counts as aborted
  /// (`folder-lost`), and a later run may answer it. Where the folder is found again, `settle` in it notes the packet after
  /// all.
  ///
  /// - Parameter packet: its name, `REFERENCE` or `REFERENCE.2`, or its digest as the register shows it.
  /// - Throws: status 5, `register-nothing-open`, where the register waits for no such packet, and `register-several-open`
  ///   where packets of that name were to lie in several folders.
  public func settleAsLost(_ packet: String, reason: String, now: Instant) throws(SluiceError) {
    var folderCount = 0
    try append(now: now) { database in
      let open = try Self.openSealings(database).filter {
        !$0.isLost && ($0.demand == packet || $0.packet == packet)
      }
      folderCount = Set(open.map(\.folder)).count
      guard folderCount == 1 else { return [] }
      return open.map {
        $0.outcome(.aborted, ["code": .string(Self.lostCode), "reason": .string(reason)])
      }
    }
    guard folderCount > 0 else {
      throw SluiceError(
        .input, "register-nothing-open",
        "The register waits for no packet of that name. See `sluice register show` for what is noted of it.")
    }
    guard folderCount == 1 else {
      throw SluiceError(
        .input, "register-several-open",
        "The register waits for packets of that name in several folders, and one may be there. Give the digest of the one "
          + "that is lost, as `sluice register show` has it.")
    }
  }

  /// What an operator's word that a folder is gone is noted as.
  private static let lostCode = "folder-lost"

  /// Whether a packet was published; nil where its folder does not tell. One that does not verify tells nothing: it may
  /// be the packet, damaged.
  private static func isThere(
    _ sealing: Sealing, in folder: PacketFolder, isOfFolder: Bool
  ) throws(SluiceError) -> Bool? {
    switch try folder.standing(of: sealing.demand) {
    case .sealedBefore(let packet) where Base16.encode(packet.digest) == sealing.packet: true
    case .nothing, .sealedBefore: isOfFolder ? false : nil
    case .unusable: nil
    }
  }

  private struct Sealing {
    let demand: String
    let packet: String
    /// Which folder it was to lie in, and which run was to put it there; nil in entries of earlier versions.
    let folder: String?
    let run: String?
    /// Whether an operator has given it up.
    let isLost: Bool
    let members: [String: RegisterValue]

    /// What is noted of what came of it.
    func outcome(_ event: RegisterEntry.Event, _ more: [String: RegisterValue]) -> RegisterEntry {
      var members = members.merging(more) { $1 }
      members["packet"] = .string(packet)
      // What it would have released is nothing that was.
      if event == .aborted { for name in ["records", "fields", "partial"] { members[name] = nil } }
      return RegisterEntry(event, members)
    }
  }

  /// The condition that no later entry says what became of a packet that was about to be published; `sealing` names the
  /// table of its entry. An `aborted` of earlier versions names no packet and is of all before it. `orLost`: whether one
  /// that was given up is open too.
  static func isOpen(sealing: String, orLost: Bool = false) -> String {
    """
    NOT EXISTS (
      SELECT 1 FROM entries AS later
      WHERE later.demand = \(sealing).demand AND later.event IN ('produced', 'aborted')
        AND later.sequence > \(sealing).sequence
        AND coalesce(later.leaf ->> 'packet', \(sealing).leaf ->> 'packet') = \(sealing).leaf ->> 'packet'
        \(orLost ? "AND coalesce(later.leaf ->> 'code', '') <> '\(lostCode)'" : ""))
    """
  }

  /// Packets of which the last entry is that they are about to be published, or that they were and are given up.
  private static func openSealings(_ database: Database) throws -> [Sealing] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT demand, leaf ->> 'packet' AS packet, leaf ->> 'digest' AS digest, document,
          leaf ->> 'jurisdiction' AS jurisdiction, leaf ->> 'reference' AS reference,
          leaf ->> 'records' AS records, leaf ->> 'fields' AS fields, leaf ->> 'partial' AS partial,
          leaf ->> 'folder' AS folder, leaf ->> 'run' AS run, NOT \(isOpen(sealing: "sealing")) AS lost
        FROM entries AS sealing WHERE event = 'sealing' AND \(isOpen(sealing: "sealing", orLost: true))
        ORDER BY sequence
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
      return Sealing(
        demand: row["demand"], packet: row["packet"], folder: row["folder"], run: row["run"],
        isLost: row["lost"], members: members
      )
    }
  }
}
