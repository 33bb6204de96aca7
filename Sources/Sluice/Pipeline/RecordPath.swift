import Glibc
import SluiceCrypto

/// The record path of one worker: frame, decode, select, transform, encode, one record after the other.
///
/// Everything it needs for a record lies in it and is used again for the next one, so that nothing is allocated
/// once it is warm. `Select/RecordPath+Select` and `Transform/RecordPath+Row` are its other rooms.
struct RecordPath<Row: RowEncoding>: ~Copyable {
  typealias Pointer = UnsafePointer<UInt8>

  /// A value of a party or mention of the record at hand.
  struct Reading {
    /// Of the canonical form in `scratch`.
    var offset: Int32
    var length: Int32
    /// In the subject table, or -1.
    var entry: Int32
    /// 0, or why the value could not be read.
    var fault: UInt8
  }

  /// The values of one party or mention.
  struct FieldReadings {
    var start: Int32 = 0
    var count: Int32 = 0
    var isAbsent = true
    /// The field as a whole could not be read: not an array, or of the wrong type.
    var fault: UInt8 = 0
  }

  /// What one packet counts for one kind; by `WithheldReason` for the last three.
  struct Counts {
    var reached: UInt64 = 0
    var released: UInt64 = 0
    var withheld: (UInt64, UInt64, UInt64) = (0, 0, 0)
  }

  struct Rejection: Hashable {
    let packet: Int32
    let kind: Int32
    let code: FaultCode
  }

  let table: PacketTable
  let catalogKindCount: Int
  let limits: Limits
  var pseudonymizer: Pseudonymizer

  // The source at hand.
  var context: SourceContext?
  var access: SchemaAccess
  private var decoders: [ObjectIdentifier: UnsafeMutablePointer<JSONRecordDecoder>] = [:]
  private var decoder: UnsafeMutablePointer<JSONRecordDecoder>?
  private var delimited: UnsafeMutablePointer<DelimitedDecoder>?

  // The record at hand.
  var record: Pointer
  var recordCount = 0
  var slots: UnsafeMutablePointer<Slot>
  var constants: [UInt8] = [0]
  var kind = SchemaAccess.Kind()
  var time = Instant(seconds: 0)
  var readings = RecordArray<Reading>()
  var fieldReadings = RecordArray<FieldReadings>()
  /// For each field of the kind its place in `fieldReadings`, or -1.
  var readingOfField = RecordArray<Int32>()
  var reached = RecordArray<Int32>()
  /// For each packet, the record that last reached it.
  let stamps: RecordArray<UInt64>
  var serial: UInt64 = 0
  var faultOffset = 0
  var faultField: Int32 = -1
  let scratch: UnsafeMutablePointer<UInt8>
  let scratchCapacity: Int
  var scratchCount = 0
  var text = OutputBuffer(capacity: 4096)

  // What is given on.
  var output = OutputBuffer(capacity: 1 << 16)
  var result: BlockResult
  /// For each packet and kind.
  let counts: RecordArray<Counts>
  /// Of the block at hand: the catalog's kinds, then `unknown`, then `unreadable`, as in `SourceTally`.
  private let kindCounts: RecordArray<SourceTally.KindCounts>
  /// Of the block at hand: values that may never be read, by their place in the schema's list.
  private var neverCounts = RecordArray<UInt64>()
  private var lineCount: UInt64 = 0
  private var blankLineCount: UInt64 = 0
  private var rejectedCount: UInt64 = 0
  var rejections: [Rejection: UInt64] = [:]
  /// For each packet, whether a record that may have concerned it could not be read.
  let hasUnreadable: RecordArray<Bool>
  var isAnyUnreadable = false
  /// What libcrypto failed at; the run ends with it.
  var cryptoFailure: CryptoError?

  init(table: PacketTable, catalogKindCount: Int, limits: Limits, access: SchemaAccess) {
    self.table = table
    self.catalogKindCount = catalogKindCount
    self.limits = limits
    self.access = access
    pseudonymizer = Pseudonymizer(keys: table.keys)
    // Unescaped text and canonical forms of one record: neither is longer than the record, but for prefixes.
    scratchCapacity = limits.recordByteCountMax * 3 + (limits.elementCountMax + 16) * 32
    scratch = .allocate(capacity: scratchCapacity)
    record = UnsafePointer(scratch)
    slots = .allocate(capacity: 1)
    slots.initialize(to: Slot())
    ownedSlots = slots
    stamps = RecordArray(repeating: 0, count: table.packets.count)
    hasUnreadable = RecordArray(repeating: false, count: table.packets.count)
    counts = RecordArray(repeating: Counts(), count: table.packets.count * catalogKindCount)
    kindCounts = RecordArray(repeating: SourceTally.KindCounts(), count: catalogKindCount + 2)
    result = BlockResult(kindCount: catalogKindCount)
  }

