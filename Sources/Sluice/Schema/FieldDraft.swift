/// A field as its schema wrote it, before parties and mentions are known.
struct FieldDraft {
  let name: String
  let type: FieldType
  let isArray: Bool
  let of: Owner?
  let origin: FieldOrigin
  let definition: String
  let position: Position
  let ofPosition: Position

  /// The word under `of`.
  enum Owner: Equatable {
    case record
    case field(String)
  }
}
