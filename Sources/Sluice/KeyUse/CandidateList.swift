/// Identifiers of one class that a pseudonym may stand for.
public struct CandidateList: Sendable {
  /// The class that all of them are of.
  public let identifierClass: IdentifierClass
  /// The declared name that identifiers of class `id` have in a schema; nil for the other classes.
  public let name: String?
  /// Each in its canonical form, in the order of the list.
  public let candidates: [Candidate]

  /// One of them.
  public struct Candidate: Hashable, Sendable {
    /// The line that it stands on, from 1.
    public let line: Int
    /// The bytes that are pseudonymised.
    public let canonical: [UInt8]
  }

  /// Reads a list of one identifier a line; empty lines and those that begin with `#` are none.
  ///
  /// Throws status 3: `candidate-invalid` with the number of the first line that is no identifier of the class,
  /// `candidates-missing` where there is none, `candidate-class` where a declared name is missing or there is one that
  /// the class does not have. Never a line's text.
  public init(
    _ text: [UInt8], of identifierClass: IdentifierClass, name: String?, file: String
  ) throws(SluiceError) {
    guard (identifierClass == .id) == (name != nil), name != "" else {
      throw SluiceError(
        .document, "candidate-class",
        "the pseudonym stands for an identifier of class \(identifierClass.word); give the name that a "
          + "schema declares for class id, and for no other", source: file)
    }
    self.identifierClass = identifierClass
    self.name = name
    var candidates: [Candidate] = []
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      guard let canonical = Self.canonical(line, identifierClass) else {
        throw SluiceError(
          .document, "candidate-invalid",
          "line \(index + 1) is no identifier of class \(identifierClass.word); nothing was tried; "
            + "correct the line",
          source: file)
      }
      candidates.append(Candidate(line: index + 1, canonical: canonical))
    }
    guard !candidates.isEmpty else {
      throw SluiceError(
        .document, "candidates-missing", "there is no candidate in the file; write one a line", source: file)
    }
    self.candidates = candidates
  }

  private static func canonical(_ line: ArraySlice<UInt8>, _ identifierClass: IdentifierClass) -> [UInt8]? {
    guard identifierClass != .id else {
      let isOpaque =
        line.count <= OpaqueIdentifier.byteCountMax && line.allSatisfy { $0 > 0x20 && $0 < 0x7F }
      return isOpaque ? Array(line) : nil
    }
    guard let text = String(validating: line, as: UTF8.self) else { return nil }
    return Identifier(identifierClass, reading: text)?.canonical
  }
}
