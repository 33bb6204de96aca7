internal import CLibcrypto

/// What an HMAC-SHA-256 key comes to once its two pads are digested (RFC 2104, section 4): two SHA-256 states.
///
/// They stand for the key, so they lie where keys lie. Made once a key and shared by all workers, they save two of
/// the four blocks of a short MAC, and with libcrypto's block function none of its bookkeeping: 70 ns in place of
/// 215 ns by a restarted `EVP_MAC`. `AuthenticationContext` stays the reference: the self-test holds one against the
/// other at every start, and a system in FIPS mode uses the reference alone (`Libcrypto.isFIPSMode`).
package struct AuthenticationStates: ~Copyable, Sendable {
  /// Eight words of the inner state, then eight of the outer, then a block that was needed to make them.
  private let words: SecretBytes

  fileprivate static let stateByteCount = 32

  /// Digests the pads of a key of 1 to 64 bytes; HMAC hashes a longer one first, which no key here needs.
  package init(key: UnsafeRawPointer, count: Int) throws(CryptoError) {
    precondition((1...BlockAuthenticator.blockByteCount).contains(count))
    // The pad lies behind the states: every reservation takes a lock.
    let words = try SecretBytes(count: 2 * Self.stateByteCount + BlockAuthenticator.blockByteCount)
    let pad = UnsafeMutableRawBufferPointer(
      start: words.base + 2 * Self.stateByteCount, count: BlockAuthenticator.blockByteCount)
    for (place, byte) in [UInt8(0x36), 0x5C].enumerated() {
      pad.copyMemory(from: UnsafeRawBufferPointer(start: key, count: count))
      for index in count..<pad.count { pad[index] = 0 }
      for index in 0..<pad.count { pad[index] ^= byte }
      var digest = SHA256_CTX()
      SHA256_Init(&digest)
      SHA256_Transform(&digest, pad.baseAddress?.assumingMemoryBound(to: UInt8.self))
      withUnsafeMutableBytes(of: &digest) {
        (words.base + place * Self.stateByteCount).copyMemory(
          from: $0.baseAddress.unsafelyUnwrapped, byteCount: Self.stateByteCount)
        OPENSSL_cleanse($0.baseAddress, $0.count)
      }
    }
    OPENSSL_cleanse(pad.baseAddress, pad.count)
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
/// The memory holds identifiers and inner digests and, within a call, the states of the key. So it lies where keys lie.
package struct BlockAuthenticator: ~Copyable {
  /// Bytes in a block of SHA-256.
  static let blockByteCount = 64
  /// Bytes in a tag.
  package static let tagByteCount = 32

  private static let byteCount = MemoryLayout<SHA256_CTX>.stride + 2 * blockByteCount

  private let memory: SecretBytes
  private let digest: UnsafeMutablePointer<SHA256_CTX>
  private let block: UnsafeMutableRawPointer
  private let outerBlock: UnsafeMutableRawPointer
  /// Bytes of the message so far.
  private var messageByteCount = 0

  package init() throws(CryptoError) {
    memory = try SecretBytes(count: Self.byteCount)
    digest = memory.base.bindMemory(to: SHA256_CTX.self, capacity: 1)
    block = memory.base + MemoryLayout<SHA256_CTX>.stride
    outerBlock = block + Self.blockByteCount
    outerBlock.storeBytes(of: 0x80, toByteOffset: Self.tagByteCount, as: UInt8.self)
    outerBlock.storeBytes(
      of: UInt64((Self.blockByteCount + Self.tagByteCount) * 8).bigEndian,
      toByteOffset: Self.blockByteCount - 8, as: UInt64.self)
  }

  /// Returns the first 16 bytes of the tag of a message, as two big-endian words.
  ///
  /// - Parameters:
  ///   - head: the first two bytes of the message, the first of them the lower.
  ///   - rest: the bytes after them; of any length.
  @inline(__always)
  package mutating func tagHead(
    _ states: borrowing AuthenticationStates, head: UInt16, _ rest: UnsafeRawBufferPointer
  ) -> (UInt64, UInt64) {
    if rest.count >= 8, rest.count <= 16 {
      load(states.inner)
      storeShort(head, rest.baseAddress.unsafelyUnwrapped, count: rest.count)
    } else {
      begin(states)
      withUnsafeBytes(of: head.littleEndian) { update($0.baseAddress.unsafelyUnwrapped, count: 2) }
      if let bytes = rest.baseAddress { update(bytes, count: rest.count) }
      pad()
    }
    SHA256_Transform(digest, block)
    finishOuter(states)
    return (word(0) << 32 | word(1), word(2) << 32 | word(3))
  }

  /// Puts a message of 10 to 18 bytes, padded, into the block: by whole vectors, because the block function loads
  /// vectors, and one that was stored in pieces has to wait until they are in the cache.
  @inline(__always)
  private func storeShort(_ head: UInt16, _ bytes: UnsafeRawPointer, count: Int) {
    // Safe: 8 to 16 bytes are there, so the first eight are and the last eight.
    let first = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    let last = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
    // The bytes after the first eight; a shift by 64 leaves none.
    let second = last >> UInt64(truncatingIfNeeded: 8 &* (16 &- count))
    let end = UInt64(truncatingIfNeeded: 8 &* (count &- 6))
    // The byte after the message lies in the second word or in the third.
    let words = SIMD4<UInt64>(
      UInt64(head) | first << 16,
      first >> 48 | second << 16 | 0x80 << end,
      second >> 48 | (end >= 64 ? 0x80 << (end &- 64) : 0), 0)
    let bitCount = UInt64(truncatingIfNeeded: (Self.blockByteCount &+ 2 &+ count) &* 8).bigEndian
    block.storeBytes(of: words.lowHalf, as: SIMD2<UInt64>.self)
    block.storeBytes(of: words.highHalf, toByteOffset: 16, as: SIMD2<UInt64>.self)
    block.storeBytes(of: SIMD2(0, 0), toByteOffset: 32, as: SIMD2<UInt64>.self)
    block.storeBytes(of: SIMD2(0, bitCount), toByteOffset: 48, as: SIMD2<UInt64>.self)
  }

  /// Starts a message, forgetting one that was begun.
  private mutating func begin(_ states: borrowing AuthenticationStates) {
    load(states.inner)
    clearBlock()
    messageByteCount = 0
  }

  /// Adds bytes to the message.
  private mutating func update(_ bytes: UnsafeRawPointer, count: Int) {
    var filled = messageByteCount & (Self.blockByteCount &- 1)
    messageByteCount &+= count
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

  /// Makes the block the last one of the message.
  private mutating func pad() {
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
  }

  /// Digests the inner digest under the outer state.
  @inline(__always)
  private func finishOuter(_ states: borrowing AuthenticationStates) {
    for place in 0..<2 {
      let words = SIMD2<UInt64>(
        (word(4 &* place) << 32 | word(4 &* place &+ 1)).bigEndian,
        (word(4 &* place &+ 2) << 32 | word(4 &* place &+ 3)).bigEndian)
      outerBlock.storeBytes(of: words, toByteOffset: 16 &* place, as: SIMD2<UInt64>.self)
    }
    load(states.outer)
    SHA256_Transform(digest, outerBlock)
  }

  /// Returns the tag of a message, for known answers.
  package mutating func tag(of message: [UInt8], _ states: borrowing AuthenticationStates) -> [UInt8] {
    begin(states)
    message.withUnsafeBytes { if let base = $0.baseAddress { update(base, count: $0.count) } }
    pad()
    SHA256_Transform(digest, block)
    finishOuter(states)
    return (0..<8).flatMap { place in withUnsafeBytes(of: UInt32(word(place)).bigEndian) { Array($0) } }
  }

  @inline(__always) private func load(_ state: UnsafeRawPointer) {
    UnsafeMutableRawPointer(digest).copyMemory(from: state, byteCount: AuthenticationStates.stateByteCount)
  }

  /// One of the eight words of the digest so far.
  @inline(__always) private func word(_ place: Int) -> UInt64 {
    UInt64(UnsafeRawPointer(digest).load(fromByteOffset: 4 &* place, as: UInt32.self))
  }

  @inline(__always) private func clearBlock() {
    block.initializeMemory(as: UInt64.self, repeating: 0, count: Self.blockByteCount / 8)
  }
}
