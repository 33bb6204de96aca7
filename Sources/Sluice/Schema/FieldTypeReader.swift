/// Reads a field's type with the options that belong to it.
struct FieldTypeReader {
  let field: String
  /// The schema's default region.
  let region: String?
  /// Nil where the type is a bare word.
  let options: MappingReader?
  let position: Position

  /// Types that may stand as a key with their parameter as its value.
  static let shortForms = [
    "timestamp", "integer", "duration", "enum", "point", "array", "id", "text", "account", "device", "cell",
  ]
  /// Options that belong to some types alone.
  static let typeOptions = ["region", "alphabet", "zone", "max", "unit"]
  private static let words = [
    "phone", "account", "email", "ip", "port", "timestamp", "duration", "integer", "decimal", "boolean",
    "enum", "point", "cell", "device", "id", "text", "content", "secret", "array",
  ]

  /// - Parameter parameter: the value of the short form, nil for a bare or long one.
  func type(
    word: String, parameter: DocumentNode?, at place: Position, _ problems: inout ProblemList
  ) -> FieldType? {
    guard Self.words.contains(word) else {
      let hint = nearestNameHint(to: word, in: Self.words)
      problems.error(
        "type-unknown",
        "field “\(field)” has a type that does not exist; choose one of the schema format\(hint)", at: place)
      return nil
    }
    refuseUnusedOptions(word, parameter, &problems)
    switch word {
    case "phone":
      return .phone(region: options?["region"].flatMap { SchemaDocument.readRegion($0, &problems) } ?? region)
    case "email": return .email
    case "ip": return .ip
    case "port": return .port
    case "decimal": return .decimal
    case "boolean": return .boolean
    case "content": return .content
    case "secret": return .secret
    case "account": return alphabet(parameter ?? options?["alphabet"], word, &problems).map { .account($0) }
    case "device": return alphabet(parameter ?? options?["alphabet"], word, &problems).map { .device($0) }
    case "cell": return alphabet(parameter ?? options?["alphabet"], word, &problems).map { .cell($0) }
    case "id": return id(parameter, &problems)
    case "text": return text(parameter ?? options?["max"], &problems)
    case "timestamp": return timestamp(parameter, &problems).map { .timestamp($0) }
    case "duration": return duration(parameter ?? options?["unit"], &problems)
    case "integer": return integer(parameter ?? options?["unit"], &problems)
    case "enum": return enumeration(parameter, &problems)
    default:
      problems.error("type-form", "this type lacks its parameter; write it as { \(word): … }", at: place)
      return nil
    }
  }

  /// An option that another type has is a mistake that would go unseen.
  private func refuseUnusedOptions(
    _ word: String, _ parameter: DocumentNode?, _ problems: inout ProblemList
  ) {
    guard let options else { return }
    let used: [String] =
      switch word {
      case "phone": ["region"]
      case "account", "device", "cell": parameter == nil ? ["alphabet"] : []
      case "id": ["alphabet"]
      case "text": parameter == nil ? ["max"] : []
      case "duration", "integer": parameter == nil ? ["unit"] : []
      case "timestamp": ["zone"]
      default: []
      }
    for option in Self.typeOptions where !used.contains(option) {
      guard let node = options[option] else { continue }
      problems.error(
        "option-unused", "“\(option)” says nothing of this field's type; leave it out", at: node.position)
    }
  }

  private func missing<T>(_ what: String, _ example: String, _ problems: inout ProblemList) -> T? {
    problems.error(
      "type-incomplete", "field “\(field)” lacks its \(what); write it as \(example)", at: position)
    return nil
  }

  private func alphabet(
    _ node: DocumentNode?, _ word: String, _ problems: inout ProblemList
  ) -> Alphabet? {
    guard let node else { return missing("alphabet", "{ type: \(word), alphabet: 0-9a-f }", &problems) }
    guard let text = node.string("alphabet", &problems) else { return nil }
    if let alphabet = Alphabet(text) { return alphabet }
    problems.error(
      "alphabet-invalid", "this is no alphabet; write ranges and characters of printable ASCII, as 0-9a-f",
      at: node.position)
    return nil
  }

