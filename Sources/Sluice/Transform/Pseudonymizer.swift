import SluiceCrypto

/// Writes pseudonyms for one worker: by contexts that are keyed when they are first needed, and from a memo of recent
/// ones.
///
/// Advice for maintainers: a MAC is two blocks of SHA-256, so the memo pays only while it hits. It is switched off while it
/// does not, and tried again now and then.
package struct Pseudonymizer: ~Copyable {
  package static let byteCount = PseudonymContext.characterCount

  /// As many as a packet's classes seldom exceed. Another packet's key costs little to take, but in FIPS mode; a context
  /// for each of a thousand packets would cost more in memory of secrets, which all workers ask the same lock for.
  private static let contextCount = 16
  private static let window = 4096
  private static let pause = 128

  private let keys: ClassKeys
  /// For each place the key of its context, or -1 where there is none yet.
  private let keyOfPlace: RecordArray<Int>
  private let contexts: UnsafeMutablePointer<PseudonymContext>
  private let memoMemory: ZeroedMemory
  private let memo: PseudonymMemo
  private var lookups = 0
  private var hits = 0
  /// How many blocks go by before the memo is tried again; 0 while it is in use.
  private var skipping = 0

  package init(keys: ClassKeys) {
    self.keys = keys
    keyOfPlace = RecordArray(repeating: -1, count: Self.contextCount)
    contexts = .allocate(capacity: Self.contextCount)
    memoMemory = ZeroedMemory(byteCount: PseudonymMemo.byteCount)
    memo = PseudonymMemo(memoMemory.base)
  }

  deinit {
    for place in 0..<Self.contextCount where keyOfPlace[place] >= 0 {
      (contexts + place).deinitialize(count: 1)
    }
    contexts.deallocate()
  }

  /// The memo for a block that begins; nil where it is not used.
  package mutating func memoOfBlock() -> PseudonymMemo? {
    guard skipping > 0 else { return memo }
    skipping -= 1
    return nil
  }

  /// Writes the 28 characters for an identifier under the class key with this index. `place` is what the memo anticipated
  /// for it.
  ///
  /// 32 bytes can be written to the output.
  @inline(__always)
  package mutating func write(
    key: Int, classByte: UInt8, letter: UInt8, _ canonical: Bytes, place: UInt16,
    to output: UnsafeMutablePointer<UInt8>
  ) throws(CryptoError) {
    guard place != PseudonymMemo.noPlace, canonical.count <= PseudonymMemo.identifierByteCountMax else {
      return try mac(key: key, classByte: classByte, letter: letter, canonical, to: output)
    }
    lookups &+= 1
    if memo.recall(key: key, canonical, at: place, to: output) {
      hits &+= 1
    } else {
      try mac(key: key, classByte: classByte, letter: letter, canonical, to: output)
      memo.keep(output, key: key, canonical, at: place)
    }
    if lookups == Self.window { weigh() }
  }

  /// Fewer hits than one in eight cost more than they save.
  @inline(never) private mutating func weigh() {
    if hits < Self.window / 8 { skipping = Self.pause }
    (lookups, hits) = (0, 0)
  }

  @inline(__always)
  private mutating func mac(
    key: Int, classByte: UInt8, letter: UInt8, _ canonical: Bytes, to output: UnsafeMutablePointer<UInt8>
  ) throws(CryptoError) {
    let place = key & (Self.contextCount &- 1)
    if keyOfPlace[place] != key { try rekey(place, to: key) }
    let done = (contexts + place).pointee.write(
      classByte: classByte, letter: letter, UnsafeRawBufferPointer(canonical), to: output)
    guard done else { throw Self.failure }
  }

  @inline(never)
  private mutating func rekey(_ place: Int, to key: Int) throws(CryptoError) {
    if keyOfPlace[place] >= 0 {
      try (contexts + place).pointee.rekey(keys.key(key))
    } else {
      (contexts + place).initialize(to: try PseudonymContext(keys.key(key)))
    }
    keyOfPlace[place] = key
  }

  @inline(never) private static var failure: CryptoError {
    CryptoError(
      code: "mac-failed",
      message:
        "libcrypto could not compute an HMAC; nothing of this run was sealed; run again; where it stays, "
        + "run `sluice self-test`"
    )
  }
}

/// The class keys of a run: for each packet, one for each class label of its plan.
package struct ClassKeys: Sendable {
  private var keys: [ClassKey] = []

  package init() {}

  /// Adds a packet's keys and returns the index of the first.
  package mutating func add(_ caseKey: CaseKey, labels: [String]) throws(CryptoError) -> Int {
    for label in labels { keys.append(try caseKey.classKey(label)) }
    return keys.count - labels.count
  }

  package func key(_ index: Int) -> ClassKey { keys[index] }
}
