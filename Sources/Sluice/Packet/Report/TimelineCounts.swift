/// Counts a file's rows by their time, in at most `countMax` steps from the first to the last.
///
/// It begins with the finest step that the packet releases, an hour at the finest, and goes over to the next longer
/// one whenever first and last lie too far apart. What comes of it depends on which times were added and not on their
/// order, so a page is the same however a run was split.
package struct TimelineCounts: Equatable {
  /// Ninety-nine days are three months and a week. There are a hundred centuries, so the last step always suffices.
  package static let countMax = 100

  package private(set) var step: TimeStep
  /// Whether the rows are told finer than they are counted here.
  package private(set) var isMerged = false
  /// Of each step from `first` on; none before a row came.
  package private(set) var counts: [UInt64] = []
  package private(set) var first = 0
  /// How the last time began and where it was counted: most rows stand in the order of their times.
  private var last: LastTime?

  package init(step: TimeStep) { self.step = step }

  package static func == (left: Self, right: Self) -> Bool {
    left.step == right.step && left.isMerged == right.isMerged && left.counts == right.counts
      && left.first == right.first
  }

  /// How many rows had a time.
  package var total: UInt64 { counts.reduce(0, +) }

  /// Adds a row by its time as it is written; what is no time is not counted.
  @inline(__always)
  package mutating func add(_ text: UnsafeRawBufferPointer) {
    if text.count >= 8, let last, last.begins(text, step) {
      counts[last.place] &+= 1
    } else {
      addNew(text)
    }
  }

  @inline(never)
  private mutating func addNew(_ text: UnsafeRawBufferPointer) {
    guard let index = step.index(of: text) else { return }
    if counts.isEmpty { first = index }
    let range = min(first, index)...max(lastIndex, index)
    guard range.count <= Self.countMax else {
      coarsen()
      addNew(text)
      return
    }
    cover(range)
    counts[index - first] += 1
    if text.count >= 8 { last = LastTime(text, step, place: index - first) }
  }

  /// Adds what other rows came to that are told by the same step.
  package mutating func add(_ other: TimelineCounts) {
    guard !other.counts.isEmpty else { return }
    guard !counts.isEmpty else {
      self = other
      return
    }
    var other = other
    func range() -> ClosedRange<Int> { min(first, other.first)...max(lastIndex, other.lastIndex) }
    while step != other.step || range().count > Self.countMax {
      // A finer step has the longer beginning of a time.
      if step.prefixByteCount < other.step.prefixByteCount { other.coarsen() } else { coarsen() }
    }
    cover(range())
    for (place, count) in other.counts.enumerated() { counts[other.first + place - first] += count }
  }

  private var lastIndex: Int { first + counts.count - 1 }

  /// Makes room for steps, those that are there among them.
  private mutating func cover(_ range: ClosedRange<Int>) {
    if range.lowerBound < first {
      counts.insert(contentsOf: repeatElement(0, count: first - range.lowerBound), at: 0)
      // Where the last time was counted is told from the first step on.
      last = nil
    }
    first = range.lowerBound
    counts += repeatElement(0, count: range.count - counts.count)
  }

  private mutating func coarsen() {
    guard let coarser = step.coarser else { preconditionFailure("a century is the longest step") }
    var merged: [(index: Int, count: UInt64)] = []
    for (place, count) in counts.enumerated() {
      guard let index = step.index(first + place, in: coarser) else { continue }
      if merged.last?.index == index {
        merged[merged.count - 1].count += count
      } else {
        merged.append((index, count))
      }
    }
    (step, isMerged, last) = (coarser, true, nil)
    first = merged.first?.index ?? 0
    counts = Array(repeating: 0, count: (merged.last?.index ?? first) - first + 1)
    for (index, count) in merged { counts[index - first] = count }
  }
}

/// The beginning of a time, as two words that overlap, so that a time of the same step is told by two comparisons.
private struct LastTime {
  private let head: UInt64
  private let tail: UInt64
  let place: Int

  init(_ text: UnsafeRawBufferPointer, _ step: TimeStep, place: Int) {
    (head, tail) = Self.words(text, step)
    self.place = place
  }

  /// Whether a time of at least eight bytes lies in the same step as this one.
  @inline(__always)
  func begins(_ text: UnsafeRawBufferPointer, _ step: TimeStep) -> Bool {
    Self.words(text, step) == (head, tail)
  }

  @inline(__always)
  private static func words(_ text: UnsafeRawBufferPointer, _ step: TimeStep) -> (UInt64, UInt64) {
    let head = UInt64(littleEndian: text.loadUnaligned(as: UInt64.self))
    let count = step.prefixByteCount
    if count < 8 { return (head & (1 << UInt64(8 * count) - 1), 0) }
    guard text.count >= count else { return (head, 0) }
    return (head, UInt64(littleEndian: text.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)))
  }
}
