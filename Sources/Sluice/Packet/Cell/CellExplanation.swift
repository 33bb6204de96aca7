import SluiceCrypto

/// Why one cell of a packet looks as it does, told from the packet alone and without the cell's value. `sluice explain`
/// prints it, as text or as JSON.
///
/// Whose the value is a packet does not say in words. Its form does where only one role's action writes that form: a
/// pseudonym is an other's where the subject's is kept. Where it does not, every role that it may be is here, and
/// `roleIsTold` is false. That a value is none of the demand's identifiers tells nothing: a subject has other ones
/// that the demand names and the packet does not.
public struct CellExplanation: Sendable {
  /// The packet, which verifies.
  public let packet: VerifiedPacket
  /// The path of the file of records in the packet.
  public let file: String
  /// From 1; the header of a CSV file does not count.
  public let row: UInt64
  /// The column as the file of records names it.
  public let column: String
  /// What the column holds, in the schema's words; empty where it has none.
  public let definition: String
  /// The type's word in a schema; `array of …` for an array.
  public let type: String
  /// The unit of the column's values; empty where they have none.
  public let unit: String
  /// Whether the cell has a value, and if not why.
  public let content: Content
  /// The forms of the cell's values in words, each once: `pseudonym`, `time to the hour`. Empty where it has none.
  public let forms: [String]
  /// How many values the cell has: for a list its elements, redacted ones too.
  public let valueCount: Int
  /// The roles whose rule may have made the cell, `subject` before `other`; at least one.
  public private(set) var roles: [Role]
  /// Whether each value of the cell is of just one of the roles; a list may hold values of both.
  public let roleIsTold: Bool
  /// Whether a value is an identifier by which the demand names a granted subject.
  public let namesGrantedSubject: Bool
  /// The instant of production, as the packet states it.
  public let producedAt: Instant
  /// The version of the policy that the packet was made under, as it says it.
  public let policyVersion: String
  /// The SHA-256 of that policy's document.
  public let policyDigest: [UInt8]

  /// What a cell holds.
  public enum Content: String, Sendable {
    /// A value, or a list with one.
    case value
    /// The rule releases it, and the provider's record has none. In CSV a list or text of nothing is the same.
    case absent
    /// A list that no element of the provider's record left in.
    case emptyList = "empty-list"
    /// A text stands in its place, whether or not there was a value.
    case redacted
    /// It is not in the row, whether or not there was a value.
    case withheld
  }

  /// What happens to the column for one role, as fields.csv states it.
  public struct Role: Sendable {
    /// `subject`, `other`, or `record` for a field without roles.
    public let name: String
    /// The action's word: `keep`, `pseudonymize`, ….
    public let action: String
    /// How fine a value is that leaves, in words.
    public let precision: String
    /// The granted category whose rule holds.
    public let category: String
    /// The law that the instrument rests on.
    public let citation: String
    /// `original`, `derived` or `withheld`.
    public let provenance: String
    /// What else a reader must know; empty for nothing.
    public let note: String
    /// The name of the policy's file; nil before `placed(in:catalog:)`, and where the policy has no such rule.
    public internal(set) var policyFile: String?
    /// The rule's line there, from 1; nil where the file is.
    public internal(set) var line: Int?
  }

