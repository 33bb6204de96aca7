import GRDB
import Sluice

extension Register {
  /// Every demand received in a span of time, in the order in which they were noted first.
  ///
  /// A demand that was received anew, at another instant under the same reference, is another one; one whose document was
  /// mended is the same. What was produced stays produced, whatever a later run comes to; else what became of it last
  /// counts.
  public func demandHistories(receivedIn period: Period) throws(SluiceError) -> [DemandHistory] {
    let rows = try reporting {
      try store.queue.read { database in
        try Row.fetchAll(database, sql: Self.historyQuery)
      }
    }
    var histories: [DemandHistory] = []
    for row in rows {
      if let history = try Self.history(row), period.contains(history.received) { histories.append(history) }
    }
    return histories
  }

  /// Which entry says what came of a demand. Of several packets it is the one that released most: one that is made again
  /// once the records are gone takes nothing back.
  private static let outcomeOrder =
    "event = 'produced' DESC, CASE event WHEN 'produced' THEN leaf ->> 'records' END DESC, sequence DESC"

  /// For each receipt the entry that says what came of it, the `received` entry of the document which that is of (the
  /// last one where nothing came of it yet), and the ruling behind it, whose policy says as what it counts. Rulings of
  /// earlier versions do not say it; the receipt does then.
  private static let historyQuery = """
    WITH receipts AS (
      SELECT demand, leaf ->> 'received' AS received, MIN(sequence) AS first, MAX(sequence) AS last,
        group_concat(leaf ->> 'digest') AS digests
      FROM entries WHERE event = 'received' GROUP BY demand, leaf ->> 'reference', received)
    SELECT receipt.leaf AS receipt,
      receipt.leaf ->> 'reference' AS reference, receipt.leaf ->> 'part' AS part,
      receipt.leaf ->> 'jurisdiction' AS jurisdiction, receipt.leaf ->> 'instrument' AS instrument,
      coalesce(ruling.leaf, receipt.leaf) ->> 'class' AS class,
      coalesce(ruling.leaf, receipt.leaf) ->> 'band' AS band, receipts.received AS received,
      receipt.leaf ->> 'accounts' AS accounts, receipt.leaf ->> 'state' AS state,
      outcome.event AS event, outcome.leaf ->> 'code' AS code, outcome.leaf ->> 'records' AS records,
      outcome.leaf ->> 'fields' AS fields, outcome.leaf ->> 'partial' AS partial
    FROM receipts
    LEFT JOIN entries AS outcome ON outcome.sequence = (
      SELECT sequence FROM entries
      WHERE demand = receipts.demand AND event IN ('refused', 'produced', 'aborted')
        AND instr(receipts.digests, leaf ->> 'digest') > 0
      ORDER BY \(outcomeOrder) LIMIT 1)
    JOIN entries AS receipt ON receipt.sequence = coalesce(
      (SELECT MAX(sequence) FROM entries
      WHERE demand = receipts.demand AND event = 'received' AND leaf ->> 'received' = receipts.received
        AND leaf ->> 'digest' = outcome.leaf ->> 'digest'), receipts.last)
    LEFT JOIN entries AS ruling ON ruling.sequence = (
      SELECT MAX(sequence) FROM entries
      WHERE demand = receipts.demand AND event = 'ruled' AND leaf ->> 'class' IS NOT NULL
        AND instr(receipts.digests, leaf ->> 'digest') > 0
        AND (outcome.sequence IS NULL OR sequence < outcome.sequence))
    ORDER BY receipts.first
    """

  private static func history(_ row: Row) throws(SluiceError) -> DemandHistory? {
    let received = Instant(rfc3339: row["received"] as String)
    let instrumentClass = InstrumentClass(rawValue: row["class"])
    guard let received, let instrumentClass else {
      throw SluiceError(
        .verification, "register-damaged",
        "An entry of the register cannot be read. Run `sluice register verify`.")
    }
    let state: String? = row["state"]
    return DemandHistory(
      reference: row["reference"], part: row["part"], jurisdiction: row["jurisdiction"],
      instrument: row["instrument"], instrumentClass: instrumentClass, band: row["band"], received: received,
      accountCount: row["accounts"], preservedAccountCount: nil,
      stateAtReceipt: state.flatMap { StatusEntry.State(rawValue: $0) },
      outcome: outcome(row))
  }

  private static func outcome(_ row: Row) -> DemandHistory.Outcome {
    let code: String = row["code"] ?? ""
    switch row["event"] as String? {
    case "refused": return .refused(code)
    case "aborted": return .aborted(code)
    case "produced":
      let isPartial: Bool = row["partial"] ?? false
      return .produced(
        recordCount: row["records"] ?? 0, fieldCount: row["fields"] ?? 0, isPartial: isPartial)
    default: return .pending
    }
  }
}
