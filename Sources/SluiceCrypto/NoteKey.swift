internal import CLibcrypto

/// The private key that signs a register's checkpoints: Ed25519 (RFC 8032), in a PEM file of its own.
///
/// Not derived from a root key: who holds the one cannot sign as the other. Its bytes live in libcrypto alone; several
/// threads may sign at once.
public final class NoteKey: Sendable {
  /// The 32 bytes of the public key.
  public let publicKey: [UInt8]
  private let key: PrivateKey

  /// Reads a key's file, which must be what a root key's file may be.
  ///
  /// - Throws: the errors of a private key's file (`pem-…`), and `note-key` for a key that is not Ed25519.
  public convenience init(contentsOfFile path: String) throws(CryptoError) {
    try self.init(try PEMFile.privateKey(path: path, of: "register"))
  }

  /// Makes a key and writes it to a new file of mode 0600, synced with its directory; never over anything.
  public static func create(atPath path: String) throws(CryptoError) -> NoteKey {
    let libraryContext = try Libcrypto.loaded().libraryContext
    guard let context = EVP_PKEY_CTX_new_from_name(libraryContext, "ED25519", nil) else { throw failed }
    defer { EVP_PKEY_CTX_free(context) }
    var made: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_generate(context, &made) == 1, let made else {
      throw failed
    }
    let key = PrivateKey(owning: made)
    let text = try PEMText(of: key)
    var file = try NewFile(path, PEMFile.keyRule(of: "register"))
    try file.write(text.bytes)
    return try NoteKey(key)
  }

  private init(_ key: PrivateKey) throws(CryptoError) {
    var bytes = [UInt8](repeating: 0, count: NoteSignature.publicKeyByteCount)
    var count = bytes.count
    guard EVP_PKEY_is_a(key.pointer, "ED25519") == 1,
      EVP_PKEY_get_raw_public_key(key.pointer, &bytes, &count) == 1, count == bytes.count
    else {
      throw CryptoError(
        code: "note-key",
        message:
          "The register's key file holds another key than one that `sluice register new` makes. Put its own "
          + "key back there.")
    }
    self.key = key
    publicKey = bytes
  }

  /// The 64 bytes of the signature of a text.
  public func sign(_ text: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw Self.failed }
    defer { EVP_MD_CTX_free(context) }
    let libraryContext = try Libcrypto.loaded().libraryContext
    var signature = [UInt8](repeating: 0, count: NoteSignature.byteCount)
    var count = signature.count
    guard EVP_DigestSignInit_ex(context, nil, nil, libraryContext, nil, key.pointer, nil) == 1,
      EVP_DigestSign(context, &signature, &count, text, text.count) == 1, count == signature.count
    else { throw Self.failed }
    return signature
  }

  private static var failed: CryptoError {
    .libcrypto(
      code: "note-key",
      "libcrypto could not make or use an Ed25519 key. Run again; where it stays, run `sluice self-test`.")
  }
}

/// Signatures of `NoteKey`, for whoever has the public key.
public enum NoteSignature {
  /// Bytes of a signature (RFC 8032, section 5.1.6).
  public static let byteCount = 64
  /// Bytes of a public key (RFC 8032, section 5.1.5).
  public static let publicKeyByteCount = 32

  /// Whether a signature of a text is that of a public key. False for keys and signatures of another length.
  public static func isValid(
    _ signature: [UInt8], of text: [UInt8], by publicKey: [UInt8]
  ) throws(CryptoError) -> Bool {
    guard signature.count == byteCount, publicKey.count == publicKeyByteCount else { return false }
    let libraryContext = try Libcrypto.loaded().libraryContext
    defer { ERR_clear_error() }
    let key = EVP_PKEY_new_raw_public_key_ex(libraryContext, "ED25519", nil, publicKey, publicKey.count)
    guard let key, let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_PKEY_free(key)
      EVP_MD_CTX_free(context)
    }
    return EVP_DigestVerifyInit_ex(context, nil, nil, libraryContext, nil, key, nil) == 1
      && EVP_DigestVerify(context, signature, signature.count, text, text.count) == 1
  }
}

/// Random bytes that are no key: salts.
public enum RandomBytes {
  /// Returns `count` random bytes, at least 1; throws `random-failed`.
  public static func make(count: Int) throws(CryptoError) -> [UInt8] {
    let secret = try SecretBytes(count: count)
    try Libcrypto.loaded().fillWithRandomBytes(secret.mutableBytes)
    return Array(secret.bytes)
  }
}
