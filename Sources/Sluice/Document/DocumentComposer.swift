/// Turns the events of a text into nodes, and refuses what a document may not hold.
struct DocumentComposer {
  private let parser: YAMLParser
  private var nodeCount = 0
  private(set) var problems = ProblemList()

  init(_ parser: YAMLParser) { self.parser = parser }

  /// The one document of the text; nil, with a problem added, where its root is refused, or where the text is not read
  /// to its end.
  mutating func document() -> DocumentNode? {
    do {
      return try root()
    } catch {
      for problem in error.problems { problems.add(problem) }
      return nil
    }
  }

  private mutating func root() throws(DocumentError) -> DocumentNode? {
    let start = try parser.next()
    guard case .documentStart = start.content else {
      throw .failure(
        "document-empty", "the document is empty; write it, or check the path",
        at: Position(file: parser.file, line: 1, column: 1))
    }
    let root = try node(parser.next(), depth: 1)
    let next = try parser.next()
    guard case .streamEnd = next.content else {
      throw .failure(
        "document-count", "a second document begins here; put each in a file of its own", at: position(next))
    }
    return root
  }

  /// The node that an event begins, read to its end; nil, with a problem added, where it is refused.
  private mutating func node(_ event: YAMLEvent, depth: Int) throws(DocumentError) -> DocumentNode? {
    nodeCount += 1
    guard nodeCount <= Document.nodeCountMax else {
      throw .failure(
        "document-too-large", "the document has more than 200,000 parts; split it", at: position(event))
    }
    guard depth <= Document.depthMax else {
      throw .failure(
        "document-too-deep", "the document nests more than 32 levels; take some out", at: position(event))
    }
    let isOrdinary = isOrdinary(event)
    let content: DocumentNode.Content
    switch event.content {
    case .scalar(let text, let isPlain): content = .scalar(text, isPlain: isPlain)
    case .sequenceStart: content = .sequence(try elements(depth: depth))
    case .mappingStart: content = .mapping(try members(depth: depth))
    case .alias: return nil
    case .end, .documentStart, .streamEnd:
      throw .failure("yaml-syntax", "a value is missing here; write one", at: position(event))
    }
    return isOrdinary ? DocumentNode(content, at: position(event)) : nil
  }

  private mutating func elements(depth: Int) throws(DocumentError) -> [DocumentNode] {
    var elements: [DocumentNode] = []
    while true {
      let event = try parser.next()
      if case .end = event.content { return elements }
      if let element = try node(event, depth: depth + 1) { elements.append(element) }
    }
  }

  private mutating func members(depth: Int) throws(DocumentError) -> [DocumentNode.Member] {
    var members: [DocumentNode.Member] = []
    var keys = KeyLines()
    while true {
      let event = try parser.next()
      if case .end = event.content { return members }
      // All three are read whatever the others are, so that what is wrong is told in the same pass.
      let name = name(event, &keys)
      let key = try node(event, depth: depth + 1)
      let value = try node(parser.next(), depth: depth + 1)
      guard let name, let key, let value else { continue }
      members.append(.init(key: name, keyPosition: key.position, value: value))
    }
  }

  /// The text of a key, or nil, with a problem added, where it may not be one. An alias is refused as a node.
  private mutating func name(_ key: YAMLEvent, _ keys: inout KeyLines) -> String? {
    if case .alias = key.content { return nil }
    guard case .scalar(let name, _) = key.content else {
      problems.error("key-not-text", "this key is no text; write one as text", at: position(key))
      return nil
    }
    guard name != "<<" else {
      problems.error(
        "yaml-merge", "merge keys are not allowed; write the keys out", at: position(key))
      return nil
    }
    if let line = keys.note(name, line: key.line) {
      problems.error(
        "duplicate-key",
        "\(DocumentNode.printable(name, or: "this key")) stands here again, after line \(line); leave one",
        at: position(key))
      return nil
    }
    return name
  }

  private func position(_ event: YAMLEvent) -> Position {
    Position(file: parser.file, line: event.line, column: event.column)
  }

  /// Whether a node is what it shows: no alias, anchor or tag.
  private mutating func isOrdinary(_ event: YAMLEvent) -> Bool {
    var isAlias = event.hasAnchor
    if case .alias = event.content { isAlias = true }
    if isAlias {
      problems.error(
        "yaml-alias", "anchors and aliases are not allowed; write the value out", at: position(event))
    } else if event.hasTag {
      problems.add(.refusedTag(at: position(event)))
    }
    return !isAlias && !event.hasTag
  }
}

/// The keys of a mapping so far, each with its first line.
private struct KeyLines {
  /// While they are few, as in most mappings, looking through them costs less than a table.
  private var few: [(key: String, line: Int)] = []
  private var many: [String: Int] = [:]

  /// Notes a key, or returns the line where it stands already.
  mutating func note(_ key: String, line: Int) -> Int? {
    if few.count < 16 {
      if let noted = few.first(where: { $0.key == key }) { return noted.line }
      few.append((key, line))
      return nil
    }
    if many.isEmpty { many = Dictionary(few.map { ($0.key, $0.line) }) { first, _ in first } }
    if let noted = many[key] { return noted }
    many[key] = line
    return nil
  }
}
