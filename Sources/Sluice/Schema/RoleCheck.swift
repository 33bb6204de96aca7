/// Says whose each field of a kind is, and refuses a kind that leaves it open (design: section 3.1, Roles).
struct RoleCheck {
  let kind: String
  let drafts: [FieldDraft]
  let parties: [Int]
  let mentions: [Int]
  /// Whether a name is that of a party which could not be read, so that `of` is not wrong as well.
  let isDeclaredParty: (String) -> Bool

  /// A role for each field, in order; where the schema is wrong a problem is added and the role is the record's.
  func roles(_ problems: inout ProblemList) -> [FieldRole] {
    drafts.indices.map { index in
      if parties.contains(index) || mentions.contains(index) {
        return ownRole(index, &problems)
      }
      let draft = drafts[index]
      if draft.isArray {
        problems.error(
          "array-without-role", "“\(draft.name)” is an array and in no role; add it to parties or mentions",
          at: draft.position)
      }
      return role(of: draft, &problems)
    }
  }

  /// A party's role, or a mention's, is that of its own value.
  private func ownRole(_ index: Int, _ problems: inout ProblemList) -> FieldRole {
    let draft = drafts[index]
    if draft.of != nil {
      problems.error(
        "party-with-of", "“\(draft.name)” is a party or a mention and takes its own role; leave out “of”",
        at: draft.ofPosition)
    }
    return parties.contains(index) ? .party : .mention
  }

  private func role(of draft: FieldDraft, _ problems: inout ProblemList) -> FieldRole {
    switch draft.of {
    case .record:
      return .record
    case .field(let name):
      return owner(name, draft, &problems)
    case nil:
      if draft.type.belongsToSomeone, hasSeveralParties {
        problems.error(
          "owner-missing",
          """
          it is not said whose “\(draft.name)” of type \(draft.type.word) is, in a kind with several parties; \
          make it a party or a mention, or add “of” with a party or record
          """, at: draft.position)
      }
      return .record
    }
  }

  private func owner(_ name: String, _ draft: FieldDraft, _ problems: inout ProblemList) -> FieldRole {
    if draft.type == .content || draft.type == .secret {
      problems.error(
        "of-never", "content and secret never leave and are nobody's; leave out “of”", at: draft.ofPosition)
    }
    guard let index = parties.first(where: { drafts[$0].name == name }) else {
      // A field in another role is one that was read.
      if !drafts.contains(where: { $0.name == name }), isDeclaredParty(name) { return .record }
      let hint = nearestNameHint(to: name, in: parties.map { drafts[$0].name } + ["record"])
      problems.error(
        "of-unknown", "“of” names no party of kind “\(kind)”; name one, or record\(hint)",
        at: draft.ofPosition)
      return .record
    }
    guard !drafts[index].isArray else {
      problems.error(
        "of-array", "“of” names a party with many values; name one with a single value", at: draft.ofPosition)
      return .record
    }
    return .of(index)
  }

  /// An array counts as many.
  private var hasSeveralParties: Bool {
    parties.count > 1 || parties.contains { drafts[$0].isArray }
  }
}
