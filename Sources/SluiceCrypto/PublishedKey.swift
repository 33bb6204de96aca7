internal import CLibcrypto

/// What a packet publishes of its case key: by them a holder of the root key finds its epoch, and proves that the
/// packet was made under it.
public struct PublishedKey: Hashable, Sendable {
  /// Eight bytes that name the case key.
  public let keyID: [UInt8]
  /// Thirty-two bytes that bind the packet to the case key.
  public let commitment: [UInt8]

  /// What is published, as it was read.
  public init(keyID: [UInt8], commitment: [UInt8]) {
    self.keyID = keyID
    self.commitment = commitment
  }

  /// Whether both are published of one case key; in constant time.
  public func matches(_ other: PublishedKey) -> Bool {
    let isNamed = constantTimeEqual(keyID, other.keyID)
    return constantTimeEqual(commitment, other.commitment) && isNamed
  }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
