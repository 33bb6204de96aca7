/// The keys a decoder knows: those of the schema, and the unknown ones it met, which it counts by name.
///
/// Advice for maintainers: a key is first compared with the one that stood at the same position of the last
/// object of its node, with its quotes and its colon, sixteen bytes at a time; records of one source nearly
/// always agree, so the look-up by list below is the exception. Unknown keys are learned too, because they repeat as
/// faithfully as known ones.
struct KeyTable: ~Copyable {
  /// The key that is predicted for a position of an object. None is predicted for two positions of one object, so that
  /// where all stand that were predicted none is there twice.
  struct Prediction {
    /// The first sixteen bytes of the key with its quotes and a colon, and the masks that keep as many as there are.
    /// Without a key nothing has those words.
    var words: (UInt64, UInt64) = (1, 1)
    var masks: (UInt64, UInt64) = (0, 0)
    /// The key with its quotes, then a colon.
    var bytes: UnsafePointer<UInt8>?
    var length: Int32 = 0
    /// The slot of the value; -1 for the key of an object, and for an unknown one.
    var slot: Int32 = -1
    /// -1 where there is no key.
    var entry: Int32 = -1
    /// Whether a party or mention stands there.
    var isIdentifier = false
  }

  struct Entry {
    var prediction: Prediction
    /// The key.
    var bytes: UnsafePointer<UInt8>
    var length: Int
    /// The node of the object; -1 for another key.
    var child: Int32
    var next: Int32
    /// Whether JSON may write the key as it is; one with a quote or a backslash is always looked up.
    var isPlain: Bool
    /// The position that it was predicted for last.
    var position = 0
    /// The object in which the key was last seen: a second time in the same one is a duplicate.
    var lastSeen: UInt64 = 0
    /// How often an unknown key was seen since the counts were last taken.
    var count: UInt64 = 0
  }

  static let positionCount = 64
  static let learnedByteCountMax = 40

  private(set) var entries: UnsafeMutablePointer<Entry>
  private(set) var count = 0
  private let capacity: Int
  private var firstOfNode: [Int32]
  /// For each node, the key that stood at each of its first positions in its last object.
  private var predictions: UnsafeMutablePointer<Prediction>
  private let predictionCount: Int
  private var learnedCount = 0
  private let learnedCountMax: Int

  init(layout: RecordLayout, learnedCountMax: Int) {
    let known = layout.nodes.reduce(0) { $0 + $1.keys.count }
    capacity = known + learnedCountMax
    self.learnedCountMax = learnedCountMax
    entries = .allocate(capacity: max(capacity, 1))
    predictionCount = layout.nodes.count * Self.positionCount
    predictions = .allocate(capacity: predictionCount)
    predictions.initialize(repeating: Prediction(), count: predictionCount)
    firstOfNode = Array(repeating: -1, count: layout.nodes.count)
    for (node, content) in layout.nodes.enumerated() {
      for key in content.keys {
        key.bytes.withUnsafeBufferPointer {
          _ = add(
            $0, node: node, slot: Int32(key.slot ?? -1), child: Int32(key.child ?? -1),
            isIdentifier: key.slot.map { layout.identifierSlots.contains($0) } ?? false)
        }
      }
    }
  }

  deinit {
    for index in 0..<count { entries[index].prediction.bytes?.deallocate() }
    entries.deallocate()
    predictions.deallocate()
  }

  private mutating func add(_ key: Bytes, node: Int, slot: Int32, child: Int32, isIdentifier: Bool) -> Int {
    let written = Array("\"".utf8) + key + Array("\":".utf8)
    // Padded, so that the comparison may load whole words.
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: written.count + 16)
    copy.initialize(repeating: 0, count: written.count + 16)
    for (index, byte) in written.enumerated() { copy[index] = byte }
    func mask(_ count: Int) -> UInt64 { count >= 8 ? .max : count <= 0 ? 0 : (1 << UInt64(count * 8)) - 1 }
    let masks = (mask(written.count), mask(written.count - 8))
    let raw = UnsafeRawPointer(copy)
    let prediction = Prediction(
      words: (
        raw.loadUnaligned(as: UInt64.self) & masks.0,
        raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & masks.1
      ), masks: masks, bytes: UnsafePointer(copy), length: Int32(written.count), slot: slot,
      entry: Int32(count), isIdentifier: isIdentifier)
    entries[count] = Entry(
      prediction: prediction, bytes: UnsafePointer(copy + 1), length: key.count, child: child,
      next: firstOfNode[node],
      isPlain: key.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
    firstOfNode[node] = Int32(count)
    count += 1
    return count - 1
  }

