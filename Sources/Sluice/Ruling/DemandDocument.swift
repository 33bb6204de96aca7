import SluiceCrypto

/// Reads a demand document (design: section 3.3).
///
/// What is not well formed is a problem, and the run stops before any gate. What is well formed and yet no
/// identifier, or a period that ends before it begins, is the authority's to mend: the demand loads, and the
/// first gate refuses it.
public enum DemandDocument {
  /// Reads one demand.
  /// - Parameters:
  ///   - documentDigest: the SHA-256 of the file that `document` names, by the path as written; nil where it
  ///     cannot be read. The caller resolves the path against the demand's own place. An empty file is no document:
  ///     its digest counts as none, and a warning says so.
  /// - Returns: the demand, or nil where a problem keeps it from loading.
  public static func read(
    _ bytes: [UInt8], file: String, problems: inout ProblemList, documentDigest: (String) -> [UInt8]?
  ) -> Demand? {
    // A list of its own, so that the problems of other documents do not keep this one from loading.
    var found = ProblemList()
    defer { problems.append(found) }
    guard let root = Document.read(bytes, file: file, problems: &found) else { return nil }
    guard
      let keys = MappingReader(
        root, "the demand",
        required: [
          "sluice", "reference", "jurisdiction", "instrument", "authority", "issued", "received", "subjects",
          "categories",
        ], optional: ["part", "period", "document", "prepared", "approved"], problems: &found)
    else { return nil }
    var reader = DemandReader(keys: keys, problems: found)
    let demand = reader.demand(file: file, digest: SHA256.hash(bytes), documentDigest: documentDigest)
    found = reader.problems
    return found.hasErrors ? nil : demand
  }
}

/// The keys of one demand document and what is wrong with them.
private struct DemandReader {
  let keys: MappingReader
  var problems: ProblemList
  private var invalidValues: [String] = []

  init(keys: MappingReader, problems: ProblemList) {
    self.keys = keys
    self.problems = problems
  }

  /// Reads every key, so that all problems are found in one pass; nil where one of them has no value.
  mutating func demand(
    file: String, digest: [UInt8], documentDigest: (String) -> [UInt8]?
  ) -> Demand? {
    keys.checkFormat("demand/1", &problems)
    let reference = reference()
    let part = part()
    let jurisdiction = jurisdiction()
    let instrument = keys["instrument"]?.identifier("instrument", separator: "-", &problems)
    let authority = authority()
    let issued = keys["issued"]?.date("issued", &problems)
    let received = keys["received"]?.instant("received", &problems)
    let subjects = subjects()
    let period = period()
    let categories = categories()
    let document = document(documentDigest)
    let prepared = signoff("prepared", hasDecision: false)
    let approved = signoff("approved", hasDecision: true)
    guard let reference, let jurisdiction, let instrument, let authority, let issued, let received else {
      return nil
    }
    return Demand(
      file: file, digest: digest, reference: reference, part: part, jurisdiction: jurisdiction,
      instrument: instrument, authority: authority, issued: issued, received: received, subjects: subjects,
      period: period, categories: categories, documentDigest: document, prepared: prepared,
      approved: approved, invalidValues: invalidValues)
  }

  private mutating func report(_ code: String, _ message: String, at node: DocumentNode) {
    problems.error(code, message, at: node.position)
  }

  // MARK: Words

  /// It names the packet's folder and keys its pseudonyms.
  private mutating func reference() -> String? {
    guard let node = keys["reference"], let text = node.string("reference", &problems) else { return nil }
    let isLeading = { (byte: UInt8) in byte.isDigit || byte.isUpperCaseLetter }
    let bytes = Array(text.utf8)
    guard let first = bytes.first, bytes.count <= 64, isLeading(first),
      bytes.allSatisfy({ isLeading($0) || "._-".utf8.contains($0) })
    else {
      return node.wrong(
        "reference",
        "has not the form of one; use 1 to 64 of A-Z, 0-9, “.”, “_” and “-”, and begin with a letter or "
          + "digit",
        &problems)
    }
    return text
  }

  private mutating func jurisdiction() -> String? {
    guard let node = keys["jurisdiction"] else { return nil }
    guard let text = node.string("jurisdiction", &problems) else { return nil }
    guard text.utf8.count == 2, text.utf8.allSatisfy(\.isUpperCaseLetter) else {
      return node.wrong("jurisdiction", "is no state; write its two capital letters (ISO 3166-1)", &problems)
    }
    return text
  }

  /// 2 and above: the first packet of a reference is no part.
  private mutating func part() -> Int {
    let number = keys["part"]?.integer("part", 2...999_999_999, &problems)
    return number.map { Int($0) } ?? 1
  }

  // MARK: Mappings

