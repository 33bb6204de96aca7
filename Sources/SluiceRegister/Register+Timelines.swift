import GRDB
import Sluice

extension Register {
  /// Each jurisdiction's states in order of time, from the status histories that its last run noted.
  public func statusTimelines() throws(SluiceError) -> [String: [StatusSpan]] {
    let rows = try reporting {
      try store.queue.read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT entries.leaf ->> 'jurisdiction' AS jurisdiction, history.key AS history, line.value AS line
            FROM entries, json_each(entries.leaf, '$.histories') AS history, json_each(history.value) AS line
            WHERE entries.sequence IN (
              SELECT MAX(sequence) FROM entries WHERE event = 'status' GROUP BY leaf ->> 'jurisdiction')
            ORDER BY jurisdiction, history.key, line.key
            """)
      }
    }
    var histories: [String: [Int: [StatusSpan]]] = [:]
    for row in rows {
      let line: String = row["line"]
      guard let span = Self.span(line) else {
        throw SluiceError(
          .verification, "register-damaged",
          "An entry of the register cannot be read. Run `sluice register verify`.")
      }
      histories[row["jurisdiction"], default: [:]][row["history"], default: []].append(span)
    }
    return histories.mapValues { StatusSpan.combined(Array($0.values)) }
  }

  /// The instant and the state that a line of a history begins with.
  private static func span(_ line: String) -> StatusSpan? {
    let words = line.split(separator: ", ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count >= 2, let from = Instant(rfc3339: String(words[0])),
      let state = StatusEntry.State(rawValue: String(words[1]))
    else { return nil }
    return StatusSpan(state: state, from: from)
  }
}
