import SluiceCrypto

/// What a register signs of its log (C2SP tlog-checkpoint): its name, how many entries it has, and their tree's root.
public struct Checkpoint: Equatable, Sendable {
  /// How many entries it signs: the first so many of the log. 0 is an empty log, which no register signs.
  public let size: UInt64
  /// The Merkle tree hash of those entries (RFC 6962, section 2.1), 32 bytes.
  public let root: [UInt8]
  /// The text with its signature, as it is kept and handed on.
  public let note: SignedNote

  init(size: UInt64, root: [UInt8], _ name: String, _ key: NoteKey) throws(CryptoError) {
    self.size = size
    self.root = root
    note = try SignedNote("\(name)\n\(size)\n\(Base64.encode(root))\n", name, key)
  }

  /// Reads a checkpoint; nil where it is none, or not signed by the verifier.
  public init?(_ text: String, _ verifier: NoteVerifier) throws(CryptoError) {
    guard let note = try SignedNote(text, verifier) else { return nil }
    let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 4, lines[0] == verifier.name, let size = UInt64(lines[1]), String(size) == lines[1],
      let root = Base64.decode(lines[2]), root.count == SHA256.byteCount
    else { return nil }
    self.size = size
    self.root = root
    self.note = note
  }
}
