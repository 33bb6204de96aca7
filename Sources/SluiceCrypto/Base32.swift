/// Base32 of RFC 4648 section 6 in lower case and without padding.
///
/// No table is indexed by a secret: the bytes may be a key.
enum Base32 {
  /// Characters that `byteCount` bytes take.
  static func characterCount(ofBytes byteCount: Int) -> Int { (byteCount * 8 + 4) / 5 }

  /// Writes `characterCount(ofBytes: count)` characters for `count` bytes.
  @inline(__always)
  static func encode(_ bytes: UnsafeRawPointer, count: Int, to output: UnsafeMutablePointer<UInt8>) {
    var source = bytes
    var target = output
    var rest = count
    // Five bytes are eight characters, made side by side in one word.
    while rest >= 5 {
      let high = UInt64(UInt32(bigEndian: source.loadUnaligned(as: UInt32.self)))
      let group = high << 8 | UInt64(source.load(fromByteOffset: 4, as: UInt8.self))
      UnsafeMutableRawPointer(target).storeBytes(of: characters(group).littleEndian, as: UInt64.self)
      source += 5
      target += 8
      rest -= 5
    }
    var group: UInt64 = 0
    for index in 0..<rest {
      group |= UInt64(source.load(fromByteOffset: index, as: UInt8.self)) << (32 - 8 * UInt64(index))
    }
    let last = characters(group)
    for index in 0..<characterCount(ofBytes: rest) {
      target[index] = UInt8(truncatingIfNeeded: last >> (8 * UInt64(index)))
    }
  }

  /// Writes the 26 characters of 16 bytes, given as two big-endian words.
  @inline(__always)
  static func encode(_ words: (UInt64, UInt64), to output: UnsafeMutablePointer<UInt8>) {
    let target = UnsafeMutableRawPointer(output)
    target.storeBytes(of: characters(words.0 >> 24).littleEndian, as: UInt64.self)
    target.storeBytes(
      of: characters((words.0 & 0xFF_FFFF) << 16 | words.1 >> 48).littleEndian, toByteOffset: 8,
      as: UInt64.self)
    target.storeBytes(
      of: characters(words.1 >> 8 & 0xFF_FFFF_FFFF).littleEndian, toByteOffset: 16, as: UInt64.self)
    // Eight bits are left: a character and three bits, which zeros fill.
    let last = characters((words.1 & 0xFF) << 32)
    target.storeBytes(of: UInt16(truncatingIfNeeded: last).littleEndian, toByteOffset: 24, as: UInt16.self)
  }

  /// Reads exactly the characters that `output.count` bytes take; anything else, upper case, and set bits
  /// beyond the last byte are refused, so that one key has one spelling.
  static func decode(_ characters: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool
  {
    guard characters.count == characterCount(ofBytes: output.count) else { return false }
    var pending: UInt32 = 0
    var pendingBitCount: UInt32 = 0
    var written = 0
    for character in characters {
      guard let value = value(of: character) else { return false }
      pending = pending << 5 | UInt32(value)
      pendingBitCount += 5
      if pendingBitCount >= 8 {
        pendingBitCount -= 8
        output[written] = UInt8(truncatingIfNeeded: pending >> pendingBitCount)
        written += 1
        pending &= (1 << pendingBitCount) - 1
      }
    }
    return written == output.count && pending == 0
  }

  /// The eight characters of 40 bits, the first of them in the lowest byte.
  @inline(__always) private static func characters(_ group: UInt64) -> UInt64 {
    // Halves, quarters and eighths move apart, the higher one of each pair to the lower place.
    var bits = (group >> 20) & 0xF_FFFF | (group & 0xF_FFFF) << 32
    bits = (bits >> 10) & 0x0000_03FF_0000_03FF | (bits & 0x0000_03FF_0000_03FF) << 16
    bits = (bits >> 5) & 0x001F_001F_001F_001F | (bits & 0x001F_001F_001F_001F) << 8
    // 0 to 25 are a to z, 26 to 31 are 2 to 7. Adding 102 sets the top bit of a byte above 25; "2" lies 73 below "z" + 1.
    let isDigit = ((bits &+ 0x6666_6666_6666_6666) >> 7) & 0x0101_0101_0101_0101
    return bits &+ 0x6161_6161_6161_6161 &- isDigit &* 73
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a")
    case UInt8(ascii: "2")...UInt8(ascii: "7"): character - UInt8(ascii: "2") + 26
    default: nil
    }
  }
}
