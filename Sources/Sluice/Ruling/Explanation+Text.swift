extension Explanation {
  /// The explanation as text: a head, a table with a row a field and role, and the bundles. Ends with a line feed.
  public var text: String { (head + [""] + table + bundleLines).map { $0 + "\n" }.joined() }

  private var head: [String] {
    let granted = categories.map { $0.requiresApproval ? "\($0.name) (with approval)" : $0.name }
    return [
      "\(jurisdiction) \(instrument): \(citation)",
      "policy \(policyFile), version \(policyVersion)",
      "status: \(statusRefusal.map { "a demand received and produced now is refused with \($0)" } ?? "passes")",
      "approval of the whole demand: \(requiresApproval ? "required" : "none")",
      "grants: \(granted.isEmpty ? "nothing" : granted.joined(separator: ", "))",
    ]
  }

  private var table: [String] {
    TextTable.lines(
      [["FIELD", "ROLE", "WHAT HAPPENS", "CATEGORY", "RULE"]]
        + rows.map { row in
          [
            "\(row.kind).\(row.field)", row.role, row.outcome, row.category ?? "-",
            row.file.map { "\($0):\(row.line ?? 0)" } ?? "-",
          ]
        })
  }

  private var bundleLines: [String] {
    guard !bundles.isEmpty else { return [] }
    return ["", "Fields that leave only together:"]
      + bundles.map { "  \($0.text)\($0.isBaseline ? " (baseline)" : "")" }
  }
}
