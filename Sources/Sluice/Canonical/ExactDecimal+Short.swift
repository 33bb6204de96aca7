/// Numbers as coordinates are written, read and written by words.
///
/// Advice for maintainers: nothing here loops, jumps or chooses by how long a number is, whether it is below zero or how
/// it ends. No predictor can know that, and each time it guesses wrong costs as much as reading the number.
extension ExactDecimal {
  /// A number with a point: its two parts as eight digit values each, the last in the highest byte, zeros before the
  /// first.
  private struct Parts {
    /// All ones for a number with a minus, or 0.
    var sign: Int64
    var whole: UInt64
    var wholeCount: Int
    var fraction: UInt64
    var fractionCount: Int

    /// At least eight bytes that are a number with a point, at most seven places before it and one to eight digits
    /// after it; nil for everything else, right or wrong.
    @inline(__always) init?(_ bytes: Bytes) {
      guard bytes.count >= 8 else { return nil }
      let raw = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
      // Safe: at least eight bytes are there, so the first eight are and the last eight.
      let head = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
      let tail = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self))
      sign = Int64(bitPattern: (head & 0xFF ^ UInt64(UInt8(ascii: "-"))) &- 1) &>> 63
      let points = head ^ 0x2E2E_2E2E_2E2E_2E2E
      // The lowest zero byte is exact; what a borrow marks lies above it.
      let marks = (points &- 0x0101_0101_0101_0101) & ~points & 0x8080_8080_8080_8080
      let point = marks.trailingZeroBitCount &>> 3
      wholeCount = point &+ Int(truncatingIfNeeded: sign)
      fractionCount = bytes.count &- point &- 1
      guard marks != 0, wholeCount >= 1, fractionCount >= 1, fractionCount <= 8 else { return nil }
      let wholeStart = UInt64(truncatingIfNeeded: 8 &* (8 &- wholeCount))
      whole =
        (head ^ 0x3030_3030_3030_3030) &<< UInt64(truncatingIfNeeded: 8 &* (8 &- point))
        & (UInt64.max &<< wholeStart)
      fraction =
        (tail ^ 0x3030_3030_3030_3030)
        & (UInt64.max &<< UInt64(truncatingIfNeeded: 8 &* (8 &- fractionCount)))
      // The first digit is the lowest byte that is not 0, but for a lone 0, which stands in the highest.
      let firstDigit = (whole | 1 &<< 56).trailingZeroBitCount &>> 3
      guard areDigits(whole), areDigits(fraction), firstDigit == 8 &- wholeCount else { return nil }
    }

    @inline(__always) func signed(_ magnitude: UInt64) -> Int64 {
      (Int64(bitPattern: magnitude) ^ sign) &- sign
    }
  }

  /// Reads a number as `Parts` does, in lowest terms.
  @inline(__always) static func short(_ bytes: Bytes) -> (mantissa: Int64, scale: Int)? {
    guard let parts = Parts(bytes) else { return nil }
    // Zeros at the end do not count.
    let zeroCount = min(parts.fraction.leadingZeroBitCount &>> 3, parts.fractionCount)
    let scale = parts.fractionCount &- zeroCount
    let digits = numberOfDigits(parts.fraction << UInt64(truncatingIfNeeded: 8 &* zeroCount))
    return (parts.signed(numberOfDigits(parts.whole) &* powerOfTen(scale) &+ digits), scale)
  }

  /// `number × 10^scale` towards negative infinity, of a number as `Parts` reads it with that many digits after the
  /// point or more; nil for others, and where the result might have more than eight digits. The scale is one of
  /// `shortScales`.
  @inline(__always) static func shortFloor(_ bytes: Bytes, scale: Int) -> Int64? {
    guard let parts = Parts(bytes), parts.fractionCount >= scale, parts.wholeCount &+ scale <= 8 else {
      return nil
    }
    // The digits that stay move up to the end of the word, after those of the whole part; the others fall off.
    let cut = UInt64(truncatingIfNeeded: 8 &* (parts.fractionCount &- scale))
    let units = parts.whole &>> UInt64(truncatingIfNeeded: 8 &* scale) | parts.fraction &<< cut
    let rest = parts.fraction & ~(UInt64.max &>> cut)
    // Below zero, what falls off counts as one more.
    let more = (rest | (0 &- rest)) &>> 63 & UInt64(bitPattern: parts.sign)
    return parts.signed(numberOfDigits(units) &+ more)
  }

  /// What `writeShort` takes: at most seven digits, so that they and the point are one word, and a point among them.
  static var shortMagnitudeLimit: UInt128 { 10_000_000 }
  static var shortScales: ClosedRange<Int> { 1...6 }

  /// As `write`, for a magnitude below `shortMagnitudeLimit` and one of `shortScales`.
  ///
  /// The digits without the zeros in front are put down as a word, those after the point one byte up.
  @inline(__always)
  package static func writeShort(_ mantissa: Int64, scale: Int, to output: inout OutputBuffer) {
    let target = UnsafeMutableRawPointer(output.base + output.count)
    target.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
    let sign = mantissa &>> 63
    let start = 0 &- Int(truncatingIfNeeded: sign)
    let digits = digitsOfNumber(UInt64(bitPattern: (mantissa ^ sign) &- sign))
    let count = max(digitCount(ofDigits: digits), scale &+ 1)
    let text = (digits | 0x3030_3030_3030_3030) &>> UInt64(truncatingIfNeeded: 8 &* (8 &- count))
    let wholeBits = UInt64(truncatingIfNeeded: 8 &* (count &- scale))
    let fraction = UInt64.max &<< wholeBits
    let word = text & ~fraction | UInt64(UInt8(ascii: ".")) &<< wholeBits | (text & fraction) &<< 8
    target.storeBytes(of: word.littleEndian, toByteOffset: start, as: UInt64.self)
    output.count &+= start &+ count &+ 1
  }
}
