import SluiceCrypto

/// What became of a record in one packet.
enum RowOutcome {
  case released
  case withheld(WithheldReason)
  case rejected(FaultCode)
}

/// What became of one cell.
enum CellOutcome {
  /// A value left.
  case value
  /// The cell stands without a value: absent, redacted or an empty array.
  case noValue
  case withheld
}

extension RecordPath {
  typealias Plan = UnsafePointer<CompiledPlan>
  typealias Column = UnsafePointer<CompiledPlan.Column>

  /// Writes the row of the record at hand for a packet. What was written counts only where the record is released.
  mutating func row(_ packet: Int32) throws(CryptoError) -> RowOutcome {
    let target = packets.base + Int(packet)
    let plan = plans.base + Int(target.pointee.plan)
    let columns = plan.pointee.kinds.base + kind.pointee.index
    var hasValue = false
    var isHeldByRule = false
    var isHeldByBundle = false
    do throws(FaultCode) {
      let failed = columns.pointee.bundleCount > 0 ? failedBundles(plan, columns, packet) : 0
      failedOfRow = failed
      output.reserve(256)
      Row.beginRow(&output)
      var cellCount = 0
      if columns.pointee.prefixCount > 0 {
        appendKey(plan, columns.pointee.prefixStart, columns.pointee.prefixCount, isFirst: true)
        cellCount = 1
      }
      let first = plan.pointee.columns.base + columns.pointee.columnStart
      for index in 0..<columns.pointee.columnCount {
        let column = first + index
        let outcome: CellOutcome
        if column.pointee.bundles & failed != 0, step(column, packet)?.operation == .keep {
          isHeldByBundle = isHeldByBundle || isPresent(column)
          outcome = .withheld
          writeWithheld(plan, column, &cellCount)
        } else {
          outcome = try cell(plan, column, target, packet, &cellCount)
          if case .withheld = outcome { isHeldByRule = isHeldByRule || isPresent(column) }
        }
        if case .value = outcome { hasValue = true }
      }
      Row.endRow(&output)
    } catch {
      if let cryptoFailure { throw cryptoFailure }
      return .rejected(error)
    }
    if hasValue { return .released }
    if isHeldByBundle { return .withheld(.bundle) }
    if isHeldByRule || isAnyHiddenPresent(plan, columns) { return .withheld(.rule) }
    return .withheld(.nothingPresent)
  }

  /// Whether the source gives the column's field a value in the record at hand.
  @inline(__always) mutating func isPresent(_ column: Column) -> Bool {
    isPresent(field: column.pointee.field)
  }

  @inline(__always) private mutating func isPresent(field index: Int32) -> Bool {
    let field = field(index)
    return isPresent(field, slot(of: field))
  }

  @inline(__always)
  private mutating func isPresent(_ field: UnsafePointer<SchemaAccess.Field>, _ slot: Slot) -> Bool {
    !slot.isAbsent || (field.pointee.second >= 0 && !slots[Int(field.pointee.second)].isAbsent)
  }

  private mutating func isAnyHiddenPresent(_ plan: Plan, _ columns: UnsafePointer<CompiledPlan.KindColumns>)
    -> Bool
  {
    let hidden = columns.pointee.hiddenStart
    for index in hidden..<hidden &+ columns.pointee.hiddenCount
    where isPresent(field: plan.pointee.hiddenFields[index]) { return true }
    // A redacted field has a value that the rules keep in.
    let first = columns.pointee.columnStart
    for index in first..<first &+ columns.pointee.columnCount
    where isPresent(plan.pointee.columns.base + index) { return true }
    return false
  }

  // MARK: - Roles

  /// The action for a scalar column in the record at hand; nil where the party it belongs to is absent or cannot be
  /// read, so that it is withheld. An array has none of its own: its elements do.
  @inline(__always)
  mutating func step(_ column: Column, _ packet: Int32) -> CompiledPlan.Step? {
    switch column.pointee.role {
    case .record: return column.pointee.subject
    case .own:
      guard !column.pointee.isArray else { return nil }
      guard let reading = scalarReading(of: column.pointee.field), reading.fault == 0 else {
        return column.pointee.other
      }
      return isSubject(reading, packet) ? column.pointee.subject : column.pointee.other
    case .party:
      guard let reading = scalarReading(of: column.pointee.roleField), reading.fault == 0 else { return nil }
      return isSubject(reading, packet) ? column.pointee.subject : column.pointee.other
    }
  }

