/// Phone numbers in their one canonical form: E.164, `+` and 7 to 15 digits.
package enum PhoneNumber {
  /// The longest canonical form: `+` and 15 digits.
  package static let byteCountMax = 16

  /// Writes the canonical form of a number and returns its length, 8 to 16 bytes.
  ///
  /// Without a region a number is `+`, a digit 1 to 9 and 6 to 14 further ASCII digits, and nothing else; such a
  /// number is taken as it stands with a region too, but for a zero right after the calling code that can only be a trunk
  /// prefix: the same number would have two forms. With a region these spellings are read as well: `+` or the region's
  /// international prefix (`00`) and a calling code, `tel:+…`, a trunk prefix in parentheses after the calling code
  /// (`+44 (0)7700 900123`), and the national form with its trunk prefix (optional where that is `1`), with single
  /// spaces, hyphens and dots between digits and with parentheses. Extensions, letters and short codes are refused, as
  /// is a national form of a length that the region's plan does not have.
  ///
  /// `target` has room for `byteCountMax` bytes. Faults: `valueEmpty`; `phoneRegion` for a national or international
  /// prefix without a declared region and for an unassigned calling code; `phoneLength`; `phoneFormat`. Does not
  /// allocate.
  @inline(__always) package static func canonical(
    _ bytes: Bytes, region: PhoneRegion?, to target: UnsafeMutablePointer<UInt8>
  ) throws(FaultCode) -> Int {
    let count = bytes.count
    if count >= 8, count <= byteCountMax, let start = bytes.baseAddress {
      // Safe: 8 to 16 bytes are there, so the first 8 and the last 8 are, and together they are all of them.
      let raw = UnsafeRawPointer(start)
      let head = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
      let tail = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
      // `+` becomes 0, a digit its value; adding 0x76 sets the top bit of a byte above 9, 0x7F of one above 0.
      let headDigits = head ^ 0x3030_3030_3030_302B
      // At a count of 8 the tail is the head, and its first byte is not a digit.
      let tailDigits = (count == 8 ? tail ^ 0x1B : tail) ^ 0x3030_3030_3030_3030
      let faults =
        (headDigits &+ 0x7676_7676_7676_767F) | headDigits | (tailDigits &+ 0x7676_7676_7676_7676)
        | tailDigits
      if faults & 0x8080_8080_8080_8080 == 0, headDigits & 0xFF00 != 0 {
        if region != nil, hasTrunkZero(headDigits) { throw .phoneFormat }
        let copy = UnsafeMutableRawPointer(target)
        copy.storeBytes(of: head.littleEndian, as: UInt64.self)
        copy.storeBytes(of: tail.littleEndian, toByteOffset: count &- 8, as: UInt64.self)
        return count
      }
    }
    guard let region else { throw faultWithoutRegion(bytes) }
    return try spelled(bytes, region: region, to: target)
  }

  /// Whether a zero that can only be a trunk prefix follows the calling code. `digits`: the value of each of the first
  /// eight bytes, that of `+` lowest.
  @inline(__always) private static func hasTrunkZero(_ digits: UInt64) -> Bool {
    func digit(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: digits &>> UInt64(8 &* index)) }
    // Most numbers have no zero where one could be.
    guard digit(2) == 0 || digit(3) == 0 || digit(4) == 0,
      let length = CallingCode.length(digit(1), digit(2), digit(3)), digit(1 &+ length) == 0
    else { return false }
    var code: UInt64 = 0
    for index in 1...length { code = code &* 10 &+ UInt64(digit(index)) }
    return !CallingCode.mayPrecedeZero(code)
  }

  /// Why a number without a region was refused.
  @inline(never) private static func faultWithoutRegion(_ bytes: Bytes) -> FaultCode {
    guard let first = bytes.first else { return .valueEmpty }
    let isInternational = first == UInt8(ascii: "+")
    let digits = isInternational ? bytes[1...] : bytes[...]
    guard !digits.isEmpty, digits.allSatisfy({ digitValue($0) <= 9 }) else { return .phoneFormat }
    guard isInternational else { return .phoneRegion }
    return digits.first == UInt8(ascii: "0") ? .phoneFormat : .phoneLength
  }

  /// The digits, 1 to 3, of the calling code that a canonical number begins with; nil where none is assigned.
  ///
  /// The `+` is not counted: the code is the bytes `1..<1 + length`.
  @inline(__always) package static func callingCodeLength(_ canonical: Bytes) -> Int? {
    guard canonical.count >= 4 else { return nil }
    return CallingCode.length(
      digitValue(canonical[1]), digitValue(canonical[2]), digitValue(canonical[3]))
  }

  /// Appends `+` and the calling code of a canonical number; the caller reserved 4 bytes.
  ///
  /// Throws `phoneRegion` where no calling code is assigned.
  @inline(__always) package static func writeCallingCode(
    _ canonical: Bytes, to output: inout OutputBuffer
  ) throws(FaultCode) {
    guard let length = callingCodeLength(canonical) else { throw .phoneRegion }
    for index in 0...length { output.append(canonical[index]) }
  }
}
