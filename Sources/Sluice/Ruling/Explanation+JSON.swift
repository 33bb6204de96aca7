extension Explanation {
  /// The explanation as a JSON document, its members named like this type's properties: `policy-file`, `is-released`.
  /// What is nil is `null`. Ends with a line feed.
  public var json: [UInt8] {
    JSONText.object([
      ("jurisdiction", .string(jurisdiction)), ("instrument", .string(instrument)),
      ("citation", .string(citation)), ("policy-file", .string(policyFile)),
      ("policy-version", .string(policyVersion)), ("status-refusal", .optional(statusRefusal)),
      ("requires-approval", .boolean(requiresApproval)),
      ("categories", .array(categories.map(\.json))), ("rows", .array(rows.map(\.json))),
      ("bundles", .array(bundles.map(\.json))),
    ]).document
  }
}

extension Explanation.Category {
  fileprivate var json: JSONText {
    .object([("name", .string(name)), ("requires-approval", .boolean(requiresApproval))])
  }
}

extension Explanation.Row {
  fileprivate var json: JSONText {
    .object([
      ("kind", .string(kind)), ("field", .string(field)), ("type", .string(type)), ("role", .string(role)),
      ("is-released", .boolean(isReleased)), ("outcome", .string(outcome)), ("category", .optional(category)),
      ("citation", .optional(citation)), ("file", .optional(file)),
      ("line", line.map { .integer(UInt64($0)) } ?? .null),
    ])
  }
}

extension Explanation.BundleRow {
  fileprivate var json: JSONText {
    .object([
      ("kind", .string(kind)), ("fields", .strings(fields)), ("with", .strings(with)),
      ("is-baseline", .boolean(isBaseline)),
    ])
  }
}