  private let ownedSlots: UnsafeMutablePointer<Slot>

  deinit {
    scratch.deallocate()
    ownedSlots.deallocate()
    delimited?.deinitialize(count: 1)
    delimited?.deallocate()
    for decoder in decoders.values {
      decoder.deinitialize(count: 1)
      decoder.deallocate()
    }
  }

  // MARK: - A block

  /// Takes a block through the path; the result has its rows, tallies and faults.
  mutating func run(_ block: borrowing Block, _ context: SourceContext, into result: BlockResult)
    throws(CryptoError)
  {
    self.result = result
    if self.context !== context { open(context) }
    result.begin(context, kindCount: catalogKindCount)
    output.removeAll()
    if block.isOversized {
      record = UnsafePointer(block.base)
      faultOffset = 0
      lineCount = 1
      unreadable(.recordTooLong, kind: nil, blockOffset: block.byteOffset)
    } else if let separator = context.specification.format.separator {
      try runDelimited(block, separator)
    } else {
      try runLines(block)
    }
    takeTally(byteCount: block.count)
    swap(&output, &result.output)
  }

  private mutating func runLines(_ block: borrowing Block) throws(CryptoError) {
    let base = UnsafePointer(block.base)
    let isPlain = isASCII(base, block.count)
    var start = 0
    while start < block.count {
      let end = NewlineFraming.endOfRecord(base, from: start, to: block.count) ?? block.count
      try frame(base, start, end, isPlain, block.byteOffset)
      start = end
    }
  }

  private mutating func runDelimited(_ block: borrowing Block, _ separator: UInt8) throws(CryptoError) {
    let base = UnsafePointer(block.base)
    let isPlain = isASCII(base, block.count)
    var start = 0
    var scan = DelimitedFraming.Scan()
    while start < block.count {
      let end =
        DelimitedFraming.endOfRecord(base, from: start, to: block.count, separator: separator, scan: &scan)
        ?? block.count
      try frame(base, start, end, isPlain, block.byteOffset)
      start = end
    }
  }

  /// One record with its delimiter.
  @inline(__always)
  private mutating func frame(
    _ base: Pointer, _ start: Int, _ end: Int, _ isPlain: Bool, _ blockOffset: UInt64
  ) throws(CryptoError) {
    var count = end &- start
    if count > 0, base[start &+ count &- 1] == 0x0A { count &-= 1 }
    if count > 0, base[start &+ count &- 1] == 0x0D { count &-= 1 }
    lineCount &+= 1
    guard count > 0 else {
      blankLineCount &+= 1
      return
    }
    record = base + start
    recordCount = count
    scratchCount = 0
    faultField = -1
    faultOffset = 0
    let recordOffset = blockOffset &+ UInt64(start)
    let known: SchemaAccess.Kind?
    do throws(FaultCode) {
      known = try decode(isPlain)
    } catch {
      if error == .jsonTruncated, isBlank() {
        blankLineCount &+= 1
      } else {
        unreadable(error, kind: nil, blockOffset: recordOffset)
      }
      return
    }
    guard let known else {
      kindCounts.base[catalogKindCount].read &+= 1
      kindCounts.base[catalogKindCount].outOfReach &+= 1
      return
    }
    kind = known
    countSkipped()
    do throws(FaultCode) {
      guard try select() else {
        kindCounts.base[kind.index].read &+= 1
        kindCounts.base[kind.index].outOfReach &+= 1
        return
      }
    } catch {
      unreadable(error, kind: kind.index, blockOffset: recordOffset)
      return
    }
    kindCounts.base[kind.index].read &+= 1
    kindCounts.base[kind.index].reached &+= 1
    try release(recordOffset)
  }

  /// Whether the record at hand is blanks alone: a line between records, not one.
  private func isBlank() -> Bool {
    Bytes(start: record, count: recordCount).allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }

  /// Writes the record's row for each packet that it is in reach of.
  @inline(__always)
  private mutating func release(_ recordOffset: UInt64) throws(CryptoError) {
    var isRejected = false
    readMentions()
    // What a row puts behind this mark is its own; parties and mentions before it serve every packet.
    let scratchMark = scratchCount
    for index in 0..<reached.count {
      let packet = reached[index]
      let count = counts.base + (Int(packet) &* catalogKindCount &+ kind.index)
      count.pointee.reached &+= 1
      let start = output.count
      scratchCount = scratchMark
      switch try row(packet) {
      case .released:
        count.pointee.released &+= 1
        result.addRows(packet, Int32(kind.index), start, output.count)
      case .withheld(let reason):
        output.count = start
        switch reason {
        case .nothingPresent: count.pointee.withheld.0 &+= 1
        case .rule: count.pointee.withheld.1 &+= 1
        case .bundle: count.pointee.withheld.2 &+= 1
        }
      case .rejected(let code):
        output.count = start
        let key = Rejection(packet: packet, kind: Int32(kind.index), code: code)
        rejections[key, default: 0] &+= 1
        if !isRejected { note(code, recordOffset) }
        isRejected = true
      }
    }
    if isRejected { rejectedCount &+= 1 }
  }

