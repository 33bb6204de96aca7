extension ExactDecimal {
  /// The longest text of a decimal: a sign, 39 digits, a point and a zero before it.
  package static let textByteCountMax = 42

  /// Appends the canonical form: plain digits, no exponent, no `-0`, no zeros that end a fraction, no point alone.
  ///
  /// The caller reserved `textByteCountMax` bytes. Does not allocate.
  @inline(__always) package func write(to output: inout OutputBuffer) {
    ExactDecimal.write(mantissa, scale: scale, to: &output)
  }

  /// Appends `mantissa × 10^-scale` with exactly `scale` digits after the point.
  @inline(__always)
  static func write(_ mantissa: Int128, scale: Int, to output: inout OutputBuffer) {
    if mantissa.magnitude < shortMagnitudeLimit, shortScales.contains(scale) {
      writeShort(Int64(truncatingIfNeeded: mantissa), scale: scale, to: &output)
      return
    }
    if mantissa < 0 { output.append(UInt8(ascii: "-")) }
    if let magnitude = UInt64(exactly: mantissa.magnitude) {
      let count = max(digitCount(magnitude), scale &+ 1)
      let target = output.base + output.count
      if scale == 0 {
        writeDigits(magnitude, count, endingAt: target + count)
        output.count &+= count
      } else {
        // All digits one place to the right; then those before the point move back, which costs no division.
        writeDigits(magnitude, count, endingAt: target + count + 1)
        let wholeCount = count &- scale
        for index in 0..<wholeCount { target[index] = target[index &+ 1] }
        target[wholeCount] = UInt8(ascii: ".")
        output.count &+= count &+ 1
      }
    } else {
      writeWide(mantissa.magnitude, scale: scale, to: &output)
    }
  }

  @inline(never)
  private static func writeWide(_ magnitude: UInt128, scale: Int, to output: inout OutputBuffer) {
    var count = 1
    var rest = magnitude / 10
    while rest > 0 {
      count += 1
      rest /= 10
    }
    count = max(count, scale + 1)
    let target = output.base + output.count
    let length = scale == 0 ? count : count + 1
    rest = magnitude
    for index in stride(from: length - 1, through: 0, by: -1) {
      if scale > 0, index == count - scale {
        target[index] = UInt8(ascii: ".")
      } else {
        target[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
    }
    output.count += length
  }
}
