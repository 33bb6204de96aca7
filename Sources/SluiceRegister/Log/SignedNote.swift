import SluiceCrypto

/// A text and a signature under it, in the form of C2SP signed-note; with one Ed25519 signature, as a register makes.
public struct SignedNote: Equatable, Sendable {
  /// Lines, each with its LF.
  public let text: String
  /// The whole, as it is kept and handed on.
  public let note: String

  /// Signs a text, which ends with LF.
  init(_ text: String, _ name: String, _ key: NoteKey) throws(CryptoError) {
    precondition(text.last == "\n" && !text.contains("\n\n"), "a note's text is lines without an empty one")
    let signature = try key.sign(Array(text.utf8))
    let keyID = NoteVerifier.keyID(name, key.publicKey)
    self.text = text
    note = "\(text)\n— \(name) \(Base64.encode(keyID + signature))\n"
  }

  /// Reads a note and checks its signature; nil where it is not one of this verifier's.
  public init?(_ note: String, _ verifier: NoteVerifier) throws(CryptoError) {
    guard let end = note.firstRange(of: "\n\n") else { return nil }
    let text = String(note[..<end.lowerBound]) + "\n"
    let prefix = "— \(verifier.name) "
    let line = note[end.upperBound...]
    guard line.hasPrefix(prefix), line.hasSuffix("\n"), line.dropLast().contains("\n") == false,
      let bytes = Base64.decode(line.dropFirst(prefix.count).dropLast()),
      bytes.count == 4 + NoteSignature.byteCount, Array(bytes[..<4]) == verifier.keyID,
      try NoteSignature.isValid(Array(bytes[4...]), of: Array(text.utf8), by: verifier.publicKey)
    else { return nil }
    self.text = text
    self.note = note
  }

  /// SHA-256 of the whole note: what a packet's bag-info.txt carries.
  public var digest: [UInt8] { SHA256.hash(Array(note.utf8)) }
}

/// Who signs a register's notes, in the form of C2SP signed-note: `NAME+KEYID+KEY`.
public struct NoteVerifier: Equatable, Sendable, CustomStringConvertible {
  /// The register's name, which begins its checkpoints and stands before its signatures.
  public let name: String
  /// The Ed25519 key as RFC 8032 encodes it, 32 bytes.
  public let publicKey: [UInt8]

  /// A verifier; neither is checked. Under a key of another length no signature is valid.
  public init(name: String, publicKey: [UInt8]) {
    self.name = name
    self.publicKey = publicKey
  }

  /// Reads the text form; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, let key = Base64.decode(parts[2]),
      key.count == 1 + NoteSignature.publicKeyByteCount, key[0] == Self.algorithm
    else { return nil }
    self.init(name: String(parts[0]), publicKey: Array(key[1...]))
    guard Base16.encode(keyID) == parts[1] else { return nil }
  }

  /// `NAME+KEYID+KEY`: the key id in hexadecimal digits, then the algorithm's byte and the key in Base64.
  public var description: String {
    "\(name)+\(Base16.encode(keyID))+\(Base64.encode([Self.algorithm] + publicKey))"
  }

  /// The first four bytes of `SHA-256(name ‖ LF ‖ 01 ‖ key)`.
  var keyID: [UInt8] { Self.keyID(name, publicKey) }

  /// Ed25519.
  private static let algorithm: UInt8 = 1

  static func keyID(_ name: String, _ publicKey: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(Array(name.utf8) + [0x0A, algorithm] + publicKey)[..<4])
  }
}

/// Base64 of RFC 4648, section 4, in its one spelling.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      bits <<= 8 * UInt32(3 - group.count)
      for index in 0..<4 {
        text.append(
          index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index)) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for anything that `encode` does not write.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for character in text.utf8 where character != UInt8(ascii: "=") {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
        bits &= (1 << bitCount) - 1
      }
    }
    return encode(bytes) == text ? bytes : nil
  }
}