  /// Verifies the packet in a folder and explains one cell of it. Its records are read once, and never held whole.
  ///
  /// Throws what `PacketVerifier.verify` throws for a packet that does not verify; then status 5, `cell-kind`,
  /// `cell-column` or `cell-row`, where the packet has no such cell.
  public init(of address: CellAddress, inPacketAt path: String) throws(SluiceError) {
    let side = SideFiles()
    let finder = RowFinder(address)
    packet = try PacketVerifier(layer: FileLayer()).verify(path: path, side, finder)
    let facts: (produced: Instant, version: String, digest: [UInt8])
    do throws(SluiceError) { facts = try Self.facts(side) } catch { throw PacketVerifier.advised(error) }
    let rows = try side.rows("data/fields.csv", FieldRow.columns).compactMap(FieldRow.init)
      .filter { $0.kind == address.kind }
    guard !rows.isEmpty else {
      throw SluiceError(
        .input, "cell-kind",
        "The packet has no file of records of that kind; name a kind that data/fields.csv lists.")
    }
    let own = rows.filter { $0.column == address.column }
    guard !own.isEmpty else {
      throw SluiceError(
        .input, "cell-column",
        "That kind has no such column in the packet; name one as data/fields.csv lists it for the kind.")
    }
    guard let found = finder.found else {
      throw SluiceError(
        .input, "cell-row",
        "The file of records has fewer rows; give the row by its number, from 1 and without a header.")
    }
    let columns = RecordCheck.Columns(kind: address.kind, found.format, rows)
    let reading = CellReading(
      CellContent(found.row, of: columns, own[0]), own, identifiers: Self.grantedIdentifiers(side))
    (file, row, column) = (columns.path, address.row, address.column)
    (definition, type, unit) = (own[0].definition, own[0].type, own[0].unit)
    (content, valueCount) = (reading.content, reading.valueCount)
    (forms, roleIsTold) = (reading.forms.map(\.words), reading.roleIsTold)
    roles = reading.roles.map(Role.init)
    namesGrantedSubject = reading.namesGrantedSubject
    (producedAt, policyVersion, policyDigest) = (facts.produced, facts.version, facts.digest)
  }

  /// What provenance.json says of how the packet was made. Throws status 8 where it does not say it as Sluice does.
  private static func facts(
    _ side: SideFiles
  ) throws(SluiceError) -> (produced: Instant, version: String, digest: [UInt8]) {
    let provenance = side.json("data/provenance.json")
    guard let produced = provenance?["now"]?.string.flatMap(Instant.init(rfc3339:)),
      let version = provenance?["policy-version"]?.string,
      let digest = provenance?["policy-sha256"]?.string.flatMap({
        Base16.decode($0, count: SHA256.byteCount)
      })
    else { throw SideFiles.wrong("data/provenance.json") }
    return (produced, version, digest)
  }

  /// The identifiers by which the demand names its granted subjects, by class.
  private static func grantedIdentifiers(_ side: SideFiles) -> [String: Set<String>] {
    var identifiers: [String: Set<String>] = [:]
    for subject in side.json("data/demand.json")?["subjects"]?.elements ?? []
    where subject["ruling"]?.string == "granted" {
      for identifierClass in IdentifierClass.allCases.map(\.word) {
        guard let text = subject[identifierClass]?.string else { continue }
        identifiers[identifierClass, default: []].insert(text)
      }
    }
    return identifiers
  }

  /// The explanation with the place of each role's rule in the policy that the packet was made under.
  ///
  /// A role whose category no longer names the field, which takes another schema, has no place. Throws status 3,
  /// `policy-other`, where none of the policies has the SHA-256 that the packet states.
  public func placed(in policies: PolicySet, catalog: Catalog) throws(SluiceError) -> CellExplanation {
    guard let policy = policies.policies.first(where: { $0.digest == policyDigest }) else {
      throw SluiceError(
        .document, "policy-other",
        "No policy there has the SHA-256 of the one that the packet was made under; give the folder as it was then, "
          + "or leave --policies out.")
    }
    var placed = self
    for index in roles.indices {
      let position = rule(of: roles[index].category, in: policy, catalog)?.position
      placed.roles[index].policyFile = position?.file
      placed.roles[index].line = position?.line
    }
    return placed
  }

  private func rule(of category: String, in policy: Policy, _ catalog: Catalog) -> FieldRule? {
    policy.categories.first { $0.name == category }?.rules.first { rule in
      let (kind, field) = (catalog.kinds[rule.kind], catalog.kinds[rule.kind].fields[rule.field])
      let names = [field.name] + (field.type == .point ? [".lat", ".lon"].map { field.name + $0 } : [])
      return RecordFormat.allCases.contains { RecordCheck.path(of: kind.name, $0) == file }
        && names.contains(column)
    }
  }
}

extension CellExplanation.Role {
  init(_ row: FieldRow) {
    self.init(
      name: row.role, action: row.action, precision: row.precision, category: row.category,
      citation: row.citation, provenance: row.provenance, note: row.note)
  }
}
