import GRDB
import Sluice

/// The status histories of the policies that serve a jurisdiction: each must go on from what was used before.
struct StatusHistory {
  private let jurisdiction: String
  /// An entry a line, in the order of time; by the name of the policy's file.
  private let histories: [(file: String, lines: [String])]

  init(_ jurisdiction: String, _ policies: PolicySet) {
    self.jurisdiction = jurisdiction
    histories = policies.policies(serving: jurisdiction).map { policy in
      (policy.file, policy.statuses.map(Self.line))
    }.sorted { $0.file < $1.file }
  }

  private static func line(_ entry: StatusEntry) -> String {
    var parts = [entry.from.text, entry.state.rawValue]
    if let review = entry.review { parts.append("review \(review)") }
    if let owner = entry.owner { parts.append("owner \(owner)") }
    if let next = entry.nextReview { parts.append("next \(next.text)") }
    if !entry.exceptions.isEmpty { parts.append("except \(entry.exceptions.joined(separator: " "))") }
    return parts.joined(separator: ", ")
  }

  /// An entry's instant and state: what an error says of it. Who paused and why is in the policy alone.
  private static func headline(_ line: String) -> String {
    line.split(separator: ", ", maxSplits: 2).prefix(2).joined(separator: ", ")
  }

  /// The entry that notes the histories; nil where they are as they were last, or where no policy serves the state.
  ///
  /// Throws status 3 where an earlier history is not the beginning of one of these, each of its own: two policies may
  /// begin alike, and neither stands in for the other. The file's name does not matter: a history is not dropped by
  /// renaming the policy that states it.
  func continued(in database: Database) throws -> RegisterEntry? {
    let earlier = try lastNoted(in: database)
    var free = histories
    // The longest first: what continues it continues every shorter one that may be left, so that none takes another's.
    for history in earlier.sorted(by: { $0.count > $1.count }) {
      if let own = free.firstIndex(where: { $0.lines.starts(with: history) }) {
        free.remove(at: own)
      } else {
        let matches = free.map { zip($0.lines, history).prefix { $0 == $1 }.count }
        let matching = matches.max() ?? 0
        let nearest = matches.firstIndex(of: matching).map { free[$0] } ?? histories.first
        throw SluiceError(
          .document, "status-history-changed",
          """
          The status history of \(jurisdiction) does not continue the one last used: its entry \(matching + 1) \
          (\(Self.headline(history[matching]))) is gone or changed. Histories are only added to; restore the entry, or the \
          policy that states it.
          """, source: nearest?.file)
      }
    }
    let lines = histories.map(\.lines)
    guard lines != earlier, !lines.isEmpty else { return nil }
    return RegisterEntry(
      .status,
      ["jurisdiction": .string(jurisdiction), "histories": .array(lines.map(RegisterValue.strings))])
  }

  private func lastNoted(in database: Database) throws -> [[String]] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT history.key AS history, line.value AS line
        FROM (SELECT leaf FROM entries WHERE event = 'status' AND leaf ->> 'jurisdiction' = ?
              ORDER BY sequence DESC LIMIT 1) AS last,
          json_each(last.leaf, '$.histories') AS history, json_each(history.value) AS line
        ORDER BY history.key, line.key
        """, arguments: [jurisdiction])
    var histories: [[String]] = []
    for row in rows {
      let place: Int = row["history"]
      if place == histories.count { histories.append([]) }
      guard place == histories.count - 1 else { continue }
      histories[place].append(row["line"])
    }
    return histories
  }
}
