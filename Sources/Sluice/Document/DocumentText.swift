/// A document's characters by line and column, as YAML counts them: Unicode scalars, lines ended by LF.
struct DocumentText {
  private(set) var text: String
  private var scalars: [Unicode.Scalar]
  /// The index in `scalars` at which each line starts.
  private let lineStarts: [Int]
  /// What stood where a character was replaced, by that character.
  private var originals: [Unicode.Scalar: Unicode.Scalar] = [:]

  init(_ text: String) {
    self.text = text
    let scalars = Array(text.unicodeScalars)
    self.scalars = scalars
    lineStarts = [0] + scalars.indices.filter { scalars[$0] == "\n" }.map { $0 + 1 }
  }

  /// Refuses what would break the count of lines, hide text from a reader or end the parser's input.
  func checkCharacters(file: String, problems: inout ProblemList) -> Bool {
    var line = 1
    var column = 1
    for (index, scalar) in scalars.enumerated() {
      let isLineEnd = scalar == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
      if !isLineEnd, !Self.isAllowed(scalar) {
        problems.error(
          "document-character", "this character is not allowed in a document; remove it",
          at: Position(file: file, line: line, column: column))
        return false
      }
      if scalar == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return true
  }

  /// Line feed, tab and printable characters; no separators of lines, no control, format, bidirectional or private
  /// characters. Duplicate keys are told apart by private ones, so none may stand in the text.
  static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value >= 0x20 || scalar == "\n" || scalar == "\t" }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
      return false
    default: return true
    }
  }

  /// How many words begin with `*` and a letter, digit, `_` or `-`, wherever they stand.
  var aliasLikeCount: Int {
    scalars.indices.dropLast().count {
      guard scalars[$0] == "*" else { return false }
      let next = scalars[$0 + 1]
      return next.value > 0x20 && next != "*"
    }
  }

  func scalar(line: Int, column: Int) -> Unicode.Scalar? {
    guard let index = index(line: line, column: column) else { return nil }
    return originals[scalars[index]] ?? scalars[index]
  }

  /// Replaces the first character of the key at this place by a private one. Returns false where there is none.
  mutating func rename(line: Int, column: Int) -> Bool {
    guard var index = index(line: line, column: column) else { return false }
    if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    guard index < scalars.count, originals[scalars[index]] == nil, scalars[index].value > 0x20,
      !["\\", "\"", "'", "[", "{", "?", "&", "*", "!"].contains(scalars[index]),
      let substitute = Unicode.Scalar(0xE000 + UInt32(originals.count))
    else { return false }
    originals[substitute] = scalars[index]
    scalars[index] = substitute
    text = String(String.UnicodeScalarView(scalars))
    return true
  }

  /// A key with the character that stood in the document.
  func original(_ key: String) -> String {
    guard let first = key.unicodeScalars.first, let original = originals[first] else { return key }
    return String(Character(original)) + String(key.unicodeScalars.dropFirst())
  }

  private func index(line: Int, column: Int) -> Int? {
    guard line >= 1, line <= lineStarts.count, column >= 1 else { return nil }
    let index = lineStarts[line - 1] + column - 1
    return index < scalars.count ? index : nil
  }
}
