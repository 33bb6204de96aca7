internal import CProcessor

/// What one worker notes for the leak gate. A value that comes again soon is not noted again, and marks are gathered
/// before the gate takes them.
package struct LeakWatch: ~Copyable {
  private static let seenCount = 1 << 14
  private static let gatheredCountMax = 1 << 13

  let gate: LeakGate?
  /// Copied here, so that a value that is known costs no look at an object.
  let hash: LeakHash
  let trace: LeakTrace?
  /// The hashes of values noted, each at the place that its low bits say.
  let seen: RecordArray<UInt64>
  private var gathered: RecordArray<LeakMark>
  /// Letters and digits of the value at hand.
  var plain = RecordArray<UInt8>(capacity: 256)

  package init(_ gate: LeakGate?) {
    self.gate = gate
    hash = gate?.hash ?? LeakHash()
    trace = gate?.trace
    seen = RecordArray(repeating: 0, count: gate == nil ? 1 : Self.seenCount)
    gathered = RecordArray(capacity: gate == nil ? 1 : Self.gatheredCountMax)
  }

  /// Whether the value was noted not long ago; it counts as noted from now on.
  @inline(__always) func isKnown(_ hash: UInt64) -> Bool {
    // The second reading compares every value.
    if trace != nil { return false }
    let place = seen.base + Int(truncatingIfNeeded: hash & UInt64(Self.seenCount &- 1))
    if place.pointee == hash { return true }
    place.pointee = hash
    return false
  }

  /// Fills `plain` with the letters and digits of a text, in lower case; false where there are none.
  mutating func setPlain(_ text: Bytes) -> Bool {
    plain.removeAll()
    plain.reserve(text.count &+ 16)
    guard let start = text.baseAddress else { return false }
    if text.count >= 8 {
      plain.setCount(sluice_write_plain(start, text.count, plain.base))
    } else {
      for byte in text where LeakText.isWord(byte) { plain.append(LeakText.lower(byte)) }
    }
    return plain.count > 0
  }

  /// Notes a value of one packet: letters and digits in lower case, or an address. The gate has it after `flush`.
  package mutating func note(_ bytes: Bytes, _ form: LeakGate.Form, packet: Int, isReleased: Bool) {
    let hash = LeakGate.hash(hash.head(of: bytes), form, packet: packet, by: hash)
    gathered.append(LeakMark(hash, isReleased: isReleased))
    if gathered.count == Self.gatheredCountMax { flush() }
  }

  /// Whether an identifier looks like what few do; the gate is told then. `plain`: its letters and digits in lower case.
  @inline(__always)
  package func isFormed(_ text: Bytes, plain: Bytes, packet: Int) -> Bool {
    let likeness = LeakText.likeness(text, plain: plain)
    guard !likeness.isEmpty else { return false }
    gate?.note(LeakGate.hash(hash.head(of: plain), .formed, packet: packet, by: hash), likeness)
    return true
  }

  /// Hands what was gathered to the gate.
  package mutating func flush() {
    guard let gate, gathered.count > 0 else { return }
    gate.take(UnsafeBufferPointer(gathered.elements))
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
