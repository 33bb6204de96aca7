/// A part of a document as it was written: text that nothing has typed yet, and where it stands.
package struct DocumentNode: Sendable {
  package enum Content: Sendable {
    /// `isPlain`: written without quotes, so that an empty one is a missing value and `""` is text.
    case scalar(String, isPlain: Bool)
    case sequence([DocumentNode])
    /// In the order of the document; a key stands here once.
    case mapping([Member])
  }

  package struct Member: Sendable {
    package let key: String
    package let keyPosition: Position
    package let value: DocumentNode
  }

  package let content: Content
  package let position: Position

  package init(_ content: Content, at position: Position) {
    self.content = content
    self.position = position
  }

  /// A name that a message may show: a key that looks like one, never anything else that stands in its place.
  package static func printable(_ key: String) -> String {
    let bytes = Array(key.utf8)
    guard let first = bytes.first, bytes.count <= 40, isLetter(first) || first == UInt8(ascii: "_"),
      bytes.allSatisfy({ isLetter($0) || isDigit($0) || "_.-".utf8.contains($0) })
    else { return "a key that cannot be printed" }
    return "“\(key)”"
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
