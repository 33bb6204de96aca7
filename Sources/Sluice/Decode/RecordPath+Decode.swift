import Glibc

extension RecordPath {
  mutating func open(_ context: SourceContext) {
    self.context = context
    access = context.access
    schema = access.tables
    constants = context.constants.base
    (template, templateCount) = (context.template.base, context.template.count)
    decoder = nil
    closeDelimited()
    if let separator = context.specification.format.separator {
      let opened = UnsafeMutablePointer<DelimitedDecoder>.allocate(capacity: 1)
      opened.initialize(
        to: DelimitedDecoder(
          layout: access.layout, header: context.header, separator: separator, limits: limits))
      delimited = opened
      slots = opened.pointee.slots
    } else {
      let opened = decoders[ObjectIdentifier(access)] ?? makeDecoder()
      decoders[ObjectIdentifier(access)] = opened
      decoder = opened
      slots = opened.pointee.slots
    }
    let mostFields = schema.kinds.indices.map { fieldCount($0) }.max() ?? 0
    readingOfField = RecordArray(repeating: -1, count: mostFields)
    neverCounts = RecordArray(repeating: 0, count: schema.neverSlots.count)
    foreignCounts = RecordArray(repeating: 0, count: access.layout.slotCount)
  }

  private mutating func makeDecoder() -> UnsafeMutablePointer<JSONRecordDecoder> {
    let decoder = UnsafeMutablePointer<JSONRecordDecoder>.allocate(capacity: 1)
    decoder.initialize(to: JSONRecordDecoder(layout: access.layout, limits: limits))
    return decoder
  }

  mutating func closeDelimited() {
    delimited?.deinitialize(count: 1)
    delimited?.deallocate()
    delimited = nil
  }

  private mutating func fieldCount(_ kind: Int) -> Int {
    let end = kind + 1 < schema.kinds.count ? schema.kinds[kind + 1].fieldStart : schema.fields.count
    return end - schema.kinds[kind].fieldStart
  }

  /// Decodes the record at hand and tells its kind; false where its discriminator is none of the schema's. Afterwards it
  /// is known where the record ends, whether it could be read or not.
  @inline(__always)
  mutating func decode(_ extent: Extent) throws(FaultCode) -> Bool {
    slots.update(from: template, count: templateCount)
    switch extent {
    case .known(let isUTF8): try decodeKnown(isUTF8)
    case .line(let end): try decodeLine(before: end)
    }
    return try tellKind()
  }

  @inline(__always) private mutating func decodeLine(before end: Pointer) throws(FaultCode) {
    guard let decoder else { preconditionFailure("a row does not find its own end") }
    defer { recordCount = decoder.pointee.recordByteCount }
    do throws(FaultCode) { try decoder.pointee.decode(lineAt: record, before: end) } catch {
      faultOffset = decoder.pointee.faultOffset
      throw error
    }
  }

  @inline(__always) private mutating func decodeKnown(_ isUTF8: Bool) throws(FaultCode) {
    guard recordCount <= limits.recordByteCountMax else { throw .recordTooLong }
    if !isUTF8, let invalid = firstInvalidUTF8(record, recordCount) {
      faultOffset = invalid
      throw .utf8Invalid
    }
    if let decoder {
      do throws(FaultCode) { try decoder.pointee.decode(record, count: recordCount) } catch {
        faultOffset = decoder.pointee.faultOffset
        throw error
      }
    } else if let delimited {
      do throws(FaultCode) { try delimited.pointee.decode(record, count: recordCount) } catch {
        faultOffset = delimited.pointee.faultOffset
        throw error
      }
    }
  }

  @inline(__always)
  private mutating func tellKind() throws(FaultCode) -> Bool {
    var found = -1
    var isReadable = false
    for index in schema.kinds.indices {
      let (matches, present) = meetsConditions(schema.kinds.base + index)
      isReadable = isReadable || present
      guard matches else { continue }
      guard found < 0 else { throw .kindAmbiguous }
      found = index
    }
    guard found >= 0 else {
      guard isReadable else { throw .kindUnreadable }
      return false
    }
    kind = schema.kinds.base + found
    if kind.pointee.ambiguousCount > 0 { try checkNames() }
    return true
  }

