/// A decimal number as written, never a floating-point one: `mantissa × 10^-scale`.
///
/// Always in lowest terms: `1.50` has the mantissa 15 and the scale 1, so equal numbers are equal values.
public struct ExactDecimal: Hashable, Sendable {
  /// The digits as one whole number, with the sign.
  public private(set) var mantissa: Int128
  /// Digits after the point, 0 to 30.
  public private(set) var scale: Int

  /// `mantissa × 10^-scale`; the scale is 0 to 30.
  public init(mantissa: Int128, scale: Int) {
    precondition(scale >= 0 && scale <= 30, "a decimal's scale outside 0 to 30")
    self.init(lowestTerms: mantissa, scale: scale)
    while self.scale > 0, self.mantissa % 10 == 0 {
      self.mantissa /= 10
      self.scale -= 1
    }
  }

  /// The caller saw to it that a mantissa with a scale does not end in 0.
  @inline(__always) private init(lowestTerms mantissa: Int128, scale: Int) {
    self.mantissa = mantissa
    self.scale = scale
  }

  /// Reads a JSON number without exponent: `-?digits`, and a point and digits where there is a fraction.
  ///
  /// No leading zeros, no `+`, no `NaN`; `-0` and `-0.0` are 0. At most 18 digits before the point and 30 after it as
  /// written, and 38 in all without the zeros that end the fraction: more is `numberRange`. Other faults:
  /// `valueEmpty`, `numberFormat`. Does not allocate.
  @inline(__always) package init(_ bytes: Bytes) throws(FaultCode) {
    if let short = ExactDecimal.short(bytes) {
      self.init(lowestTerms: Int128(short.mantissa), scale: short.scale)
      return
    }
    guard !bytes.isEmpty else { throw .valueEmpty }
    // 19 bytes hold at most 19 digits, which fit 64 bits.
    if bytes.count <= 19 {
      let (value, scale) = try ExactDecimal.read(bytes, as: UInt64.self)
      let mantissa = Int128(value)
      self.init(lowestTerms: bytes[0] == UInt8(ascii: "-") ? 0 &- mantissa : mantissa, scale: scale)
    } else {
      try self.init(long: bytes)
    }
  }

  @inline(never) private init(long bytes: Bytes) throws(FaultCode) {
    let (value, scale) = try ExactDecimal.read(bytes, as: UInt128.self)
    let mantissa = Int128(value)
    self.init(lowestTerms: bytes[0] == UInt8(ascii: "-") ? 0 &- mantissa : mantissa, scale: scale)
  }

  /// Reads the digits; `Number` holds 38 of them, or as many as there are bytes.
  @inline(__always) private static func read<Number: FixedWidthInteger & UnsignedInteger>(
    _ bytes: Bytes, as: Number.Type
  ) throws(FaultCode) -> (magnitude: Number, scale: Int) {
    let start = bytes[0] == UInt8(ascii: "-") ? 1 : 0
    var magnitude: Number = 0
    var index = start
    while index < bytes.count, digitValue(bytes[index]) <= 9 {
      // A number that is too long is refused below, whatever it came to.
      magnitude = magnitude &* 10 &+ Number(truncatingIfNeeded: digitValue(bytes[index]))
      index &+= 1
    }
    let integerDigits = index &- start
    guard integerDigits >= 1, integerDigits == 1 || bytes[start] != UInt8(ascii: "0") else {
      throw .numberFormat
    }
    var scale = 0
    var fractionDigits = 0
    if index < bytes.count {
      guard bytes[index] == UInt8(ascii: "."), index &+ 1 < bytes.count else { throw .numberFormat }
      fractionDigits = bytes.count &- index &- 1
      // Zeros at the end are digits, but never count.
      var end = bytes.count
      while end > index &+ 1, bytes[end &- 1] == UInt8(ascii: "0") { end &-= 1 }
      for position in index &+ 1..<end {
        let digit = digitValue(bytes[position])
        guard digit <= 9 else { throw .numberFormat }
        magnitude = magnitude &* 10 &+ Number(truncatingIfNeeded: digit)
      }
      scale = end &- index &- 1
    }
    let significantDigits =
      (integerDigits == 1 && bytes[start] == UInt8(ascii: "0") ? 0 : integerDigits) &+ scale
    guard integerDigits <= 18, fractionDigits <= 30, significantDigits <= 38 else { throw .numberRange }
    return (magnitude, scale)
  }

  /// Reads a number in a document, in the form that `init(_: Bytes)` reads; nil where that fails.
  public init?(_ text: String) {
    var text = text
    let number = text.withUTF8 { bytes in try? ExactDecimal(bytes) }
    guard let number else { return nil }
    self = number
  }
}

extension ExactDecimal: Comparable {
  /// Compares exactly, whatever the scales.
  public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
    if left.scale == right.scale { return left.mantissa < right.mantissa }
    let (leftUnits, rightUnits) = (left.floored, right.floored)
    if leftUnits != rightUnits { return leftUnits < rightUnits }
    // What is left of each is 0 to 10^scale - 1, so a scale of 30 fits both.
    return (left.mantissa - leftUnits * widePowerOfTen(left.scale)) * widePowerOfTen(30 - left.scale)
      < (right.mantissa - rightUnits * widePowerOfTen(right.scale)) * widePowerOfTen(30 - right.scale)
  }

  /// The greatest integer that is not greater.
  private var floored: Int128 { floorDivide(mantissa, widePowerOfTen(scale)) }
}
