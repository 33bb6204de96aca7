/// What may leave for one demand: a dense table, an action a field and role, made once and never changed.
///
/// Default deny: a kind or a field that is not here does not leave. An object, because the demands of a batch share it, and
/// what their packets say of it is made once.
public final class ReleasePlan: Sendable {
  /// The kinds that a granted category names, in the catalog's order.
  public let kinds: [KindPlan]

  /// The identifier classes of the parties of every kind that a granted category names, in their order.
  let partyClasses: [IdentifierClass]

  package init(kinds: [KindPlan]) {
    self.kinds = kinds
    let classes = Set(
      kinds.flatMap { plan in plan.kind.parties.compactMap { plan.kind.fields[$0].type.identifierClass } })
    partyClasses = IdentifierClass.allCases.filter(classes.contains)
  }

  /// The plan for a kind of the catalog, or nil where no granted category names it.
  public func kind(_ index: Int) -> KindPlan? { kinds.first { $0.kindIndex == index } }
}

/// The plan for the records of one kind.
public struct KindPlan: Sendable {
  /// Index into the catalog's kinds.
  public let kindIndex: Int
  /// The kind as its schema describes it.
  public let kind: Kind
  /// Every field that a granted category names, withheld ones too, in schema order.
  public let fields: [FieldPlan]
  /// The fields that leave for some role: the columns of the kind's file, in schema order.
  public let columns: [FieldPlan]
  /// Those of the policy and of the baseline that are about this kind.
  public let bundles: [Bundle]

  package init(kindIndex: Int, kind: Kind, fields: [FieldPlan], bundles: [Bundle]) {
    self.kindIndex = kindIndex
    self.kind = kind
    self.fields = fields
    columns = fields.filter(\.isReleased)
    self.bundles = bundles
  }

  /// Whether the kind has a file in the packet.
  public var hasFile: Bool { !columns.isEmpty }

  /// Whether the file is sorted by its bytes: where the time is withheld or coarser than the second, the order
  /// of the sources would give back what the coarsening took.
  public var isSorted: Bool {
    guard let timeField = kind.timeField else { return true }
    guard let plan = fields.first(where: { $0.fieldIndex == timeField }) else { return true }
    return switch plan.subject.action {
    case .keep, .truncate(.second): false
    default: true
    }
  }
}

/// What happens to one field of a kind.
public struct FieldPlan: Sendable {
  /// Index into the kind's fields.
  public let fieldIndex: Int
  /// The field as its schema describes it.
  public let field: Field
  /// For a field without roles both are the same.
  public let subject: RolePlan
  /// What happens to it where its party is no subject.
  public let other: RolePlan
  /// A value that cannot be read withholds the field instead of rejecting the record.
  public let withholdsOnError: Bool

  package init(
    fieldIndex: Int, field: Field, subject: RolePlan, other: RolePlan, withholdsOnError: Bool
  ) {
    self.fieldIndex = fieldIndex
    self.field = field
    self.subject = subject
    self.other = other
    self.withholdsOnError = withholdsOnError
  }

  /// Whether it leaves for some role, and so has a column.
  public var isReleased: Bool { subject.action != .withhold || other.action != .withhold }
}

/// One action, and the rule it comes from.
public struct RolePlan: Sendable {
  /// What happens to the value.
  public let action: Action
  /// The granted category whose rule holds: the least strict of those that name the field.
  public let category: String
  /// The instrument's citation.
  public let citation: String
  /// The rule's place in the policy.
  public let position: Position

  package init(action: Action, category: String, citation: String, position: Position) {
    self.action = action
    self.category = category
    self.citation = citation
    self.position = position
  }
}
