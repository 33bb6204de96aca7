import SluiceCrypto

extension RecordPath {
  /// Reads the value of a scalar column, present in the record at hand, and writes what its action makes of it.
  ///
  /// Throws where the value is not what its type says. `withheld` is a map's value without an entry; whatever was
  /// written is then taken back by the caller.
  @inline(always)
  mutating func value(
    _ plan: Plan, _ column: Column, _ step: CompiledPlan.Step,
    _ field: UnsafePointer<SchemaAccess.Field>, _ slot: Slot,
    _ target: UnsafePointer<PacketTable.Packet>, _ cellCount: inout Int
  ) throws(FaultCode) -> CellOutcome {
    if column.pointee.reader == .point { return try point(plan, column, step, field, &cellCount) }
    faultOffset = offset(of: slot)
    beginCell(plan, column, &cellCount)
    switch column.pointee.reader {
    case .phone, .opaque, .email, .ip:
      let (bytes, place) = try identifierBytes(plan, column, slot)
      Row.beginText(&output)
      try identifier(column, step, bytes, place, target)
      Row.endText(&output)
    case .timestamp:
      let instant: Instant
      if column.pointee.isTime {
        instant = time
      } else {
        instant = try self.instant(slot, plan.pointee.formats.base + Int(column.pointee.table))
      }
      Row.beginText(&output)
      instant.write(truncatedTo: step.granularity, to: &output)
      Row.endText(&output)
    case .port, .integer, .duration: try number(plan, column, step, slot)
    case .decimal:
      try check(slot, .number)
      let decimal = try ExactDecimal(textOf(slot))
      Row.beginNumber(&output)
      decimal.write(to: &output)
      Row.endNumber(&output)
    case .boolean, .enumeration:
      return try choice(plan, column, step, slot)
    case .text:
      try check(slot, .string)
      text.removeAll()
      try TextValue.canonical(textOf(slot), maximum: Int(column.pointee.low), to: &text)
      output.reserve(text.count * 2 + 64)
      Row.beginText(&output)
      try Row.escaped(Bytes(start: text.base, count: text.count), &output)
      Row.endText(&output)
    case .point: break
    }
    return .value
  }

  /// The canonical bytes of an identifier: those that selecting has read, or read now.
  @inline(always)
  private mutating func identifierBytes(
    _ plan: Plan, _ column: Column, _ slot: Slot
  ) throws(FaultCode) -> (Bytes, place: UInt16) {
    if column.pointee.role == .own, let reading = scalarReading(of: column.pointee.field) {
      if let fault = FaultCode(rawValue: reading.fault) { throw fault }
      return (canonical(of: reading), reading.place)
    }
    try check(slot, .string)
    let value = textOf(slot)
    let target = scratch + scratchCount
    let count = try writeCanonical(
      value, column.pointee.reader, column.pointee.low, column.pointee.high,
      plan.pointee.regions.base + Int(max(column.pointee.table, 0)), to: target)
    scratchCount &+= count
    return (Bytes(start: target, count: count), PseudonymMemo.noPlace)
  }

  /// Writes what an action makes of an identifier's canonical bytes, without the quotes around it.
  @inline(always)
  mutating func identifier(
    _ column: Column, _ step: CompiledPlan.Step, _ canonical: Bytes, _ place: UInt16,
    _ target: UnsafePointer<PacketTable.Packet>
  ) throws(FaultCode) {
    switch step.operation {
    case .pseudonymize:
      do throws(CryptoError) {
        try pseudonymizer.write(
          key: Int(target.pointee.keyStart &+ column.pointee.classLabel),
          classByte: column.pointee.classByte, letter: column.pointee.classLetter, canonical,
          place: place, to: output.base + output.count)
      } catch {
        cryptoFailure = error
        throw .valueType
      }
      output.count &+= Pseudonymizer.byteCount
    case .keep:
      switch column.pointee.reader {
      case .ip: address(canonical).write(to: &output)
      case .phone:
        Row.phonePrefix(&output)
        output.appendShort(canonical.baseAddress.unsafelyUnwrapped, canonical.count)
      default: try Row.escaped(canonical, &output)
      }
    case .prefix: address(canonical).writePrefix(v4: Int(step.first), v6: Int(step.second), to: &output)
    case .country:
      Row.phonePrefix(&output)
      try PhoneNumber.writeCallingCode(canonical, to: &output)
    case .mask:
      output.append("****")
      // The last characters may need escaping.
      if let tail = Mask.tail(of: canonical, last: Int(step.first)) { Row.escapedTail(tail, &output) }
    default: preconditionFailure("an identifier has no such action")
    }
  }

