import SluiceCrypto

/// A pseudonym as a packet shows it, well formed (design: section 3.6).
public struct Pseudonym: Hashable, Sendable {
  /// The class of the identifier that it stands for; its first letter.
  public let identifierClass: IdentifierClass
  /// The 28 characters.
  public let text: String

  /// Reads a pseudonym: `[paeidco]a[a-z2-7]{26}`, its last two bits zero. Nil for anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == PseudonymContext.characterCount, bytes[1] == UInt8(ascii: "a"),
      let found = IdentifierClass.allCases.first(where: { $0.letter == bytes[0] }),
      bytes[2...].allSatisfy({ Self.isLetter($0) || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0) }),
      // 128 bits end three bits into the last character; those after them are zero: a, e, i, …
      let last = bytes.last,
      Self.isLetter(last) ? (last - UInt8(ascii: "a")) % 4 == 0 : (last - UInt8(ascii: "2") + 26) % 4 == 0
    else { return nil }
    identifierClass = found
    self.text = text
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
}

/// Makes the pseudonyms of one class of one case again, to compare.
struct PseudonymTrial: ~Copyable {
  private let identifierClass: IdentifierClass
  private var context: PseudonymContext

  /// - Parameter name: the declared name, for identifiers of class `id` alone.
  init(_ key: CaseKey, _ identifierClass: IdentifierClass, name: String?) throws(CryptoError) {
    self.identifierClass = identifierClass
    context = try PseudonymContext(key.classKey(identifierClass.keyLabel(name: name)))
  }

  /// Whether a candidate has this pseudonym; in constant time.
  mutating func matches(_ pseudonym: Pseudonym, _ candidate: [UInt8]) throws(CryptoError) -> Bool {
    var output = [UInt8](repeating: 0, count: PseudonymContext.characterCount)
    let isWritten = output.withUnsafeMutableBufferPointer { output in
      candidate.withUnsafeBytes {
        context.write(
          classByte: identifierClass.rawValue, letter: identifierClass.letter, $0, to: output.baseAddress!)
      }
    }
    guard isWritten else {
      throw CryptoError(
        code: "mac-failed",
        message: "libcrypto could not compute an HMAC. Run again; where it stays, run `sluice self-test`.")
    }
    return constantTimeEqual(output, Array(pseudonym.text.utf8))
  }
}
