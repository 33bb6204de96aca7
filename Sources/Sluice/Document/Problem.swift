/// One thing wrong in a document, where it stands and what to do about it.
public struct Problem: Equatable, Sendable, CustomStringConvertible {
  /// Whether a problem keeps its document from loading (`error`) or is there to be seen (`warning`).
  public enum Severity: String, Sendable { case error, warning }

  /// What the problem stops.
  public let severity: Severity
  /// Stable, kebab-case: `unknown-key`, `wider-than-baseline`.
  public let code: String
  /// One sentence. Names keys, fields and categories, never an identifier.
  public let message: String
  /// The document's file name as given.
  public let file: String
  /// From 1; 0 where a problem has no place in the text.
  public let line: Int
  /// From 1; 0 where a problem has no place in the text.
  public let column: Int

  /// A problem at a place; an error unless it is said to be a warning.
  public init(
    _ code: String, _ message: String, at position: Position, severity: Severity = .error
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.file = position.file
    self.line = position.line
    self.column = position.column
  }

  /// `file:line:column: error: message (code)`.
  public var description: String { "\(file):\(line):\(column): \(severity.rawValue): \(message) (\(code))" }
}

/// A place in a document.
public struct Position: Hashable, Sendable {
  /// The document's file name as given.
  public let file: String
  /// From 1; 0 for the document as a whole.
  public let line: Int
  /// From 1, counted in characters; 0 for the document as a whole.
  public let column: Int

  /// A place; with the file alone, the document as a whole.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// Everything wrong with the documents of a run, found in one pass (status 3).
public struct DocumentError: Error, Equatable, Sendable {
  /// Never empty; in the order of files, then lines.
  public let problems: [Problem]

  /// Takes problems as they are: the caller sees to it that there is one, and to their order.
  public init(_ problems: [Problem]) { self.problems = problems }
}
