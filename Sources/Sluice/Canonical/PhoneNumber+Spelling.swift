extension PhoneNumber {
  /// Reads a spelling that a declared region allows; see `canonical(_:region:to:)`.
  @inline(never) static func spelled(
    _ bytes: Bytes, region: PhoneRegion, to target: UnsafeMutablePointer<UInt8>
  ) throws(FaultCode) -> Int {
    guard !bytes.isEmpty else { throw .valueEmpty }
    let scheme: StaticString = "tel:"
    let hasScheme =
      bytes.count > 4 && (0..<4).allSatisfy { bytes[$0] | 0x20 == scheme.utf8Start[$0] | 0x20 }
    var spelling = Spelling()
    for index in (hasScheme ? 4 : 0)..<bytes.count { try spelling.take(bytes[index]) }
    guard spelling.isWhole else { throw .phoneFormat }
    // RFC 3966 needs a phone-context for a local number, and none is read here.
    guard spelling.hasPlus || !hasScheme else { throw .phoneFormat }
    let digits = try spelling.canonicalDigits(in: region)
    guard (7...15).contains(digits.count) else { throw .phoneLength }
    target[0] = UInt8(ascii: "+")
    writeDigits(digits.value, digits.count, endingAt: target + 1 + digits.count)
    return digits.count &+ 1
  }

  /// Up to 19 decimal digits: their value, and how many there are, so that zeros in front count.
  private struct DigitString {
    var value: UInt64 = 0
    var count = 0

    mutating func append(_ digit: UInt8) throws(FaultCode) {
      // 15 digits and the longest prefixes fit; 19 digits fit 64 bits.
      guard count < 19 else { throw .phoneLength }
      value = value &* 10 &+ UInt64(digit)
      count &+= 1
    }

    func starts(with prefix: PhoneRegion.Prefix) -> Bool {
      count > prefix.count && value / powerOfTen(count &- prefix.count) == prefix.value
    }

    func dropping(_ prefix: PhoneRegion.Prefix) -> DigitString {
      let rest = count &- prefix.count
      return DigitString(value: value % powerOfTen(rest), count: rest)
    }

    /// The digit at `index`, or 0 past the end.
    func digit(_ index: Int) -> UInt8 {
      index < count ? UInt8(truncatingIfNeeded: value / powerOfTen(count &- 1 &- index) % 10) : 0
    }
  }

  /// What has been read of a spelling: its digits without punctuation, and what the punctuation told.
  private struct Spelling {
    private enum Before { case start, plus, opening, digit, separator, closing }
    private(set) var hasPlus = false
    private var digits = DigitString()
    private var before = Before.start
    /// How many digits stood before the open parenthesis; nil where none is open.
    private var openedAt: Int?
    /// How many digits stood before a `(0)` that is not one of the number's digits.
    private var trunkZeroAt: Int?

    var isWhole: Bool { openedAt == nil && (before == .digit || before == .closing) }

    mutating func take(_ byte: UInt8) throws(FaultCode) {
      let digit = digitValue(byte)
      if digit <= 9 {
        try digits.append(digit)
        before = .digit
        return
      }
      switch (byte, before) {
      case (UInt8(ascii: "+"), .start), (UInt8(ascii: "+"), .opening):
        guard digits.count == 0, !hasPlus else { throw .phoneFormat }
        hasPlus = true
        before = .plus
      case (UInt8(ascii: " "), .digit), (UInt8(ascii: " "), .closing), (UInt8(ascii: "-"), .digit),
        (UInt8(ascii: "-"), .closing), (UInt8(ascii: "."), .digit), (UInt8(ascii: "."), .closing):
        before = .separator
      case (UInt8(ascii: "("), .start), (UInt8(ascii: "("), .digit), (UInt8(ascii: "("), .separator),
        (UInt8(ascii: "("), .closing):
        guard openedAt == nil else { throw .phoneFormat }
        openedAt = digits.count
        before = .opening
      case (UInt8(ascii: ")"), .digit):
        try close()
        before = .closing
      default:
        throw .phoneFormat
      }
    }

    /// Ends a parenthesis; a lone zero that is not in front is the trunk prefix told twice, and is taken out.
    private mutating func close() throws(FaultCode) {
      guard let start = openedAt else { throw .phoneFormat }
      openedAt = nil
      guard start > 0, digits.count == start &+ 1, digits.value % 10 == 0 else { return }
      guard trunkZeroAt == nil else { throw .phoneFormat }
      trunkZeroAt = start
      digits = DigitString(value: digits.value / 10, count: start)
    }

    /// The digits of the E.164 form.
    func canonicalDigits(in region: PhoneRegion) throws(FaultCode) -> DigitString {
      if hasPlus { return try international(digits, trunkZeroAt) }
      if let prefix = region.internationalPrefix, digits.starts(with: prefix) {
        return try international(digits.dropping(prefix), trunkZeroAt.map { $0 &- prefix.count })
      }
      guard trunkZeroAt == nil else { throw .phoneFormat }
      return try national(region)
    }

    private func international(_ number: DigitString, _ trunkZeroAt: Int?) throws(FaultCode) -> DigitString {
      guard number.digit(0) != 0 else { throw .phoneFormat }
      guard number.count >= 7, number.count <= 15 else { throw .phoneLength }
      let length = CallingCode.length(number.digit(0), number.digit(1), number.digit(2))
      guard let length else { throw .phoneRegion }
      let mayBeginWithZero = CallingCode.mayPrecedeZero(number.value / powerOfTen(number.count &- length))
      guard mayBeginWithZero || number.digit(length) != 0 else { throw .phoneFormat }
      if let trunkZeroAt, trunkZeroAt != length || mayBeginWithZero { throw .phoneFormat }
      return number
    }

    private func national(_ region: PhoneRegion) throws(FaultCode) -> DigitString {
      var number = digits
      if let trunk = region.trunkPrefix {
        if number.starts(with: trunk) {
          number = number.dropping(trunk)
        } else if trunk.value != 1 {
          throw .phoneFormat
        }
      }
      guard region.nationalDigitCounts.contains(number.count) else { throw .phoneLength }
      guard number.digit(0) != 0 || CallingCode.mayPrecedeZero(region.callingCode) else { throw .phoneFormat }
      // North America: an area and an exchange begin with 2 to 9.
      if region.callingCode == 1, number.digit(0) < 2 || number.digit(3) < 2 { throw .phoneFormat }
      let codeCount = digitCount(region.callingCode)
      guard number.count &+ codeCount <= 15 else { throw .phoneLength }
      return DigitString(
        value: region.callingCode &* powerOfTen(number.count) &+ number.value,
        count: number.count &+ codeCount)
    }
  }
}
