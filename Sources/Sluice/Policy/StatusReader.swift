/// Reads the append-only history of a jurisdiction's status.
enum StatusReader {
  static func read(_ node: DocumentNode, _ problems: inout ProblemList) -> [StatusEntry] {
    guard let entries = node.list("status", &problems) else { return [] }
    if entries.isEmpty {
      problems.error("status-missing", "status holds no entry; add one", at: node.position)
    }
    var statuses: [StatusEntry] = []
    for entry in entries {
      guard let status = status(entry, &problems) else { continue }
      if let last = statuses.last, status.from <= last.from {
        problems.error(
          "status-order",
          "this entry begins before the one above it, or with it; put them in the order of their times",
          at: entry.position)
      }
      statuses.append(status)
    }
    return statuses
  }

  private static func status(_ node: DocumentNode, _ problems: inout ProblemList) -> StatusEntry? {
    guard
      let keys = MappingReader(
        node, "a status entry", required: ["state", "from"],
        optional: ["review", "owner", "next-review", "exceptions", "note"], problems: &problems)
    else { return nil }
    _ = keys["note"]?.text("note", &problems, isLong: true)
    let state = keys["state"]?.word("state", StatusEntry.State.self, &problems)
    let from = keys["from"]?.instant("from", &problems)
    let review = keys["review"]?.text("review", &problems)
    let owner = keys["owner"]?.text("owner", &problems)
    let nextReview = keys["next-review"]?.date("next-review", &problems)
    if state == .pausedReview || state == .pausedProduction {
      for key in ["review", "owner", "next-review"] where keys[key] == nil {
        problems.error(
          "pause-incomplete", "the pause lacks “\(key)”; name its review, owner and next-review",
          at: node.position)
      }
    }
    var exceptions: [String] = []
    for entry in keys["exceptions"]?.list("exceptions", &problems) ?? [] {
      guard let name = entry.identifier("an exception", separator: "-", &problems) else { continue }
      exceptions.append(name)
    }
    if state == .active, let node = keys["exceptions"], !exceptions.isEmpty {
      problems.error(
        "exceptions-unused", "an active state has no exceptions; leave them out", at: node.position)
    }
    guard let state, let from else { return nil }
    return StatusEntry(
      state: state, from: from, review: review, owner: owner, nextReview: nextReview, exceptions: exceptions)
  }
}
