import Glibc

/// What was looked up in the lines of pages, so that a line which stands in many packets is taken apart once.
///
/// The packets of a run have most of their pages in common: style, sentences, names of fields. What there is to look up in
/// a line depends on its bytes and on what the run's identifiers look like; the hash that a packet has of it is made from
/// what is kept here.
struct LeakLineMemo: ~Copyable {
  /// A memo that searches have one after the other. It is one value, because each property of an object that is reached
  /// costs a look whether somebody else changes it.
  final class Place: @unchecked Sendable {
    // Unchecked: a search at a time has it.

    var memo = LeakLineMemo()
  }

  /// A part of a line that is looked up.
  struct Look: BitwiseCopyable {
    /// `LeakHash.head` of its bytes.
    let head: UInt64
    let form: LeakGate.Form
  }

  /// Where the bytes of a line and its looks stand.
  private struct Line {
    let bytes: Range<Int>
    let looks: Range<Int>
  }

  /// What lines take together with their looks, about, before they are forgotten.
  private static let byteCountMax = 256 << 10
  /// What a line takes beside its bytes and looks.
  private static let byteCountPerLine = 64
  /// Longer lines, and those with more looks, are not kept.
  private static let lineByteCountMax = 4 << 10
  private static let lineLookCountMax = 512

  /// By the head of a line's bytes.
  private var lines: [UInt64: Line] = [:]
  private var bytes = RecordArray<UInt8>(capacity: 64 << 10)
  private var looks = RecordArray<Look>(capacity: 8 << 10)
  /// Where the looks of the line at hand begin.
  private var start = 0
  private var likeness: LeakText.Likeness = []

  /// Prepares for a search for identifiers that look like these.
  mutating func use(_ likeness: LeakText.Likeness) {
    if likeness != self.likeness { forget() }
    self.likeness = likeness
  }

  private mutating func forget() {
    lines.removeAll(keepingCapacity: true)
    bytes.removeAll()
    looks.removeAll()
  }

  /// What is looked up in a line; nil where that is not known. It stays until `begin`.
  func looks(in line: Bytes, head: UInt64) -> UnsafeBufferPointer<Look>? {
    guard let known = lines[head], known.bytes.count == line.count, let start = line.baseAddress,
      memcmp(bytes.base + known.bytes.lowerBound, start, line.count) == 0
    else { return nil }
    return UnsafeBufferPointer(start: looks.base + known.looks.lowerBound, count: known.looks.count)
  }

  /// Begins a line that is not known.
  mutating func begin() {
    let taken = bytes.count + looks.count * MemoryLayout<Look>.stride + lines.count * Self.byteCountPerLine
    if taken > Self.byteCountMax { forget() }
    start = looks.count
  }

  /// Takes note of what is looked up in the line.
  mutating func add(_ look: Look) {
    if looks.count - start <= Self.lineLookCountMax { looks.append(look) }
  }

  /// Ends the line.
  mutating func end(_ line: Bytes, head: UInt64) {
    guard line.count <= Self.lineByteCountMax, looks.count - start <= Self.lineLookCountMax else {
      looks.removeAll(from: start)
      return
    }
    let first = bytes.count
    bytes.append(contentsOf: line)
    lines[head] = Line(bytes: first..<bytes.count, looks: start..<looks.count)
  }
}
