import SluiceCrypto

/// Writes pseudonyms for one worker, by contexts that are keyed when they are first needed.
///
/// There is no memo of recent pseudonyms: one was measured with 512 to 32,768 entries, with its line looked up ahead
/// of time and without, and saved as much as it cost where accounts repeat, since a MAC is two blocks of SHA-256.
struct Pseudonymizer: ~Copyable {
  static let byteCount = PseudonymContext.characterCount

  private static let contextCount = 1024

  private let keys: ClassKeys
  /// For each place the key of its context, or -1 where there is none yet.
  private let keyOfPlace: RecordArray<Int>
  private let contexts: UnsafeMutablePointer<PseudonymContext>

  init(keys: ClassKeys) {
    self.keys = keys
    keyOfPlace = RecordArray(repeating: -1, count: Self.contextCount)
    contexts = .allocate(capacity: Self.contextCount)
  }

  deinit {
    for place in 0..<Self.contextCount where keyOfPlace[place] >= 0 {
      (contexts + place).deinitialize(count: 1)
    }
    contexts.deallocate()
  }

  /// Writes the 28 characters for a canonical value under the class key with this index.
  @inline(__always)
  mutating func write(
    key: Int, classByte: UInt8, letter: UInt8, _ canonical: Bytes,
    to output: UnsafeMutablePointer<UInt8>
  ) throws(CryptoError) {
    let place = key & (Self.contextCount &- 1)
    if keyOfPlace[place] != key { try rekey(place, to: key) }
    let done = contexts[place].write(
      classByte: classByte, letter: letter, UnsafeRawBufferPointer(canonical), to: output)
    guard done else { throw Self.failure }
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

  @inline(never) private static var failure: CryptoError {
    CryptoError(
      code: "mac-failed", message: "libcrypto could not compute an HMAC; nothing of this run was sealed")
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
