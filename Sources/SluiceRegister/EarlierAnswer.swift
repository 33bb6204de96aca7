import GRDB
import Sluice
import SluiceCrypto

/// What stands against answering a demand: that its instrument was answered before, or may have been.
struct EarlierAnswer {
  /// How much is known of the answer.
  enum State {
    case produced
    /// A packet was about to be published, and whether it was is not noted.
    case sealing
    /// Another reference of the same run is answered under the instrument.
    case ofTheSameRun
  }

  /// The packet that holds it.
  let packetName: String
  let state: State
  /// Whether it is one to this very demand, and not to its instrument under another reference.
  let isOwn: Bool

  /// What the register has of one; nil where it has none, or where there is a reason to answer again.
  ///
  /// A packet that is made again is the one under its own reference: an answer under another one still stands.
  init?(_ demand: Demand, _ reasons: RegisterRun.Reasons, in database: Database) throws {
    guard reasons.again == nil else { return nil }
    let statement = try database.cachedStatement(
      sql: """
        WITH earlier AS (
          SELECT sequence, event, demand, leaf, 1 AS own FROM entries
          WHERE demand = :demand AND event IN ('sealing', 'produced') AND leaf ->> 'reference' = :reference
            AND NOT :recreates
          UNION ALL
          SELECT sequence, event, demand, leaf, 0 AS own FROM entries
          WHERE document = :document AND event IN ('sealing', 'produced')
            AND leaf ->> 'jurisdiction' = :jurisdiction AND leaf ->> 'reference' <> :reference)
        SELECT demand, event, own FROM earlier
        WHERE event = 'produced' OR \(Register.isOpen(sealing: "earlier"))
        ORDER BY event <> 'produced', sequence LIMIT 1
        """)
    let row = try Row.fetchOne(
      statement,
      arguments: [
        "demand": demand.packetName, "document": demand.documentDigest.map { Base16.encode($0) },
        "jurisdiction": demand.jurisdiction, "reference": demand.reference,
        "recreates": reasons.recreate != nil,
      ])
    guard let row else { return nil }
    packetName = row["demand"]
    state = row["event"] == "produced" ? .produced : .sealing
    isOwn = row["own"]
  }

  /// An answer that the same run is about to give under another reference.
  init(ofTheSameRun packetName: String) {
    self.packetName = packetName
    state = .ofTheSameRun
    isOwn = false
  }

  /// Why the demand is not answered.
  func error(_ demand: Demand) -> SluiceError {
    let reason =
      switch state {
      case .produced:
        "The register has an answer to this instrument (\(packetName))"
      case .ofTheSameRun:
        "Another demand of this run is answered under the same instrument (\(packetName))"
      case .sealing:
        """
        A run was about to publish an answer to this instrument (\(packetName)), and it is not noted whether it did. \
        Where that run died, settle it: `sluice register settle REGISTER --out FOLDER`, with the folder of that run, or \
        where that is gone for good with --lost NAME --reason TEXT
        """
      }
    return SluiceError(
      .refused, "answered-before",
      "\(reason). Where it has to be answered again, say why with --again.", source: demand.file)
  }

  /// What is noted of the demand; nil where nothing is: its own answer is known, or is still to be settled.
  func entry(_ demand: Demand, in database: Database) throws -> RegisterEntry? {
    guard !isOwn else { return nil }
    let isNoted =
      try Bool.fetchOne(
        database,
        sql: """
          SELECT event = 'refused' AND leaf ->> 'code' = 'answered-before' FROM entries
          WHERE demand = ? AND event IN ('refused', 'produced', 'aborted') AND leaf ->> 'digest' = ?
          ORDER BY sequence DESC LIMIT 1
          """, arguments: [demand.packetName, Base16.encode(demand.digest)]) ?? false
    guard !isNoted else { return nil }
    return RegisterEntry(
      .refused, DemandRecord.common(demand).merging(["code": .string("answered-before")]) { $1 })
  }
}
