import Glibc
import SluiceCrypto

/// The record path of one worker: frame, decode, select, transform, encode, one record after the other.
///
/// Everything it needs for a record lies in it and is used again for the next one, so that nothing is allocated
/// once it is warm. Its rooms are `Decode/RecordPath+Decode`, `Select/RecordPath+Select` and
/// `Transform/RecordPath+Row`; what it counts is in `RecordPath+Tally`.
struct RecordPath<Row: RowEncoding>: ~Copyable {
  typealias Pointer = UnsafePointer<UInt8>

  /// A value of a party or mention of the record at hand.
  struct Reading {
    /// Of the canonical form in `scratch`.
    var offset: Int32
    var length: Int32
    /// In the subject table, or -1.
    var entry: Int32
    /// In the memo of pseudonyms.
    var place: UInt16
    /// 0, or why the value could not be read.
    var fault: UInt8
  }

  /// The values of an array of parties or mentions.
  struct ArrayReadings {
    var start: Int32 = 0
    var count: Int32 = 0
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

  // What the worker shares with the others: views of tables that `table` and `access` own.
  let table: PacketTable
  let packets: FrozenArray<PacketTable.Packet>
  let plans: FrozenArray<CompiledPlan>
  let subjects: SubjectTable
  let catalogKindCount: Int
  let limits: Limits
  var pseudonymizer: Pseudonymizer

  // The source at hand.
  var context: SourceContext?
  var access: SchemaAccess
  var schema: SchemaAccess.Tables
  /// The slots as they stand before a record is decoded.
  var template: UnsafePointer<Slot>
  var templateCount = 0
  var decoders: [ObjectIdentifier: UnsafeMutablePointer<JSONRecordDecoder>] = [:]
  var decoder: UnsafeMutablePointer<JSONRecordDecoder>?
  var delimited: UnsafeMutablePointer<DelimitedDecoder>?

  // The record at hand.
  var record: Pointer
  var recordCount = 0
  var slots: UnsafeMutablePointer<Slot>
  var constants: Pointer
  var kind: UnsafePointer<SchemaAccess.Kind>
  var time = Instant(seconds: 0)
  var readings = RecordArray<Reading>()
  var arrayReadings = RecordArray<ArrayReadings>()
  /// For each party or mention of the kind its place in `readings`, or, where it is an array, in `arrayReadings`; -1
  /// where it is absent.
  var readingOfField = RecordArray<Int32>()
  var reached = RecordArray<Int32>()
  /// For each packet, the record that last reached it.
  let stamps: RecordArray<UInt64>
  var serial: UInt64 = 0
  /// Whether the record before this one was in reach of a packet, so that this one may be too.
  var expectsRow = false
  /// Of the block at hand; nil where none is used.
  var memo: PseudonymMemo?
  var faultOffset = 0
  var faultField: Int32 = -1
  /// The bundles that did not hold in the row made last.
  var failedOfRow: UInt64 = 0
  var leakWatch: LeakWatch
  let scratch: UnsafeMutablePointer<UInt8>
  let scratchCapacity: Int
  var scratchCount = 0
  var text = OutputBuffer(capacity: 4096)

  // What is given on.
  var output = OutputBuffer(capacity: 1 << 16)
  var result: BlockResult
  /// The rows that were written last, not yet noted in the result.
  var segment = BlockResult.Segment.none
  /// For each packet and kind that its plan names.
  let counts: RecordArray<Counts>
  /// Of the block at hand: the catalog's kinds, then `unknown`, then `unreadable`, as in `SourceTally`.
  let kindCounts: RecordArray<SourceTally.KindCounts>
  /// Of the block at hand: values that may never be read, by their place in the schema's list.
  var neverCounts = RecordArray<UInt64>()
  /// Of the block at hand: values of fields of other kinds, by their slot.
  var foreignCounts = RecordArray<UInt64>()
  var lineCount: UInt64 = 0
  var blankLineCount: UInt64 = 0
  var rejectedCount: UInt64 = 0
  var rejections: [Rejection: UInt64] = [:]
  /// For each packet, whether a record that may have concerned it could not be read.
  let hasUnreadable: RecordArray<Bool>
  var isAnyUnreadable = false
  /// What libcrypto failed at; the run ends with it.
  var cryptoFailure: CryptoError?