  @inline(__always) mutating func isSubject(_ reading: Reading, _ packet: Int32) -> Bool {
    reading.entry >= 0 && subjects.contains(packet, entry: reading.entry)
  }

  /// The value of a scalar party or mention; nil where it is absent.
  @inline(__always) mutating func scalarReading(of field: Int32) -> Reading? {
    let place = readingOfField[Int(field)]
    return place >= 0 ? readings[Int(place)] : nil
  }

  // MARK: - Bundles

  /// The bundles that cannot hold in the record at hand, a bit each: one of their fields is not kept, absent, or
  /// withheld on error, or a companion is coarser than stated.
  private mutating func failedBundles(
    _ plan: Plan, _ columns: UnsafePointer<CompiledPlan.KindColumns>, _ packet: Int32
  ) -> UInt64 {
    var failed: UInt64 = 0
    let start = columns.pointee.bundleStart
    for index in start..<start &+ columns.pointee.bundleCount {
      let member = plan.pointee.members[index]
      let bit: UInt64 = 1 << UInt64(member.bundle)
      guard failed & bit == 0 else { continue }
      let column = plan.pointee.columns.base + (columns.pointee.columnStart &+ Int(max(member.column, 0)))
      if member.column < 0 || !holds(member, plan, column, packet) {
        failed |= bit
      }
    }
    return failed
  }

  private mutating func holds(
    _ member: CompiledPlan.BundleMember, _ plan: Plan, _ column: Column, _ packet: Int32
  ) -> Bool {
    let field = field(column.pointee.field)
    let slot = slot(of: field)
    guard isPresent(field, slot), let step = step(column, packet) else { return false }
    if member.isField {
      guard step.operation == .keep else { return false }
    } else {
      guard CompiledPlan.isFineEnough(step, coarsest: member.coarsest) else { return false }
    }
    guard column.pointee.withholdsOnError else { return true }
    // A value that cannot be read would be withheld, and the others with it: it is written once to see.
    let (count, scratchMark) = (output.count, scratchCount)
    defer {
      output.count = count
      scratchCount = scratchMark
    }
    var cellCount = 0
    do throws(FaultCode) {
      let target = packets.base + Int(packet)
      guard case .value = try value(plan, column, step, field, slot, target, &cellCount) else { return false }
      return true
    } catch { return false }
  }

  // MARK: - Cells

  /// Writes a column's cell or cells. Throws where the value cannot be read and the policy does not withhold it then.
  @inline(always)
  private mutating func cell(
    _ plan: Plan, _ column: Column, _ target: UnsafePointer<PacketTable.Packet>, _ packet: Int32,
    _ cellCount: inout Int
  ) throws(FaultCode) -> CellOutcome {
    let start = output.count
    let startCells = cellCount
    faultField = column.pointee.field
    do throws(FaultCode) {
      let outcome =
        column.pointee.isArray
        ? try array(plan, column, target, packet, &cellCount)
        : try scalar(plan, column, step(column, packet), target, &cellCount)
      faultField = -1
      guard case .withheld = outcome else { return outcome }
    } catch {
      if column.pointee.isArray { faultOffset = offset(of: slot(of: field(column.pointee.field))) }
      guard column.pointee.withholdsOnError, cryptoFailure == nil else { throw error }
      faultField = -1
    }
    output.count = start
    cellCount = startCells
    writeWithheld(plan, column, &cellCount)
    return .withheld
  }

