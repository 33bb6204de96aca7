/// Reads actions as a policy or a baseline writes them, and checks that each fits its field's type.
struct ActionReader {
  let type: FieldType

  /// The keys of actions with a parameter.
  static let parameterKeys = ["mask", "truncate", "grid", "geohash", "prefix", "bucket", "map"]
  private static let words: [String: Action] = [
    "keep": .keep, "redact": .redact, "withhold": .withhold, "pseudonymize": .pseudonymize,
    "country": .country,
  ]

  func read(_ node: DocumentNode, _ problems: inout ProblemList) -> Action? {
    let action: Action?
    if case .mapping(let members) = node.content {
      guard members.count == 1, let member = members.first else {
        problems.error(
          "action-invalid", "this is no action; write one word, or one { word: parameter }", at: node.position
        )
        return nil
      }
      action = parameterised(member, &problems)
    } else {
      action = word(node, &problems)
    }
    guard let action else { return nil }
    guard fits(action) else {
      problems.error(
        "action-type",
        "\(action.word) does not fit a field of type \(type.word); choose an action that does, or withhold",
        at: node.position)
      return nil
    }
    return action
  }

  private func word(_ node: DocumentNode, _ problems: inout ProblemList) -> Action? {
    guard let text = node.string("an action", &problems) else { return nil }
    if let action = Self.words[text] { return action }
    if Self.parameterKeys.contains(text) {
      problems.error("action-invalid", "\(text) lacks its parameter; write { \(text): … }", at: node.position)
    } else {
      let hint = nearestNameHint(to: text, in: Self.words.keys.sorted() + Self.parameterKeys)
      problems.error(
        "action-unknown", "there is no such action; choose one of the policy format\(hint)", at: node.position
      )
    }
    return nil
  }

  private func parameterised(
    _ member: DocumentNode.Member, _ problems: inout ProblemList
  ) -> Action? {
    let node = member.value
    switch member.key {
    case "mask":
      return mask(node, &problems)
    case "truncate":
      return node.word("truncate", Granularity.self, &problems).map { .truncate($0) }
    case "grid":
      return grid(node, &problems)
    case "geohash":
      return node.integer("geohash", 1...12, &problems).map { .geohash(Int($0)) }
    case "prefix":
      return prefix(node, &problems)
    case "bucket":
      return BucketReader(type: type).read(node, &problems).map { .bucket($0) }
    case "map":
      return map(node, &problems)
    default:
      let hint = nearestNameHint(to: member.key, in: Self.parameterKeys)
      problems.error(
        "action-unknown", "there is no such action with a parameter; choose one of the policy format\(hint)",
        at: member.keyPosition)
      return nil
    }
  }

  /// The most characters of an identifier that a mask leaves: eleven of a phone number's twelve would be all but its `+`.
  private static let maskMax: Int64 = 4

  private func mask(_ node: DocumentNode, _ problems: inout ProblemList) -> Action? {
    node.integer("mask", 1...Self.maskMax, &problems).map { .mask(last: Int($0)) }
  }

  /// The side of a cell in degrees: above 0, at most nine digits after the point, and 90 a whole multiple of it.
  ///
  /// Else cells would have their corners beyond the world: at side 7 the southern pole is in one that begins at -91.
  private func grid(_ node: DocumentNode, _ problems: inout ProblemList) -> Action? {
    guard let text = node.string("grid", &problems) else { return nil }
    let bytes = Array(text.utf8)
    guard bytes.count <= 12, bytes.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
      let side = ExactDecimal(text), (0...9).contains(side.scale), side.mantissa > 0,
      ExactDecimal(mantissa: 90, scale: 0).isMultiple(of: side)
    else {
      return node.wrong(
        "grid", "is no number of degrees that 90 is a whole multiple of; write one that is, as 0.1", &problems
      )
    }
    return .grid(side)
  }

  private func prefix(_ node: DocumentNode, _ problems: inout ProblemList) -> Action? {
    guard
      let keys = MappingReader(node, "prefix", required: ["v4", "v6"], problems: &problems)
    else { return nil }
    let v4 = length(keys, "v4", of: 32, &problems)
    let v6 = length(keys, "v6", of: 128, &problems)
    guard let v4, let v6 else { return nil }
    return .prefix(v4: v4, v6: v6)
  }

  /// A prefix as long as the address would let all of it out and be told as derived, and no bundle would hold it.
  private func length(
    _ keys: MappingReader, _ key: String, of whole: Int64, _ problems: inout ProblemList
  ) -> Int? {
    guard let node = keys[key], let length = node.integer(key, 0...whole, &problems) else { return nil }
    guard length < whole else {
      return node.wrong(
        key,
        "is the length of a whole address, which is keep by another name; write at most \(whole - 1), or keep",
        &problems)
    }
    return Int(length)
  }

  private func map(_ node: DocumentNode, _ problems: inout ProblemList) -> Action? {
    guard let members = node.members("map", &problems) else { return nil }
    let inputs: [String]? =
      switch type {
      case .enumeration(let values): values
      case .boolean: ["true", "false"]
      default: nil
      }
    guard let inputs else {
      problems.error(
        "action-type",
        "map does not fit a field of type \(type.word); choose an action that does, or withhold",
        at: node.position)
      return nil
    }
    if members.isEmpty {
      problems.error(
        "map-empty", "map names no value; name at least one, or leave the field out", at: node.position)
    }
    var outputs: [String: String] = [:]
    for member in members {
      guard inputs.contains(member.key) else {
        let hint = nearestNameHint(to: member.key, in: inputs)
        problems.error(
          "map-input", "map names a value that the field cannot have; take it out\(hint)",
          at: member.keyPosition)
        continue
      }
      guard let output = member.value.text("a value of map", &problems) else { continue }
      // A released cell must not be read as one that was withheld, redacted or is a formula.
      guard isSafeCell(output), !["[withheld]", "[redacted]"].contains(output) else {
        problems.error(
          "map-output", "this released value would be misread; choose another", at: member.value.position)
        continue
      }
      outputs[member.key] = output
    }
    return .map(outputs)
  }

  private func fits(_ action: Action) -> Bool {
    if type == .content || type == .secret { return false }
    switch action {
    case .keep, .redact, .withhold: return true
    case .mask:
      return switch type {
      case .phone, .account, .email, .device, .cell, .id: true
      default: false
      }
    case .pseudonymize: return type.identifierClass != nil
    case .country:
      if case .phone = type { return true }
      return false
    case .truncate:
      if case .timestamp = type { return true }
      return false
    case .grid, .geohash: return type == .point
    case .prefix: return type == .ip
    case .bucket:
      return switch type {
      case .integer, .duration, .port: true
      default: false
      }
    case .map:
      return switch type {
      case .enumeration, .boolean: true
      default: false
      }
    }
  }
}