  init(table: PacketTable, catalogKindCount: Int, limits: Limits, access: SchemaAccess) {
    self.table = table
    packets = table.packets
    plans = table.plans
    subjects = table.subjects
    self.catalogKindCount = catalogKindCount
    self.limits = limits
    self.access = access
    schema = access.tables
    kind = schema.kinds.base
    pseudonymizer = Pseudonymizer(keys: table.keys)
    leakWatch = LeakWatch(table.leakGate)
    // Unescaped text and canonical forms of one record: each is no longer than the record, but for an address, which may
    // be longer than its text, and the prefix of a phone.
    scratchCapacity = limits.recordByteCountMax * 3 + (limits.elementCountMax + 16) * 32
    scratch = .allocate(capacity: scratchCapacity + OutputBuffer.shortByteCount)
    record = UnsafePointer(scratch)
    constants = record
    slots = .allocate(capacity: 1)
    slots.initialize(to: Slot())
    template = UnsafePointer(slots)
    ownedSlots = slots
    stamps = RecordArray(repeating: 0, count: table.packets.count)
    hasUnreadable = RecordArray(repeating: false, count: table.packets.count)
    counts = RecordArray(repeating: Counts(), count: table.countsCount)
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
    result.endsWithoutDelimiter = block.endsWithoutDelimiter
    output.removeAll()
    memo = pseudonymizer.memoOfBlock()
    let memo = expectsRow ? memo : nil
    decoder?.pointee.memo = memo
    delimited?.pointee.memo = memo
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
    noteSegment()
    leakWatch.flush()
    takeTally(byteCount: block.count)
    swap(&output, &result.output)
  }

  private mutating func runLines(_ block: borrowing Block) throws(CryptoError) {
    let base = UnsafePointer(block.base)
    let isUTF8 = isWholeUTF8(base, block.count)
    // A line of JSON is told by the JSON decoder on its way; a row has nothing to gain by that.
    let findsEnds = isUTF8 && decoder != nil
    let limit = base + (block.endsWithoutDelimiter ? block.count : block.count &- 1)
    var start = 0
    while start < block.count {
      let extent: Extent
      var end = start
      if findsEnds, base[start] > 0x20 {
        extent = .line(before: limit)
      } else {
        end = NewlineFraming.endOfRecord(base, from: start, to: block.count) ?? block.count
        extent = .known(isUTF8: isUTF8)
        measure(base, start, end)
      }
      try frame(base + start, extent, block.byteOffset &+ UInt64(start))
      if case .line = extent, let decoder { end = decoder.pointee.lineEnd - base &+ 1 }
      start = end
    }
  }

  private mutating func runDelimited(_ block: borrowing Block, _ separator: UInt8) throws(CryptoError) {
    let base = UnsafePointer(block.base)
    // Without a quote, records end where lines do.
    guard NewlineFraming.firstIndex(of: UInt8(ascii: "\""), base, from: 0, to: block.count) < block.count
    else {
      return try runLines(block)
    }
    let isUTF8 = isWholeUTF8(base, block.count)
    var start = 0
    var scan = DelimitedFraming.Scan()
    while start < block.count {
      let end =
        DelimitedFraming.endOfRecord(base, from: start, to: block.count, separator: separator, scan: &scan)
        ?? block.count
      measure(base, start, end)
      try frame(base + start, .known(isUTF8: isUTF8), block.byteOffset &+ UInt64(start))
      start = end
    }
  }

  /// Whether a block is UTF-8 from its start to its end. Then so is each of its records, because lines end with a
  /// character of their own; where it is not, each record is looked at by itself.
  private mutating func isWholeUTF8(_ base: Pointer, _ count: Int) -> Bool {
    firstInvalidUTF8(base, count) == nil
  }

  /// What is known of a record before it is decoded.
  enum Extent {
    /// Its length, in `recordCount`, and whether all of the block is UTF-8.
    case known(isUTF8: Bool)
    /// That it is a line of UTF-8, which ends here at the latest. The decoder comes by its end on the way, which saves a look
    /// for it.
    case line(before: Pointer)
  }

