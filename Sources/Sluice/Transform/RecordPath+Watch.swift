extension RecordPath {
  /// Notes for the leak gate which identifiers of the record at hand a packet keeps and which it does not, once the
  /// packet's row is made. What is not certain to be kept counts as withheld.
  mutating func watch(_ packet: Int32, isReleased: Bool, _ recordOffset: UInt64) {
    let plan = plans.base + Int(packets[Int(packet)].plan)
    let columns = plan.pointee.kinds.base + kind.pointee.index
    let first = plan.pointee.watched.base + columns.pointee.watchStart
    for index in 0..<columns.pointee.watchCount {
      let watched = first + index
      let slot = slot(of: field(watched.pointee.field))
      guard !slot.isAbsent else { continue }
      let mayKeep = isReleased && watched.pointee.bundles & failedOfRow == 0
      guard !watched.pointee.isArray else {
        watchArray(watched, slot, plan, packet, mayKeep, recordOffset)
        continue
      }
      watch(
        slot, watched, plan, packet, isKept: mayKeep && isKept(slot, watched, packet), recordOffset)
    }
  }

  /// Whether the plan keeps a scalar field for the role that it has in the record at hand.
  @inline(__always)
  private mutating func isKept(
    _ slot: Slot, _ watched: UnsafePointer<WatchedField>, _ packet: Int32
  ) -> Bool {
    guard watched.pointee.keepsSubject || watched.pointee.keepsOther else { return false }
    // An identifier of another JSON type is an error of the record or the field.
    guard (try? check(slot, .string)) != nil else { return false }
    guard watched.pointee.role != .record else { return watched.pointee.keepsSubject }
    let party = watched.pointee.role == .own ? watched.pointee.field : watched.pointee.roleField
    guard let reading = scalarReading(of: party), reading.fault == 0 else { return false }
    return isSubject(reading, packet) ? watched.pointee.keepsSubject : watched.pointee.keepsOther
  }

  @inline(never)
  private mutating func watchArray(
    _ watched: UnsafePointer<WatchedField>, _ slot: Slot, _ plan: Plan, _ packet: Int32, _ mayKeep: Bool,
    _ recordOffset: UInt64
  ) {
    let place = readingOfField[Int(watched.pointee.field)]
    let readings = place >= 0 ? arrayReadings[Int(place)] : ArrayReadings()
    // One element that cannot be read keeps all of them in.
    let mayKeep = mayKeep && isReadable(readings)
    var index = 0
    if slot.kind == .array {
      var elements = JSONElements(base: record, slot: slot)
      while let element = elements.next() {
        let isKept = mayKeep && keeps(index, of: readings, watched, packet)
        watch(element, watched, plan, packet, isKept: isKept, recordOffset)
        index &+= 1
      }
      return
    }
    guard slot.kind == .cell || slot.kind == .constant else {
      watch(slot, watched, plan, packet, isKept: false, recordOffset)
      return
    }
    let text = textOf(slot)
    var start = 0
    for end in 0...text.count where end == text.count || text[end] == UInt8(ascii: ";") {
      let isKept = mayKeep && keeps(index, of: readings, watched, packet)
      watch(Bytes(rebasing: text[start..<end]), watched, plan, packet, isKept: isKept, recordOffset)
      start = end &+ 1
      index &+= 1
    }
  }

  private func isReadable(_ readings: ArrayReadings) -> Bool {
    guard readings.fault == 0 else { return false }
    for index in Int(readings.start)..<Int(readings.start) &+ Int(readings.count)
    where self.readings[index].fault != 0 { return false }
    return true
  }

  /// Whether the plan keeps an element of an array.
  private mutating func keeps(
    _ index: Int, of readings: ArrayReadings, _ watched: UnsafePointer<WatchedField>, _ packet: Int32
  ) -> Bool {
    guard index < Int(readings.count) else { return false }
    let isSubject = isSubject(self.readings[Int(readings.start) &+ index], packet)
    return isSubject ? watched.pointee.keepsSubject : watched.pointee.keepsOther
  }

  @inline(__always)
  private mutating func watch(
    _ slot: Slot, _ watched: UnsafePointer<WatchedField>, _ plan: Plan, _ packet: Int32, isKept: Bool,
    _ recordOffset: UInt64
  ) {
    switch slot.kind {
    case .string, .number, .cell, .constant:
      watch(textOf(slot), watched, plan, packet, isKept: isKept, recordOffset)
    case .array, .object: watchNested(slot, watched, plan, packet, recordOffset)
    default: break
    }
  }

  /// Notes each text and number of a value that should have been one text: none of it is kept.
  @inline(never)
  private mutating func watchNested(
    _ slot: Slot, _ watched: UnsafePointer<WatchedField>, _ plan: Plan, _ packet: Int32,
    _ recordOffset: UInt64
  ) {
    var position = record + Int(slot.offset)
    let end = position + Int(slot.length)
    while position < end {
      let start = position
      position += 1
      let part: Slot
      if start.pointee == UInt8(ascii: "\""), let close = QuoteSearch.closing(from: position, before: end) {
        let text = Bytes(start: position, count: close - position)
        part = Slot(
          .string, offset: position - record, length: text.count, isEscaped: text.contains(UInt8(ascii: "\\"))
        )
        position = close + 1
      } else if LeakText.isDigit(start.pointee) {
        while position < end, LeakText.isDigit(position.pointee) { position += 1 }
        part = Slot(.number, offset: start - record, length: position - start)
      } else {
        continue
      }
      let mark = scratchCount
      watch(textOf(part), watched, plan, packet, isKept: false, recordOffset)
      scratchCount = mark
    }
  }

  @inline(__always)
  private mutating func watch(
    _ text: Bytes, _ watched: UnsafePointer<WatchedField>, _ plan: Plan, _ packet: Int32, isKept: Bool,
    _ recordOffset: UInt64
  ) {
    guard text.count >= LeakGate.characterCountMin || watched.pointee.reader == .ip, text.count > 0 else {
      return
    }
    // By the very bytes, the packet, how they are read and what becomes of them.
    let label =
      UInt64(truncatingIfNeeded: packet) &<< 8 | UInt64(watched.pointee.reader.rawValue) &<< 1
      | (isKept ? 1 : 0)
    let hash = leakWatch.hash.of(text, label: ~label)
    guard !leakWatch.isKnown(hash) else { return }
    note(text, watched, plan, Int(packet), isKept, recordOffset)
  }

  /// Notes a value as it stood in the source and in its canonical form; one that cannot be read is not kept.
  @inline(never)
  private mutating func note(
    _ text: Bytes, _ watched: UnsafePointer<WatchedField>, _ plan: Plan, _ packet: Int, _ isKept: Bool,
    _ recordOffset: UInt64
  ) {
    let reader = watched.pointee.reader
    let target = scratch + scratchCount
    var length: Int?
    // The letters and digits of the others are those of their text.
    if isKept || reader == .ip || reader == .phone {
      length = try? writeCanonical(
        text, reader, watched.pointee.low, watched.pointee.high,
        plan.pointee.regions.base + Int(watched.pointee.region), to: target)
    }
    let isKept = isKept && length != nil
    if reader == .ip, let length {
      note(Bytes(start: target, count: length), .address, watched, packet, isKept, recordOffset)
      return
    }
    notePlain(text, watched, packet, isKept, recordOffset)
    guard let length, reader == .phone, length != text.count || text[0] != UInt8(ascii: "+") else { return }
    notePlain(Bytes(start: target, count: length), watched, packet, isKept, recordOffset)
  }

  private mutating func notePlain(
    _ text: Bytes, _ watched: UnsafePointer<WatchedField>, _ packet: Int, _ isKept: Bool,
    _ recordOffset: UInt64
  ) {
    guard leakWatch.setPlain(text) else { return }
    let plain = Bytes(start: leakWatch.plain.base, count: leakWatch.plain.count)
    note(plain, .text, watched, packet, isKept, recordOffset)
    if leakWatch.isFormed(text, plain: plain, packet: packet) {
      note(plain, .formed, watched, packet, isKept, recordOffset)
    }
  }

  private mutating func note(
    _ bytes: Bytes, _ form: LeakGate.Form, _ watched: UnsafePointer<WatchedField>, _ packet: Int,
    _ isKept: Bool, _ recordOffset: UInt64
  ) {
    guard let trace = leakWatch.trace else {
      leakWatch.note(bytes, form, packet: packet, isReleased: isKept)
      return
    }
    guard !isKept, let gate = leakWatch.gate else { return }
    trace.see(
      gate.hash(bytes, form, packet: packet), bytes, form, packet: packet,
      LeakTrace.Origin(
        source: context?.index ?? 0, byteOffset: recordOffset, kind: kind.pointee.index,
        field: watched.pointee.field))
  }
}
