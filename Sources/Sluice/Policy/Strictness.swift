extension Action {
  /// Whether this action lets out no more than another one for the same field (design: section 3.2, Stricter).
  ///
  /// Withhold is stricter than redact, redact than any other, any other than keep. Actions of one sort compare
  /// where every value that the stricter gives can be told from what the other gives. All else cannot be compared
  /// and counts as wider, so both directions are false.
  public func isStricterOrEqual(to other: Action) -> Bool {
    if self == other { return true }
    if rank != other.rank { return rank > other.rank }
    switch (self, other) {
    case (.truncate(let coarse), .truncate(let fine)): return fine.isWithin(coarse)
    case (.grid(let coarse), .grid(let fine)): return coarse.isMultiple(of: fine)
    case (.geohash(let coarse), .geohash(let fine)): return coarse <= fine
    case (.prefix(let v4, let v6), .prefix(let fineV4, let fineV6)): return v4 <= fineV4 && v6 <= fineV6
    case (.bucket(let coarse), .bucket(let fine)): return coarse.hasOnlyEdges(of: fine)
    case (.map(let coarse), .map(let fine)): return Self.merges(coarse, fine)
    default: return false
    }
  }

  /// The less strict of two actions for one field, or nil where the order cannot compare them.
  public static func leastStrict(_ first: Action, _ second: Action) -> Action? {
    if first.isStricterOrEqual(to: second) { return second }
    return second.isStricterOrEqual(to: first) ? first : nil
  }

  private var rank: Int {
    switch self {
    case .withhold: 3
    case .redact: 2
    case .keep: 0
    default: 1
    }
  }

  /// Whether one map is another with values left out or outputs merged: the finer's output decides the coarser's.
  private static func merges(_ coarse: [String: String], _ fine: [String: String]) -> Bool {
    var merged: [String: String] = [:]
    for (input, output) in coarse {
      guard let finer = fine[input] else { return false }
      if let before = merged[finer], before != output { return false }
      merged[finer] = output
    }
    return true
  }
}

extension Buckets {
  /// Whether every edge of these buckets is an edge of the finer ones.
  ///
  /// Widths have infinitely many edges, so finite edges are never finer than a width.
  fileprivate func hasOnlyEdges(of fine: Buckets) -> Bool {
    switch (self, fine) {
    case (.width(let coarse), .width(let finer)): coarse % finer == 0
    case (.edges(let coarse), .edges(let finer)): Set(coarse).isSubset(of: finer)
    case (.edges(let coarse), .width(let finer)): coarse.allSatisfy { $0 % finer == 0 }
    case (.width, .edges): false
    }
  }
}
