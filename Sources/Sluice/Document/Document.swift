import Yams

/// Reads the text of a document into nodes, strictly: one YAML document of plain mappings, sequences and scalars.
///
/// UTF-8 without a byte order mark, at most 1 MiB, at most 32 levels and 200,000 nodes; no anchors, aliases, merge
/// keys or tags, so a document means what it shows. Every duplicate key is reported, not the first alone.
package enum Document {
  package static let byteCountMax = 1 << 20
  package static let depthMax = 32
  package static let nodeCountMax = 200_000
  /// Words that could be aliases. Yams compares mapping keys in full before we see them, and aliases of aliases
  /// double at each level; this many cannot grow to more than a few thousand nodes.
  static let aliasLikeCountMax = 24
  /// Yams stops at the first mapping with duplicate keys; each further one costs another pass.
  static let duplicatePassCountMax = 64

  /// Reads a document, or returns nil where its text is not one; what is wrong is added to `problems`.
  ///
  /// A document with duplicate keys or refused YAML features is still returned, so that its other problems are
  /// found in the same pass: the caller looks at `problems` before it uses what it read.
  package static func read(_ bytes: [UInt8], file: String, problems: inout ProblemList) -> DocumentNode? {
    let start = Position(file: file, line: 1, column: 1)
    guard bytes.count <= byteCountMax else {
      problems.error(
        "document-too-long", "the document is longer than 1 MiB; check the path, or split it", at: start)
      return nil
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      problems.error(
        "document-encoding", "the file begins with a byte order mark; save it without", at: start)
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      problems.error("document-encoding", "the file is not valid UTF-8; save it as UTF-8", at: start)
      return nil
    }
    var source = DocumentText(text)
    guard source.checkCharacters(file: file, problems: &problems) else { return nil }
    guard source.aliasLikeCount <= aliasLikeCountMax else {
      problems.error(
        "yaml-alias",
        "more than \(aliasLikeCountMax) words begin with “*”, and aliases are not allowed; write the "
          + "values out",
        at: start)
      return nil
    }
    return compose(&source, file: file, problems: &problems)
  }

  private static func compose(
    _ source: inout DocumentText, file: String, problems: inout ProblemList
  ) -> DocumentNode? {
    for _ in 0..<duplicatePassCountMax {
      do {
        // The encoding is given, because the default is taken from an environment variable; and no resolver, because
        // nothing here asks what type a scalar looks like, and its expressions bring in ICU.
        let parser = try Parser(yaml: source.text, resolver: .basic, encoding: .utf8)
        guard let root = try parser.singleRoot() else {
          problems.error(
            "document-empty", "the document is empty; write it, or check the path",
            at: Position(file: file, line: 1, column: 1))
          return nil
        }
        var walk = DocumentWalk(source: source, file: file)
        // The parser owns the anchors that its nodes point at.
        return withExtendedLifetime(parser) { walk.node(root, depth: 1, &problems) }
      } catch YamlError.duplicatedKeysInMapping(_, let context) {
        // Yams names one of the keys that stand twice: give that one another name of the same width and try
        // again. The walk gives it its own name back and reports the other at its place.
        guard source.rename(line: context.mark.line, column: context.mark.column) else {
          let position = Position(file: file, line: context.mark.line, column: context.mark.column)
          problems.error("duplicate-key", "a key stands twice in this mapping; leave one", at: position)
          return nil
        }
      } catch let error as YamlError {
        report(error, file: file, &problems)
        return nil
      } catch {
        problems.error(
          "yaml-syntax", "the text is not YAML; check the path, or correct it",
          at: Position(file: file, line: 1, column: 1))
        return nil
      }
    }
    problems.error(
      "duplicate-key", "more than \(duplicatePassCountMax) keys stand twice; leave each once",
      at: Position(file: file, line: 1, column: 1))
    return nil
  }

  /// Says in our own words what Yams could not read. Its errors carry the document's text and are never shown.
  private static func report(_ error: YamlError, file: String, _ problems: inout ProblemList) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      let position = Position(file: file, line: mark.line, column: mark.column)
      switch problem {
      case "but found another document":
        problems.error(
          "document-count", "a second document begins here; put each in a file of its own", at: position)
      case "found undefined alias":
        problems.error("yaml-alias", "aliases are not allowed; write the value out", at: position)
      case "mapping values are not allowed in this context":
        problems.error("yaml-syntax", "no “key: value” may begin here; quote text with a colon", at: position)
      case "did not find expected key":
        problems.error("yaml-syntax", "a key is missing here; check the indentation", at: position)
      case "found character that cannot start any token":
        problems.error("yaml-syntax", "no value can start with this character; quote it", at: position)
      case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
        problems.error("yaml-syntax", "a comma or the closing bracket is missing here; add it", at: position)
      case "found unexpected end of stream":
        problems.error("yaml-syntax", "a quoted text does not end; close the quote", at: position)
      default:
        problems.error("yaml-syntax", "the text is not YAML from here on; correct it", at: position)
      }
    default:
      problems.error(
        "yaml-syntax", "the text is not YAML; check the path, or correct it",
        at: Position(file: file, line: 1, column: 1))
    }
  }
}
