import Glibc

extension RecordPath {
  mutating func open(_ context: SourceContext) {
    self.context = context
    access = context.access
    constants = context.constants
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
    let mostFields = access.kinds.indices.map { fieldCount($0) }.max() ?? 0
    readingOfField = RecordArray(repeating: -1, count: mostFields)
    neverCounts = RecordArray(repeating: 0, count: access.neverSlots.count)
  }

  private func makeDecoder() -> UnsafeMutablePointer<JSONRecordDecoder> {
    let decoder = UnsafeMutablePointer<JSONRecordDecoder>.allocate(capacity: 1)
    decoder.initialize(to: JSONRecordDecoder(layout: access.layout, limits: limits))
    return decoder
  }

  mutating func closeDelimited() {
    delimited?.deinitialize(count: 1)
    delimited?.deallocate()
    delimited = nil
  }

  private func fieldCount(_ kind: Int) -> Int {
    let end = kind + 1 < access.kinds.count ? access.kinds[kind + 1].fieldStart : access.fields.count
    return end - access.kinds[kind].fieldStart
  }

  /// Decodes the record at hand and tells its kind; nil where its discriminator is none of the schema's.
  @inline(__always)
  mutating func decode(_ isPlain: Bool) throws(FaultCode) -> SchemaAccess.Kind? {
    guard recordCount <= limits.recordByteCountMax else { throw .recordTooLong }
    if !isPlain, let invalid = firstInvalidUTF8(record, recordCount) {
      faultOffset = invalid
      throw .utf8Invalid
    }
    guard let context else { preconditionFailure("a record has a source") }
    context.template.withUnsafeBufferPointer { template in
      slots.update(from: template.baseAddress.unsafelyUnwrapped, count: template.count)
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
    return try tellKind()
  }

  @inline(__always)
  private mutating func tellKind() throws(FaultCode) -> SchemaAccess.Kind? {
    var found = -1
    var isReadable = false
    for index in access.kinds.indices {
      let (matches, present) = meetsConditions(access.kinds[index])
      isReadable = isReadable || present
      guard matches else { continue }
      guard found < 0 else { throw .kindAmbiguous }
      found = index
    }
    guard found >= 0 else {
      guard isReadable else { throw .kindUnreadable }
      return nil
    }
    let kind = access.kinds[found]
    for index in kind.ambiguousStart..<kind.ambiguousStart &+ kind.ambiguousCount {
      let field = access.fields[kind.fieldStart &+ Int(access.ambiguousFields[index])]
      var count = 0
      for place in 0..<Int(field.slotCount) {
        let slot = slots[Int(access.slots[Int(field.slotStart) &+ place])]
        guard !slot.isAbsent else { continue }
        count &+= 1
        guard count > 1 else { continue }
        // The place of a fault names the field by its kind.
        self.kind = kind
        faultField = access.ambiguousFields[index]
        faultOffset = offset(of: slot)
        throw .fieldAmbiguous
      }
    }
    return kind
  }

  /// Whether all conditions of a kind hold, and whether each of them has a text to be held against.
  @inline(__always)
  private mutating func meetsConditions(_ kind: SchemaAccess.Kind) -> (matches: Bool, isPresent: Bool) {
    var matches = true
    for index in kind.conditionStart..<kind.conditionStart &+ kind.conditionCount {
      let condition = access.conditions[index]
      let slot = slots[Int(condition.slot)]
      switch slot.kind {
      case .string, .cell, .constant, .number: break
      default: return (false, false)
      }
      guard !slot.isAbsent else { return (false, false) }
      guard matches else { continue }
      // The text is not needed once it is compared; each kind would otherwise take room for it anew.
      let mark = scratchCount
      let value = textOf(slot)
      scratchCount = mark
      matches =
        value.count == Int(condition.count) && !value.isEmpty
        && access.conditionBytes.withUnsafeBufferPointer {
          memcmp(
            $0.baseAddress.unsafelyUnwrapped + Int(condition.start), value.baseAddress.unsafelyUnwrapped,
            value.count) == 0
        }
    }
    return (matches, true)
  }

  /// The text of a slot, unescaped; valid until the next record.
  @inline(__always) mutating func textOf(_ slot: Slot) -> Bytes {
    if slot.kind == .constant {
      return constants.withUnsafeBufferPointer {
        Bytes(start: $0.baseAddress.unsafelyUnwrapped + Int(slot.offset), count: Int(slot.length))
      }
    }
    let raw = Bytes(start: record + Int(slot.offset), count: Int(slot.length))
    guard slot.isEscaped else { return raw }
    let target = scratch + scratchCount
    precondition(scratchCount + raw.count <= scratchCapacity, "the scratch of a record is too small")
    let count = slot.kind == .cell ? unescapeCell(raw, to: target) : unescapeJSON(raw, to: target)
    scratchCount &+= count
    return Bytes(start: target, count: count)
  }

  /// Where a slot's value stands in the record; a constant stands in none.
  @inline(__always) func offset(of slot: Slot) -> Int { slot.kind == .constant ? 0 : Int(slot.offset) }

  /// The slot of a field: of several names the one that holds a value.
  @inline(__always) func slot(of field: SchemaAccess.Field) -> Slot {
    var slot = slots[Int(access.slots[Int(field.slotStart)])]
    var next = 1
    while slot.isAbsent, next < Int(field.slotCount) {
      slot = slots[Int(access.slots[Int(field.slotStart) &+ next])]
      next &+= 1
    }
    return slot
  }
}
