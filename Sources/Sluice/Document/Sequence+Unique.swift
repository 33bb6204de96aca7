extension Sequence where Element: Equatable {
  /// Each element once, where it comes first; for a few, since each is held against those before it.
  func unique() -> [Element] {
    var found: [Element] = []
    for element in self where !found.contains(element) { found.append(element) }
    return found
  }
}
