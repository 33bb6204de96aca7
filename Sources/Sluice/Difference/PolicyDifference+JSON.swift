extension PolicyDifference {
  /// The difference as JSON, its members named like this type's properties; `counts` has a member an effect.
  package var json: JSONText {
    .object([
      ("instant", .string(instant.text)), ("instrument-count", .integer(UInt64(instrumentCount))),
      ("state-count", .integer(UInt64(stateCount))),
      (
        "out-of-force",
        .array(
          outOfForce.map {
            .object([
              ("file", .string($0.file)), ("from", .string($0.valid.from.text)),
              ("until", .string($0.valid.until.text)),
            ])
          })
      ),
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
