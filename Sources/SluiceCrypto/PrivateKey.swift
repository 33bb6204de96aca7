internal import CLibcrypto

/// A private key of a signer or recipient. Its bytes live in libcrypto alone.
///
/// `@unchecked Sendable`: libcrypto counts references to a key atomically, and a key is not changed once it is made.
final class PrivateKey: @unchecked Sendable {
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { EVP_PKEY_free(pointer) }
}

/// The public-key algorithms that signatures and envelopes may rest on.
public enum KeyAlgorithm: String, CaseIterable, Sendable {
  /// NIST P-256, and P-384.
  case p256, p384
  /// RSA with at least 3,072 bits.
  case rsa3072

  /// The algorithm of a key; nil where it is another, or too weak.
  init?(of key: OpaquePointer) {
    if EVP_PKEY_is_a(key, "RSA") == 1, EVP_PKEY_get_bits(key) >= 3072 {
      self = .rsa3072
      return
    }
    guard EVP_PKEY_is_a(key, "EC") == 1 else { return nil }
    var name = [CChar](repeating: 0, count: 64)
    var count = 0
    guard EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else {
      ERR_clear_error()
      return nil
    }
    switch name.withUnsafeBufferPointer({ String(cString: $0.baseAddress!) }) {
    case "P-256", "prime256v1": self = .p256
    case "P-384", "secp384r1": self = .p384
    default: return nil
    }
  }

  /// What a certificate with another key is told.
  static let list = "ECDSA or ECDH with P-256 or P-384, or RSA with at least 3,072 bits"
}
