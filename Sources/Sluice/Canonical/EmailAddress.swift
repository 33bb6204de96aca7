/// E-mail addresses in their one canonical form: the local part as it stands, `@`, the domain in lower case.
package enum EmailAddress {
  /// The longest address (RFC 5321: a path of 256 with its brackets).
  package static let byteCountMax = 254

  /// Writes the canonical form of an address and returns its length; `target` has room for `byteCountMax` bytes.
  ///
  /// Reads the dot-atom form of RFC 5322 alone, in ASCII: a local part of 1 to 64 bytes, a domain of labels of 1 to
  /// 63 letters, digits and inner hyphens. Refused are quoted local parts, comments, blanks, address literals
  /// (in brackets or bare), a dot at the end, and domains not in ASCII: those are written in their `xn--` form.
  /// Faults: `valueEmpty`, `emailFormat`. Does not allocate.
  package static func canonical(
    _ bytes: Bytes, to target: UnsafeMutablePointer<UInt8>
  ) throws(FaultCode) -> Int {
    guard !bytes.isEmpty else { throw .valueEmpty }
    guard bytes.count <= byteCountMax else { throw .emailFormat }
    let at = try writeLocalPart(bytes, target)
    target[at] = UInt8(ascii: "@")
    try writeDomain(bytes, from: at &+ 1, target)
    return bytes.count
  }

  /// Copies the local part; returns the index of the `@` that ends it.
  private static func writeLocalPart(
    _ bytes: Bytes, _ target: UnsafeMutablePointer<UInt8>
  ) throws(FaultCode) -> Int {
    var isAfterDot = true
    for index in 0..<min(bytes.count, 65) {
      let byte = bytes[index]
      if byte == UInt8(ascii: "@") {
        guard !isAfterDot else { throw .emailFormat }
        return index
      }
      let isDot = byte == UInt8(ascii: ".")
      guard isDot ? !isAfterDot : isAtomCharacter(byte) else { throw .emailFormat }
      target[index] = byte
      isAfterDot = isDot
    }
    throw .emailFormat
  }

  private static func writeDomain(
    _ bytes: Bytes, from start: Int, _ target: UnsafeMutablePointer<UInt8>
  ) throws(FaultCode) {
    var labelStart = start
    var labelHasLetter = false
    for index in start..<bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: ".") {
        guard isLabel(bytes, labelStart..<index) else { throw .emailFormat }
        labelStart = index &+ 1
        labelHasLetter = false
        target[index] = byte
        continue
      }
      let lower = byte | 0x20
      let isLetter = lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
      guard isLetter || digitValue(byte) <= 9 || byte == UInt8(ascii: "-") else { throw .emailFormat }
      labelHasLetter = labelHasLetter || isLetter
      target[index] = isLetter ? lower : byte
    }
    // A last label without a letter would be a bare IPv4 address or nothing that can be delegated.
    guard labelHasLetter, isLabel(bytes, labelStart..<bytes.count) else { throw .emailFormat }
  }

  @inline(__always) private static func isLabel(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
    range.count >= 1 && range.count <= 63 && bytes[range.lowerBound] != UInt8(ascii: "-")
      && bytes[range.upperBound &- 1] != UInt8(ascii: "-")
  }

  /// `atext` of RFC 5322, section 3.2.3, one bit a character: 0x21 to 0x3F, then 0x40 to 0x7F.
  @inline(__always) private static func isAtomCharacter(_ byte: UInt8) -> Bool {
    // ! # $ % & ' * + - / 0-9 = ?
    if byte < 64 { return 0xA3FF_ACFA_0000_0000 as UInt64 &>> UInt64(byte) & 1 == 1 }
    // A-Z ^ _ ` a-z { | } ~
    return byte < 128 && 0x7FFF_FFFF_C7FF_FFFE as UInt64 &>> UInt64(byte &- 64) & 1 == 1
  }
}
