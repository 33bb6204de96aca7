/// Reads the text of a document into nodes, strictly: one YAML document of plain mappings, sequences and scalars.
///
/// UTF-8 without a byte order mark, at most 1 MiB, at most 32 levels and 200,000 nodes, keys among them; no anchors,
/// aliases, merge keys or tags, so a document means what it shows. Every duplicate key is reported, not the first alone.
package enum Document {
  package static let byteCountMax = 1 << 20
  package static let depthMax = 32
  package static let nodeCountMax = 200_000

  /// Reads a document, or returns nil where its text is not one; what is wrong is added to `problems`.
  ///
  /// A document with duplicate keys or refused YAML features is still returned without them, so that its other problems
  /// are found in the same pass: the caller looks at `problems` before it uses what it read. Where the text is not YAML,
  /// or one level or part too much, nothing after that place is read.
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
    if !DocumentCharacters.arePlain(bytes) {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        problems.error("document-encoding", "the file is not valid UTF-8; save it as UTF-8", at: start)
        return nil
      }
      if let place = DocumentCharacters.firstRefused(in: text, file: file) {
        problems.error(
          "document-character", "this character is not allowed in a document; remove it", at: place)
        return nil
      }
    }
    var composer = DocumentComposer(YAMLParser(bytes, file: file))
    let root = composer.document()
    problems.append(composer.problems)
    return root
  }
}
