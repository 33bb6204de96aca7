extension RecordPath {
  /// Counts fields that are known of other kinds only, and values that may never be read.
  @inline(__always) mutating func countSkipped() {
    let foreign = schema.foreignSlots.base + kind.pointee.foreignStart
    for index in 0..<kind.pointee.foreignCount {
      let slot = Int(foreign[index])
      guard slots[slot].kind != .absent, slots[slot].kind != .emptyCell else { continue }
      foreignCounts.base[slot] &+= 1
    }
    let start = kind.pointee.neverStart
    for index in start..<start &+ kind.pointee.neverCount
    where !slots[Int(schema.neverSlots[index])].isAbsent {
      neverCounts.base[index] &+= 1
    }
  }

  /// Gives the counts of the block at hand to its result.
  mutating func takeTally(byteCount: Int) {
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
    for slot in 0..<foreignCounts.count where foreignCounts[slot] > 0 {
      addUnknown(Array(access.layout.slotPaths[slot].utf8), foreignCounts[slot])
      foreignCounts[slot] = 0
    }
    takeUnknownNames()
  }

  private mutating func addUnknown(_ name: [UInt8], _ count: UInt64) {
    if name.withUnsafeBufferPointer({ KeyTable.isReportable($0) }) {
      result.tally.unknownFields[String(decoding: name, as: UTF8.self), default: 0] &+= count
    } else {
      result.tally.unprintableFields &+= count
    }
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
        addUnknown(name, delimited.pointee.unknownCounts[column])
        delimited.pointee.unknownCounts[column] = 0
      }
    }
  }

  /// Counts a record that no packet could read, and tells the packets that it might have concerned.
  mutating func unreadable(_ code: FaultCode, kind: Int?, blockOffset: UInt64) {
    let place = kind ?? catalogKindCount &+ 1
    note(code, blockOffset)
    let counts = kindCounts.base + place
    counts.pointee.read &+= 1
    counts.pointee.unreadable &+= 1
    result.tally.unreadable[code, default: 0] &+= 1
    if result.unreadablePlaces.count < BlockResult.probeCount {
      result.unreadablePlaces.append(UInt32(truncatingIfNeeded: lineCount &- blankLineCount))
    }
    if kind == nil { isAnyUnreadable = true }
  }

  /// Keeps the place of a fault, among the first of a block. The record is counted by now, so the first is 1.
  mutating func note(_ code: FaultCode, _ recordOffset: UInt64) {
    guard result.faults.count < BlockResult.faultCountMax else { return }
    let hasKind = faultField >= 0
    result.faults.append(
      BlockResult.Fault(
        record: lineCount, byteOffset: recordOffset &+ UInt64(faultOffset),
        code: code, kind: hasKind ? Int32(kind.pointee.index) : -1, field: faultField))
  }
}
