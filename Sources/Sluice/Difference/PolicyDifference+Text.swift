extension PolicyDifference {
  /// The difference as text: a table with a row a change where there is one, and a sentence that counts them. Ends with a
  /// line feed.
  public var text: String { (table + absent + [summary]).map { $0 + "\n" }.joined() }

  private var table: [String] {
    guard !changes.isEmpty else { return [] }
    return TextTable.lines(
      [["STATE", "INSTRUMENT", "CATEGORY", "WHAT", "OLD", "NEW", "EFFECT", "RULE"]]
        + changes.map { change in
          [
            Self.states(change.jurisdictions), change.instruments.joined(separator: ","),
            change.category ?? "-",
            change.role.map { "\(change.what) \($0)" } ?? change.what, change.old, change.new,
            change.effect.rawValue,
            (change.newRule ?? change.oldRule).map { "\($0.file):\($0.line)" } ?? "-",
          ]
        }) + [""]
  }

  /// What stands for nothing at the instant, since somebody may have meant another one.
  private var absent: [String] {
    let lines = outOfForce.map { policy in
      "\(policy.file) is in force from \(policy.valid.from.text) until \(policy.valid.until.text), and so lets nothing out"
    }
    return lines.isEmpty ? [] : lines + [""]
  }

  private static func states(_ codes: [String]) -> String {
    codes.count <= 3 ? codes.joined(separator: ",") : "\(codes[0]) and \(codes.count - 1) more"
  }

  private var summary: String {
    let compared =
      "compared at \(instant.text): \(instrumentCount.of("instrument")) of \(stateCount.of("state"))"
    guard !changes.isEmpty else { return "\(compared); nothing differs" }
    let counts = Effect.allCases.map { "\(count(of: $0)) \($0.rawValue)" }.joined(separator: ", ")
    return "\(compared); \(changes.count.of("change")): \(counts)"
  }
}