  /// Notes the length of a record without its delimiter.
  @inline(__always) private mutating func measure(_ base: Pointer, _ start: Int, _ end: Int) {
    recordCount = end &- start
    if recordCount > 0, base[end &- 1] == 0x0A { recordCount &-= 1 }
    if recordCount > 0, base[start &+ recordCount &- 1] == 0x0D { recordCount &-= 1 }
  }

  /// One record.
  @inline(always)
  private mutating func frame(
    _ start: Pointer, _ extent: Extent, _ recordOffset: UInt64
  ) throws(CryptoError) {
    lineCount &+= 1
    if case .known = extent, recordCount == 0 {
      blankLineCount &+= 1
      return
    }
    record = start
    scratchCount = 0
    faultField = -1
    faultOffset = 0
    do throws(FaultCode) {
      guard try decode(extent) else {
        let counts = kindCounts.base + catalogKindCount
        counts.pointee.read &+= 1
        counts.pointee.outOfReach &+= 1
        return
      }
    } catch {
      if error == .jsonTruncated, isBlank() {
        blankLineCount &+= 1
      } else {
        unreadable(error, kind: nil, blockOffset: recordOffset)
      }
      return
    }
    countSkipped()
    let counts = kindCounts.base + kind.pointee.index
    do throws(FaultCode) {
      guard try select() else {
        counts.pointee.read &+= 1
        counts.pointee.outOfReach &+= 1
        return
      }
    } catch {
      unreadable(error, kind: kind.pointee.index, blockOffset: recordOffset)
      return
    }
    counts.pointee.read &+= 1
    counts.pointee.reached &+= 1
    try release(recordOffset)
  }

  /// Whether the record at hand is blanks alone: a line between records, not one.
  private mutating func isBlank() -> Bool {
    Bytes(start: record, count: recordCount).allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }

  /// Writes the record's row for each packet that it is in reach of.
  @inline(__always)
  private mutating func release(_ recordOffset: UInt64) throws(CryptoError) {
    var isRejected = false
    readMentions()
    // What a row puts behind this mark is its own; parties and mentions before it serve every packet.
    let scratchMark = scratchCount
    let kindIndex = kind.pointee.index
    let isWatched = table.leakGate != nil
    for index in 0..<reached.count {
      let packet = reached[index]
      let count = counts.base + countsIndex(Int(packet), kindIndex)
      count.pointee.reached &+= 1
      let start = output.count
      scratchCount = scratchMark
      let outcome = try row(packet)
      if isWatched {
        var isReleased = false
        if case .released = outcome { isReleased = true }
        scratchCount = scratchMark
        watch(packet, isReleased: isReleased, recordOffset)
      }
      switch outcome {
      case .released:
        count.pointee.released &+= 1
        addRows(packet, Int32(kindIndex), start)
      case .withheld(let reason):
        output.count = start
        switch reason {
        case .nothingPresent: count.pointee.withheld.0 &+= 1
        case .rule: count.pointee.withheld.1 &+= 1
        case .bundle: count.pointee.withheld.2 &+= 1
        }
      case .rejected(let code):
        output.count = start
        let key = Rejection(packet: packet, kind: Int32(kindIndex), code: code)
        rejections[key, default: 0] &+= 1
        if !isRejected { note(code, recordOffset) }
        isRejected = true
      }
    }
    if isRejected { rejectedCount &+= 1 }
  }

  /// Where the counts of a packet lie for a kind that its plan names.
  @inline(__always) func countsIndex(_ packet: Int, _ kind: Int) -> Int {
    let packet = packets.base + packet
    return Int(packet.pointee.countsStart) &+ plans[Int(packet.pointee.plan)].kinds[kind].place
  }

  /// Notes the rows from `start` to the end of the output; those of one packet and kind that follow each other are
  /// one segment.
  @inline(__always)
  private mutating func addRows(_ packet: Int32, _ kind: Int32, _ start: Int) {
    if segment.packet != packet || segment.kind != kind {
      noteSegment()
      segment = BlockResult.Segment(packet: packet, kind: kind, start: start, count: 0)
    }
    segment.count &+= output.count &- start
  }

  private mutating func noteSegment() {
    if segment.count > 0 { result.segments.append(segment) }
    segment = .none
  }
}
