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

  /// A key as a message may show it, “KEY”, or `other` where it may not.
  ///
  /// By the rule for unknown fields of records: what stands in a key's place by mistake may be an identifier, and its
  /// place is told anyway.
  package static func printable(_ key: String, or other: String) -> String {
    Array(key.utf8).withUnsafeBufferPointer { KeyTable.isReportable($0) } ? "“\(key)”" : other
  }
}
