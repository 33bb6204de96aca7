import Foundation

/// Where the sources make errors: the codes there, and the expressions in their texts.
///
/// Read from the sources as they stand, so that a new error is here without being told.
struct ErrorSites {
  /// A code, and where its texts are made.
  struct Site {
    let code: String
    let file: String
    /// The function that makes the error: `SluiceError`, `wrong`, `problems.error` as `error`.
    let maker: String
    /// Whether it is made with the status of a fault of ours.
    let isBug: Bool
    /// The text as it is written out; an ellipsis stands for what is put into it.
    let text: String
    /// What stands in `\(…)` in the text: everything in it that is not written out in the sources.
    let expressions: [String]
  }

  let sites: [Site]

  var codes: Set<String> { Set(sites.map(\.code)) }

  init() throws {
    var sites: [Site] = []
    for (name, text) in try Self.texts(below: "Sources") where !name.contains("SampleRecords") {
      for form in Self.forms {
        for match in text.matches(of: form) {
          let call = Self.call(text[match.range.upperBound...])
          for code in Self.spelledOut(String(match.1), in: name) {
            let (text, expressions) = Self.literals(in: call)
            sites.append(
              Site(
                code: code, file: name, maker: Self.maker(match.0), isBug: match.0.contains(".bug,"),
                text: text, expressions: expressions))
          }
        }
      }
    }
    self.sites = sites
  }

  /// The forms in which the sources make an error.
  private static var forms: [Regex<(Substring, Substring)>] {
    [
      #/SluiceError\(\s*(?:\.\w+|status)\s*,\s*"([^"]+)"/#,
      #/(?:CryptoError|\.libcrypto|\.system)\(\s*code:\s*"([^"]+)"/#,
      #/[^A-Za-z](?:bug|failure|wrong|error|warning|report|Problem)\(\s*"([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"\s*,/#,
      #/check\([^\n]*, "(self-test-[a-z0-9\-]+)"/#,
      // The table of the system's error numbers.
      #/(?:case E\w+(?:, E\w+)*|default):\s*\(\s*"([a-z][a-z\-]*)",/#,
    ]
  }

  /// The codes that an interpolated one stands for: those of files of keys, and of folders.
  private static func spelledOut(_ code: String, in file: String) -> [String] {
    guard let end = code.firstIndex(of: ")"), code.hasPrefix("\\(") else { return [code] }
    let suffix = code[code.index(after: end)...]
    switch code[..<end] {
    case "\\(rule.code": return suffix == "-long" ? ["pem-long"] : ["key\(suffix)", "pem\(suffix)"]
    case "\\(code":
      return (file.hasSuffix("Documents.swift") ? ["document", "folder"] : ["key", "pem"]).map { $0 + suffix }
    default: return [code]
    }
  }

  /// What is left of a call: to the parenthesis that ends it.
  private static func call(_ rest: Substring) -> Substring {
    var depth = 1
    let end = rest.utf8.firstIndex { byte in
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      return depth == 0
    }
    return rest[..<(end ?? rest.endIndex)]
  }

  private static func maker(_ match: Substring) -> String {
    String(match.drop { !$0.isLetter }.prefix { $0.isLetter })
  }

  /// The literals of a call, one after the other, and the expressions in them.
  private static func literals(in call: Substring) -> (text: String, expressions: [String]) {
    var text = ""
    var expressions: [String] = []
    var rest = call
    while let start = rest.firstIndex(of: "\"") {
      rest = rest[start...]
      let quote = rest.hasPrefix("\"\"\"") ? "\"\"\"" : "\""
      rest = rest.dropFirst(quote.count)
      while !rest.isEmpty, !rest.hasPrefix(quote) {
        if rest.hasPrefix("\\(") {
          let expression = Self.call(rest.dropFirst(2))
          expressions.append(String(expression))
          text += "…"
          rest = rest[expression.endIndex...].dropFirst()
        } else {
          // An escaped character is itself; an escaped end of a line is none.
          if rest.hasPrefix("\\") { rest = rest.dropFirst() }
          if let character = rest.first, character != "\n" { text.append(character) }
          rest = rest.dropFirst()
        }
      }
      rest = rest.dropFirst(quote.count)
    }
    return (text.replacing(#/\ +/#, with: " "), expressions)
  }

  /// Every Swift file below a folder of the project, by its name.
  static func texts(below folder: String) throws -> [(name: String, text: String)] {
    let root = CommandFolder.project + "/" + folder
    return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }
      .sorted()
      .map { ($0, try String(contentsOfFile: root + "/" + $0, encoding: .utf8)) }
  }
}
