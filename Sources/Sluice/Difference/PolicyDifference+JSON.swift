extension PolicyDifference {
  /// The difference as JSON, its members named like this type's properties; `counts` has a member an effect.
  package var json: JSONText {
    .object([
      ("instant", .string(instant.text)), ("instrument-count", .integer(UInt64(instrumentCount))),
      ("counts", .object(Effect.allCases.map { ($0.rawValue, .integer(UInt64(count(of: $0)))) })),
      ("changes", .array(changes.map(\.json))),
    ])
  }
}

extension PolicyDifference.Change {
  fileprivate var json: JSONText {
    .object([
      ("jurisdictions", .strings(jurisdictions)), ("instruments", .strings(instruments)),
      ("category", .optional(category)), ("what", .string(what)), ("role", .optional(role)),
      ("old", .string(old)), ("new", .string(new)), ("effect", .string(effect.rawValue)),
      ("old-rule", Self.json(oldRule)), ("new-rule", Self.json(newRule)),
    ])
  }

  private static func json(_ position: Position?) -> JSONText {
    position.map { .object([("file", .string($0.file)), ("line", .integer(UInt64($0.line)))]) } ?? .null
  }
}
