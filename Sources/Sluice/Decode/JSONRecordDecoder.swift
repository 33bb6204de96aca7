internal import CProcessor

/// Reads one JSON object into slots, strictly (RFC 8259) and whole: grammar, escapes, surrogates, control
/// characters, duplicate keys after unescaping, depth and sizes are checked everywhere, also in what no schema
/// names. UTF-8 is checked by the caller, once a block.
///
/// Allocates nothing once warm. One per worker and schema.
package struct JSONRecordDecoder: ~Copyable {
  package typealias Pointer = UnsafePointer<UInt8>

  package let layout: RecordLayout
  let limits: Limits
  private var keys: KeyTable
  package let slots: UnsafeMutablePointer<Slot>
  /// Asked for an identifier's line as soon as it is seen, for memory is slow; nil where no memo is used.
  var memo: PseudonymMemo?
  /// Where a fault lies, from the start of the record.
  package private(set) var faultOffset = 0
  /// Unknown keys that are not kept by name since the counts were last taken.
  private var unprintableCount: UInt64 = 0
  private var moreCount: UInt64 = 0

  private(set) var base: Pointer
  /// The record's end where it is known, and before that a line feed at or after it.
  private(set) var limit: Pointer
  /// Whether the record's end is known. It is looked for only when something asks for it, which a record that looks like
  /// the one before it never does.
  private var isBounded = true
  /// Where the line of the record ends: at its line feed, or where the bytes end.
  package private(set) var lineEnd: Pointer
  /// How many members of an object may be read without asking for the record's end or a string's length.
  private var predictedCountMax = 0
  private var objectSerial: UInt64 = 0
  /// Keys of the open objects that the table does not hold, to find duplicates among them.
  private var strays = RecordArray<Stray>()
  private let unescaped: UnsafeMutablePointer<UInt8>
  private let unescapedCapacity: Int
  private var unescapedCount = 0

  private struct Stray {
    var bytes: Pointer
    var length: Int
    var hash: UInt32
  }

  package init(layout: RecordLayout, limits: Limits) {
    self.layout = layout
    self.limits = limits
    keys = KeyTable(layout: layout, learnedCountMax: limits.unknownNameCountMax)
    slots = .allocate(capacity: max(layout.slotCount, 1))
    slots.initialize(repeating: Slot(), count: max(layout.slotCount, 1))
    unescapedCapacity = limits.recordByteCountMax + 64
    unescaped = .allocate(capacity: unescapedCapacity)
    base = UnsafePointer(unescaped)
    (limit, lineEnd) = (base, base)
  }

  deinit {
    slots.deallocate()
    unescaped.deallocate()
  }

  /// Decodes one record whose end is known. The slots must have been reset; sixteen bytes past `count` must be readable.
  package mutating func decode(_ start: Pointer, count: Int) throws(FaultCode) {
    (base, limit, lineEnd) = (start, start + count, start + count)
    isBounded = true
    try decode()
  }

  /// Decodes the record of the line that begins at `start`, and finds its end, which is then in `lineEnd`; a carriage return
  /// before it is no part of the record. The line ends at `end` at the latest, where a line feed stands or the bytes end.
  ///
  /// The slots must have been reset; sixteen bytes past `end` must be readable.
  @inline(__always)
  package mutating func decode(lineAt start: Pointer, before end: Pointer) throws(FaultCode) {
    (base, limit, lineEnd) = (start, end, end)
    isBounded = false
    do throws(FaultCode) { try decode() } catch {
      // Whatever is wrong, the next line begins after this one.
      try bound(start)
      throw error
    }
  }

  /// How many bytes the record has that was decoded last.
  package var recordByteCount: Int { limit - base }

  @inline(__always) private mutating func decode() throws(FaultCode) {
    predictedCountMax = limit.pointee < 0x20 ? min(KeyTable.positionCount, limits.memberCountMax) : 0
    unescapedCount = 0
    strays.removeAll()
    var position = try skipBlanks(base)
    guard position.pointee == UInt8(ascii: "{"), position < limit else { throw try noObject(position) }
    position = try object(position, node: 0, depth: 1)
    guard isBounded || position.pointee != 0x0A else {
      (limit, lineEnd) = (position, position)
      isBounded = true
      guard limit - base <= limits.recordByteCountMax else { throw fault(.recordTooLong, base) }
      return
    }
    try bound(position)
    position = try skipBlanks(position)
    guard position == limit else { throw fault(.jsonTrailing, position) }
  }

  /// Finds the record's end, where it is not known. No line feed stands before `position`.
  @inline(__always) private mutating func bound(_ position: Pointer) throws(FaultCode) {
    if !isBounded { try findEnd(position) }
  }

  @inline(never) private mutating func findEnd(_ position: Pointer) throws(FaultCode) {
    lineEnd = position + NewlineFraming.firstIndex(of: 0x0A, position, from: 0, to: limit - position)
    limit = lineEnd > base && lineEnd[-1] == 0x0D ? lineEnd - 1 : lineEnd
    isBounded = true
    guard limit - base <= limits.recordByteCountMax else { throw fault(.recordTooLong, base) }
  }

  /// What to throw where there is no object at `position`: a scalar or an array that is itself well-formed is told apart from
  /// one that is not.
  @inline(never) private mutating func noObject(_ position: Pointer) throws(FaultCode) -> FaultCode {
    try bound(position)
    guard position < limit else { return fault(.jsonSyntax, position) }
    _ = try value(position, node: -1, entry: -1, depth: 0)
    return fault(.jsonNotObject, position)
  }

  /// Asks of the predicted members how long their strings are, which only those of a long record can be too much.
  @inline(__always) private mutating func checkLengths(before position: Pointer) throws(FaultCode) {
    if position - base > limits.stringByteCountMax { try checkEachLength(before: position) }
  }

  @inline(never) private mutating func checkEachLength(before position: Pointer) throws(FaultCode) {
    // A record that is itself too long is told first.
    try bound(position)
    var first = UInt32.max
    for index in 0..<layout.slotCount
    where slots[index].kind == .string && Int(slots[index].length) > limits.stringByteCountMax {
      first = min(first, slots[index].offset)
    }
    guard first == .max else { throw fault(.stringTooLong, base + Int(first)) }
  }

  /// Gives out how often unknown keys were seen since the last call, by name where the name may be shown, and
  /// counts anew.
  package mutating func takeUnknownNames(
    _ body: (_ name: Bytes, _ count: UInt64) -> Void
  ) -> (unprintable: UInt64, more: UInt64) {
    keys.takeCounts(body)
    defer { (unprintableCount, moreCount) = (0, 0) }
    return (unprintableCount, moreCount)
  }

  @inline(never)
  mutating func fault(_ code: FaultCode, _ position: Pointer) -> FaultCode {
    faultOffset = min(position - base, limit - base)
    // What the end of the record cuts short was truncated, whatever the byte that is missing.
    return code == .jsonSyntax && position >= limit ? .jsonTruncated : code
  }

  @inline(__always) private mutating func skipBlanks(_ start: Pointer) throws(FaultCode) -> Pointer {
    start.pointee > 0x20 ? start : try endOfBlanks(start)
  }

  @inline(never) private mutating func endOfBlanks(_ start: Pointer) throws(FaultCode) -> Pointer {
    try bound(start)
    var position = start
    while position < limit {
      let byte = position.pointee
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      position += 1
    }
    return position
  }

  /// Reads an object whose opening brace stands at `start`; `node` is -1 where no key in it is known.
  ///
  /// Advice for maintainers: the inner loop is laid out for the record that looks like the one before it. A predicted key,
  /// a string or a number, and a comma with a quote after it are read without asking for the record's end, since a
  /// control character stands there, or whether the key was there before, since no key is predicted twice. Whatever is
  /// rarer, or wrong, is read again below, with the end known and all checks.
  private mutating func object(_ start: Pointer, node: Int, depth: Int) throws(FaultCode) -> Pointer {
    guard depth <= limits.depthMax else { throw fault(.jsonDepth, start) }
    let (base, slots, entries) = (base, slots, keys.entries)
    let predictions = keys.predictions(ofNode: max(node, 0))
    let predictionCount = node >= 0 ? KeyTable.positionCount : 0
    let predictedCountMax = min(predictedCountMax, predictionCount)
    objectSerial &+= 1
    let serial = objectSerial
    let strayStart = strays.count
    var memberCount = 0
    // The keys of the members before this one are noted as seen.
    var notedCount = 0
    var position = try skipBlanks(start + 1)
    while true {
      while memberCount < predictedCountMax {
        let prediction = UnsafePointer(predictions + memberCount)
        guard KeyTable.stands(prediction, at: position), prediction.pointee.slot >= 0 else { break }
        var value = position + Int(prediction.pointee.length)
        // A branch and no sum, so that what follows need not wait for the byte.
        if _slowPath(value.pointee == 0x20) { value += 1 }
        let next: Pointer
        if value.pointee == UInt8(ascii: "\"") {
          let content = value + 1
          var end = endOfPlainString(content)
          var isEscaped = false
          if end.pointee != UInt8(ascii: "\"") {
            do throws(FaultCode) { (end, isEscaped) = try endOfEscapedString(content, from: end) } catch {
              break
            }
          }
          let text = Bytes(start: content, count: end - content)
          slots[Int(prediction.pointee.slot)] = Slot(
            .string, offset: content - base, length: text.count, isEscaped: isEscaped,
            memoPlace: prediction.pointee.isIdentifier ? memo.anticipate(text) : PseudonymMemo.noPlace)
          next = end + 1
        } else if value.pointee &- 0x30 < 10 || value.pointee == UInt8(ascii: "-") {
          let count = Int(sluice_plain_number(value))
          guard count > 0, count <= limits.numberByteCountMax else { break }
          next = value + count
          slots[Int(prediction.pointee.slot)] = Slot(.number, offset: value - base, length: next - value)
        } else {
          break
        }
        if next.pointee == UInt8(ascii: ",") {
          position = next + 1
          if _slowPath(position.pointee == 0x20) { position += 1 }
          memberCount &+= 1
        } else if next.pointee == UInt8(ascii: "}") {
          try checkLengths(before: next)
          strays.removeAll(from: strayStart)
          return next + 1
        } else {
          break
        }
      }
      while notedCount < memberCount {
        entries[Int(predictions[notedCount].entry)].lastSeen = serial
        notedCount &+= 1
      }
      try bound(position)
      try checkLengths(before: position)
      position = try skipBlanks(position)
      if memberCount == 0, position < limit, position.pointee == UInt8(ascii: "}") { return position + 1 }
      guard position < limit, position.pointee == UInt8(ascii: "\"") else {
        throw fault(.jsonSyntax, position)
      }
      guard memberCount < limits.memberCountMax else { throw fault(.jsonMembers, position) }
      let prediction = UnsafePointer(predictions + min(memberCount, KeyTable.positionCount - 1))
      let predictedEnd = position + Int(prediction.pointee.length)
      let entry: Int
      if memberCount < predictionCount, KeyTable.stands(prediction, at: position), predictedEnd <= limit {
        entry = Int(prediction.pointee.entry)
        guard entries[entry].lastSeen != serial else { throw fault(.jsonDuplicateKey, position + 1) }
        position = predictedEnd
      } else {
        (position, entry) = try key(
          position + 1, node: node, position: memberCount, strayStart: strayStart, serial: serial)
      }
      if entry >= 0 { entries[entry].lastSeen = serial }
      memberCount &+= 1
      notedCount = memberCount
      position = try value(skipBlanks(position), node: node, entry: entry, depth: depth)
      position = try skipBlanks(position)
      guard position < limit else { throw fault(.jsonSyntax, position) }
      if position.pointee == UInt8(ascii: ",") {
        position = try skipBlanks(position + 1)
        continue
      }
      guard position.pointee == UInt8(ascii: "}") else { throw fault(.jsonSyntax, position) }
      strays.removeAll(from: strayStart)
      return position + 1
    }
  }

  /// Reads a key that was not the predicted one, and the colon after it.
  @inline(never)
  private mutating func key(
    _ start: Pointer, node: Int, position: Int, strayStart: Int, serial: UInt64
  ) throws(FaultCode) -> (Pointer, Int) {
    let (end, entry) = try name(start, node: node, position: position, strayStart: strayStart)
    // Before the colon, as for a key that the table does not hold; the caller notes that it was seen.
    if entry >= 0, keys.entries[entry].lastSeen == serial { throw fault(.jsonDuplicateKey, start) }
    let colon = try skipBlanks(end)
    guard colon < limit, colon.pointee == UInt8(ascii: ":") else { throw fault(.jsonSyntax, colon) }
    return (colon + 1, entry)
  }

  private mutating func name(
    _ start: Pointer, node: Int, position: Int, strayStart: Int
  ) throws(FaultCode) -> (Pointer, Int) {
    let (end, isEscaped) = try endOfString(start)
    var name = Bytes(start: start, count: end - start)
    if isEscaped {
      let output = unescaped + unescapedCount
      let count = unescapeJSON(name, to: output)
      unescapedCount += count
      name = Bytes(start: output, count: count)
    }
    if node >= 0 {
      let entry = keys.find(name, node: node, position: position)
      if entry >= 0 { return (end + 1, entry) }
      try countUnknown(name, node: node, at: start)
    }
    var hash: UInt32 = 2_166_136_261
    for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    for index in strayStart..<strays.count
    where strays[index].hash == hash && strays[index].length == name.count
      && equal(strays[index].bytes, name.baseAddress ?? start, name.count)
    {
      throw fault(.jsonDuplicateKey, start)
    }
    strays.append(Stray(bytes: name.baseAddress ?? start, length: name.count, hash: hash))
    return (end + 1, -1)
  }

  /// Counts a key that the table has no room or no name for. One that spells a declared path with dots could
  /// be meant for it, so it makes the record unreadable instead.
  private mutating func countUnknown(_ name: Bytes, node: Int, at start: Pointer) throws(FaultCode) {
    if KeyTable.isReportable(name) { moreCount &+= 1 } else { unprintableCount &+= 1 }
    guard node == 0, name.contains(UInt8(ascii: ".")) else { return }
    for path in layout.slotPaths where path.utf8.count == name.count && path.utf8.elementsEqual(name) {
      throw fault(.pathAmbiguous, start)
    }
  }

  /// Reads any value and notes it in the slot of its key. `entry` is -1 for an unknown key.
  @inline(never)
  private mutating func value(
    _ start: Pointer, node: Int, entry: Int, depth: Int
  ) throws(FaultCode) -> Pointer {
    guard start < limit else { throw fault(.jsonSyntax, start) }
    let end: Pointer
    var slot: Slot
    switch start.pointee {
    case UInt8(ascii: "\""):
      let content = start + 1
      let (close, isEscaped) = try endOfString(content)
      slot = Slot(.string, offset: content - base, length: close - content, isEscaped: isEscaped)
      end = close + 1
    case UInt8(ascii: "-"), 0x30...0x39:
      end = try number(start)
      slot = Slot(.number, offset: start - base, length: end - start)
    case UInt8(ascii: "{"):
      if entry >= 0, keys.entries[entry].child >= 0 {
        return try object(start, node: Int(keys.entries[entry].child), depth: depth + 1)
      }
      end = try object(start, node: -1, depth: depth + 1)
      slot = Slot(.object, offset: start - base, length: end - start)
    case UInt8(ascii: "["):
      end = try array(start, depth: depth + 1)
      slot = Slot(.array, offset: start - base, length: end - start)
    default:
      (end, slot) = try literal(start)
    }
    guard entry >= 0 else { return end }
    let target = Int(keys.entries[entry].prediction.slot)
    if target >= 0 {
      slots[target] = slot
    } else {
      noteUnslotted(entry, slot)
    }
    return end
  }

  /// A value without a slot: of an unknown key, or a scalar where the schema has an object.
  @inline(never)
  private mutating func noteUnslotted(_ entry: Int, _ slot: Slot) {
    let child = Int(keys.entries[entry].child)
    guard child >= 0 else {
      keys.entries[entry].count &+= 1
      return
    }
    guard slot.kind != .null else { return }
    var misplaced = slot
    misplaced.kind = .misplaced
    for below in layout.nodes[child].slots { slots[below] = misplaced }
  }

  private mutating func array(_ start: Pointer, depth: Int) throws(FaultCode) -> Pointer {
    guard depth <= limits.depthMax else { throw fault(.jsonDepth, start) }
    var position = try skipBlanks(start + 1)
    guard position < limit else { throw fault(.jsonSyntax, position) }
    if position.pointee == UInt8(ascii: "]") { return position + 1 }
    var elementCount = 0
    while true {
      // Where the record ends there is no element too many.
      guard elementCount < limits.elementCountMax || position >= limit else {
        throw fault(.jsonElements, position)
      }
      position = try value(position, node: -1, entry: -1, depth: depth)
      elementCount &+= 1
      position = try skipBlanks(position)
      guard position < limit else { throw fault(.jsonSyntax, position) }
      if position.pointee == UInt8(ascii: ",") {
        position = try skipBlanks(position + 1)
        continue
      }
      guard position.pointee == UInt8(ascii: "]") else { throw fault(.jsonSyntax, position) }
      return position + 1
    }
  }
}
