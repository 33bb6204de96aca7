import Yams

/// Turns Yams's nodes into ours, and refuses what a document may not hold.
struct DocumentWalk {
  let source: DocumentText
  let file: String
  private var nodeCount = 0
  /// An alias is read as the node that it repeats, at that node's place: each place is reported once.
  private var anchorPlaces: Set<Position> = []

  init(source: DocumentText, file: String) {
    self.source = source
    self.file = file
  }

  /// Returns nil, with a problem added, where the node is too deep, one too many or refused.
  mutating func node(_ node: Node, depth: Int, _ problems: inout ProblemList) -> DocumentNode? {
    let position = position(of: node)
    nodeCount += 1
    guard nodeCount <= Document.nodeCountMax else {
      if nodeCount == Document.nodeCountMax + 1 {
        problems.error(
          "document-too-large", "the document has more than 200,000 parts; split it", at: position)
      }
      return nil
    }
    guard depth <= Document.depthMax else {
      problems.error(
        "document-too-deep", "the document nests more than 32 levels; take some out", at: position)
      return nil
    }
    guard isOrdinary(node, at: position, &problems) else { return nil }
    switch node {
    case .scalar(let scalar):
      return DocumentNode(.scalar(scalar.string, isPlain: scalar.style == .plain), at: position)
    case .sequence(let sequence):
      var elements: [DocumentNode] = []
      for element in sequence {
        let read = self.node(element, depth: depth + 1, &problems)
        if let read { elements.append(read) }
      }
      return DocumentNode(.sequence(elements), at: position)
    case .mapping(let mapping):
      let members = members(of: mapping, depth: depth, &problems)
      return DocumentNode(.mapping(members), at: position)
    case .alias:
      problems.error("yaml-alias", "aliases are not allowed; write the value out", at: position)
      return nil
    }
  }

  private mutating func members(
    of mapping: Node.Mapping, depth: Int, _ problems: inout ProblemList
  ) -> [DocumentNode.Member] {
    var members: [DocumentNode.Member] = []
    var firstLines: [String: Int] = [:]
    for (key, value) in mapping {
      let position = position(of: key)
      guard case .scalar(let scalar) = key else {
        problems.error("key-not-text", "this key is no text; write one as text", at: position)
        continue
      }
      guard isOrdinary(key, at: position, &problems) else { continue }
      let name = source.original(scalar.string)
      if name == "<<" {
        problems.error("yaml-merge", "merge keys are not allowed; write the keys out", at: position)
        continue
      }
      if let line = firstLines[name] {
        problems.error(
          "duplicate-key", "\(DocumentNode.printable(name)) stands here again, after line \(line); leave one",
          at: position)
        continue
      }
      firstLines[name] = position.line
      let read = node(value, depth: depth + 1, &problems)
      if let read { members.append(.init(key: name, keyPosition: position, value: read)) }
    }
    return members
  }

  /// Whether a node has neither anchor nor tag. Both stand where the node begins; an alias has its anchor's place.
  private mutating func isOrdinary(_ node: Node, at position: Position, _ problems: inout ProblemList) -> Bool
  {
    let first = source.scalar(line: position.line, column: position.column)
    if node.anchor != nil || first == "&" || first == "*" {
      if anchorPlaces.insert(position).inserted {
        problems.error(
          "yaml-alias", "anchors and aliases are not allowed; write the value out", at: position)
      }
      return false
    }
    if first == "!" {
      problems.error(
        "yaml-tag", "tags are not allowed; take it out, for every value is read as its key says", at: position
      )
      return false
    }
    return true
  }

  private func position(of node: Node) -> Position {
    Position(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
  }
}
