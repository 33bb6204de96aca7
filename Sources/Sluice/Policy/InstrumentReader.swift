/// Reads a policy's instruments; each names its guards, and grants only categories that the policy declares.
struct InstrumentReader {
  let categories: [String]
  let baseline: Baseline

  private enum Requirement: String, CaseIterable { case required, none }
  private enum Route: String, CaseIterable { case treaty }
  /// The classes that a policy may state; the others follow from something else.
  private enum Class: String, CaseIterable {
    case legalProcess = "legal-process"
    case emergency, preservation
  }
  /// The widths of the bands of 50 U.S.C. 1874(a), paragraphs 1 to 4.
  private enum Band: String, CaseIterable {
    case thousand = "1000"
    case fiveHundred = "500"
    case twoHundredFifty = "250"
    case hundred = "100"
  }

  func read(_ node: DocumentNode?, _ problems: inout ProblemList) -> [Instrument] {
    var instruments: [Instrument] = []
    for member in node?.members("instruments", &problems) ?? [] {
      guard isIdentifier(member.key, separator: "-") else {
        problems.error(
          "instrument-name",
          "this cannot name an instrument; begin with a-z and use a-z, 0-9 and “-”, at most 40",
          at: member.keyPosition)
        continue
      }
      if let instrument = instrument(member, &problems) { instruments.append(instrument) }
    }
    return instruments
  }

  private func instrument(
    _ member: DocumentNode.Member, _ problems: inout ProblemList
  ) -> Instrument? {
    guard
      let keys = MappingReader(
        member.value, "instrument “\(member.key)”",
        required: ["cites", "grants", "longest-period", "approval", "document"],
        optional: ["via", "prospective", "note", "title", "class", "report-band"], problems: &problems)
    else { return nil }
    _ = keys["note"]?.text("note", &problems, isLong: true)
    let title = keys["title"].flatMap { $0.text("title", &problems) } ?? ""
    let cites = keys["cites"]?.text("cites", &problems)
    let grants = keys["grants"].map { self.grants($0, &problems) } ?? []
    let longest = keys["longest-period"]?.durationSeconds("longest-period", &problems)
    if let longest, longest > baseline.longestPeriodSeconds, let node = keys["longest-period"] {
      problems.error(
        "wider-than-baseline", "longest-period is longer than the baseline allows; shorten it",
        at: node.position)
    }
    let approval = keys["approval"]?.word("approval", Requirement.self, &problems)
    let document = keys["document"]?.word("document", Requirement.self, &problems)
    let via = keys["via"]?.word("via", Route.self, &problems)
    let prospective = keys["prospective"]?.boolean("prospective", &problems)
    let band = keys["report-band"]?.word("report-band", Band.self, &problems)
    let instrumentClass = instrumentClass(keys, isViaTreaty: via == .treaty, grants, &problems)
    guard let cites, let longest, let approval, let document else { return nil }
    return Instrument(
      name: member.key, title: title, cites: cites, grants: grants, longestPeriodSeconds: longest,
      requiresApproval: approval == .required, requiresDocument: document == .required,
      isViaTreaty: via == .treaty, isProspective: prospective ?? false,
      instrumentClass: instrumentClass, reportBand: band.flatMap { Int($0.rawValue) },
      position: member.keyPosition)
  }

  /// What the instrument counts as: what `class` says, treaty where `via` says so, legal process otherwise.
  private func instrumentClass(
    _ keys: MappingReader, isViaTreaty: Bool, _ grants: [Grant], _ problems: inout ProblemList
  ) -> InstrumentClass {
    let word = keys["class"]?.word("class", Class.self, &problems)
    if let node = keys["class"], keys["via"] != nil {
      problems.error(
        "class-and-via", "an instrument that comes via a treaty is of the class treaty; leave out “class”",
        at: node.position)
    }
    if word == .preservation, !grants.isEmpty, let node = keys["grants"] {
      problems.error(
        "preservation-grants",
        "a preservation instrument produces nothing, and this one grants something; write grants: []",
        at: node.position)
    }
    switch word {
    case .emergency: return .emergency
    case .preservation: return .preservation
    case .legalProcess, nil: return isViaTreaty ? .treaty : .legalProcess
    }
  }

  /// Category names, or `{ NAME: { approval: required } }`.
  private func grants(_ node: DocumentNode, _ problems: inout ProblemList) -> [Grant] {
    var grants: [Grant] = []
    for entry in node.list("grants", &problems) ?? [] {
      guard let grant = grant(entry, &problems) else { continue }
      guard categories.contains(grant.category) else {
        let hint = nearestNameHint(to: grant.category, in: categories)
        problems.error(
          "grant-unknown",
          "grants names a category that this policy does not declare; declare it or correct the name\(hint)",
          at: entry.position)
        continue
      }
      if grants.contains(where: { $0.category == grant.category }) {
        problems.error(
          "grant-duplicate", "category “\(grant.category)” is granted twice; grant it once",
          at: entry.position)
        continue
      }
      grants.append(grant)
    }
    return grants
  }

  private func grant(_ node: DocumentNode, _ problems: inout ProblemList) -> Grant? {
    guard case .mapping(let members) = node.content else {
      return node.string("an entry of grants", &problems).map { Grant(category: $0, requiresApproval: false) }
    }
    guard members.count == 1, let member = members.first else {
      problems.error(
        "grant-invalid", "this is no grant; write a category, or { CATEGORY: { approval: required } }",
        at: node.position)
      return nil
    }
    guard
      let keys = MappingReader(
        member.value, "the condition of a grant", required: ["approval"], problems: &problems),
      let approval = keys["approval"]?.word("approval", Requirement.self, &problems)
    else { return nil }
    return Grant(category: member.key, requiresApproval: approval == .required)
  }
}
