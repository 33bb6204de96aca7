/// Reads one field of a kind: its type, whose it is and where its value stands.
struct FieldReader {
  let name: String
  let node: DocumentNode
  let kind: String
  let region: String?
  private let position: Position

  init(_ member: DocumentNode.Member, kind: String, region: String?) {
    name = member.key
    node = member.value
    position = member.keyPosition
    self.kind = kind
    self.region = region
  }

  /// Options that say whose a field is or where it stands, whatever its type.
  static let placeOptions = ["of", "from", "definition"]

  func read(_ problems: inout ProblemList) -> FieldDraft? {
    guard case .mapping = node.content else {
      guard let word = node.string("the type of “\(name)”", &problems) else { return nil }
      let reader = FieldTypeReader(field: name, region: region, options: nil, position: node.position)
      guard let type = reader.type(word: word, parameter: nil, at: node.position, &problems) else {
        return nil
      }
      return draft(type, isArray: false, point: nil, options: nil, &problems)
    }
    guard
      let options = MappingReader(
        node, "field “\(name)”", required: [],
        optional: ["type"] + FieldTypeReader.shortForms + FieldTypeReader.typeOptions + Self.placeOptions,
        problems: &problems)
    else { return nil }
    guard let (word, parameter) = typeWord(options, &problems) else { return nil }
    if word == "array" { return array(parameter, options, &problems) }
    if word == "point" {
      let point = parameter.flatMap { self.point($0, &problems) }
      return point.flatMap { draft(.point, isArray: false, point: $0, options: options, &problems) }
    }
    let reader = FieldTypeReader(field: name, region: region, options: options, position: node.position)
    let place = parameter?.position ?? options["type"]?.position ?? node.position
    guard let type = reader.type(word: word, parameter: parameter, at: place, &problems) else { return nil }
    return draft(type, isArray: false, point: nil, options: options, &problems)
  }

  /// The type's word and, in the short form, its parameter. Exactly one of them stands in a field.
  private func typeWord(
    _ options: MappingReader, _ problems: inout ProblemList
  ) -> (String, DocumentNode?)? {
    let short = FieldTypeReader.shortForms.filter { options[$0] != nil }
    let long = options["type"]
    guard short.count + (long == nil ? 0 : 1) == 1 else {
      problems.error("type-missing", "field “\(name)” has no type or several; give it one", at: node.position)
      return nil
    }
    if let word = short.first { return (word, options[word]) }
    guard let word = long?.string("the type of “\(name)”", &problems) else { return nil }
    if ["array", "point", "enum", "id"].contains(word) {
      problems.error(
        "type-form", "this type lacks its parameter; write it as { \(word): … }",
        at: long?.position ?? node.position)
      return nil
    }
    return (word, nil)
  }

  /// An array holds identifiers of one type; its options stand beside it or in the element's own mapping.
  private func array(
    _ element: DocumentNode?, _ options: MappingReader, _ problems: inout ProblemList
  ) -> FieldDraft? {
    guard let element else { return nil }
    var inner = options
    var word: String?
    var parameter: DocumentNode?
    if case .mapping = element.content {
      guard
        let own = MappingReader(
          element, "the elements of “\(name)”", required: [],
          optional: ["type"] + FieldTypeReader.shortForms + FieldTypeReader.typeOptions, problems: &problems),
        let (found, value) = typeWord(own, &problems)
      else { return nil }
      (inner, word, parameter) = (own, found, value)
    } else {
      word = element.string("array", &problems)
    }
    guard let word else { return nil }
    let reader = FieldTypeReader(field: name, region: region, options: inner, position: element.position)
    guard let type = reader.type(word: word, parameter: parameter, at: element.position, &problems) else {
      return nil
    }
    guard type.identifierClass != nil else {
      problems.error(
        "array-type", "this type cannot stand in an array; use phone, account, email, ip, device, cell or id",
        at: element.position)
      return nil
    }
    return draft(type, isArray: true, point: nil, options: options, &problems)
  }

  private func point(_ node: DocumentNode, _ problems: inout ProblemList) -> FieldOrigin? {
    guard let entries = node.list("point", &problems) else { return nil }
    guard entries.count == 2 else {
      problems.error(
        "point-paths", "point does not name two paths; give both, latitude first", at: node.position)
      return nil
    }
    guard let latitude = path(entries[0], &problems), let longitude = path(entries[1], &problems) else {
      return nil
    }
    return .point(latitude: latitude, longitude: longitude)
  }

  private func draft(
    _ type: FieldType, isArray: Bool, point: FieldOrigin?, options: MappingReader?,
    _ problems: inout ProblemList
  ) -> FieldDraft? {
    var owner: FieldDraft.Owner?
    if let node = options?["of"], let word = node.string("of", &problems) {
      owner = word == "record" ? .record : .field(word)
    }
    if point != nil, let from = options?["from"] {
      problems.error("option-unused", "a point names its own paths; leave out “from”", at: from.position)
    }
    guard let origin = point ?? origin(options?["from"], &problems) else { return nil }
    if origin == .source, isArray || type == .content || type == .secret {
      problems.error(
        "from-source",
        "the field cannot be a constant of the sources file, which is one value and never content or "
          + "secret; give a path",
        at: options?["from"]?.position ?? position)
    }
    return FieldDraft(
      name: name, type: type, isArray: isArray, of: owner, origin: origin,
      definition: options?["definition"]?.text("definition", &problems) ?? "", position: position,
      ofPosition: options?["of"]?.position ?? position)
  }

  private func origin(_ node: DocumentNode?, _ problems: inout ProblemList) -> FieldOrigin? {
    guard let node else { return .paths([SourcePath([name])]) }
    if node.scalar == "source" { return .source }
    guard case .sequence(let entries) = node.content else {
      return path(node, &problems).map { .paths([$0]) }
    }
    let paths = entries.compactMap { path($0, &problems) }
    if entries.isEmpty {
      problems.error("path-invalid", "“from” names no path; give at least one", at: node.position)
    }
    return paths.count == entries.count && !paths.isEmpty ? .paths(paths) : nil
  }

  private func path(_ node: DocumentNode, _ problems: inout ProblemList) -> SourcePath? {
    guard let text = node.text("a path", &problems) else { return nil }
    guard let path = SourcePath(text) else {
      problems.error("path-invalid", "this is no path; write keys joined by dots", at: node.position)
      return nil
    }
    return path
  }
}