  /// Throws where a field that may have one of several names has a value under two of them.
  ///
  /// What stands where the schema has an object is a value of none of the names below it, and is the field's own fault,
  /// as if it had one name. Beside a value it could be meant for the field as well, and is one too many.
  private mutating func checkNames() throws(FaultCode) {
    let start = kind.pointee.ambiguousStart
    for index in start..<start &+ kind.pointee.ambiguousCount {
      let field = field(schema.ambiguousFields[index])
      var (count, valueCount) = (0, 0)
      for place in 0..<Int(field.pointee.slotCount) {
        let slot = slots[Int(schema.slots[Int(field.pointee.slotStart) &+ place])]
        guard !slot.isAbsent else { continue }
        count &+= 1
        if slot.kind != .misplaced { valueCount &+= 1 }
        guard count > 1, valueCount > 0 else { continue }
        faultField = schema.ambiguousFields[index]
        faultOffset = offset(of: slot)
        throw .fieldAmbiguous
      }
    }
  }

  /// Whether all conditions of a kind hold, and whether each of them has a text to be held against.
  @inline(__always)
  private mutating func meetsConditions(
    _ kind: UnsafePointer<SchemaAccess.Kind>
  ) -> (matches: Bool, isPresent: Bool) {
    var matches = true
    let start = kind.pointee.conditionStart
    for index in start..<start &+ kind.pointee.conditionCount {
      let condition = schema.conditions.base + index
      let slot = slots[Int(condition.pointee.slot)]
      switch slot.kind {
      case .string, .cell, .constant, .number: break
      // Of any other condition it is no text, and what the record is cannot be told.
      case .true where condition.pointee.isBoolean, .false where condition.pointee.isBoolean: break
      default: return (false, false)
      }
      guard !slot.isAbsent else { return (false, false) }
      guard matches else { continue }
      // The text is not needed once it is compared; each kind would otherwise take room for it anew.
      let mark = scratchCount
      let value = textOf(slot)
      scratchCount = mark
      matches =
        value.count == Int(condition.pointee.count) && !value.isEmpty
        && value.word(at: 0) == condition.pointee.head
        && (value.count <= 8
          || equal(
            schema.conditionBytes.base + Int(condition.pointee.start), value.baseAddress.unsafelyUnwrapped,
            value.count))
    }
    return (matches, true)
  }

  /// A field of the kind at hand.
  @inline(__always) mutating func field(_ index: Int32) -> UnsafePointer<SchemaAccess.Field> {
    schema.fields.base + (kind.pointee.fieldStart &+ Int(index))
  }

  /// The text of a slot, unescaped; valid until the next record.
  @inline(__always) mutating func textOf(_ slot: Slot) -> Bytes {
    if slot.kind == .constant {
      return Bytes(start: constants + Int(slot.offset), count: Int(slot.length))
    }
    let raw = Bytes(start: record + Int(slot.offset), count: Int(slot.length))
    return slot.isEscaped ? unescaped(raw, slot) : raw
  }

  @inline(never) private mutating func unescaped(_ raw: Bytes, _ slot: Slot) -> Bytes {
    let target = scratch + scratchCount
    precondition(scratchCount + raw.count <= scratchCapacity, "the scratch of a record is too small")
    let count = slot.kind == .cell ? unescapeCell(raw, to: target) : unescapeJSON(raw, to: target)
    scratchCount &+= count
    return Bytes(start: target, count: count)
  }

  /// Where a slot's value stands in the record; a constant stands in none.
  @inline(__always) mutating func offset(of slot: Slot) -> Int {
    slot.kind == .constant ? 0 : Int(slot.offset)
  }

  /// The slot of a field: of several names the one that holds a value.
  @inline(__always) mutating func slot(of field: UnsafePointer<SchemaAccess.Field>) -> Slot {
    let slot = slots[Int(field.pointee.slot)]
    return slot.isAbsent && field.pointee.slotCount > 1 ? otherSlot(of: field) : slot
  }

  @inline(never) private mutating func otherSlot(of field: UnsafePointer<SchemaAccess.Field>) -> Slot {
    var slot = Slot()
    for next in 1..<Int(field.pointee.slotCount) where slot.isAbsent {
      slot = slots[Int(schema.slots[Int(field.pointee.slotStart) &+ next])]
    }
    return slot
  }
}