  private func id(_ parameter: DocumentNode?, _ problems: inout ProblemList) -> FieldType? {
    guard let parameter else { return missing("name", "{ id: message, alphabet: 0-9a-f }", &problems) }
    let name = parameter.identifier("the name of an id", separator: "-", &problems)
    let alphabet = alphabet(options?["alphabet"], "id", &problems)
    guard let name, let alphabet else { return nil }
    return .id(name: name, alphabet)
  }

  private func text(_ node: DocumentNode?, _ problems: inout ProblemList) -> FieldType? {
    guard let node else { return missing("maximum", "{ text: 200 }", &problems) }
    return node.integer("the maximum of a text", 1...10_000, &problems).map { .text(maximum: Int($0)) }
  }

  private func timestamp(_ node: DocumentNode?, _ problems: inout ProblemList) -> TimestampFormat? {
    let zone = options?["zone"]
    guard let node else { return refuseZone(zone, .rfc3339, &problems) }
    guard let text = node.string("timestamp", &problems) else { return nil }
    if text == "rfc3339" { return refuseZone(zone, .rfc3339, &problems) }
    if let unit = EpochUnit(rawValue: text) { return refuseZone(zone, .epoch(unit), &problems) }
    guard let zone else {
      problems.error(
        "zone-missing",
        "the pattern has no offset and the field no “zone”; add one, or use rfc3339, epoch-s, epoch-ms "
          + "or epoch-us",
        at: node.position)
      return nil
    }
    guard let zoneName = zone.string("zone", &problems) else { return nil }
    guard let pattern = TimestampPattern(text, zoneName: zoneName) else {
      problems.error(
        "timestamp-pattern",
        "the pattern or its zone cannot be read; use yyyy MM dd HH mm ss SSS and UTC, +02:00 or a zone's name",
        at: node.position)
      return nil
    }
    return .pattern(pattern)
  }

  private func refuseZone(
    _ zone: DocumentNode?, _ format: TimestampFormat, _ problems: inout ProblemList
  ) -> TimestampFormat {
    if let zone {
      problems.error(
        "option-unused", "this form of timestamp has its own offset; leave out “zone”", at: zone.position)
    }
    return format
  }

  private func duration(_ node: DocumentNode?, _ problems: inout ProblemList) -> FieldType? {
    guard let node else { return missing("unit", "{ duration: seconds }", &problems) }
    return node.word("the unit of a duration", DurationUnit.self, &problems).map { .duration($0) }
  }

  private func integer(_ node: DocumentNode?, _ problems: inout ProblemList) -> FieldType? {
    guard let node else { return missing("unit", "{ integer: bytes }", &problems) }
    guard let unit = node.string("the unit of an integer", &problems) else { return nil }
    guard unit.utf8.count <= 20, isIdentifier(unit, separator: "-") else {
      return node.wrong(
        "the unit of an integer", "is no word of a-z, 0-9 and “-” of at most 20; rename it", &problems)
    }
    return .integer(unit: unit)
  }

  private func enumeration(_ node: DocumentNode?, _ problems: inout ProblemList) -> FieldType? {
    guard let node else { return missing("values", "{ enum: [a, b] }", &problems) }
    guard let entries = node.list("enum", &problems) else { return nil }
    var values: [String] = []
    for entry in entries {
      guard let value = entry.text("a value of an enum", &problems) else { continue }
      if values.contains(value) {
        problems.error(
          "enum-duplicate", "this value of the enum stands twice; list it once", at: entry.position)
      }
      if !isSafeCell(value) {
        problems.error(
          "enum-value",
          "this value of the enum begins with = + - or @, which a spreadsheet takes for a formula; "
            + "choose another type",
          at: entry.position)
      }
      values.append(value)
    }
    if entries.isEmpty {
      problems.error("enum-empty", "the enum names no value; list at least one", at: node.position)
    }
    return .enumeration(values)
  }
}

/// Whether a text may stand in a cell that a spreadsheet opens: it begins with nothing that begins a formula.
func isSafeCell(_ text: String) -> Bool {
  text.unicodeScalars.first?.beginsFormula != true
}
