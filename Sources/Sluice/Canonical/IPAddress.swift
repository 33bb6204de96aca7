internal import CProcessor

/// An IP address; an IPv4-mapped IPv6 address is the IPv4 address it stands for.
package struct IPAddress: Hashable, Sendable {
  /// The upper 64 bits of an IPv6 address, or 0.
  package let high: UInt64
  /// The lower 64 bits of an IPv6 address, or the 32 of an IPv4 address.
  package let low: UInt64
  package let isIPv4: Bool

  @inline(__always) package init(v4: UInt32) {
    self.init(fields: 0, UInt64(v4), isIPv4: true)
  }

  @inline(__always) private init(fields high: UInt64, _ low: UInt64, isIPv4: Bool) {
    self.high = high
    self.low = low
    self.isIPv4 = isIPv4
  }

  /// An IPv6 address; `::ffff:0:0/96` becomes IPv4.
  @inline(__always) package init(high: UInt64, low: UInt64) {
    if high == 0, low &>> 32 == 0xFFFF {
      self.init(v4: UInt32(truncatingIfNeeded: low))
    } else {
      self.init(fields: high, low, isIPv4: false)
    }
  }

  /// Reads a dotted quad or an IPv6 address as RFC 4291, section 2.2, writes it.
  ///
  /// A quad has four numbers 0 to 255 without leading zeros; an IPv6 address may end in one. Zone ids, brackets,
  /// ports, prefix lengths and every other number form are refused. Faults: `valueEmpty`, `ipFormat`. Does not
  /// allocate.
  @inline(__always) package init(_ bytes: Bytes) throws(FaultCode) {
    if bytes.count >= 8, bytes.count <= 15, let quad = IPAddress.plainQuad(bytes) {
      self.init(v4: quad)
      return
    }
    guard !bytes.isEmpty else { throw .valueEmpty }
    // A group of an IPv6 address has at most four digits, so a colon shows early or not at all.
    for index in 0..<min(5, bytes.count) where bytes[index] == UInt8(ascii: ":") {
      try self.init(v6: bytes)
      return
    }
    self.init(v4: try IPAddress.quad(bytes, from: 0))
  }

  /// Reads a dotted quad of 8 to 15 bytes; nil for everything else, right or wrong.
  ///
  /// Without a loop or a branch on how long the numbers are, which no predictor can know.
  @inline(__always) private static func plainQuad(_ bytes: Bytes) -> UInt32? {
    let base = bytes.baseAddress.unsafelyUnwrapped
    let (raw, count) = (UnsafeRawPointer(base), bytes.count)
    var places = sluice_dots_among_digits(base, count)
    let first = places.trailingZeroBitCount
    places &= places &- 1
    let second = places.trailingZeroBitCount
    places &= places &- 1
    let third = places.trailingZeroBitCount
    guard places & (places &- 1) == 0 else { return nil }
    let lengths = (first, second &- first &- 1, third &- second &- 1, count &- third &- 1)
    let isEachLengthRight =
      UInt(bitPattern: lengths.0 &- 1) < 3 && UInt(bitPattern: lengths.1 &- 1) < 3
      && UInt(bitPattern: lengths.2 &- 1) < 3 && UInt(bitPattern: lengths.3 &- 1) < 3
    guard isEachLengthRight else { return nil }
    // The first two numbers are loaded from their starts, which are at most 4, the others to their ends, at least 5.
    let numbers = (
      number(from: raw, lengths.0), number(from: raw + first + 1, lengths.1),
      number(endingAt: raw + third, lengths.2), number(endingAt: raw + count, lengths.3)
    )
    guard numbers.0 | numbers.1 | numbers.2 | numbers.3 <= 0xFF else { return nil }
    return numbers.0 &<< 24 | numbers.1 &<< 16 | numbers.2 &<< 8 | numbers.3
  }

  @inline(__always) private static func number(from start: UnsafeRawPointer, _ length: Int) -> UInt32 {
    let digits = UInt32(littleEndian: start.loadUnaligned(as: UInt32.self)) ^ 0x3030_3030
    return number(digits &<< UInt32(truncatingIfNeeded: 8 &* (4 &- length)), length)
  }

  @inline(__always) private static func number(endingAt end: UnsafeRawPointer, _ length: Int) -> UInt32 {
    let digits = UInt32(littleEndian: (end - 4).loadUnaligned(as: UInt32.self)) ^ 0x3030_3030
    return number(digits & (UInt32.max &<< UInt32(truncatingIfNeeded: 8 &* (4 &- length))), length)
  }

  /// The number of up to three digits that end in the highest byte; more than 255 where it has a zero in front.
  @inline(__always) private static func number(_ digits: UInt32, _ length: Int) -> UInt32 {
    let value = (digits &>> 8 & 0xFF) &* 100 &+ (digits &>> 16 & 0xFF) &* 10 &+ digits &>> 24
    // A second digit after a leading zero would be octal to some readers. The least number of one, two and three digits
    // comes by a shift, and what is below it by a sign, for a choice would be a jump.
    let least = (0x64_0A_00 as UInt32) &>> UInt32(truncatingIfNeeded: 8 &* (length &- 1)) & 0xFF
    return value | UInt32(bitPattern: Int32(bitPattern: value &- least) &>> 31)
  }

  /// Reads the dotted quad that the bytes from `start` on are.
  @inline(__always) private static func quad(_ bytes: Bytes, from start: Int) throws(FaultCode) -> UInt32 {
    guard bytes.count &- start >= 7, bytes.count &- start <= 15 else { throw .ipFormat }
    var address: UInt32 = 0
    var number: UInt32 = 0
    var digits = 0
    var dots = 0
    for index in start..<bytes.count {
      let byte = bytes[index]
      let digit = digitValue(byte)
      if digit <= 9 {
        // A second digit after a leading zero would be octal to some readers.
        guard digits == 0 || number != 0 else { throw .ipFormat }
        number = number &* 10 &+ UInt32(digit)
        digits &+= 1
        guard number <= 255 else { throw .ipFormat }
      } else {
        guard byte == UInt8(ascii: "."), digits > 0, dots < 3 else { throw .ipFormat }
        address = address &<< 8 | number
        (number, digits) = (0, 0)
        dots &+= 1
      }
    }
    guard dots == 3, digits > 0 else { throw .ipFormat }
    return address &<< 8 | number
  }

  @inline(never) private init(v6 bytes: Bytes) throws(FaultCode) {
    guard bytes.count >= 2, bytes.count <= 45 else { throw .ipFormat }
    // Groups before `::` and after it, each right aligned; without a `::` all are in `front`.
    var (front, back): (UInt128, UInt128) = (0, 0)
    var (groups, groupsBefore) = (0, -1)
    var index = 0
    if bytes[0] == UInt8(ascii: ":") {
      guard bytes[1] == UInt8(ascii: ":") else { throw .ipFormat }
      groupsBefore = 0
      index = 2
    }
    while index < bytes.count {
      let (group, end) = IPAddress.group(bytes, from: index)
      var bits: UInt128 = 16
      var value = UInt128(group)
      var next = end
      if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
        value = UInt128(try IPAddress.quad(bytes, from: index))
        bits = 32
        next = bytes.count
      } else {
        guard end > index, end &- index <= 4 else { throw .ipFormat }
      }
      groups &+= bits == 32 ? 2 : 1
      guard groups <= 8 else { throw .ipFormat }
      if groupsBefore < 0 { front = front &<< bits | value } else { back = back &<< bits | value }
      guard next < bytes.count else { break }
      // A colon and a group, or the one `::`, which may end the address.
      guard bytes[next] == UInt8(ascii: ":"), next &+ 1 < bytes.count else { throw .ipFormat }
      index = next &+ 1
      if bytes[index] == UInt8(ascii: ":") {
        guard groupsBefore < 0 else { throw .ipFormat }
        groupsBefore = groups
        index &+= 1
      }
    }
    // `::` stands for one group at least (RFC 4291).
    guard groupsBefore < 0 ? groups == 8 : groups <= 7 else { throw .ipFormat }
    // A shift by 128, where nothing stands in front, leaves 0.
    let address = groupsBefore < 0 ? front : front << (128 &- 16 &* groupsBefore) | back
    self.init(high: UInt64(truncatingIfNeeded: address &>> 64), low: UInt64(truncatingIfNeeded: address))
  }

  /// Reads hexadecimal digits up to the first other byte; the caller checks how many there were.
  @inline(__always) private static func group(_ bytes: Bytes, from start: Int) -> (value: UInt32, end: Int) {
    var value: UInt32 = 0
    var index = start
    while index < bytes.count, index &- start <= 4 {
      let byte = bytes[index]
      let lower = byte | 0x20
      var digit = digitValue(byte)
      if digit > 9 {
        guard lower >= UInt8(ascii: "a"), lower <= UInt8(ascii: "f") else { break }
        digit = lower &- 0x57
      }
      value = value &<< 4 | UInt32(digit)
      index &+= 1
    }
    return (value, index)
  }
}
