internal import CProcessor

/// Decimal digits: the small arithmetic that every canonical form shares.

/// `00` to `99`, so that two digits cost one load.
private let digitPairs: StaticString = """
  00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748\
  49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697\
  9899
  """

/// Writes `value`, 0 to 99, as two digits.
@inline(__always) func writePair(_ value: Int, _ target: UnsafeMutablePointer<UInt8>) {
  let pair = digitPairs.utf8Start + 2 * value
  target[0] = pair[0]
  target[1] = pair[1]
}

/// The value of an ASCII digit, or something above 9.
@inline(__always) func digitValue(_ byte: UInt8) -> UInt8 { byte &- 0x30 }

/// The value of a hexadecimal digit of either case; nil for any other byte.
@inline(__always) func hexDigitValue(_ byte: UInt8) -> UInt8? {
  if digitValue(byte) <= 9 { return digitValue(byte) }
  let letter = (byte | 0x20) &- UInt8(ascii: "a")
  return letter < 6 ? letter &+ 10 : nil
}

/// 10 to the power of `exponent`, 0 to 19.
@inline(__always) func powerOfTen(_ exponent: Int) -> UInt64 {
  precondition(exponent >= 0 && exponent < 20, "a power of ten that 64 bits cannot hold")
  return sluice_power_of_ten(Int32(truncatingIfNeeded: exponent))
}

/// `dividend / 10^exponent` towards zero; the exponent is 0 to 19.
///
/// A division by a constant is a multiplication; by a variable it would cost up to ten times as much.
@inline(__always) func dividedByPowerOfTen(_ dividend: UInt64, _ exponent: Int) -> UInt64 {
  switch exponent {
  case 0: dividend
  case 1: dividend / 10
  case 2: dividend / 100
  case 3: dividend / 1_000
  case 4: dividend / 10_000
  case 5: dividend / 100_000
  case 6: dividend / 1_000_000
  case 7: dividend / 10_000_000
  default: dividend / powerOfTen(exponent)
  }
}

/// 10 to the power of `exponent`, 0 to 38.
@inline(__always) func widePowerOfTen(_ exponent: Int) -> Int128 {
  exponent < 20
    ? Int128(powerOfTen(exponent))
    : Int128(powerOfTen(19)) &* Int128(powerOfTen(exponent &- 19))
}

/// The number of decimal digits of `value`; 1 for 0.
@inline(__always) func digitCount(_ value: UInt64) -> Int {
  // 1233 / 4096 is log10(2) to four digits; the guess is right or one too low.
  let guess = ((64 &- value.leadingZeroBitCount) &* 1233) &>> 12
  return value == 0 ? 1 : (value >= powerOfTen(guess) ? guess &+ 1 : guess)
}

/// Writes the last `count` digits of `value` so that they end just before `end`, with leading zeros.
@inline(__always)
func writeDigits(_ value: UInt64, _ count: Int, endingAt end: UnsafeMutablePointer<UInt8>) {
  var rest = value
  var target = end
  var left = count
  while left >= 2 {
    target -= 2
    writePair(Int(truncatingIfNeeded: rest % 100), target)
    rest /= 100
    left &-= 2
  }
  if left == 1 { (target - 1).pointee = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10) }
}

/// The number that eight digit values make, the first of them in the lowest byte; each is 0 to 9.
@inline(__always) func numberOfDigits(_ digits: UInt64) -> UInt64 {
  // Pairs, then fours, then all eight: each step takes the left one times its weight and adds the right one.
  let pairs = (digits &* 10 &+ (digits &>> 8)) & 0x00FF_00FF_00FF_00FF
  let fours = (pairs &* 100 &+ (pairs &>> 16)) & 0x0000_FFFF_0000_FFFF
  return (fours &* 10_000 &+ (fours &>> 32)) & 0xFFFF_FFFF
}

/// The eight digit values of a number below 10^8, the first of them in the lowest byte.
@inline(__always) func digitsOfNumber(_ number: UInt64) -> UInt64 {
  let upper = number / 10_000
  let fours = upper | (number &- upper &* 10_000) &<< 32
  // 10,486 / 2^20 is 1 / 100 for numbers below 10,000, and 103 / 2^10 is 1 / 10 below 100.
  let hundreds = ((fours &* 10_486) &>> 20) & 0x0000_007F_0000_007F
  let pairs = hundreds | (fours &- hundreds &* 100) &<< 16
  let tens = ((pairs &* 103) &>> 10) & 0x000F_000F_000F_000F
  return tens | (pairs &- tens &* 10) &<< 8
}

/// How many of the eight digits that `digitsOfNumber` gives are left without the zeros in front; 1 for 0.
@inline(__always) func digitCount(ofDigits digits: UInt64) -> Int {
  8 &- (digits | 1 &<< 63).trailingZeroBitCount &>> 3
}

/// Whether every byte is a digit's value; a byte of 0x80 and more is none.
@inline(__always) func areDigits(_ values: UInt64) -> Bool {
  (values &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080 == 0
}

/// `dividend / divisor` towards negative infinity; the divisor is positive.
@inline(__always) func floorDivide<Number: FixedWidthInteger & SignedInteger>(
  _ dividend: Number, _ divisor: Number
) -> Number {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? quotient &- 1 : quotient
}
