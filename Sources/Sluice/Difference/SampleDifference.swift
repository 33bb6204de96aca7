/// How two sets of policies would answer the same demands over the same records, in counts: what `sluice diff` tells of a
/// sample.
public struct SampleDifference: Sendable {
  /// What one set of policies would make of the sample.
  public struct Side: Sendable {
    /// The rulings on the demands of the sample, in their order.
    public let rulings: [Ruling]
    /// What a pass over the sample's records counted, for each ruling that is granted, in their order.
    public let counts: [ReleasedCount]

    /// Takes rulings and the counts of the granted ones; there must be as many counts as of those.
    public init(rulings: [Ruling], counts: [ReleasedCount]) {
      precondition(rulings.granted.count == counts.count, "a count for each granted ruling")
      self.rulings = rulings
      self.counts = counts
    }

    fileprivate var countedRulings: [CountedRuling] {
      var counts = counts.makeIterator()
      return rulings.map { ruling in
        switch ruling {
        case .granted(let granted): CountedRuling(.init(granted), granted.plan, counts.next())
        case .refused(let refusal): CountedRuling(.init(refusal))
        }
      }
    }
  }

  /// How one demand would be answered.
  public struct Answer: Sendable {
    /// The demand's reference and part, as a packet is named.
    public let demand: String
    /// Under the old policies.
    public let old: Outcome
    /// Under the new policies.
    public let new: Outcome
    /// What leaves under either set: a kind's records, then each of its fields, kinds in the catalog's order and fields
    /// in that of the schema.
    public let counts: [Count]

    /// Whether the answer differs: its outcome, a count, or what is done to a field that leaves.
    public var differs: Bool { old != new || counts.contains(where: \.differs) }
  }

  /// What was ruled on a demand, without its records.
  public struct Outcome: Hashable, Sendable {
    /// The code with which the demand is refused as a whole; nil where it is granted.
    public let refusal: String?
    /// In the order demanded; empty where the demand is refused.
    public let grantedCategories: [String]
    /// What of the demand is refused, and why: `category traffic: category-not-granted`, `subject 2:
    /// subject-class-unknown`.
    public let refusedParts: [String]
  }

  /// Records of a kind or values of a field that would leave.
  public struct Count: Sendable {
    /// A kind's name, or a field as `message.client_ip`.
    public let what: String
    /// Whether records are counted, and not a field's values.
    public let isRecords: Bool
    /// How many leave under the old policies.
    public let old: UInt64
    /// How many leave under the new policies.
    public let new: UInt64
    /// Whether another action holds for a role, withheld being one; false for records.
    public let hasOtherAction: Bool

    /// Whether what leaves differs: in count, or where anything leaves by another action.
    public var differs: Bool { old != new || (hasOtherAction && new > 0) }
  }

  /// Records of the sample that were read; 0 where both sets refuse every demand, so that none was.
  public let recordCount: UInt64
  /// In the order of the demands, those that would be answered the same included.
  public let answers: [Answer]

  /// Holds the answers of two sets of policies against each other.
  /// - Parameters:
  ///   - old: rulings on the same demands, in the same order, as those of `new`.
  ///   - catalog: what both sets were read against.
  ///   - recordCount: records that a pass read.
  public init(from old: Side, to new: Side, catalog: Catalog, recordCount: UInt64) {
    precondition(old.rulings.count == new.rulings.count, "rulings on the same demands")
    self.recordCount = recordCount
    answers = zip(old.rulings, zip(old.countedRulings, new.countedRulings)).map { ruling, sides in
      let (old, new) = sides
      return Answer(
        demand: ruling.demand.packetName, old: old.outcome, new: new.outcome,
        counts: catalog.kinds.indices.flatMap { Self.counts($0, catalog.kinds[$0], old, new) })
    }
  }

  private static func counts(
    _ index: Int, _ kind: Kind, _ old: CountedRuling, _ new: CountedRuling
  ) -> [Count] {
    let (oldCount, newCount) = (old.count(of: index), new.count(of: index))
    guard oldCount != nil || newCount != nil else { return [] }
    let records = Count(
      what: kind.name, isRecords: true, old: oldCount?.recordCount ?? 0, new: newCount?.recordCount ?? 0,
      hasOtherAction: false)
    return [records]
      + kind.fields.enumerated().compactMap { field, described in
        let (before, after) = (old.column(index, field), new.column(index, field))
        guard before != nil || after != nil else { return nil }
        return Count(
          what: "\(kind.name).\(described.name)", isRecords: false, old: before?.valueCount ?? 0,
          new: after?.valueCount ?? 0,
          hasOtherAction: before?.plan.subject.action != after?.plan.subject.action
            || before?.plan.other.action != after?.plan.other.action)
      }
  }
}

/// What one set of policies makes of one demand.
private struct CountedRuling {
  let outcome: SampleDifference.Outcome
  private let plan: ReleasePlan?
  private let count: ReleasedCount?

  init(_ outcome: SampleDifference.Outcome, _ plan: ReleasePlan? = nil, _ count: ReleasedCount? = nil) {
    self.outcome = outcome
    self.plan = plan
    self.count = count
  }

  func count(of kind: Int) -> ReleasedCount.KindCount? { count?.kinds.first { $0.kindIndex == kind } }

  /// A field's column in the kind's plan; nil where it does not leave.
  func column(_ kind: Int, _ field: Int) -> (plan: FieldPlan, valueCount: UInt64)? {
    guard let columns = plan?.kind(kind)?.columns, let counts = count(of: kind)?.valueCounts,
      let index = columns.firstIndex(where: { $0.fieldIndex == field })
    else { return nil }
    return (columns[index], counts[index])
  }
}

extension SampleDifference.Outcome {
  fileprivate init(_ ruling: GrantedRuling) {
    self.init(
      refusal: nil, grantedCategories: ruling.grantedCategories,
      refusedParts: Self.parts(ruling.refusedCategories)
        + ruling.subjects.enumerated().compactMap { index, subject in
          subject.refusal.map { "subject \(index + 1): \($0.rawValue)" }
        })
  }

  fileprivate init(_ refusal: Refusal) {
    self.init(
      refusal: refusal.reason.rawValue, grantedCategories: [],
      refusedParts: Self.parts(refusal.refusedCategories))
  }

  private static func parts(_ categories: [(category: String, reason: ReasonCode)]) -> [String] {
    categories.map { "category \($0.category): \($0.reason.rawValue)" }
  }
}
