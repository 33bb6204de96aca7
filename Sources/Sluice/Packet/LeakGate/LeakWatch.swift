/// What one worker notes for the leak gate. A value that comes again soon is not noted again, and values are gathered
/// before they go into the filter, which is larger than the caches: meanwhile its lines come near.
package struct LeakWatch: ~Copyable {
  private static let seenCount = 1 << 14
  private static let gatheredCountMax = 64

  let gate: LeakGate?
  /// Copied here, so that a value that is known costs no look at an object.
  let hash: LeakHash
  let isConfirming: Bool
  /// The hashes of values noted, each at the place that its low bits say.
  let seen: RecordArray<UInt64>
  private var gathered = RecordArray<UInt64>(capacity: gatheredCountMax + 2)
  /// Letters and digits of the value at hand.
  var plain = RecordArray<UInt8>(capacity: 256)

  package init(_ gate: LeakGate?) {
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
    var count = 0
    for byte in text {
      // Without a branch: identifiers mix both.
      let lowered = LeakText.loweredTable[Int(byte)]
      plain.base[count] = lowered
      count &+= lowered == 0 ? 0 : 1
    }
    plain.setCount(count)
    return count > 0
  }

  /// Notes a value of one packet: letters and digits in lower case, or an address. It is in the filter after `flush`.
  package mutating func note(_ bytes: Bytes, _ form: LeakGate.Form, packet: Int, isReleased: Bool) {
    guard let gate else { return }
    let hash = gate.hash(bytes, form, packet: packet)
    if isReleased {
      gather(LeakHash.released(hash, 1), gate.filter)
      gather(LeakHash.released(hash, 2), gate.filter)
    } else {
      gather(hash, gate.filter)
    }
    if gathered.count >= Self.gatheredCountMax { flush() }
  }

  @inline(__always) private mutating func gather(_ hash: UInt64, _ filter: LeakFilter) {
    filter.prefetch(hash)
    gathered.append(hash)
  }

  /// Puts what was gathered into the filter.
  package mutating func flush() {
    guard let gate, gathered.count > 0 else { return }
    gate.filter.insert(UnsafeBufferPointer(start: gathered.base, count: gathered.count))
    gathered.removeAll()
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
