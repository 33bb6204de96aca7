/// What the text of an error has to say: what happened, and then what its reader can do.
///
/// The first is a clause of any form. The second is a clause after it that begins with a verb of `verbs` in the
/// imperative, on its own or after a condition: `; make room and run again`, `. Where it stays, run …`.
enum ErrorSentence {
  /// What a reader can be told to do; a text that needs another verb adds it here.
  static let verbs: Set<String> = [
    "add", "allow", "ask", "begin", "check", "choose", "close", "convert", "copy", "correct", "declare", "do",
    "end", "fetch", "get", "give", "grant", "have", "install", "keep", "leave", "let", "list", "make",
    "mount", "move", "name", "open", "permit", "put", "quote", "raise", "remove", "rename", "report",
    "restore", "round", "run", "save", "say", "see", "set", "shorten", "split", "take", "try", "unlock",
    "unpack", "use", "withhold", "write",
  ]

  /// The words that begin its clauses but the first, each in small letters; after a condition the word after it.
  static func beginnings(_ text: String) -> [String] {
    separated(text).dropFirst().map { clause in
      let words = clause.split(separator: " ")
      guard let first = words.first?.lowercased() else { return "" }
      if first == "else" || first == "please" || first == "or" {
        return words.dropFirst().first?.lowercased() ?? ""
      }
      guard ["if", "where"].contains(first), let comma = clause.firstIndex(of: ",") else { return first }
      let rest = clause[clause.index(after: comma)...].split(separator: " ")
      return rest.first?.lowercased() ?? ""
    }
  }

  /// A text in the order of its clauses; a point or colon inside of a word or number ends none.
  private static func separated(_ text: String) -> [Substring] {
    var clauses: [Substring] = []
    var start = text.startIndex
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      if ".;:".contains(text[index]), next == text.endIndex || text[next] == " " {
        clauses.append(text[start..<index])
        start = next
      }
      index = next
    }
    clauses.append(text[start...])
    return clauses.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
  }

  static func isWhole(_ text: String) -> Bool { beginnings(text).contains { verbs.contains($0) } }
}
