import SluiceCrypto

/// Writes pseudonyms for one worker: MAC contexts that are keyed once and re-initialised, and a memo of recent
/// results.
///
/// Advice for maintainers: the memo pays only while it hits and stays in the second-level cache. A larger table
/// halved the speed when no identifier repeated, and probing even this one costs a cache miss a value, so it
/// switches itself off while it does not hit and tries again now and then.
struct Pseudonymizer: ~Copyable {
  static let byteCount = 28

  private struct MemoEntry {
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    /// Key index above, length below; `.max` is empty.
    var tag: UInt64 = .max
    var output: (UInt64, UInt64, UInt64, UInt32) = (0, 0, 0, 0)
  }

  private static let memoCount = 4096
  private static let contextCount = 1024
  private static let canonicalMemoMax = 24
  private static let window = 2048
  private static let pause = 65536

  private let keys: ClassKeys
  /// For each place the key of its context, or -1 where there is none yet.
  private let keyOfPlace: RecordArray<Int>
  private let contexts: UnsafeMutablePointer<PseudonymContext>
  private let memo: UnsafeMutablePointer<MemoEntry>
  private var lookups = 0
  private var hits = 0
  private var skipping = 0

  init(keys: ClassKeys) {
    self.keys = keys
    keyOfPlace = RecordArray(repeating: -1, count: Self.contextCount)
    contexts = .allocate(capacity: Self.contextCount)
    memo = .allocate(capacity: Self.memoCount)
    memo.initialize(repeating: MemoEntry(), count: Self.memoCount)
  }

  deinit {
    for place in 0..<Self.contextCount where keyOfPlace[place] >= 0 {
      (contexts + place).deinitialize(count: 1)
    }
    contexts.deallocate()
    memo.deallocate()
  }

  /// Writes the 28 characters for a canonical value under the class key with this index.
  mutating func write(
    key: Int, classByte: UInt8, letter: UInt8, _ canonical: Bytes,
    to output: UnsafeMutablePointer<UInt8>
  ) throws(CryptoError) {
    if skipping > 0 || canonical.count > Self.canonicalMemoMax {
      skipping = max(0, skipping &- 1)
      return try mac(key: key, classByte: classByte, letter: letter, canonical, to: output)
    }
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: UnsafeRawBufferPointer(canonical)) }
    let tag = UInt64(key) << 8 | UInt64(canonical.count)
    var hash = (words.0 ^ tag) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash >> 32 ^ words.1) &* 0xD6E8_FEB8_6659_FD93
    hash = (hash ^ hash >> 32 ^ words.2) &* 0x9E37_79B9_7F4A_7C15
    let entry = memo + Int(hash >> 52)
    lookups &+= 1
    if entry.pointee.tag == tag, entry.pointee.words == words {
      hits &+= 1
    } else {
      var result: (UInt64, UInt64, UInt64, UInt32) = (0, 0, 0, 0)
      try withUnsafeMutableBytes(of: &result) { (bytes) throws(CryptoError) in
        let pointer = bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
        try mac(key: key, classByte: classByte, letter: letter, canonical, to: pointer)
      }
      entry.pointee = MemoEntry(words: words, tag: tag, output: result)
    }
    UnsafeMutableRawPointer(output).storeBytes(of: entry.pointee.output.0, as: UInt64.self)
    UnsafeMutableRawPointer(output).storeBytes(of: entry.pointee.output.1, toByteOffset: 8, as: UInt64.self)
    UnsafeMutableRawPointer(output).storeBytes(of: entry.pointee.output.2, toByteOffset: 16, as: UInt64.self)
    UnsafeMutableRawPointer(output).storeBytes(of: entry.pointee.output.3, toByteOffset: 24, as: UInt32.self)
    if lookups == Self.window { weigh() }
  }

  /// Fewer hits than one in sixteen cost more than they save.
  private mutating func weigh() {
    if hits < Self.window / 16 { skipping = Self.pause }
    (lookups, hits) = (0, 0)
  }

  @inline(__always)
  private mutating func mac(
    key: Int, classByte: UInt8, letter: UInt8, _ canonical: Bytes, to output: UnsafeMutablePointer<UInt8>
  ) throws(CryptoError) {
    let place = key % Self.contextCount
    if keyOfPlace[place] != key { try rekey(place, to: key) }
    let done = contexts[place].write(
      classByte: classByte, letter: letter, UnsafeRawBufferPointer(canonical), to: output)
    guard done else {
      throw CryptoError(
        code: "mac-failed", message: "libcrypto could not compute an HMAC; nothing of this run was sealed")
    }
  }

  @inline(never)
  private mutating func rekey(_ place: Int, to key: Int) throws(CryptoError) {
    if keyOfPlace[place] >= 0 {
      try contexts[place].rekey(keys.key(key))
    } else {
      (contexts + place).initialize(to: try PseudonymContext(keys.key(key)))
    }
    keyOfPlace[place] = key
  }
}

/// The class keys of a run: for each packet, one for each class label of its plan.
struct ClassKeys: Sendable {
  private var keys: [ClassKey] = []

  /// Adds a packet's keys and returns the index of the first.
  mutating func add(_ caseKey: CaseKey, labels: [String]) throws(CryptoError) -> Int {
    for label in labels { keys.append(try caseKey.classKey(label)) }
    return keys.count - labels.count
  }

  func key(_ index: Int) -> ClassKey { keys[index] }
}