  /// Any of its keys may be left out: what a demand must name is for the gates to say.
  private mutating func authority() -> Authority? {
    guard let node = keys["authority"] else { return nil }
    let names = ["name", "official", "title", "contact", "reference"]
    guard
      let keys = MappingReader(node, "authority", required: [], optional: names, problems: &problems)
    else { return nil }
    let texts = names.map { keys[$0]?.text("authority.\($0)", &problems) ?? "" }
    return Authority(
      name: texts[0], official: texts[1], title: texts[2], contact: texts[3], reference: texts[4])
  }

  private mutating func period() -> Period? {
    guard let node = keys["period"] else { return nil }
    guard let keys = MappingReader(node, "period", required: ["from", "until"], problems: &problems) else {
      return nil
    }
    let from = keys["from"]?.instant("period.from", &problems)
    let until = keys["until"]?.instant("period.until", &problems)
    guard let from, let until else { return nil }
    if from >= until { invalidValues.append("period") }
    return Period(from: from, until: until)
  }

  private mutating func signoff(_ key: String, hasDecision: Bool) -> Signoff? {
    guard let node = keys[key] else { return nil }
    let names = hasDecision ? ["by", "at", "decision"] : ["by", "at"]
    guard let keys = MappingReader(node, key, required: names, problems: &problems) else { return nil }
    let by = keys["by"]?.text("\(key).by", &problems)
    let at = keys["at"]?.instant("\(key).at", &problems)
    let decision = hasDecision ? keys["decision"]?.text("approved.decision", &problems) : ""
    guard let by, let at, let decision else { return nil }
    return Signoff(by: by, at: at, decision: decision)
  }

  private mutating func document(_ digest: (String) -> [UInt8]?) -> [UInt8]? {
    guard let node = keys["document"], let path = node.text("document", &problems) else { return nil }
    guard let found = digest(path) else {
      report(
        "document-unreadable",
        "the file that document names cannot be read; check its path, which is relative to the demand",
        at: node)
      return nil
    }
    guard found != ServedDocument.ofNothing else {
      problems.warning(
        "document-holds-nothing",
        "the file that document names is empty, so the demand comes without one; fetch it again, or check the path",
        at: node.position)
      return nil
    }
    return found
  }

  // MARK: Lists

  private mutating func categories() -> [String] {
    guard let node = keys["categories"], let items = node.list("categories", &problems) else { return [] }
    if items.isEmpty { report("categories-missing", "categories names none; name at least one", at: node) }
    var names: [String] = []
    for (index, item) in items.enumerated() {
      guard let name = item.identifier("categories[\(index)]", separator: "-", &problems) else { continue }
      if names.contains(name) {
        report("category-duplicate", "categories[\(index)] is there twice; name it once", at: item)
      }
      names.append(name)
    }
    return names
  }

  private mutating func subjects() -> [DemandedSubject] {
    guard let node = keys["subjects"], let items = node.list("subjects", &problems) else { return [] }
    var subjects: [DemandedSubject] = []
    var seen: Set<Identifier> = []
    for (index, item) in items.enumerated() {
      let name = "subjects[\(index)]"
      guard
        let keys = MappingReader(
          item, name, required: [], optional: Self.classWords + ["also"], problems: &problems)
      else { continue }
      let identifier = identifier(keys, item, name)
      let also = also(keys, name)
      guard let identifier else { continue }
      if !seen.insert(identifier).inserted {
        report("subject-duplicate", "\(name) names a subject that is there already; name it once", at: item)
      }
      subjects.append(DemandedSubject(identifier: identifier, also: also))
    }
    return subjects
  }

  private mutating func also(_ keys: MappingReader, _ name: String) -> [Identifier] {
    guard let node = keys["also"], let items = node.list("\(name).also", &problems) else { return [] }
    if items.isEmpty {
      report("also-empty", "\(name).also is empty; name an identifier, or leave it out", at: node)
    }
    var identifiers: [Identifier] = []
    for (index, item) in items.enumerated() {
      let place = "\(name).also[\(index)]"
      guard
        let keys = MappingReader(
          item, place, required: [], optional: Self.classWords, problems: &problems)
      else { continue }
      if let identifier = identifier(keys, item, place) { identifiers.append(identifier) }
    }
    return identifiers
  }

  /// The one identifier of a mapping. A value that is none of its class is kept by name for the first gate.
  private mutating func identifier(_ keys: MappingReader, _ node: DocumentNode, _ name: String) -> Identifier?
  {
    let named = Self.classes.filter { keys[$0.word] != nil }
    guard named.count == 1, let value = keys[named[0].word] else {
      report(
        "identifier-not-one",
        "\(name) has none of \(Self.classWords.joined(separator: ", ")), or several; give one, and "
          + "further ones under also",
        at: node)
      return nil
    }
    let key = "\(name).\(named[0].word)"
    guard let text = value.string(key, &problems) else { return nil }
    guard let identifier = Identifier(named[0], reading: text) else {
      invalidValues.append(key)
      return nil
    }
    return identifier
  }

  private static let classes: [IdentifierClass] = [.phone, .account, .email, .ip, .device, .cell]
  private static let classWords = classes.map(\.word)
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  fileprivate var isUpperCaseLetter: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
}
