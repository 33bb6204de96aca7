/// Text that people wrote into a schema, policy or demand, made fit for one line of a file in a packet.
enum PlainText {
  /// Returns the text with line ends and tabs as single blanks, without blanks around it.
  ///
  /// Throws status 3 for a control, format or bidirectional character, which could show a reader something
  /// else than what is written, and for a beginning that a spreadsheet takes for a formula (`= + - @`, full
  /// width too). `-` and `+` may begin a plain number. `file` names the packet's file; the text is not repeated.
  static func line(_ text: String, in file: String) throws(SluiceError) -> String {
    // ASCII that can be printed is nearly all that is written, and needs no look at Unicode's tables.
    let line = isPlain(text.utf8) ? text : try unhidden(text, in: file)
    guard !beginsFormula(line) else {
      throw SluiceError(
        .document, "text-start",
        "A text for \(file) begins with = + - or @, which a spreadsheet takes for a formula. Begin it with a "
          + "word in the schema, policy or demand that it comes from.")
    }
    return line
  }

  /// The lines of a file that a person reads, each with its LF.
  static func document(_ lines: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(lines.reduce(0) { $0 + $1.utf8.count + 1 })
    for line in lines {
      bytes += line.utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  /// Whether a text is ASCII that can be printed, with no blank but single ones inside.
  private static func isPlain(_ text: String.UTF8View) -> Bool {
    var before = UInt8(ascii: " ")
    for byte in text {
      guard 0x20...0x7E ~= byte, byte != UInt8(ascii: " ") || before != byte else { return false }
      before = byte
    }
    return before != UInt8(ascii: " ")
  }

  private static func unhidden(_ text: String, in file: String) throws(SluiceError) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !line.unicodeScalars.contains(where: \.isHidden) else {
      throw SluiceError(
        .document, "text-character",
        "A text for \(file) holds a control, format or unassigned character. Take it out of the schema, "
          + "policy or demand that it comes from: it could hide what is written.")
    }
    return line
  }

  private static func beginsFormula(_ line: String) -> Bool {
    guard let first = line.unicodeScalars.first, first.beginsFormula else { return false }
    // A number is none.
    let isSigned = first == "+" || first == "-"
    return !isSigned || line.utf8.count < 2
      || !line.utf8.dropFirst().allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2E }
  }
}
