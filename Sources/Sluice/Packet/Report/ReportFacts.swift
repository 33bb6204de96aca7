/// What a packet's own files say, as its page tells it. The page is made of nothing else.
struct ReportFacts {
  /// A file of records: where it lies, and what its rows come to.
  struct Records {
    let kind: String
    /// What fields.csv says of its columns; at least one row.
    let fields: [FieldRow]
    let entry: BagEntry
    let rowCount: UInt64
    let plan: FigurePlan
    let figures: RecordFigures
  }

  /// What is known of a file of records before its kind and columns are.
  typealias RecordsFile = (entry: BagEntry, rows: RowCheck.Result)

  /// A row of withheld.csv.
  struct Withheld {
    let what: String
    let kind: String
    let name: String
    let role: String
    let rule: String
    let reason: String
    let count: String
  }

  let demand: JSONText
  let provenance: JSONText
  let fields: [FieldRow]
  let withheld: [Withheld]
  let kinds: [VerifiedPacket.KindCounts]
  /// In the order of `kinds`.
  let records: [Records]

  /// Reads the side files. `records`: each file of records with what its rows come to.
  ///
  /// Throws status 8 where a file is not written as Sluice writes it.
  init(_ side: SideFiles, records: [RecordsFile]) throws(SluiceError) {
    demand = try Self.json(side, "data/demand.json")
    provenance = try Self.json(side, "data/provenance.json")
    fields = try side.rows("data/fields.csv", FieldRow.columns).compactMap(FieldRow.init)
    let withheldRows = try side.rows("data/withheld.csv", PacketTables.withheldColumns)
    withheld = withheldRows.map {
      Withheld(
        what: $0[0], kind: $0[1], name: $0[2], role: $0[3], rule: $0[4], reason: $0[5], count: $0[6])
    }
    kinds = try Reconciliation.read(
      reconciliation: side.rows("data/reconciliation.csv", PacketTables.reconciliationColumns),
      withheld: withheldRows)
    guard let format = RecordFormat(rawValue: provenance["format"]?.string ?? "") else {
      throw SideFiles.wrong("data/provenance.json")
    }
    let rowsByKind = Dictionary(grouping: fields, by: \.kind)
    let filesByPath = Dictionary(records.map { ($0.entry.path, $0) }, uniquingKeysWith: { first, _ in first })
    var found: [Records] = []
    for kind in kinds.map(\.kind) {
      guard let rows = rowsByKind[kind] else { continue }
      let columns = RecordCheck.Columns(kind: kind, format, rows)
      guard let file = filesByPath[columns.path] else { throw SideFiles.wrong("data/fields.csv") }
      found.append(
        Records(
          kind: kind, fields: rows, entry: file.entry, rowCount: file.rows.rowCount, plan: columns.figures,
          figures: file.rows.figures)
      )
    }
    self.records = found
  }

  private static func json(_ side: SideFiles, _ path: String) throws(SluiceError) -> JSONText {
    guard let value = side.json(path) else { throw SideFiles.wrong(path) }
    return value
  }
}

extension ReportFacts {
  /// The reference, with its part.
  var packetName: String {
    let reference = demand["reference"]?.string ?? ""
    let part = demand["part"]?.integer.flatMap { Int(exactly: $0) } ?? 1
    return Demand.packetName(reference: reference, part: max(part, 1))
  }

  var smallestCount: UInt64 { provenance["smallest-count"]?.integer ?? 0 }
  var hasUnreadable: Bool { provenance["unreadable"]?.string != "none" }

  /// Subjects as demanded: the class, the identifier, and `granted` or a code.
  var subjects: [(class: String, identifier: String, ruling: String)] {
    (demand["subjects"]?.elements ?? []).compactMap { subject in
      guard case .object(let members) = subject, let first = members.first else { return nil }
      return (first.key, first.value.string ?? "", subject["ruling"]?.string ?? "")
    }
  }

  /// Categories as demanded, each with `granted` or a code.
  var categories: [(name: String, ruling: String)] {
    func names(_ key: String) -> [String] {
      (demand["categories"]?[key]?.elements ?? []).compactMap(\.string)
    }
    let granted = Set(names("granted"))
    let refused = demand["categories"]?["refused"]?.elements ?? []
    let codes = Dictionary(
      refused.map { ($0["category"]?.string, $0["code"]?.string) }, uniquingKeysWith: { first, _ in first })
    return names("demanded").map { name in
      (name, granted.contains(name) ? "granted" : codes[name, default: nil] ?? "")
    }
  }
}