  /// The keys that are predicted for a node's positions.
  @inline(__always) mutating func predictions(ofNode node: Int) -> UnsafeMutablePointer<Prediction> {
    predictions + node &* Self.positionCount
  }

  /// Whether the key that is predicted, its quotes and a colon stand at `start`, which may be beyond the record's end.
  ///
  /// Sixteen bytes past the end can be read.
  @inline(__always)
  static func stands(_ prediction: UnsafePointer<Prediction>, at start: UnsafePointer<UInt8>) -> Bool {
    let raw = UnsafeRawPointer(start)
    let head = (raw.loadUnaligned(as: UInt64.self) & prediction.pointee.masks.0) ^ prediction.pointee.words.0
    let tail =
      (raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & prediction.pointee.masks.1)
      ^ prediction.pointee.words.1
    guard head | tail == 0 else { return false }
    return prediction.pointee.length <= 16 || restStands(prediction, at: start)
  }

  @inline(never)
  private static func restStands(
    _ prediction: UnsafePointer<Prediction>, at start: UnsafePointer<UInt8>
  ) -> Bool {
    guard let bytes = prediction.pointee.bytes else { return false }
    // Byte by byte, since nothing past the first one that differs need be the record's.
    for index in 16..<Int(prediction.pointee.length) where start[index] != bytes[index] { return false }
    return true
  }

  /// The entry for a key, learned if it is new and there is room; -1 where there is none.
  @inline(never)
  mutating func find(_ key: Bytes, node: Int, position: Int) -> Int {
    guard let base = key.baseAddress ?? UnsafePointer(bitPattern: 1) else { return -1 }
    var index = Int(firstOfNode[node])
    while index >= 0 {
      let entry = entries[index]
      if entry.length == key.count && equal(base, entry.bytes, key.count) { break }
      index = Int(entry.next)
    }
    if index < 0 && learnedCount < learnedCountMax && Self.isReportable(key) {
      index = add(key, node: node, slot: -1, child: -1, isIdentifier: false)
      learnedCount += 1
    }
    if position < Self.positionCount { predict(index, node: node, position: position) }
    return index
  }

  /// Predicts a key for a position and no other; none where the key is not known or not written as it is.
  private mutating func predict(_ index: Int, node: Int, position: Int) {
    let predictions = predictions(ofNode: node)
    guard index >= 0, entries[index].isPlain else {
      predictions[position] = Prediction()
      return
    }
    let last = entries[index].position
    if Int(predictions[last].entry) == index { predictions[last] = Prediction() }
    entries[index].position = position
    predictions[position] = entries[index].prediction
  }

  /// Gives out the unknown keys that were seen since the last call, in the order they were learned, and counts anew.
  mutating func takeCounts(_ body: (_ name: Bytes, _ count: UInt64) -> Void) {
    for index in 0..<count where entries[index].count > 0 {
      body(Bytes(start: entries[index].bytes, count: entries[index].length), entries[index].count)
      entries[index].count = 0
    }
  }

  /// Whether a name may stand in the operator's report: `[A-Za-z_][A-Za-z0-9_]{0,39}`, fewer than four digits.
  static func isReportable(_ name: Bytes) -> Bool {
    guard let first = name.first, name.count <= learnedByteCountMax, !(0x30...0x39).contains(first) else {
      return false
    }
    var digits = 0
    for byte in name {
      switch byte {
      case 0x41...0x5A, 0x61...0x7A, 0x5F: break
      case 0x30...0x39: digits += 1
      default: return false
      }
    }
    return digits < 4
  }
}

/// Whether two runs of bytes are the same. The last word of each overlaps the one before it.
@inline(__always)
func equal(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  func isSame<Word: FixedWidthInteger>(_ index: Int, _: Word.Type) -> Bool {
    UnsafeRawPointer(left + index).loadUnaligned(as: Word.self)
      == UnsafeRawPointer(right + index).loadUnaligned(as: Word.self)
  }
  var index = 0
  while index &+ 8 < count {
    guard isSame(index, UInt64.self) else { return false }
    index &+= 8
  }
  if count >= 8 { return isSame(count &- 8, UInt64.self) }
  if count >= 4 { return isSame(0, UInt32.self) && isSame(count &- 4, UInt32.self) }
  while index < count {
    guard left[index] == right[index] else { return false }
    index &+= 1
  }
  return true
}
