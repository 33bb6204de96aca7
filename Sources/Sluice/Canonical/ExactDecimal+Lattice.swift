extension ExactDecimal {
  /// The greatest multiple of `side` that is not greater: the corner of the lattice cell that holds the number.
  ///
  /// Exact, and towards negative infinity; the side is positive. Throws `numberRange` where the side is finer than 38
  /// digits of the number can tell, which no latitude or longitude reaches. Does not allocate.
  package func flooredToLattice(_ side: ExactDecimal) throws(FaultCode) -> ExactDecimal {
    ExactDecimal(mantissa: try latticeMantissa(side), scale: side.scale)
  }

  /// Appends the corner that `flooredToLattice(_:)` gives, with as many decimals as the side has: `48.0` for 0.1.
  ///
  /// The caller reserved `textByteCountMax` bytes. Faults: those of `flooredToLattice(_:)`. Does not allocate.
  @inline(__always) package func writeLattice(
    _ side: ExactDecimal, to output: inout OutputBuffer
  ) throws(FaultCode) {
    ExactDecimal.write(try latticeMantissa(side), scale: side.scale, to: &output)
  }

  /// The lattice corner times `10^side.scale`.
  ///
  /// A number with more decimals than the side is floored to the side's decimals first: the corners all lie on those,
  /// so the cell stays the same and nothing can overflow.
  @inline(__always) func latticeMantissa(_ side: ExactDecimal) throws(FaultCode) -> Int128 {
    precondition(side.mantissa > 0, "a lattice needs a positive side")
    let excess = scale &- side.scale
    if excess >= 0, excess < 19, let number = Int64(exactly: mantissa),
      let step = Int64(exactly: side.mantissa)
    {
      let units = Self.floored(number, excess)
      guard step != 1 else { return Int128(units) }
      // The product reaches below `Int64.min` for numbers just above it.
      let (corner, overflow) = floorDivide(units, step).multipliedReportingOverflow(by: step)
      if !overflow { return Int128(corner) }
    }
    return try wideLatticeMantissa(side)
  }

  /// `number / 10^exponent` towards negative infinity; the exponent is 0 to 18.
  @inline(__always) private static func floored(_ number: Int64, _ exponent: Int) -> Int64 {
    // Below zero, `-(n + 1) / d` counts the whole steps down from -1, and `~` takes the step below them.
    let sign = number &>> 63
    let quotient = dividedByPowerOfTen(UInt64(bitPattern: number ^ sign), exponent)
    return Int64(bitPattern: quotient) ^ sign
  }

  @inline(never) private func wideLatticeMantissa(_ side: ExactDecimal) throws(FaultCode) -> Int128 {
    var units = mantissa
    if scale >= side.scale {
      units = floorDivide(mantissa, widePowerOfTen(scale - side.scale))
    } else {
      let (product, overflow) = mantissa.multipliedReportingOverflow(by: widePowerOfTen(side.scale - scale))
      guard !overflow else { throw .numberRange }
      units = product
    }
    let (corner, overflow) = floorDivide(units, side.mantissa).multipliedReportingOverflow(by: side.mantissa)
    guard !overflow else { throw .numberRange }
    return corner
  }

  /// Whether the number is a whole multiple of `side`, which is positive; 0 is.
  public func isMultiple(of side: ExactDecimal) -> Bool {
    precondition(side.mantissa > 0, "a multiple of a positive number")
    // In lowest terms, more decimals than the side has are more than any multiple of it has.
    guard scale <= side.scale else { return false }
    let modulus = side.mantissa.magnitude
    var rest = mantissa.magnitude % modulus
    // Ten times the rest by doubling: twice a rest below 2^127 fits 128 unsigned bits.
    func sum(_ left: UInt128, _ right: UInt128) -> UInt128 { (left + right) % modulus }
    for _ in scale..<side.scale {
      let fivefold = sum(sum(sum(rest, rest), sum(rest, rest)), rest)
      rest = sum(fivefold, fivefold)
    }
    return rest == 0
  }
}
