internal import CLibcrypto

/// Writes the pseudonyms of one class of one case; one context per worker and class key.
///
/// Writing does not allocate, but where the system is in FIPS mode. Neither Sendable nor copyable: two threads must
/// not share one.
public struct PseudonymContext: ~Copyable {
  /// Characters in a pseudonym.
  public static let characterCount = 28

  /// The version of the canonical forms, MACed before the canonical bytes; "a" in the pseudonym says the same.
  private static let version: UInt8 = 1

  /// How much of the tag a pseudonym carries: 128 bits, so that a billion identifiers do not collide.
  private static let tagByteCount = 16

  private var key: ClassKey
  private var blocks: BlockAuthenticator
  /// What computes the MACs instead of `blocks`, where only a validated module's own functions may.
  private var reference: AuthenticationContext?

  /// Creates a context for a class key.
  public init(_ key: ClassKey) throws(CryptoError) {
    try self.init(key, usesReference: Libcrypto.loaded().isFIPSMode)
  }

  /// Creates a context that computes MACs by `EVP_MAC` alone, or by block.
  package init(_ key: ClassKey, usesReference: Bool) throws(CryptoError) {
    self.key = key
    blocks = BlockAuthenticator()
    if usesReference {
      reference = try AuthenticationContext(key: key.secret.base, count: key.secret.count)
    } else {
      reference = nil
    }
  }

  /// Takes another class key.
  public mutating func rekey(_ key: ClassKey) throws(CryptoError) {
    self.key = key
    try reference?.rekey(key.secret.base, count: key.secret.count)
  }

  /// Writes the pseudonym of an identifier and returns whether libcrypto did its part.
  ///
  /// The pseudonym is `letter`, `a`, and the base32 of the first 16 bytes of HMAC-SHA-256 under the class key
  /// of `classByte`, 1 and the canonical bytes: `[a-z]a[a-z2-7]{26}`, 28 characters.
  ///
  /// - Parameters:
  ///   - classByte: the class: phone 1, account 2, email 3, ip 4, device 5, cell 6, id 7.
  ///   - letter: the letter of the same class: p, a, e, i, d, c, o.
  ///   - canonical: the canonical bytes of the identifier; of any length.
  ///   - output: room for `characterCount` bytes.
  /// - Returns: false where libcrypto failed; then nothing is written and the run must end with status 7.
  public mutating func write(
    classByte: UInt8, letter: UInt8, _ canonical: UnsafeRawBufferPointer,
    to output: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    var head = (classByte, Self.version)
    // The first 16 of the tag's 32 bytes, which fit where the characters will stand. It is no secret once it is
    // written, as they are.
    var tag: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    if reference != nil {
      guard writeTag(&head, canonical, &tag) else { return false }
    } else {
      blocks.begin(key.states)
      blocks.update(&head, count: 2)
      if let identifier = canonical.baseAddress { blocks.update(identifier, count: canonical.count) }
      blocks.finish(key.states, to: &tag)
    }
    output[0] = letter
    output[1] = UInt8(ascii: "a")
    Base32.encode(&tag, count: Self.tagByteCount, to: output + 2)
    return true
  }

  /// The tag by the reference.
  @inline(never)
  private mutating func writeTag(
    _ head: inout (UInt8, UInt8), _ canonical: UnsafeRawBufferPointer,
    _ tag: inout (UInt64, UInt64, UInt64, UInt64)
  ) -> Bool {
    guard reference?.restart() == true, reference?.update(&head, count: 2) == true else { return false }
    if let identifier = canonical.baseAddress {
      guard reference?.update(identifier, count: canonical.count) == true else { return false }
    }
    return reference?.finish(to: &tag) == true
  }
}
