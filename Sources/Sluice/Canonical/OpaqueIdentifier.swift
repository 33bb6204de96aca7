/// Identifiers that mean nothing to us: accounts, devices, cells and declared ids.
package enum OpaqueIdentifier {
  /// The longest identifier, in bytes.
  package static let byteCountMax = 256

  /// Checks that an identifier has 1 to 256 bytes of its alphabet; it is then its own canonical form.
  ///
  /// Faults: `valueEmpty`, `identifierLength`, `identifierAlphabet`. Does not allocate.
  @inline(__always)
  package static func check(_ bytes: Bytes, alphabet: Alphabet) throws(FaultCode) {
    guard !bytes.isEmpty else { throw .valueEmpty }
    guard bytes.count <= byteCountMax else { throw .identifierLength }
    for byte in bytes where !alphabet.contains(byte) { throw .identifierAlphabet }
  }
}