  @inline(always)
  private mutating func scalar(
    _ plan: Plan, _ column: Column, _ step: CompiledPlan.Step?,
    _ target: UnsafePointer<PacketTable.Packet>, _ cellCount: inout Int
  ) throws(FaultCode) -> CellOutcome {
    guard let step, step.operation != .withhold else { return .withheld }
    if step.operation == .redact {
      writeWhole(plan, column, &cellCount) { Row.redacted(&$0) }
      return .noValue
    }
    let field = field(column.pointee.field)
    let slot = slot(of: field)
    guard isPresent(field, slot) else {
      writeWhole(plan, column, &cellCount) { Row.absent(&$0) }
      return .noValue
    }
    return try value(plan, column, step, field, slot, target, &cellCount)
  }

  /// Writes the elements of an array that leave; a withheld one is left out.
  private mutating func array(
    _ plan: Plan, _ column: Column, _ target: UnsafePointer<PacketTable.Packet>, _ packet: Int32,
    _ cellCount: inout Int
  ) throws(FaultCode) -> CellOutcome {
    if column.pointee.subject.operation == .redact, column.pointee.other.operation == .redact {
      writeWhole(plan, column, &cellCount) { Row.redacted(&$0) }
      return .noValue
    }
    let place = readingOfField[Int(column.pointee.field)]
    guard place >= 0 else {
      writeWhole(plan, column, &cellCount) { Row.absent(&$0) }
      return .noValue
    }
    let field = arrayReadings[Int(place)]
    if let fault = FaultCode(rawValue: field.fault) { throw fault }
    beginCell(plan, column, &cellCount)
    Row.beginArray(&output)
    var written = 0
    var hasValue = false
    for index in Int(field.start)..<Int(field.start) &+ Int(field.count) {
      let reading = readings[index]
      // Whose an element is that cannot be read, nobody knows.
      if let fault = FaultCode(rawValue: reading.fault) { throw fault }
      let step = isSubject(reading, packet) ? column.pointee.subject : column.pointee.other
      if step.operation == .withhold { continue }
      output.reserve(1024)
      Row.beginElement(isFirst: written == 0, &output)
      written &+= 1
      if step.operation == .redact {
        output.append("[redacted]")
      } else {
        let value = canonical(of: reading)
        guard column.pointee.reader == .ip || Row.canBeElement(value) else { throw .textCharacter }
        try identifier(column, step, value, reading.place, target)
        hasValue = true
      }
      Row.endElement(&output)
    }
    Row.endArray(&output)
    return hasValue ? .value : .noValue
  }

  @inline(__always) mutating func canonical(of reading: Reading) -> Bytes {
    Bytes(start: scratch + Int(reading.offset), count: Int(reading.length))
  }

  @inline(__always)
  mutating func beginCell(_ plan: Plan, _ column: Column, _ cellCount: inout Int) {
    output.reserve(1024)
    appendKey(
      plan, Int(column.pointee.keyStart), Int(column.pointee.keyCount), isFirst: cellCount == 0)
    cellCount &+= 1
  }

  @inline(__always)
  private mutating func appendKey(_ plan: Plan, _ start: Int, _ count: Int, isFirst: Bool) {
    Row.beginCell(Bytes(start: plan.pointee.text.base + start, count: count), isFirst: isFirst, &output)
  }

  /// Writes the same thing to every cell of a column: a point may have several in CSV.
  @inline(__always)
  private mutating func writeWhole(
    _ plan: Plan, _ column: Column, _ cellCount: inout Int,
    _ write: (inout OutputBuffer) -> Void
  ) {
    for _ in 0..<cellsOf(column) {
      beginCell(plan, column, &cellCount)
      write(&output)
    }
  }

  private mutating func writeWithheld(
    _ plan: Plan, _ column: Column, _ cellCount: inout Int
  ) {
    for _ in 0..<cellsOf(column) {
      let start = output.count
      beginCell(plan, column, &cellCount)
      guard !Row.withheld(&output) else { continue }
      output.count = start
      cellCount &-= 1
    }
  }

  @inline(__always) private mutating func cellsOf(_ column: Column) -> Int {
    guard Row.splitsPoints, column.pointee.hasCoordinateCells else { return 1 }
    return column.pointee.hasTextCell ? 3 : 2
  }
}
