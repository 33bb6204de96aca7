extension RecordPath {
  /// Finds the packets that the record at hand is in reach of, into `reached`, ascending; false where there is none.
  ///
  /// Subject and time are matched on the canonical identifier and the exact instant, before any rounding. Throws
  /// where the record is unreadable for every packet.
  @inline(always)
  mutating func select() throws(FaultCode) -> Bool {
    reached.removeAll()
    let naming = packetsNamingKind()
    guard !naming.isEmpty else { return false }
    // No packet is reached by this record yet, whatever becomes of it.
    serial &+= 1
    do throws(FaultCode) { try readTime() } catch {
      for packet in naming { hasUnreadable[Int(packet)] = true }
      throw error
    }
    readings.removeAll()
    arrayReadings.removeAll()
    var isPresent = false
    var fault: UInt8 = 0
    let first = kind.pointee.identifierStart
    for place in first..<first &+ kind.pointee.partyCount {
      let (hasValue, found) = readField(place)
      isPresent = isPresent || hasValue
      if found != 0, fault == 0 {
        fault = found
        faultField = schema.identifierFields[place]
        faultOffset = offset(of: slot(of: field(faultField)))
      }
    }
    guard isPresent else {
      markUnreadable(naming)
      throw .partyMissing
    }
    reach()
    if fault != 0, !table.reachesEverything {
      let mayConcern = markUnreadable(naming)
      if reached.count == 0, mayConcern { throw FaultCode(rawValue: fault).unsafelyUnwrapped }
    }
    expectsRow = reached.count > 0
    return expectsRow
  }

  /// The packets whose plan names the kind at hand.
  @inline(__always) private mutating func packetsNamingKind() -> UnsafeBufferPointer<Int32> {
    let starts = table.kindStarts.base + kind.pointee.index
    return UnsafeBufferPointer(
      start: table.packetsByKind.base + Int(starts[0]), count: Int(starts[1] &- starts[0]))
  }

  @inline(__always) private mutating func readTime() throws(FaultCode) {
    let timeField = Int32(truncatingIfNeeded: kind.pointee.timeField)
    guard timeField >= 0 else { return }
    let slot = slot(of: field(timeField))
    faultField = timeField
    faultOffset = offset(of: slot)
    guard !slot.isAbsent else { throw .timeMissing }
    time = try instant(slot, schema.timeFormats.base + kind.pointee.place)
    faultField = -1
    faultOffset = 0
  }

  /// Reads an instant from a slot of the JSON type that its format has.
  @inline(__always)
  mutating func instant(_ slot: Slot, _ format: UnsafePointer<TimestampFormat>) throws(FaultCode) -> Instant {
    if case .rfc3339 = format.pointee {
      try check(slot, .string)
      return try Instant(rfc3339: textOf(slot))
    }
    return try declaredInstant(slot, format)
  }

  @inline(never)
  private mutating func declaredInstant(
    _ slot: Slot, _ format: UnsafePointer<TimestampFormat>
  ) throws(FaultCode) -> Instant {
    var isNumber = false
    if case .epoch = format.pointee { isNumber = true }
    try check(slot, isNumber ? .number : .string)
    return try format.pointee.instant(textOf(slot))
  }

  /// Throws `valueType` where the slot holds another type of JSON value than the field's.
  @inline(__always) mutating func check(_ slot: Slot, _ wanted: ValueKind) throws(FaultCode) {
    guard slot.kind == wanted || slot.kind == .cell || slot.kind == .constant else { throw .valueType }
  }

  /// Every packet that names the kind, has the time in its period and was not reached may have missed this record.
  @discardableResult
  private mutating func markUnreadable(_ naming: UnsafeBufferPointer<Int32>) -> Bool {
    var mayConcern = false
    for packet in naming
    where stamps[Int(packet)] != serial && isInPeriod(packets.base + Int(packet)) {
      hasUnreadable[Int(packet)] = true
      mayConcern = true
    }
    return mayConcern
  }

  @inline(__always) private mutating func reach() {
    if table.reachesEverything {
      if isInPeriod(packets.base) { reached.append(0) }
      return
    }
    for index in 0..<readings.count {
      let entry = readings.base[index].entry
      guard entry >= 0 else { continue }
      for packet in subjects.packets(of: entry) where stamps[Int(packet)] != serial {
        let target = packets.base + Int(packet)
        let plan = plans.base + Int(target.pointee.plan)
        guard plan.pointee.kinds[kind.pointee.index].isNamed, isInPeriod(target) else { continue }
        stamps[Int(packet)] = serial
        reached.append(packet)
      }
    }
    if reached.count > 1 { reached.sort() }
  }

  /// Whether the record at hand lies in a packet's period; one of a kind without a time always does.
  @inline(__always) private mutating func isInPeriod(_ packet: UnsafePointer<PacketTable.Packet>) -> Bool {
    kind.pointee.timeField < 0 || packet.pointee.period.contains(time)
  }

  // MARK: - Parties and mentions

  /// Reads the record's mentions, once it is known to be in reach of a packet.
  mutating func readMentions() {
    let first = kind.pointee.identifierStart &+ kind.pointee.partyCount
    for place in first..<first &+ kind.pointee.mentionCount { _ = readField(place) }
  }

  /// Reads a party or mention into `readings`; whether it holds a value, and the first fault of it.
  @inline(always)
  private mutating func readField(_ place: Int) -> (hasValue: Bool, fault: UInt8) {
    let fieldIndex = schema.identifierFields[place]
    let field = field(fieldIndex)
    let slot = slot(of: field)
    guard !slot.isAbsent else {
      readingOfField[Int(fieldIndex)] = -1
      return (false, 0)
    }
    guard !field.pointee.isArray else { return readArray(slot, field, fieldIndex) }
    readingOfField[Int(fieldIndex)] = Int32(truncatingIfNeeded: readings.count)
    read(slot, field)
    return (true, readings.base[readings.count &- 1].fault)
  }

  @inline(never)
  private mutating func readArray(
    _ slot: Slot, _ field: UnsafePointer<SchemaAccess.Field>, _ fieldIndex: Int32
  ) -> (hasValue: Bool, fault: UInt8) {
    readingOfField[Int(fieldIndex)] = Int32(truncatingIfNeeded: arrayReadings.count)
    var entry = ArrayReadings()
    entry.start = Int32(truncatingIfNeeded: readings.count)
    entry.fault = readElements(slot, field)
    entry.count = Int32(truncatingIfNeeded: readings.count) &- entry.start
    var fault = entry.fault
    for index in Int(entry.start)..<readings.count where fault == 0 { fault = readings[index].fault }
    arrayReadings.append(entry)
    return (entry.count > 0 || fault != 0, fault)
  }

  /// Reads the elements of an array of parties; the fault of the array as a whole, or 0.
  private mutating func readElements(_ slot: Slot, _ field: UnsafePointer<SchemaAccess.Field>) -> UInt8 {
    switch slot.kind {
    case .array:
      var cursor = JSONElements(base: record, slot: slot)
      while let element = cursor.next() { read(element, field) }
      return 0
    case .cell, .constant:
      let text = textOf(slot)
      let first = readings.count
      var start = 0
      for index in 0...text.count where index == text.count || text[index] == UInt8(ascii: ";") {
        guard readings.count &- first < limits.elementCountMax else { return FaultCode.arrayLength.rawValue }
        let element = Bytes(rebasing: text[start..<index])
        appendReading(element, field, place: anticipate(element))
        start = index &+ 1
      }
      return 0
    default: return FaultCode.valueType.rawValue
    }
  }

  @inline(always) private mutating func read(_ slot: Slot, _ field: UnsafePointer<SchemaAccess.Field>) {
    guard slot.kind == .string || slot.kind == .cell || slot.kind == .constant else {
      readings.append(
        Reading(
          offset: 0, length: 0, entry: -1, place: PseudonymMemo.noPlace, fault: FaultCode.valueType.rawValue))
      return
    }
    let text = textOf(slot)
    appendReading(
      text, field, place: slot.memoPlace != PseudonymMemo.noPlace ? slot.memoPlace : anticipate(text))
  }

  /// The place in the memo of an identifier for which no decoder has asked: an element, a constant.
  @inline(__always) private func anticipate(_ text: Bytes) -> UInt16 {
    expectsRow ? memo.anticipate(text) : PseudonymMemo.noPlace
  }

  @inline(always) private mutating func appendReading(
    _ text: Bytes, _ field: UnsafePointer<SchemaAccess.Field>, place: UInt16
  ) {
    let target = scratch + scratchCount
    do throws(FaultCode) {
      let length = try writeCanonical(
        text, field.pointee.reader, field.pointee.low, field.pointee.high,
        schema.regions.base + Int(max(field.pointee.region, 0)), to: target)
      // A text that is its own canonical form is looked up where it stands: the copy was stored a moment ago, and to
      // load it by words would wait for those stores.
      let isVerbatim = field.pointee.reader == .phone && length == text.count && text[0] == UInt8(ascii: "+")
      let entry = subjects.find(
        isVerbatim ? text : Bytes(start: target, count: length), field.pointee.classByte)
      readings.append(
        Reading(
          offset: Int32(truncatingIfNeeded: scratchCount), length: Int32(truncatingIfNeeded: length),
          entry: entry, place: place, fault: 0))
      scratchCount &+= length
    } catch {
      readings.append(
        Reading(offset: 0, length: 0, entry: -1, place: PseudonymMemo.noPlace, fault: error.rawValue))
    }
  }

  /// Writes the canonical bytes of an identifier (design: section 3.6) and returns how many. `region` is looked at
  /// for a phone alone.
  @inline(always)
  mutating func writeCanonical(
    _ text: Bytes, _ reader: CompiledPlan.Reader, _ low: UInt64, _ high: UInt64,
    _ region: UnsafePointer<PhoneRegion?>, to target: UnsafeMutablePointer<UInt8>
  ) throws(FaultCode) -> Int {
    precondition(scratchCount + text.count + 32 <= scratchCapacity, "the scratch of a record is too small")
    switch reader {
    case .phone: return try PhoneNumber.canonical(text, region: region.pointee, to: target)
    case .email: return try EmailAddress.canonical(text, to: target)
    case .ip: return try IPAddress(text).writeCanonical(to: target)
    default:
      try OpaqueIdentifier.check(text, low: low, high: high)
      target.update(from: text.baseAddress.unsafelyUnwrapped, count: text.count)
      return text.count
    }
  }
}