  /// The address whose canonical bytes these are.
  @inline(__always) private mutating func address(_ canonical: Bytes) -> IPAddress {
    let raw = UnsafeRawPointer(canonical.baseAddress.unsafelyUnwrapped)
    guard canonical.count == 16 else {
      return IPAddress(v4: UInt32(bigEndian: raw.loadUnaligned(as: UInt32.self)))
    }
    return IPAddress(
      high: UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  private mutating func number(
    _ plan: Plan, _ column: Column, _ step: CompiledPlan.Step, _ slot: Slot
  ) throws(FaultCode) {
    try check(slot, .number)
    let bytes = textOf(slot)
    let number = column.pointee.reader == .port ? Int64(try parsePort(bytes)) : try parseInteger(bytes)
    if column.pointee.reader == .duration, number < 0 { throw .numberRange }
    guard step.operation == .bucket else {
      Row.beginNumber(&output)
      writeInteger(number, to: &output)
      Row.endNumber(&output)
      return
    }
    Row.beginText(&output)
    plan.pointee.buckets.base[Int(step.second)].write(number, to: &output)
    Row.endText(&output)
  }

  /// A boolean or one of the declared values, kept or mapped.
  private mutating func choice(
    _ plan: Plan, _ column: Column, _ step: CompiledPlan.Step, _ slot: Slot
  ) throws(FaultCode) -> CellOutcome {
    let place: Int
    if column.pointee.reader == .boolean {
      switch slot.kind {
      case .true: place = 1
      case .false: place = 0
      case .cell, .constant: place = try parseBoolean(textOf(slot)) ? 1 : 0
      default: throw .valueType
      }
    } else {
      try check(slot, .string)
      let value = textOf(slot)
      guard let found = placeOfWord(value, column, plan) else {
        throw value.isEmpty ? .valueEmpty : .enumerationUnknown
      }
      place = found
    }
    guard step.operation == .map else {
      return try word(
        Int(column.pointee.table) &+ place, plan, isBare: column.pointee.reader == .boolean)
    }
    guard plan.pointee.words[Int(step.second) &+ place].count >= 0 else { return .withheld }
    return try word(Int(step.second) &+ place, plan, isBare: false)
  }

  /// The place of a text among the words of a column's enumeration.
  ///
  /// Short texts are held against all words without leaving at the one that is found, and the places are marked as bits:
  /// no predictor can know which word it is.
  @inline(__always)
  private mutating func placeOfWord(_ value: Bytes, _ column: Column, _ plan: Plan) -> Int? {
    let count = column.pointee.low
    guard value.count <= 8, count <= 64 else { return placeOfLongWord(value, column, plan) }
    let first = plan.pointee.words.base + Int(column.pointee.table)
    let head = value.word(at: 0)
    var marks: UInt64 = 0
    for place in 0..<count {
      let word = first + Int(truncatingIfNeeded: place)
      let difference =
        word.pointee.head ^ head | UInt64(truncatingIfNeeded: Int(word.pointee.count) ^ value.count)
      marks |= (difference == 0 ? 1 : 0) &<< place
    }
    return marks != 0 ? marks.trailingZeroBitCount : nil
  }

  @inline(never)
  private mutating func placeOfLongWord(_ value: Bytes, _ column: Column, _ plan: Plan) -> Int? {
    let first = plan.pointee.words.base + Int(column.pointee.table)
    return (0..<Int(column.pointee.low)).first { place in
      let word = plan.pointee.bytes(of: first[place])
      return word.count == value.count
        && equal(value.baseAddress.unsafelyUnwrapped, word.baseAddress.unsafelyUnwrapped, value.count)
    }
  }

  /// Writes a word of the plan; a bare one as JSON writes `true`.
  private mutating func word(_ index: Int, _ plan: Plan, isBare: Bool) throws(FaultCode) -> CellOutcome {
    let word = plan.pointee.words[index]
    let bytes = plan.pointee.bytes(of: word)
    output.reserve(bytes.count &* 2 &+ 64)
    if isBare { Row.beginNumber(&output) } else { Row.beginText(&output) }
    if word.isPlain {
      output.appendShort(bytes.baseAddress.unsafelyUnwrapped, bytes.count)
    } else {
      try Row.escaped(bytes, &output)
    }
    if isBare { Row.endNumber(&output) } else { Row.endText(&output) }
    return .value
  }

  // MARK: - Points

  private mutating func point(
    _ plan: Plan, _ column: Column, _ step: CompiledPlan.Step,
    _ field: UnsafePointer<SchemaAccess.Field>, _ cellCount: inout Int
  ) throws(FaultCode) -> CellOutcome {
    let (first, second) = (slot(of: field), slots[Int(field.pointee.second)])
    faultOffset = offset(of: first)
    guard !first.isAbsent, !second.isAbsent else { throw .geoIncomplete }
    try check(first, .number)
    try check(second, .number)
    let latitude = textOf(first)
    let longitude = textOf(second)
    if step.operation == .grid, !Row.splitsPoints {
      let side = plan.pointee.lattices.base + Int(step.second)
      if let corner = GeoPoint.shortCorner(latitude: latitude, longitude: longitude, side: side.pointee) {
        beginCell(plan, column, &cellCount)
        output.append("{\"lat\":")
        ExactDecimal.writeShort(corner.latitude, scale: side.pointee.scale, to: &output)
        output.append(",\"lon\":")
        ExactDecimal.writeShort(corner.longitude, scale: side.pointee.scale, to: &output)
        output.append(UInt8(ascii: "}"))
        return .value
      }
    }
    let point = try GeoPoint(latitude: latitude, longitude: longitude)
    if step.operation == .geohash {
      beginCell(plan, column, &cellCount)
      Row.beginText(&output)
      point.writeGeohash(Int(step.first), to: &output)
      Row.endText(&output)
      if Row.splitsPoints, column.pointee.hasCoordinateCells {
        for _ in 0..<2 { writeAbsent(plan, column, &cellCount) }
      }
      return .value
    }
    let side = step.operation == .grid ? plan.pointee.lattices[Int(step.second)] : nil
    guard Row.splitsPoints else {
      beginCell(plan, column, &cellCount)
      output.append("{\"lat\":")
      try coordinate(point, isLatitude: true, side)
      output.append(",\"lon\":")
      try coordinate(point, isLatitude: false, side)
      output.append("}")
      return .value
    }
    if column.pointee.hasTextCell { writeAbsent(plan, column, &cellCount) }
    for isLatitude in [true, false] {
      beginCell(plan, column, &cellCount)
      Row.beginNumber(&output)
      try coordinate(point, isLatitude: isLatitude, side)
      Row.endNumber(&output)
    }
    return .value
  }

  private mutating func coordinate(
    _ point: GeoPoint, isLatitude: Bool, _ side: ExactDecimal?
  ) throws(FaultCode) {
    switch (isLatitude, side) {
    case (true, let side?): try point.writeGridLatitude(side, to: &output)
    case (false, let side?): try point.writeGridLongitude(side, to: &output)
    case (true, nil): point.latitude.write(to: &output)
    case (false, nil): point.longitude.write(to: &output)
    }
  }

  private mutating func writeAbsent(
    _ plan: Plan, _ column: Column, _ cellCount: inout Int
  ) {
    beginCell(plan, column, &cellCount)
    Row.absent(&output)
  }
}
