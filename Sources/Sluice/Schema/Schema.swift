/// A source's records as its schema describes them, checked and compiled.
public struct Schema: Sendable {
  /// `[a-z][a-z0-9-]*`, at most 40 characters; packets name the schema by it.
  public let name: String
  /// The document's file name as given.
  public let file: String
  /// SHA-256 of the document's bytes.
  public let digest: [UInt8]
  /// In the order of the document.
  public let kinds: [Kind]

  package init(name: String, file: String, digest: [UInt8], kinds: [Kind]) {
    self.name = name
    self.file = file
    self.digest = digest
    self.kinds = kinds
  }
}

/// One kind of record: which fields it has, which of them are parties, and which one is its time.
public struct Kind: Hashable, Sendable {
  /// `[a-z][a-z0-9_]*`, at most 40 characters; the name of the kind's file in a packet.
  public let name: String
  /// All must hold for a record to be of this kind; empty where the schema has one kind alone.
  public let conditions: [KindCondition]
  /// Index into `fields` of the one instant that the period is matched on; nil for `time: none`.
  public let timeField: Int?
  /// Indices into `fields`; they select records and take a role.
  public let parties: [Int]
  /// Indices into `fields`; they take the role of their own value and never select.
  public let mentions: [Int]
  /// In schema order.
  public let fields: [Field]

  package init(
    name: String, conditions: [KindCondition], timeField: Int?, parties: [Int], mentions: [Int],
    fields: [Field]
  ) {
    self.name = name
    self.conditions = conditions
    self.timeField = timeField
    self.parties = parties
    self.mentions = mentions
    self.fields = fields
  }
}

/// A discriminator: the text that a path must hold.
public struct KindCondition: Hashable, Sendable {
  /// Where the text stands in the record.
  public let path: SourcePath
  /// The whole text, byte for byte, not empty; a number is compared as it is written.
  public let value: String

  package init(path: SourcePath, value: String) {
    self.path = path
    self.value = value
  }
}

/// One field of a kind.
public struct Field: Hashable, Sendable {
  /// A letter or `_`, then letters, digits and `_`, at most 40 characters.
  public let name: String
  /// What its values must be; in an array, each element.
  public let type: FieldType
  /// An array of parties or mentions, each element of `type`.
  public let isArray: Bool
  /// Whose it is, and with that whether it has an action for each role.
  public let role: FieldRole
  /// Where a source holds it.
  public let origin: FieldOrigin
  /// What the field means, for fields.csv; empty where the schema does not say.
  public let definition: String

  package init(
    name: String, type: FieldType, isArray: Bool, role: FieldRole, origin: FieldOrigin, definition: String
  ) {
    self.name = name
    self.type = type
    self.isArray = isArray
    self.role = role
    self.origin = origin
    self.definition = definition
  }

  /// What a type's word begins with where the field is an array of such.
  static let arrayPrefix = "array of "

  /// The type's word in a schema; `array of …` for an array.
  var typeWord: String { isArray ? Self.arrayPrefix + type.word : type.word }

  /// Whether the field has an action for each role; otherwise it has one.
  public var hasRoles: Bool { role != .record }
}

/// Whose a field is.
public enum FieldRole: Hashable, Sendable {
  /// Selects records and takes the role of its own value.
  case party
  /// Takes the role of its own value and never selects.
  case mention
  /// Takes the role of a scalar party of the same record (an index into the kind's fields).
  case of(Int)
  /// The record's own: one action whatever the roles.
  case record
}

/// Where a field's value stands in a source.
public enum FieldOrigin: Hashable, Sendable {
  /// Of several names exactly one may hold a value.
  case paths([SourcePath])
  /// Two source fields that make one point.
  case point(latitude: SourcePath, longitude: SourcePath)
  /// A constant that the sources file gives under the field's name.
  case source
}

/// The keys that lead to a value: `position.lat` is two.
public struct SourcePath: Hashable, Sendable {
  /// From the outermost object inwards; at least one, and none is empty.
  public let keys: [String]

  package init(_ keys: [String]) { self.keys = keys }

  /// Splits at dots. Returns nil where a key is empty.
  package init?(_ text: String) {
    let keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard keys.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.keys = keys
  }

  /// The keys joined by dots.
  public var text: String { keys.joined(separator: ".") }
}

/// Every schema of a run and the kinds they describe, each name once.
public struct Catalog: Sendable {
  /// In the order given.
  public let schemas: [Schema]
  /// Kinds of one name in two schemas are equal, so a kind is known by its index here in the whole run.
  public let kinds: [Kind]

  package init(schemas: [Schema], kinds: [Kind]) {
    self.schemas = schemas
    self.kinds = kinds
  }

  /// The index of a kind by its name.
  public func kindIndex(_ name: String) -> Int? { kinds.firstIndex { $0.name == name } }
}
