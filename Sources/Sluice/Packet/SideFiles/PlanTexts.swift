/// What the packets of one plan say alike: made once for all of them, and checked before any record is read.
final class PlanTexts: Sendable {
  /// fields.csv.
  let fields: [UInt8]
  /// Of each kind's file of records, in the order of the plan's kinds.
  let columns: [RecordCheck.Columns]
  /// A line for the certificate for each field and role whose values are the provider's own.
  let original: [String]
  /// The same where they are made from the provider's.
  let derived: [String]
  /// The same where they are withheld.
  let withheld: [String]

  /// Throws status 3 where a text of the schema or policy cannot be written into a packet.
  init(_ plan: ReleasePlan, _ format: RecordFormat) throws(SluiceError) {
    let rows = plan.kinds.map { PacketTables.rows($0, format) }
    fields = try PacketTables.fields(rows)
    columns = zip(plan.kinds, rows).map { RecordCheck.Columns(kind: $0.kind.name, format, $1) }
    original = Self.lines(plan) { $0.isOriginal }
    derived = Self.lines(plan) { !$0.isOriginal && $0 != .withhold }
    withheld = Self.lines(plan) { $0 == .withhold }
  }

  private static func lines(_ plan: ReleasePlan, _ isListed: (Action) -> Bool) -> [String] {
    var lines: [String] = []
    for kind in plan.kinds {
      for field in kind.fields {
        for role in field.roles where isListed(role.plan.action) {
          let whose = role.word == "record" ? "" : ", of \(role.word == "subject" ? "subjects" : "others")"
          let how =
            role.plan.action.isOriginal || role.plan.action == .withhold
            ? "" : ": \(role.plan.action.description(for: field.field.type))"
          lines.append("   \(kind.kind.name).\(field.field.name)\(whose)\(how)")
        }
      }
    }
    return lines.isEmpty ? ["   none"] : lines
  }
}
