/// What one worker has noted of late for the leak gate, so that a value that comes again is not noted again.
struct LeakWatch: ~Copyable {
  private static let seenCount = 1 << 14

  let gate: LeakGate?
  /// Copied here, so that a value that is known costs no look at an object.
  let hash: LeakHash
  let isConfirming: Bool
  /// The hashes of values noted, each at the place that its low bits say.
  let seen: RecordArray<UInt64>
  /// Letters and digits of the value at hand.
  var plain = RecordArray<UInt8>(capacity: 256)

  init(_ gate: LeakGate?) {
    self.gate = gate
    hash = gate?.hash ?? LeakHash()
    isConfirming = gate?.isConfirming ?? false
    seen = RecordArray(repeating: 0, count: gate == nil ? 1 : Self.seenCount)
  }

  /// Whether the value was noted not long ago; it counts as noted from now on.
  @inline(__always) func isKnown(_ hash: UInt64) -> Bool {
    // The second reading compares every value.
    if isConfirming { return false }
    let place = seen.base + Int(truncatingIfNeeded: hash & UInt64(Self.seenCount &- 1))
    if place.pointee == hash { return true }
    place.pointee = hash
    return false
  }

  /// Fills `plain` with the letters and digits of a text, in lower case; false where there are none.
  mutating func setPlain(_ text: Bytes) -> Bool {
    plain.removeAll()
    plain.reserve(text.count)
    for byte in text where LeakText.isWord(byte) { plain.appendReserved(LeakText.lower(byte)) }
    return plain.count > 0
  }
}

/// An identifier field as the leak gate watches it, of one kind in one plan.
struct WatchedField {
  var field: Int32
  var reader: CompiledPlan.Reader
  var role: CompiledPlan.Role
  var roleField: Int32
  var isArray: Bool
  /// Whether the value is released as it is, where its party is a subject and where it is someone else.
  var keepsSubject: Bool
  var keepsOther: Bool
  /// The bundles it is one of the fields of, a bit each.
  var bundles: UInt64
  var low: UInt64
  var high: UInt64
  var region: Int32
}
