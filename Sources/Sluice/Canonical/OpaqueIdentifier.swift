/// Identifiers that mean nothing to us: accounts, devices, cells and declared ids.
package enum OpaqueIdentifier {
  /// The longest identifier, in bytes.
  package static let byteCountMax = 256

  /// Checks that an identifier has 1 to 256 bytes of its alphabet; it is then its own canonical form.
  ///
  /// Faults: `valueEmpty`, `identifierLength`, `identifierAlphabet`. Does not allocate.
  @inline(__always)
  package static func check(_ bytes: Bytes, alphabet: Alphabet) throws(FaultCode) {
    try check(bytes, low: alphabet.low, high: alphabet.high)
  }

  /// As above, with the alphabet as two words: a bit for each character of U+0000…U+003F and U+0040…U+007F.
  @inline(__always)
  package static func check(_ bytes: Bytes, low: UInt64, high: UInt64) throws(FaultCode) {
    guard !bytes.isEmpty else { throw .valueEmpty }
    guard bytes.count <= byteCountMax else { throw .identifierLength }
    // One branch an identifier instead of two a byte: 32 bytes took 96 ns with `Alphabet.contains`.
    var allowed: UInt64 = 1
    for index in 0..<bytes.count {
      let byte = UInt64(bytes[index])
      let word = byte & 64 == 0 ? low : high
      allowed &= word &>> (byte & 63) & (byte &>> 7 ^ 1)
    }
    guard allowed == 1 else { throw .identifierAlphabet }
  }
}
