internal import CLibcrypto

/// HKDF with SHA-256 (RFC 5869) by libcrypto, and the tuple that goes in as its `info`.
package enum KeyDerivation {
  /// The part of HKDF to run.
  package enum Mode: Sendable {
    /// Extract and expand: the key is any keying material.
    case extractAndExpand
    /// Expand alone: the key is already uniform.
    case expand

    var libcryptoMode: Int32 {
      switch self {
      case .extractAndExpand: EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND
      case .expand: EVP_KDF_HKDF_MODE_EXPAND_ONLY
      }
    }
  }

  /// Derives bytes from a key that is no secret, for known answers: 1 to 8,160 of them.
  ///
  /// Fails where libcrypto does: more than 8,160 bytes, or an info beyond its own limit (32,768 bytes in 3.0).
  package static func bytes(
    _ mode: Mode, key: [UInt8], salt: [UInt8], info: [UInt8], count: Int
  ) throws(CryptoError) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    let result = sluice_hkdf_sha256(
      try Libcrypto.loaded().hkdf, mode.libcryptoMode, key, key.count, salt, salt.count, info, info.count,
      &output, count)
    guard result == 1 else { throw failure }
    return output
  }

  /// Expands a key, in secret memory: 1 to 8,160 bytes.
  static func expand(
    _ key: borrowing SecretBytes, info: [UInt8], count: Int
  ) throws(CryptoError) -> SecretBytes {
    let output = try SecretBytes(count: count)
    let result = sluice_hkdf_sha256(
      try Libcrypto.loaded().hkdf, Mode.expand.libcryptoMode, key.base, key.count, nil, 0, info, info.count,
      output.base.assumingMemoryBound(to: UInt8.self), count)
    guard result == 1 else { throw failure }
    return output
  }

  private static var failure: CryptoError {
    .libcrypto(
      code: "derivation-failed",
      "libcrypto did not derive a key. Run again; where it stays, run `sluice self-test`.")
  }

  /// Expands a key into another key of 32 bytes.
  static func key(from key: borrowing SecretBytes, _ elements: String...) throws(CryptoError) -> SecretBytes {
    try expand(key, info: tuple(elements), count: RootKey.byteCount)
  }

  /// Expands a key into bytes that may be shown: a key id, a commitment.
  static func publicBytes(
    from key: borrowing SecretBytes, _ elements: String..., count: Int
  ) throws(CryptoError) -> [UInt8] {
    let derived = try expand(key, info: tuple(elements), count: count)
    return Array(derived.bytes)
  }

  /// Writes a count byte, then each element as its length in UTF-8 (four bytes, big-endian) and its bytes.
  ///
  /// No two lists give the same bytes, which a separator could not promise. At most 255 elements.
  package static func tuple(_ elements: [String]) -> [UInt8] {
    var bytes = [UInt8(elements.count)]
    for element in elements {
      let length = UInt32(element.utf8.count)
      for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
      bytes.append(contentsOf: element.utf8)
    }
    return bytes
  }
}