  // MARK: - Decoding

  private mutating func open(_ context: SourceContext) {
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

  private mutating func closeDelimited() {
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
  private mutating func decode(_ isPlain: Bool) throws(FaultCode) -> SchemaAccess.Kind? {
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
  func offset(of slot: Slot) -> Int { slot.kind == .constant ? 0 : Int(slot.offset) }

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

  // MARK: - Counting

  /// Counts fields that are known of other kinds only, and values that may never be read.
  @inline(__always) private mutating func countSkipped() {
    for index in kind.foreignStart..<kind.foreignStart &+ kind.foreignCount {
      let slot = Int(access.foreignSlots[index])
      guard slots[slot].kind != .absent, slots[slot].kind != .cell || slots[slot].length > 0 else { continue }
      countForeign(slot)
    }
    for index in kind.neverStart..<kind.neverStart &+ kind.neverCount
    where !slots[Int(access.neverSlots[index])].isAbsent {
      neverCounts.base[index] &+= 1
    }
  }

  @inline(never) private mutating func countForeign(_ slot: Int) {
    let path = access.layout.slotPaths[slot]
    if Array(path.utf8).withUnsafeBufferPointer({ KeyTable.isReportable($0) }) {
      result.tally.unknownFields[path, default: 0] &+= 1
    } else {
      result.tally.unprintableFields &+= 1
    }
  }

  /// Gives the counts of the block at hand to its result.
  private mutating func takeTally(byteCount: Int) {
    result.tally.bytes = UInt64(byteCount)
    result.tally.blankLines = blankLineCount
    result.tally.rejected = rejectedCount
    (lineCount, blankLineCount, rejectedCount) = (0, 0, 0)
    for kind in 0..<kindCounts.count {
      result.tally.kinds[kind] = kindCounts[kind]
      kindCounts[kind] = SourceTally.KindCounts()
    }
    for index in 0..<neverCounts.count where neverCounts[index] > 0 {
      result.tally.neverFields[access.neverNames[index], default: 0] &+= neverCounts[index]
      neverCounts[index] = 0
    }
    takeUnknownNames()
  }

  private mutating func takeUnknownNames() {
    if let decoder {
      let unnamed = decoder.pointee.takeUnknownNames { name, count in
        result.tally.unknownFields[String(decoding: name, as: UTF8.self), default: 0] &+= count
      }
      result.tally.unprintableFields &+= unnamed.unprintable
      result.tally.moreFields &+= unnamed.more
    } else if let delimited {
      for (column, name) in delimited.pointee.columnNames.enumerated()
      where delimited.pointee.unknownCounts[column] > 0 {
        let count = delimited.pointee.unknownCounts[column]
        if name.withUnsafeBufferPointer({ KeyTable.isReportable($0) }) {
          result.tally.unknownFields[String(decoding: name, as: UTF8.self), default: 0] &+= count
        } else {
          result.tally.unprintableFields &+= count
        }
        delimited.pointee.unknownCounts[column] = 0
      }
    }
  }

  /// Counts a record that no packet could read, and tells the packets that it might have concerned.
  private mutating func unreadable(_ code: FaultCode, kind: Int?, blockOffset: UInt64) {
    let place = kind ?? catalogKindCount &+ 1
    note(code, blockOffset)
    kindCounts.base[place].read &+= 1
    kindCounts.base[place].unreadable &+= 1
    result.tally.unreadable[code, default: 0] &+= 1
    if result.unreadablePlaces.count < BlockResult.probeCount {
      result.unreadablePlaces.append(UInt32(truncatingIfNeeded: lineCount &- blankLineCount))
    }
    if kind == nil { isAnyUnreadable = true }
  }

  /// Keeps the place of a fault, among the first of a block. The record is counted by now, so the first is 1.
  private func note(_ code: FaultCode, _ recordOffset: UInt64) {
    guard result.faults.count < BlockResult.faultCountMax else { return }
    let hasKind = faultField >= 0
    result.faults.append(
      BlockResult.Fault(
        record: lineCount, byteOffset: recordOffset &+ UInt64(faultOffset),
        code: code, kind: hasKind ? Int32(kind.index) : -1, field: faultField))
  }
}
