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
    // All that can fail comes first: a value that is not whole cannot be given up.
    let blocks = try BlockAuthenticator()
    let reference = try usesReference ? Self.reference(key) : nil
    self.key = key
    self.blocks = blocks
    self.reference = reference
  }

  private static func reference(_ key: ClassKey) throws(CryptoError) -> AuthenticationContext? {
    try AuthenticationContext(key: key.secret.base, count: key.secret.count)
  }

  /// Takes another class key.
  public mutating func rekey(_ key: ClassKey) throws(CryptoError) {
    self.key = key
    try reference?.rekey(key.secret.base, count: key.secret.count)
  }

  /// Writes the pseudonym of an identifier and returns whether libcrypto did its part.
  ///
  /// The pseudonym is `letter`, `a`, and the base32 of the first 16 bytes of HMAC-SHA-256 under the class key
  /// of `classByte`, 1 and the canonical bytes: `[a-z]a[a-z2-7]{26}`, 28 characters. The 128 bits are enough that
  /// the pseudonyms of a billion identifiers do not collide.
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
    let head = UInt16(Self.version) << 8 | UInt16(classByte)
    let tag: (UInt64, UInt64)
    if reference != nil {
      guard let words = referenceTagHead(head, canonical) else { return false }
      tag = words
    } else {
      tag = blocks.tagHead(key.states, head: head, canonical)
    }
    output[0] = letter
    output[1] = UInt8(ascii: "a")
    Base32.encode(tag, to: output + 2)
    return true
  }

  /// The first 16 bytes of the tag by the reference.
  @inline(never)
  private mutating func referenceTagHead(
    _ head: UInt16, _ canonical: UnsafeRawBufferPointer
  ) -> (UInt64, UInt64)? {
    var head = head.littleEndian
    guard reference?.restart() == true, reference?.update(&head, count: 2) == true else { return nil }
    if let identifier = canonical.baseAddress {
      guard reference?.update(identifier, count: canonical.count) == true else { return nil }
    }
    var tag: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    guard reference?.finish(to: &tag) == true else { return nil }
    return (UInt64(bigEndian: tag.0), UInt64(bigEndian: tag.1))
  }
}
