internal import CLibcrypto

/// Writes the pseudonyms of one class of one case; one context per worker and class key.
///
/// Holds a MAC context that is restarted for each identifier, so that writing does not allocate. Neither
/// Sendable nor copyable: two threads must not share one.
public struct PseudonymContext: ~Copyable {
  /// Characters in a pseudonym.
  public static let characterCount = 28

  /// The version of the canonical forms, MACed before the canonical bytes; "a" in the pseudonym says the same.
  private static let version: UInt8 = 1

  /// How much of the tag a pseudonym carries: 128 bits, so that a billion identifiers do not collide.
  private static let tagByteCount = 16

  /// The longest message, class and version included, that is put together in the scratch and MACed by one
  /// call; identifiers are shorter, save for long opaque ones.
  private static let scratchMessageByteCount = 256

  private var mac: AuthenticationContext

  // The message, then the tag. It holds identifiers, so it is overwritten at the end.
  private let scratch: UnsafeMutableRawPointer
  private static let scratchByteCount = scratchMessageByteCount + AuthenticationContext.tagByteCount

  /// Creates a context for a class key.
  public init(_ key: ClassKey) throws(CryptoError) {
    mac = try AuthenticationContext(key: key.secret.base, count: key.secret.count)
    scratch = .allocate(byteCount: Self.scratchByteCount, alignment: 16)
    scratch.initializeMemory(as: UInt8.self, repeating: 0, count: Self.scratchByteCount)
  }

  deinit {
    OPENSSL_cleanse(scratch, Self.scratchByteCount)
    scratch.deallocate()
  }

  /// Takes another class key; about twice the cost of a pseudonym, and a third of a new context's.
  public mutating func rekey(_ key: ClassKey) throws(CryptoError) {
    try mac.rekey(key.secret.base, count: key.secret.count)
  }

  /// Writes the pseudonym of an identifier and returns whether libcrypto did its part.
  ///
  /// The pseudonym is `letter`, `a`, and the base32 of the first 16 bytes of HMAC-SHA-256 under the class key
  /// of `classByte`, 1 and the canonical bytes: `[a-z]a[a-z2-7]{26}`, 28 characters. Does not allocate.
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
    let tag = scratch + Self.scratchMessageByteCount
    scratch.storeBytes(of: classByte, as: UInt8.self)
    scratch.storeBytes(of: Self.version, toByteOffset: 1, as: UInt8.self)
    guard mac.restart() else { return false }
    if let identifier = canonical.baseAddress, canonical.count <= Self.scratchMessageByteCount - 2 {
      (scratch + 2).copyMemory(from: identifier, byteCount: canonical.count)
      guard mac.update(scratch, count: canonical.count + 2) else { return false }
    } else {
      guard mac.update(scratch, count: 2) else { return false }
      if let identifier = canonical.baseAddress {
        guard mac.update(identifier, count: canonical.count) else { return false }
      }
    }
    guard mac.finish(to: tag) else { return false }
    output[0] = letter
    output[1] = UInt8(ascii: "a")
    Base32.encode(tag, count: Self.tagByteCount, to: output + 2)
    return true
  }
}
