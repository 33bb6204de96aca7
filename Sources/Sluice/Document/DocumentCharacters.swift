/// Which characters may stand in a document: none that hides text from a reader or breaks the count of lines.
enum DocumentCharacters {
  /// Whether all bytes are ASCII characters that may stand in a document, CR aside: most documents are such, and most of
  /// the time of reading one would go into its characters.
  static func arePlain(_ bytes: [UInt8]) -> Bool {
    // Without a way out, so that many are looked at at once.
    var others: UInt8 = 0
    for byte in bytes { others |= byte &- 0x20 <= 0x5E || byte == 0x0A || byte == 0x09 ? 0 : 1 }
    return others == 0
  }

  /// The place of the first character that may not stand in `text`, by line and column from 1, as YAML counts them:
  /// Unicode scalars, lines ended by LF. A CR is refused unless an LF follows.
  static func firstRefused(in text: String, file: String) -> Position? {
    var line = 1
    var column = 1
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard isAllowed(scalar) || (scalar == "\r" && rest.first == "\n") else {
        return Position(file: file, line: line, column: column)
      }
      if scalar == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return nil
  }

  /// Line feed, tab and printable characters; no separators of lines, no control, format, bidirectional or private
  /// characters.
  static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value >= 0x20 || scalar == "\n" || scalar == "\t" }
    return !scalar.isHidden
  }
}
