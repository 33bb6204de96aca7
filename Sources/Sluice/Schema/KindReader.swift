/// Reads one kind of a schema and checks the rules of roles, time and paths.
struct KindReader {
  let name: String
  let node: DocumentNode
  let region: String?
  let needsCondition: Bool

  init(_ member: DocumentNode.Member, region: String?, needsCondition: Bool) {
    name = member.key
    node = member.value
    self.region = region
    self.needsCondition = needsCondition
  }

  func read(_ problems: inout ProblemList) -> Kind? {
    guard
      let keys = MappingReader(
        node, "kind “\(name)”", required: ["time", "parties", "fields"], optional: ["when", "mentions"],
        problems: &problems)
    else { return nil }
    let conditions = conditions(keys["when"], &problems)
    let drafts = drafts(keys["fields"], &problems)
    let time = timeField(keys["time"], drafts, &problems)
    let parties = roleFields(keys["parties"], "parties", drafts, &problems)
    let mentions = roleFields(keys["mentions"], "mentions", drafts, &problems)
    if let parties = keys["parties"], case .sequence(let entries) = parties.content, entries.isEmpty {
      problems.error(
        "parties-missing", "kind “\(name)” names no party; name at least one", at: parties.position)
    }
    for index in mentions where parties.contains(index) {
      problems.error(
        "party-and-mention", "“\(drafts[index].name)” is a party and a mention; leave it in one of both",
        at: keys["mentions"]?.position ?? node.position)
    }
    PathCheck(kind: name, drafts: drafts, conditions: conditions, position: node.position).check(&problems)
    let roles = RoleCheck(
      kind: name, drafts: drafts, parties: parties, mentions: mentions, isDeclaredParty: isDeclaredParty
    ).roles(&problems)
    let fields = zip(drafts, roles).map { draft, role in
      Field(
        name: draft.name, type: draft.type, isArray: draft.isArray, role: role, origin: draft.origin,
        definition: draft.definition)
    }
    return Kind(
      name: name, conditions: conditions, timeField: time, parties: parties, mentions: mentions,
      fields: fields)
  }

  private func conditions(_ node: DocumentNode?, _ problems: inout ProblemList) -> [KindCondition] {
    guard let node else {
      if needsCondition {
        problems.error(
          "when-missing", "kind “\(name)” has no “when”, which tells it from the others; give it one",
          at: self.node.position)
      }
      return []
    }
    let members = node.members("when", &problems) ?? []
    if members.isEmpty {
      problems.error("when-empty", "“when” names no path; give at least one and its value", at: node.position)
    }
    return members.compactMap { member in
      guard let path = SourcePath(member.key) else {
        problems.error("path-invalid", "this is no path; write keys joined by dots", at: member.keyPosition)
        return nil
      }
      guard let value = member.value.text("the value of “when”", &problems) else { return nil }
      return KindCondition(path: path, value: value)
    }
  }

  private func drafts(_ node: DocumentNode?, _ problems: inout ProblemList) -> [FieldDraft] {
    guard let node, let members = node.members("fields", &problems) else { return [] }
    if members.isEmpty {
      problems.error(
        "fields-missing", "kind “\(name)” declares no field; declare at least one", at: node.position)
    }
    return members.compactMap { member in
      guard Self.isFieldName(member.key) else {
        problems.error(
          "field-name",
          "this cannot name a field; begin with a letter or “_” and use letters, digits and “_”, at most 40",
          at: member.keyPosition)
        return nil
      }
      return FieldReader(member, kind: name, region: region).read(&problems)
    }
  }

  static func isFieldName(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard let first = bytes.first, bytes.count <= 40, !(0x30...0x39).contains(first) else { return false }
    return bytes.allSatisfy {
      (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
    }
  }

  private func timeField(
    _ node: DocumentNode?, _ drafts: [FieldDraft], _ problems: inout ProblemList
  ) -> Int? {
    guard let node, let word = node.string("time", &problems) else { return nil }
    guard let index = drafts.firstIndex(where: { $0.name == word }) else {
      if word == "none" || isDeclared(word) { return nil }
      problems.error(
        "time-unknown",
        "time names no field of kind “\(name)”; name one, or write “none”\(nearestNameHint(to: word, in: drafts.map(\.name)))",
        at: node.position)
      return nil
    }
    if case .field = drafts[index].of {
      problems.error(
        "time-role",
        "“\(word)” is the time of kind “\(name)” and so the record's own, whoever is its party; remove its “of”",
        at: drafts[index].ofPosition)
    }
    guard case .timestamp = drafts[index].type, drafts[index].origin != .source else {
      problems.error(
        "time-type", "“\(word)” is no timestamp that the records hold; name one that is, or write “none”",
        at: node.position)
      return nil
    }
    return index
  }

  /// The fields that `parties` or `mentions` names: identifiers, each named once.
  private func roleFields(
    _ node: DocumentNode?, _ key: String, _ drafts: [FieldDraft], _ problems: inout ProblemList
  ) -> [Int] {
    var indices: [Int] = []
    for entry in node?.list(key, &problems) ?? [] {
      guard let word = entry.string("an entry of \(key)", &problems) else { continue }
      guard let index = drafts.firstIndex(where: { $0.name == word }) else {
        if isDeclared(word) { continue }
        let hint = nearestNameHint(to: word, in: drafts.map(\.name))
        problems.error(
          "party-unknown", "\(key) names no field of kind “\(name)”; declare it or correct the name\(hint)",
          at: entry.position)
        continue
      }
      if indices.contains(index) {
        problems.error("party-duplicate", "\(key) names “\(word)” twice; name it once", at: entry.position)
        continue
      }
      guard Self.canHaveRole(drafts[index].type) else {
        problems.error(
          "party-type",
          "“\(word)” is no phone, account, email, ip, device, cell or id; take it out of \(key)",
          at: entry.position)
        continue
      }
      indices.append(index)
    }
    return indices
  }

  /// Whether `parties` names a field that could not be read.
  private func isDeclaredParty(_ field: String) -> Bool {
    guard case .mapping(let members) = node.content,
      case .sequence(let entries)? = members.first(where: { $0.key == "parties" })?.value.content
    else { return false }
    return isDeclared(field) && entries.contains { $0.scalar == field }
  }

  /// Whether a field is declared that could not be read: what names it is not wrong as well.
  private func isDeclared(_ field: String) -> Bool {
    guard case .mapping(let members) = node.content,
      case .mapping(let fields)? = members.first(where: { $0.key == "fields" })?.value.content
    else { return false }
    return fields.contains { $0.key == field }
  }

  private static func canHaveRole(_ type: FieldType) -> Bool { type.identifierClass != nil }
}
