internal import CProcessor
import Glibc
import SluiceCrypto

/// Writes pseudonyms for one worker: by contexts that are keyed when they are first needed, and from a memo of recent
/// ones.
///
/// Advice for maintainers: a MAC is two blocks of SHA-256, so the memo pays only while it hits, and only because its
/// line is asked for as soon as the identifier is seen, long before the row is written; without that, its cache misses
/// cost what it saves. It switches itself off while it does not hit and tries again now and then.
package struct Pseudonymizer: ~Copyable {
  package static let byteCount = PseudonymContext.characterCount

  /// One line of the cache.
  fileprivate struct MemoEntry {
    var words: (UInt64, UInt64, UInt64)
    /// Key index above, length below; 0 is empty.
    var tag: UInt64
    var output: (UInt64, UInt64, UInt64, UInt32)
  }

  /// The memo as the decoders see it.
  struct MemoLines {
    fileprivate static let countLog2: UInt64 = 16
    fileprivate static let count = 1 << countLog2

    fileprivate let base: UnsafeMutablePointer<MemoEntry>

    /// Asks for the line where a text's pseudonym would stand, and returns the line's place; -1 for a text that is too
    /// long. `canonicalMemoMax` bytes can be read at the text.
    @discardableResult @inline(__always) func anticipate(_ text: Bytes) -> Int32 {
      guard text.count <= canonicalMemoMax else { return -1 }
      let place = Self.place(Self.words(text))
      sluice_prefetch(base + Int(place))
      return place
    }

    @inline(__always) fileprivate static func place(_ words: (UInt64, UInt64, UInt64)) -> Int32 {
      var hash = words.0 &* 0x9E37_79B9_7F4A_7C15
      hash = (hash ^ hash &>> 32 ^ words.1) &* 0xD6E8_FEB8_6659_FD93
      hash = (hash ^ hash &>> 32 ^ words.2) &* 0x9E37_79B9_7F4A_7C15
      return Int32(truncatingIfNeeded: hash &>> (64 &- countLog2))
    }

    /// The bytes of an identifier of up to 24, zeros after them.
    @inline(__always) fileprivate static func words(_ canonical: Bytes) -> (UInt64, UInt64, UInt64) {
      (canonical.word(at: 0), canonical.word(at: 8), canonical.word(at: 16))
    }
  }

  private static let contextCount = 1024
  package static let canonicalMemoMax = 24
  private static let window = 4096
  private static let pause = 1 << 20

  private let keys: ClassKeys
  /// For each place the key of its context, or -1 where there is none yet.
  private let keyOfPlace: RecordArray<Int>
  private let contexts: UnsafeMutablePointer<PseudonymContext>
  private let memoMemory: ZeroedMemory
  private let memo: MemoLines
  private var lookups = 0
  private var hits = 0
  /// How many identifiers go by before the memo is tried again; 0 while it is in use.
  private var skipping = 0

  package init(keys: ClassKeys) {
    self.keys = keys
    keyOfPlace = RecordArray(repeating: -1, count: Self.contextCount)
    contexts = .allocate(capacity: Self.contextCount)
    memoMemory = ZeroedMemory(byteCount: MemoryLayout<MemoEntry>.stride * MemoLines.count)
    memo = MemoLines(base: memoMemory.base.bindMemory(to: MemoEntry.self, capacity: MemoLines.count))
  }

  deinit {
    for place in 0..<Self.contextCount where keyOfPlace[place] >= 0 {
      (contexts + place).deinitialize(count: 1)
    }
    contexts.deallocate()
  }

  /// The memo's lines; nil while it is not used.
  var memoLines: MemoLines? { skipping == 0 ? memo : nil }

  /// Asks for the line of the memo where an identifier's pseudonym would stand, and returns the line's place; -1 where
  /// the memo is not used.
  ///
  /// The place comes from the text as the source has it, which lies still; the canonical form was stored a moment ago,
  /// and to load it now by words would wait for those stores. Another spelling of the same identifier has another
  /// place, which costs a MAC and changes nothing. `canonicalMemoMax` bytes can be read at the text.
  @inline(__always)
  package mutating func anticipate(_ text: Bytes) -> Int32 {
    guard skipping == 0 else {
      skipping &-= 1
      return -1
    }
    return memo.anticipate(text)
  }

  /// Writes the 28 characters for an identifier under the class key with this index. `place` is what `anticipate`
  /// returned for it, or -1.
  ///
  /// 32 bytes can be written to the output.
  @inline(__always)
  package mutating func write(
    key: Int, classByte: UInt8, letter: UInt8, _ canonical: Bytes, place: Int32,
    to output: UnsafeMutablePointer<UInt8>
  ) throws(CryptoError) {
    guard place >= 0 else {
      return try mac(key: key, classByte: classByte, letter: letter, canonical, to: output)
    }
    let words = MemoLines.words(canonical)
    let tag = UInt64(truncatingIfNeeded: key) &<< 8 | UInt64(truncatingIfNeeded: canonical.count)
    let entry = memo.base + Int(place)
    let known = entry.pointee.words
    let difference =
      (entry.pointee.tag ^ tag) | (known.0 ^ words.0) | (known.1 ^ words.1) | (known.2 ^ words.2)
    let target = UnsafeMutableRawPointer(output)
    lookups &+= 1
    if difference == 0 {
      hits &+= 1
      target.storeBytes(of: entry.pointee.output.0, as: UInt64.self)
      target.storeBytes(of: entry.pointee.output.1, toByteOffset: 8, as: UInt64.self)
      target.storeBytes(of: entry.pointee.output.2, toByteOffset: 16, as: UInt64.self)
      target.storeBytes(of: entry.pointee.output.3, toByteOffset: 24, as: UInt32.self)
    } else {
      try mac(key: key, classByte: classByte, letter: letter, canonical, to: output)
      entry.pointee.words = words
      entry.pointee.tag = tag
      entry.pointee.output = (
        target.loadUnaligned(as: UInt64.self), target.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
        target.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
        target.loadUnaligned(fromByteOffset: 24, as: UInt32.self)
      )
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
