/// Reads a policy's categories: data categories as that law names them, each a mapping of fields to rules.
struct CategoryReader {
  let catalog: Catalog

  func read(_ node: DocumentNode?, _ problems: inout ProblemList) -> [PolicyCategory] {
    let reader = RuleReader(catalog: catalog)
    var categories: [PolicyCategory] = []
    for member in node?.members("categories", &problems) ?? [] {
      guard isIdentifier(member.key, separator: "-") else {
        problems.error(
          "category-name", "this cannot name a category; begin with a-z and use a-z, 0-9 and “-”, at most 40",
          at: member.keyPosition)
        continue
      }
      var rules: [FieldRule] = []
      // A category without rules releases nothing, as one whose last line was removed.
      if !member.value.isMissing {
        for rule in member.value.members("a category", &problems) ?? [] {
          if let read = reader.read(rule, needsBothRoles: false, &problems) { rules.append(FieldRule(read)) }
        }
      }
      categories.append(PolicyCategory(name: member.key, rules: rules))
    }
    return categories
  }
}
