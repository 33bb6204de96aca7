/// The key of one case or stream; pseudonyms made under two case keys cannot be joined.
///
/// Its bytes have no accessor.
public final class CaseKey: Sendable {
  private let secret: SecretBytes

  init(secret: consuming SecretBytes) { self.secret = secret }

  /// Derives what a packet under this key publishes of it: the same each time. Throws `derivation-failed` where libcrypto
  /// does not derive it.
  public func published() throws(CryptoError) -> PublishedKey {
    PublishedKey(
      keyID: try KeyDerivation.publicBytes(from: secret, "sluice/1", "kid", count: 8),
      commitment: try KeyDerivation.publicBytes(from: secret, "sluice/1", "commit", count: 32))
  }

  /// Derives the key of a pseudonym class: `phone`, `account`, `email`, `ip`, `device`, `cell` or `id:NAME`.
  ///
  /// The class keys the MAC, not the field, so one person has one pseudonym across fields of a class.
  public func classKey(_ label: String) throws(CryptoError) -> ClassKey {
    try ClassKey(secret: KeyDerivation.key(from: secret, "sluice/1", "id", label))
  }

  /// Whether this is the key with these bytes, in constant time; for tests against known answers.
  package func matches(_ bytes: [UInt8]) -> Bool { secret.matches(bytes, count: bytes.count) }
}
