/// What is asked of a root key, wherever it is held: one HKDF-Expand a case.
///
/// `RootKey` holds one in this process. What keeps the key itself elsewhere, in an HSM for example, implements `expand`
/// alone: for at most 32 bytes HKDF-Expand is one HMAC-SHA-256 under the root key (`CKM_SHA256_HMAC`), and the process
/// that reads records sees case keys only.
public protocol RootOperations: Sendable {
  /// Which key of the provider this is, counted up when a new one is made.
  var epoch: UInt32 { get }

  /// Eight bytes that name the root key to its owner (`deriveRootID`); they say nothing about it and go into no packet.
  var rootID: [UInt8] { get }

  /// Expands the root key (RFC 5869, section 2.3, with SHA-256): the first bytes of
  /// HMAC-SHA-256(root key, info followed by the byte 1).
  ///
  /// - Parameters:
  ///   - info: what the bytes are for.
  ///   - count: 1 to 32.
  func expand(info: [UInt8], count: Int) throws(CryptoError) -> SecretBytes
}

extension RootOperations {
  /// Derives `rootID`.
  public func deriveRootID() throws(CryptoError) -> [UInt8] {
    let name = try expand(info: KeyDerivation.tuple(["sluice/1", "root-id"]), count: 8)
    return Array(name.bytes)
  }

  /// Derives the key of one demand's reference, which all parts of that reference share.
  public func caseKey(jurisdiction: String, reference: String) throws(CryptoError) -> CaseKey {
    try caseKey(["sluice/1", "case", String(epoch), jurisdiction, reference])
  }

  /// Derives the key of a named stream (`minimize --case NAME`), which is never a demand's.
  public func streamKey(jurisdiction: String, name: String) throws(CryptoError) -> CaseKey {
    try caseKey(["sluice/1", "stream", String(epoch), jurisdiction, name])
  }

  private func caseKey(_ elements: [String]) throws(CryptoError) -> CaseKey {
    let secret = try expand(info: KeyDerivation.tuple(elements), count: RootKey.byteCount)
    guard secret.count == RootKey.byteCount else {
      throw CryptoError(
        code: "derivation-failed",
        message:
          "What holds the root key gave a key of another length. Check what holds it before anything is "
          + "sealed."
      )
    }
    return CaseKey(secret: secret)
  }
}
