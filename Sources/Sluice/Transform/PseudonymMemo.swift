internal import CProcessor

/// One worker's recent pseudonyms: what a MAC of the same identifier under the same key gave.
///
/// Lines lie four to a set. A word of the set says for each of its lines whose it is, by fourteen bits of a hash, so the line
/// of an identifier is known, and asked for, as soon as the identifier is seen, long before the row is written: without that
/// its cache misses cost what it saves. The line itself then says exactly whose it is, under which key.
///
/// The hash is one of the text as the source has it, which lies still; the canonical form was stored a moment ago, and to load
/// it by words would wait for those stores. Another spelling of the same identifier has another line, which costs a MAC and
/// changes nothing.
///
/// A view of memory that the pseudonymizer owns; the decoders of the same worker have one too.
package struct PseudonymMemo {
  /// The place of no line: an identifier that has none is written by a MAC.
  package static let noPlace: UInt16 = 0
  /// Bytes that can be read at a text, and that a line has for an identifier.
  package static let identifierByteCountMax = 24

  /// As long as a line of the cache.
  private struct Line {
    var identifier: (UInt64, UInt64, UInt64)
    /// Key index above, length below; 0 is empty.
    var tag: UInt64
    var pseudonym: (UInt64, UInt64, UInt64, UInt32)
  }

  private static let setCountLog2: UInt64 = 14
  private static let setCount = 1 << Int(setCountLog2)
  private static let linesByteCount = 4 * setCount * MemoryLayout<Line>.stride
  package static let byteCount = linesByteCount + setCount * MemoryLayout<UInt64>.stride

  private let lines: UnsafeMutablePointer<Line>
  /// For each set four parts of sixteen bits, the newest lowest: the number of the line in the set above, bits of the hash
  /// below.
  private let sets: UnsafeMutablePointer<UInt64>

  private static let hashBits: UInt64 = 0x3FFF
  private static let everyPart: UInt64 = 0x0001_0001_0001_0001

  /// `memory`: `byteCount` zero bytes.
  package init(_ memory: UnsafeMutableRawPointer) {
    lines = memory.bindMemory(to: Line.self, capacity: 4 * Self.setCount)
    sets = (memory + Self.linesByteCount).bindMemory(to: UInt64.self, capacity: Self.setCount)
    sets.update(repeating: 0xC000_8000_4000_0000, count: Self.setCount)
  }

  /// Asks for the line where a text's pseudonym stands, or is to stand, and returns its place; `noPlace` for a text that is too
  /// long.
  @inline(__always) package func anticipate(_ text: Bytes) -> UInt16 {
    guard text.count <= Self.identifierByteCountMax else { return Self.noPlace }
    let hash = Self.hash(Self.words(text))
    let index = Int(truncatingIfNeeded: hash &>> (64 &- Self.setCountLog2))
    let bits = hash &>> 32 & Self.hashBits
    let set = sets[index]
    let differences = (set ^ bits &* Self.everyPart) & (Self.hashBits &* Self.everyPart)
    // The bit above those of the hash is set where any of them differs.
    let matches = ~(differences &+ Self.hashBits &* Self.everyPart) & ((Self.hashBits &+ 1) &* Self.everyPart)
    let line =
      matches != 0 ? set &>> UInt64(truncatingIfNeeded: matches.trailingZeroBitCount) & 3 : claim(index, bits)
    let place = index &<< 2 | Int(truncatingIfNeeded: line)
    sluice_prefetch(lines + place)
    return UInt16(truncatingIfNeeded: place)
  }

  /// Gives the line of a set that was given longest ago to another identifier.
  @inline(never) private func claim(_ index: Int, _ bits: UInt64) -> UInt64 {
    let line = sets[index] &>> 62
    sets[index] = sets[index] &<< 16 | line &<< 14 | bits
    return line
  }

  /// Writes the pseudonym of an identifier under a key where the line at its place has it. 28 bytes can be written to the
  /// output.
  @inline(__always) package func recall(
    key: Int, _ canonical: Bytes, at place: UInt16, to output: UnsafeMutableRawPointer
  ) -> Bool {
    let line = lines + Int(place)
    let words = Self.words(canonical)
    let known = line.pointee.identifier
    let difference =
      (line.pointee.tag ^ Self.tag(key, canonical)) | (known.0 ^ words.0) | (known.1 ^ words.1)
      | (known.2 ^ words.2)
    guard difference == 0 else { return false }
    output.storeBytes(of: line.pointee.pseudonym.0, as: UInt64.self)
    output.storeBytes(of: line.pointee.pseudonym.1, toByteOffset: 8, as: UInt64.self)
    output.storeBytes(of: line.pointee.pseudonym.2, toByteOffset: 16, as: UInt64.self)
    output.storeBytes(of: line.pointee.pseudonym.3, toByteOffset: 24, as: UInt32.self)
    return true
  }

  /// Keeps the pseudonym of an identifier under a key in the line at its place.
  @inline(__always) package func keep(
    _ pseudonym: UnsafeRawPointer, key: Int, _ canonical: Bytes, at place: UInt16
  ) {
    lines[Int(place)] = Line(
      identifier: Self.words(canonical), tag: Self.tag(key, canonical),
      pseudonym: (
        pseudonym.loadUnaligned(as: UInt64.self), pseudonym.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
        pseudonym.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
        pseudonym.loadUnaligned(fromByteOffset: 24, as: UInt32.self)
      ))
  }

  /// The bytes of an identifier of up to 24, zeros after them.
  @inline(__always) private static func words(_ identifier: Bytes) -> (UInt64, UInt64, UInt64) {
    (identifier.word(at: 0), identifier.word(at: 8), identifier.word(at: 16))
  }

  @inline(__always) private static func tag(_ key: Int, _ canonical: Bytes) -> UInt64 {
    UInt64(truncatingIfNeeded: key) &<< 8 | UInt64(truncatingIfNeeded: canonical.count)
  }

  @inline(__always) private static func hash(_ words: (UInt64, UInt64, UInt64)) -> UInt64 {
    var hash = words.0 &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash &>> 32 ^ words.1) &* 0xD6E8_FEB8_6659_FD93
    return (hash ^ hash &>> 32 ^ words.2) &* 0x9E37_79B9_7F4A_7C15
  }
}

extension PseudonymMemo? {
  /// As the memo's own; `noPlace` where none is used.
  @inline(__always) package func anticipate(_ text: Bytes) -> UInt16 {
    self?.anticipate(text) ?? PseudonymMemo.noPlace
  }
}
