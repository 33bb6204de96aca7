internal import CLibcrypto

/// What an HMAC-SHA-256 key comes to once its two pads are digested (RFC 2104, section 4): two SHA-256 states.
///
/// They stand for the key, so they lie where keys lie. Made once a key and shared by all workers, they save two of
/// the four blocks of a short MAC, and with libcrypto's block function none of its bookkeeping: 85 ns in place of
/// 205 ns by a restarted `EVP_MAC`. `AuthenticationContext` stays the reference: the self-test holds one against the
/// other at every start, and a system in FIPS mode uses the reference alone (`Libcrypto.isFIPSMode`).
package struct AuthenticationStates: ~Copyable, Sendable {
  /// Eight words of the inner state, then eight of the outer.
  private let words: SecretBytes

  fileprivate static let stateByteCount = 32

  /// Digests the pads of a key of 1 to 64 bytes; HMAC hashes a longer one first, which no key here needs.
  package init(key: UnsafeRawPointer, count: Int) throws(CryptoError) {
    precondition((1...BlockAuthenticator.blockByteCount).contains(count))
    let words = try SecretBytes(count: 2 * Self.stateByteCount)
    let pad = try SecretBytes(count: BlockAuthenticator.blockByteCount)
    for (place, byte) in [UInt8(0x36), 0x5C].enumerated() {
      pad.mutableBytes.copyMemory(from: UnsafeRawBufferPointer(start: key, count: count))
      for index in count..<pad.count { pad.mutableBytes[index] = 0 }
      for index in 0..<pad.count { pad.mutableBytes[index] ^= byte }
      var digest = SHA256_CTX()
      SHA256_Init(&digest)
      SHA256_Transform(&digest, pad.base.assumingMemoryBound(to: UInt8.self))
      withUnsafeMutableBytes(of: &digest) {
        (words.base + place * Self.stateByteCount).copyMemory(
          from: $0.baseAddress.unsafelyUnwrapped, byteCount: Self.stateByteCount)
        OPENSSL_cleanse($0.baseAddress, $0.count)
      }
    }
    self.words = words
  }

  fileprivate var inner: UnsafeRawPointer { UnsafeRawPointer(words.base) }
  fileprivate var outer: UnsafeRawPointer { UnsafeRawPointer(words.base + Self.stateByteCount) }
}

/// Computes HMAC-SHA-256 block by block from `AuthenticationStates`, for one worker. Does not allocate.
///
/// ```
///   memory   digest (SHA256_CTX, of which only the eight words of the state are used)
///            block of the message      …message… 80 00 … 00 bits
///            block of the outer digest 32 bytes  80 00 … 00 bits   all but the first 32 written once
/// ```
/// The memory holds identifiers and inner digests, so it is overwritten at the end.
package struct BlockAuthenticator: ~Copyable {
  /// Bytes in a block of SHA-256.
  static let blockByteCount = 64
  /// Bytes in a tag.
  package static let tagByteCount = 32

  private static let byteCount = MemoryLayout<SHA256_CTX>.stride + 2 * blockByteCount

  private let digest: UnsafeMutablePointer<SHA256_CTX>
  private let block: UnsafeMutableRawPointer
  private let outerBlock: UnsafeMutableRawPointer
  /// Bytes of the message so far.
  private var messageByteCount = 0

  package init() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: Self.byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
    digest = memory.bindMemory(to: SHA256_CTX.self, capacity: 1)
    block = memory + MemoryLayout<SHA256_CTX>.stride
    outerBlock = block + Self.blockByteCount
    outerBlock.storeBytes(of: 0x80, toByteOffset: Self.tagByteCount, as: UInt8.self)
    outerBlock.storeBytes(
      of: UInt64((Self.blockByteCount + Self.tagByteCount) * 8).bigEndian,
      toByteOffset: Self.blockByteCount - 8, as: UInt64.self)
  }

  deinit {
    OPENSSL_cleanse(digest, Self.byteCount)
    UnsafeMutableRawPointer(digest).deallocate()
  }

  /// Starts a message, forgetting one that was begun.
  @inline(__always)
  package mutating func begin(_ states: borrowing AuthenticationStates) {
    load(states.inner)
    clearBlock()
    messageByteCount = 0
  }

  /// Adds bytes to the message; none are nothing.
  @inline(__always)
  package mutating func update(_ bytes: UnsafeRawPointer, count: Int) {
    let filled = messageByteCount & (Self.blockByteCount &- 1)
    messageByteCount &+= count
    guard filled &+ count >= Self.blockByteCount else {
      (block + filled).copyMemory(from: bytes, byteCount: count)
      return
    }
    fillBlocks(filled, bytes, count: count)
  }

  @inline(never)
  private mutating func fillBlocks(_ filled: Int, _ bytes: UnsafeRawPointer, count: Int) {
    var filled = filled
    var taken = 0
    while taken < count {
      let part = min(Self.blockByteCount - filled, count - taken)
      (block + filled).copyMemory(from: bytes + taken, byteCount: part)
      taken += part
      filled += part
      if filled == Self.blockByteCount {
        SHA256_Transform(digest, block)
        clearBlock()
        filled = 0
      }
    }
  }

  /// Ends the message, begun under the same states, and writes the 32 bytes of its tag.
  @inline(__always)
  package mutating func finish(_ states: borrowing AuthenticationStates, to tag: UnsafeMutableRawPointer) {
    let filled = messageByteCount & (Self.blockByteCount &- 1)
    block.storeBytes(of: 0x80, toByteOffset: filled, as: UInt8.self)
    if filled >= Self.blockByteCount &- 8 {
      SHA256_Transform(digest, block)
      clearBlock()
    }
    // The pad of the key is a block of its own.
    block.storeBytes(
      of: UInt64((messageByteCount &+ Self.blockByteCount) &* 8).bigEndian,
      toByteOffset: Self.blockByteCount &- 8, as: UInt64.self)
    SHA256_Transform(digest, block)
    store(to: outerBlock)
    load(states.outer)
    SHA256_Transform(digest, outerBlock)
    store(to: tag)
  }

  /// Returns the tag of a message, for known answers.
  package mutating func tag(of message: [UInt8], _ states: borrowing AuthenticationStates) -> [UInt8] {
    begin(states)
    message.withUnsafeBytes { if let base = $0.baseAddress { update(base, count: $0.count) } }
    var tag = [UInt8](repeating: 0, count: Self.tagByteCount)
    finish(states, to: &tag)
    return tag
  }

  @inline(__always) private func load(_ state: UnsafeRawPointer) {
    UnsafeMutableRawPointer(digest).copyMemory(from: state, byteCount: AuthenticationStates.stateByteCount)
  }

  /// The state as SHA-256 writes it: eight big-endian words.
  @inline(__always) private func store(to target: UnsafeMutableRawPointer) {
    for offset in stride(from: 0, to: Self.tagByteCount, by: 4) {
      let word = UnsafeRawPointer(digest).load(fromByteOffset: offset, as: UInt32.self)
      target.storeBytes(of: word.bigEndian, toByteOffset: offset, as: UInt32.self)
    }
  }

  @inline(__always) private func clearBlock() {
    block.initializeMemory(as: UInt64.self, repeating: 0, count: Self.blockByteCount / 8)
  }
}
