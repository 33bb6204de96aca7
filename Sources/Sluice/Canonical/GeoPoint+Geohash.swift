extension GeoPoint {
  /// Digits and lower-case letters without a, i, l and o.
  private static let alphabet: StaticString = "0123456789bcdefghjkmnpqrstuvwxyz"

  /// Appends the first `length` characters, 1 to 12, of the point's geohash; the caller reserved 12 bytes.
  ///
  /// Exact integer arithmetic: a point on the border of two cells belongs to the north-eastern one, latitude 90 to
  /// the last. Does not allocate.
  @inline(__always) package func writeGeohash(_ length: Int, to output: inout OutputBuffer) {
    precondition(length >= 1 && length <= 12, "a geohash of other than 1 to 12 characters")
    let bits = 5 &* length
    let eastBits = (bits &+ 1) / 2
    let northBits = bits / 2
    let east = GeoPoint.cell(longitude, half: 180, bits: eastBits)
    let north = GeoPoint.cell(latitude, half: 90, bits: northBits)
    // Bits alternate, longitude first; an even count of bits so ends with latitude.
    let eastSpread = GeoPoint.spread(east)
    let northSpread = GeoPoint.spread(north)
    let hash = bits & 1 == 0 ? eastSpread &<< 1 | northSpread : northSpread &<< 1 | eastSpread
    for index in 0..<length {
      let digit = hash &>> UInt64(bits &- 5 &- 5 &* index) & 31
      output.append(GeoPoint.alphabet.utf8Start[Int(digit)])
    }
  }

  /// The number, counted from the south or west, of the cell among `2^bits` of -half…half that holds `degrees`.
  @inline(__always)
  private static func cell(_ degrees: ExactDecimal, half: UInt64, bits: Int) -> UInt64 {
    if degrees.scale <= 16, let value = Int64(exactly: degrees.mantissa) {
      // At most 360 × 10^16, which fits.
      let origin = half &* powerOfTen(degrees.scale)
      let distance = UInt64(bitPattern: value &+ Int64(bitPattern: origin))
      if distance.leadingZeroBitCount >= bits {
        return min((distance &<< UInt64(bits)) / (2 &* origin), 1 &<< UInt64(bits) &- 1)
      }
    }
    return wideCell(degrees, half: half, bits: bits)
  }

  /// As `cell`, for any scale.
  ///
  /// The cells' borders are multiples of `half / 2^29`, so of 10^-29: cutting `degrees` to 29 decimals moves it over
  /// none, and then cells of 30 bits are `half × 10^29 / 2^29 = half × 5^29` units wide.
  @inline(never)
  private static func wideCell(_ degrees: ExactDecimal, half: UInt64, bits: Int) -> UInt64 {
    let value =
      degrees.scale > 29
      ? floorDivide(degrees.mantissa, widePowerOfTen(degrees.scale - 29))
      : degrees.mantissa * widePowerOfTen(29 - degrees.scale)
    let distance = value + Int128(half) * widePowerOfTen(29)
    let fiveTo29: Int128 = 186_264_514_923_095_703_125
    let finest = UInt64(truncatingIfNeeded: distance / (Int128(half) * fiveTo29))
    return min(finest >> UInt64(30 - bits), 1 << UInt64(bits) - 1)
  }

  /// Moves bit i of a number below 2^30 to bit 2i.
  @inline(__always) private static func spread(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits | bits &<< 16) & 0x0000_FFFF_0000_FFFF
    bits = (bits | bits &<< 8) & 0x00FF_00FF_00FF_00FF
    bits = (bits | bits &<< 4) & 0x0F0F_0F0F_0F0F_0F0F
    bits = (bits | bits &<< 2) & 0x3333_3333_3333_3333
    return (bits | bits &<< 1) & 0x5555_5555_5555_5555
  }
}
