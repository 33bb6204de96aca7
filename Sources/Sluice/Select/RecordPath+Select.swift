extension RecordPath {
  /// Finds the packets that the record at hand is in reach of, into `reached`, ascending; false where there is none.
  ///
  /// Subject and time are matched on the canonical identifier and the exact instant, before any rounding. Throws
  /// where the record is unreadable for every packet.
  @inline(__always)
  mutating func select() throws(FaultCode) -> Bool {
    reached.removeAll()
    let naming = table.packetsOfKind[kind.index]
    guard !naming.isEmpty else { return false }
    do throws(FaultCode) { try readTime() } catch {
      for packet in naming { hasUnreadable[Int(packet)] = true }
      throw error
    }
    readings.removeAll()
    fieldReadings.removeAll()
    var isPresent = false
    var fault: UInt8 = 0
    for index in 0..<kind.partyCount {
      let (hasValue, found) = readField(kind.identifierStart &+ index)
      isPresent = isPresent || hasValue
      if found != 0, fault == 0 {
        fault = found
        faultField = access.identifierFields[kind.identifierStart &+ index]
        faultOffset = offset(of: slot(of: access.fields[kind.fieldStart &+ Int(faultField)]))
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
    return reached.count > 0
  }

  @inline(__always) private mutating func readTime() throws(FaultCode) {
    guard kind.timeField >= 0 else { return }
    let slot = slot(of: access.fields[kind.fieldStart &+ kind.timeField])
    faultField = Int32(kind.timeField)
    faultOffset = offset(of: slot)
    guard !slot.isAbsent else { throw .timeMissing }
    time = try instant(slot, kindTimeFormat)
    faultField = -1
    faultOffset = 0
  }

  private var kindTimeFormat: TimestampFormat {
    guard let format = access.timeFormats[kind.place] else {
      preconditionFailure("the schema gives each time field a timestamp")
    }
    return format
  }

  /// Reads an instant from a slot of the JSON type that its format has.
  @inline(__always)
  mutating func instant(_ slot: Slot, _ format: TimestampFormat) throws(FaultCode) -> Instant {
    var isNumber = false
    if case .epoch = format { isNumber = true }
    try check(slot, isNumber ? .number : .string)
    return try format.instant(textOf(slot))
  }

  /// Throws `valueType` where the slot holds another type of JSON value than the field's.
  @inline(__always) func check(_ slot: Slot, _ wanted: ValueKind) throws(FaultCode) {
    guard slot.kind == wanted || slot.kind == .cell || slot.kind == .constant else { throw .valueType }
  }

  /// Every packet that names the kind, has the time in its period and was not reached may have missed this record.
  @discardableResult
  private mutating func markUnreadable(_ naming: [Int32]) -> Bool {
    var mayConcern = false
    for packet in naming
    where stamps[Int(packet)] != serial && table.packets[Int(packet)].contains(time, kind) {
      hasUnreadable[Int(packet)] = true
      mayConcern = true
    }
    return mayConcern
  }

  @inline(__always) private mutating func reach() {
    serial &+= 1
    if table.reachesEverything {
      if table.packets[0].contains(time, kind) { reached.append(0) }
      return
    }
    for index in 0..<readings.count {
      let entry = readings[index].entry
      guard entry >= 0 else { continue }
      for packet in table.subjects.packets(of: entry) where stamps[Int(packet)] != serial {
        let target = table.packets[Int(packet)]
        guard table.plans[Int(target.plan)].kinds[kind.index].isNamed, target.contains(time, kind) else {
          continue
        }
        stamps[Int(packet)] = serial
        reached.append(packet)
      }
    }
    if reached.count > 1 { reached.sort() }
  }

  // MARK: - Parties and mentions

  /// Reads the record's mentions, once it is known to be in reach of a packet.
  mutating func readMentions() {
    for index in kind.partyCount..<kind.partyCount &+ kind.mentionCount {
      _ = readField(kind.identifierStart &+ index)
    }
  }

  /// Reads a party or mention into `readings`; whether it holds a value, and the first fault of it.
  private mutating func readField(_ place: Int) -> (hasValue: Bool, fault: UInt8) {
    let fieldIndex = Int(access.identifierFields[place])
    let field = access.fields[kind.fieldStart &+ fieldIndex]
    var entry = FieldReadings()
    entry.start = Int32(readings.count)
    readingOfField[fieldIndex] = Int32(fieldReadings.count)
    let slot = slot(of: field)
    if slot.isAbsent {
      fieldReadings.append(entry)
      return (false, 0)
    }
    entry.isAbsent = false
    if field.isArray {
      entry.fault = readElements(slot, field)
    } else {
      read(slot, field)
    }
    entry.count = Int32(readings.count) &- entry.start
    var fault = entry.fault
    for index in Int(entry.start)..<readings.count where fault == 0 { fault = readings[index].fault }
    fieldReadings.append(entry)
    return (entry.count > 0 || fault != 0, fault)
  }

  /// Reads the elements of an array of parties; the fault of the array as a whole, or 0.
  private mutating func readElements(_ slot: Slot, _ field: SchemaAccess.Field) -> UInt8 {
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
        appendReading(Bytes(rebasing: text[start..<index]), field)
        start = index &+ 1
      }
      return 0
    default: return FaultCode.valueType.rawValue
    }
  }

  @inline(__always) private mutating func read(_ slot: Slot, _ field: SchemaAccess.Field) {
    guard slot.kind == .string || slot.kind == .cell || slot.kind == .constant else {
      readings.append(Reading(offset: 0, length: 0, entry: -1, fault: FaultCode.valueType.rawValue))
      return
    }
    appendReading(textOf(slot), field)
  }

  @inline(__always) private mutating func appendReading(_ text: Bytes, _ field: SchemaAccess.Field) {
    let target = scratch + scratchCount
    do throws(FaultCode) {
      let region = field.region >= 0 ? access.regions[Int(field.region)] : nil
      let length = try writeCanonical(text, field.reader, field.low, field.high, region, to: target)
      let entry = table.subjects.find(Bytes(start: target, count: length), field.classByte)
      readings.append(Reading(offset: Int32(scratchCount), length: Int32(length), entry: entry, fault: 0))
      scratchCount &+= length
    } catch {
      readings.append(Reading(offset: 0, length: 0, entry: -1, fault: error.rawValue))
    }
  }

  /// Writes the canonical bytes of an identifier (design: section 3.6) and returns how many.
  @inline(__always)
  func writeCanonical(
    _ text: Bytes, _ reader: CompiledPlan.Reader, _ low: UInt64, _ high: UInt64, _ region: PhoneRegion?,
    to target: UnsafeMutablePointer<UInt8>
  ) throws(FaultCode) -> Int {
    precondition(scratchCount + text.count + 32 <= scratchCapacity, "the scratch of a record is too small")
    switch reader {
    case .phone: return try PhoneNumber.canonical(text, region: region, to: target)
    case .email: return try EmailAddress.canonical(text, to: target)
    case .ip: return try IPAddress(text).writeCanonical(to: target)
    default:
      try OpaqueIdentifier.check(text, low: low, high: high)
      target.update(from: text.baseAddress.unsafelyUnwrapped, count: text.count)
      return text.count
    }
  }
}

extension PacketTable.Packet {
  /// Whether a record of a kind lies in the period; one without a time always does.
  @inline(__always) func contains(_ time: Instant, _ kind: SchemaAccess.Kind) -> Bool {
    kind.timeField < 0 || period.contains(time)
  }
}
