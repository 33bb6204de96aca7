/// UTF-8 as RFC 3629 defines it: a character is built from its bytes and then asked whether it may be so.
package enum ReferenceUTF8 {
  /// The offset of the first byte that is not part of a whole and well-formed character, or nil.
  package static func firstInvalid(_ bytes: [UInt8]) -> Int? {
    var place = 0
    while place < bytes.count {
      guard let length = characterLength(bytes[place...]) else { return place }
      place += length
    }
    return nil
  }

  private static func characterLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    let lead = bytes[bytes.startIndex]
    if lead < 0x80 { return 1 }
    // The ones before the first zero say how many bytes there are.
    let length = (~lead).leadingZeroBitCount
    guard (2...4).contains(length), bytes.count >= length else { return nil }
    var scalar = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for byte in bytes.dropFirst().prefix(length - 1) {
      guard byte & 0b1100_0000 == 0b1000_0000 else { return nil }
      scalar = scalar << 6 | UInt32(byte & 0b0011_1111)
    }
    let isShortest = scalar >= [0x80, 0x800, 0x1_0000][length - 2]
    // Unicode.Scalar takes neither surrogates nor anything past U+10FFFF.
    return isShortest && Unicode.Scalar(scalar) != nil ? length : nil
  }
}
