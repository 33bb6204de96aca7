/// Everything found wrong with the documents of a run, collected so that one pass reports all of it.
public struct ProblemList: Sendable {
  /// In the order found.
  public private(set) var problems: [Problem] = []

  /// Makes a list that holds nothing.
  public init() {}

  package mutating func add(_ problem: Problem) { problems.append(problem) }

  /// Adds a problem that keeps its document from loading.
  public mutating func error(_ code: String, _ message: String, at position: Position) {
    problems.append(Problem(code, message, at: position))
  }

  /// Adds a problem that a user should see and that stops nothing.
  public mutating func warning(_ code: String, _ message: String, at position: Position) {
    problems.append(Problem(code, message, at: position, severity: .warning))
  }

  /// Adds what another list holds; as warnings where the document is one that no demand of the run needs.
  public mutating func append(_ other: ProblemList, asWarnings: Bool = false) {
    for problem in other.problems {
      if asWarnings, problem.severity == .error {
        let position = Position(file: problem.file, line: problem.line, column: problem.column)
        warning(problem.code, problem.message, at: position)
      } else {
        problems.append(problem)
      }
    }
  }

  /// How many problems keep a document from loading.
  public var errorCount: Int { problems.count { $0.severity == .error } }

  /// Whether something keeps a document from loading; warnings do not.
  public var hasErrors: Bool { problems.contains { $0.severity == .error } }

  /// In the order in which the files first appear, then by line and column.
  public var inOrder: [Problem] {
    var ranks: [String: Int] = [:]
    for problem in problems where ranks[problem.file] == nil { ranks[problem.file] = ranks.count }
    let keyed = problems.enumerated().map { index, problem in
      ((ranks[problem.file] ?? 0, problem.line, problem.column, index), problem)
    }
    return keyed.sorted { $0.0 < $1.0 }.map { $0.1 }
  }

  /// Throws everything found where something in it keeps a document from loading.
  public func throwIfAny() throws(DocumentError) {
    if hasErrors { throw DocumentError(inOrder) }
  }
}
