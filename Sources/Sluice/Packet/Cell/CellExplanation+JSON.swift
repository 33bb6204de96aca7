import SluiceCrypto

extension CellExplanation {
  /// The explanation as a JSON document, its members named like this type's properties, `role-is-told`, or as
  /// provenance.json names them, `policy-sha256`. What is nil is `null`; the cell's value is nowhere in it. Ends with a
  /// line feed.
  public var json: [UInt8] {
    JSONText.object([
      ("packet", .string(packet.name)), ("file", .string(file)), ("row", .integer(row)),
      ("column", .string(column)), ("definition", .string(definition)), ("type", .string(type)),
      ("unit", .string(unit)), ("content", .string(content.rawValue)), ("forms", .strings(forms)),
      ("value-count", .integer(UInt64(valueCount))), ("role-is-told", .boolean(roleIsTold)),
      ("names-granted-subject", .boolean(namesGrantedSubject)), ("roles", .array(roles.map(\.json))),
      ("policy-version", .string(policyVersion)), ("policy-sha256", .string(Base16.encode(policyDigest))),
      ("produced", .string(producedAt.text)), ("clock-is-given", .boolean(packet.clockIsGiven)),
      ("pseudonym-key-id", .optional(pseudonymKeyID)),
    ]).document
  }
}

extension CellExplanation.Role {
  fileprivate var json: JSONText {
    .object([
      ("role", .string(name)), ("action", .string(action)), ("precision", .string(precision)),
      ("category", .string(category)), ("citation", .string(citation)), ("provenance", .string(provenance)),
      ("note", .string(note)), ("policy-file", .optional(policyFile)),
      ("line", line.map { .integer(UInt64($0)) } ?? .null),
    ])
  }
}
