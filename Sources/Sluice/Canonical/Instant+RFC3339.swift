extension Instant {
  /// Reads an RFC 3339 date-time: `2026-03-14T09:30:05Z`, `2026-03-14t09:30:05.25+05:30`.
  ///
  /// ASCII digits only, `t` and `z` in either case, no space for the `T`, no comma. A fraction has 1 to 30 digits
  /// and is cut after the ninth. Hours are 00 to 23, offsets `±hh:mm` up to 23:59; `-00:00` is UTC. Second 60
  /// stands only where a leap second may. Faults: `valueEmpty`, `timeFormat`; `timeRange` where the offset leads
  /// out of the years 1 to 9999. Does not allocate.
  @inline(__always) package init(rfc3339 bytes: Bytes) throws(FaultCode) {
    guard bytes.count >= 20, let start = bytes.baseAddress else {
      throw bytes.isEmpty ? .valueEmpty : .timeFormat
    }
    // Safe: 20 bytes are there, and the three loads take bytes 0-7, 8-15 and 16-19.
    //
    // XOR with the form `0000-00-00t00:00:00` leaves each digit as its value and each separator as 0. Adding
    // 0x76 to a digit's byte sets its top bit when the value is above 9, adding 0x7F to a separator's when it
    // is above 0; a byte of 0x80 and more is caught by the OR, whatever it carries into its neighbour.
    let raw = UnsafeRawPointer(start)
    let date = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) ^ 0x2D30_302D_3030_3030
    let clock =
      (UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        | 0x0000_0000_0020_0000) ^ 0x3030_3A30_3074_3030
    let seconds =
      (UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt32.self)) & 0x00FF_FFFF)
      ^ 0x0030_303A
    let faults =
      (date &+ 0x7F76_767F_7676_7676) | date | (clock &+ 0x7676_7F76_767F_7676) | clock
      | UInt64((seconds &+ 0x0076_767F) | seconds)
    guard faults & 0x8080_8080_8080_8080 == 0 else { throw .timeFormat }
    // Byte i becomes 10 × digit i + digit i+1, at most 99, so no byte carries.
    let datePairs = date &* 10 &+ (date &>> 8)
    let clockPairs = clock &* 10 &+ (clock &>> 8)
    let day = CivilDate(
      year: Int(datePairs & 0xFF) &* 100 &+ Int(datePairs &>> 16 & 0xFF),
      month: Int(datePairs &>> 40 & 0xFF), day: Int(clockPairs & 0xFF))
    let hour = Int(clockPairs &>> 24 & 0xFF)
    let minute = Int(clockPairs &>> 48 & 0xFF)
    let second = Int((seconds &>> 8 & 0xFF) &* 10 &+ (seconds &>> 16))
    guard hour <= 23, minute <= 59, second <= 60, day.exists else { throw .timeFormat }
    var nanoseconds: Int32 = 0
    var index = 19
    if start[19] == UInt8(ascii: ".") {
      (nanoseconds, index) = try Instant.fraction(bytes, from: 20, fault: .timeFormat)
    }
    let offset: Int
    if index &+ 1 == bytes.count, start[index] | 0x20 == UInt8(ascii: "z") {
      offset = 0
    } else {
      offset = try Instant.offset(bytes, from: index)
    }
    try self.init(
      date: day, hour: hour, minute: minute, second: second, nanoseconds: nanoseconds, offset: offset)
  }

  /// Reads 1 to 30 digits as a fraction, cut after the ninth; returns billionths and the index after the digits.
  @inline(__always) static func fraction(
    _ bytes: Bytes, from start: Int, fault: FaultCode
  ) throws(FaultCode) -> (billionths: Int32, end: Int) {
    var billionths: Int32 = 0
    var index = start
    while index < bytes.count {
      let digit = digitValue(bytes[index])
      guard digit <= 9 else { break }
      if index &- start < 9 { billionths = billionths &* 10 &+ Int32(digit) }
      index &+= 1
    }
    let count = index &- start
    guard count >= 1, count <= 30 else { throw fault }
    if count < 9 { billionths &*= Int32(truncatingIfNeeded: powerOfTen(9 &- count)) }
    return (billionths, index)
  }

  /// Reads `±hh:mm` that ends the bytes, as seconds east of UTC.
  @inline(never) static func offset(_ bytes: Bytes, from start: Int) throws(FaultCode) -> Int {
    guard bytes.count &- start == 6, bytes[start &+ 3] == UInt8(ascii: ":") else { throw .timeFormat }
    let isWest = bytes[start] == UInt8(ascii: "-")
    guard isWest || bytes[start] == UInt8(ascii: "+"),
      let hours = pairValue(bytes, start &+ 1), hours <= 23,
      let minutes = pairValue(bytes, start &+ 4), minutes <= 59
    else { throw .timeFormat }
    let seconds = hours &* 3_600 &+ minutes &* 60
    return isWest ? -seconds : seconds
  }

  /// Two ASCII digits at `index`, or nil; the caller checked that two bytes are there.
  @inline(__always) static func pairValue(_ bytes: Bytes, _ index: Int) -> Int? {
    let tens = digitValue(bytes[index])
    let ones = digitValue(bytes[index &+ 1])
    return tens <= 9 && ones <= 9 ? Int(tens) &* 10 &+ Int(ones) : nil
  }
}
