/// The key of one pseudonym class within a case; a `PseudonymContext` takes it.
///
/// Its bytes have no accessor.
public final class ClassKey: Sendable {
  let secret: SecretBytes
  /// The same key, ready to MAC with.
  let states: AuthenticationStates

  init(secret: consuming SecretBytes) throws(CryptoError) {
    states = try AuthenticationStates(key: secret.base, count: secret.count)
    self.secret = secret
  }

  /// Whether this is the key with these bytes, in constant time; for tests against known answers.
  package func matches(_ bytes: [UInt8]) -> Bool { secret.matches(bytes, count: bytes.count) }
}
