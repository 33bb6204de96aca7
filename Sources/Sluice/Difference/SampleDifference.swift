/// How two sets of policies would answer the same demands over the same records, in counts: what `sluice diff` tells of a
/// sample.
public struct SampleDifference: Sendable {
  /// What one set of policies would answer.
  public struct Side: Sendable {
    /// The rulings on the demands of the sample, in their order.
    public let rulings: [Ruling]
    /// What a pass over the sample's records counted, for each ruling that is granted, in their order.
    public let counts: [ReleasedCount]

    /// Takes rulings and the counts of the granted ones; there must be as many counts as of those.
    public init(rulings: [Ruling], counts: [ReleasedCount]) {
      self.rulings = rulings
      self.counts = counts
      precondition(granted.count == counts.count, "a count for each granted ruling")
    }

    private var granted: [GrantedRuling] {
      rulings.compactMap { if case .granted(let ruling) = $0 { ruling } else { nil } }
    }

    /// The answers to the demands, in their order.
    fileprivate var answers: [Side.Answer] {
      var counts = counts.makeIterator()
      return rulings.map { ruling in
        switch ruling {
        case .granted(let granted): Answer(outcome: "granted", plan: granted.plan, count: counts.next())
        case .refused(let refusal): Answer(outcome: refusal.reason.rawValue, plan: nil, count: nil)
        }
      }
    }

    fileprivate struct Answer {
      let outcome: String
      let plan: ReleasePlan?
      let count: ReleasedCount?

      func count(of kind: Int) -> ReleasedCount.KindCount? { count?.kinds.first { $0.kindIndex == kind } }

      /// A field's column in the kind's plan; nil where it does not leave.
      func column(_ kind: Int, _ field: Int) -> (plan: FieldPlan, valueCount: UInt64)? {
        guard let columns = plan?.kind(kind)?.columns, let counts = count(of: kind)?.valueCounts,
          let index = columns.firstIndex(where: { $0.fieldIndex == field })
        else { return nil }
        return (columns[index], counts[index])
      }
    }
  }

  /// What one demand would be answered with.
  public struct Answer: Sendable {
    /// The demand's reference and part, as a packet is named.
    public let demand: String
    /// `granted`, or the code with which the old policies refuse it.
    public let oldOutcome: String
    /// `granted`, or the code with which the new policies refuse it.
    public let newOutcome: String
    /// What leaves under either set: a kind's records, then each of its fields, kinds in the catalog's order and fields
    /// in that of the schema.
    public let counts: [Count]

    /// Whether the answer differs: its outcome, a count, or what is done to a field.
    public var differs: Bool { oldOutcome != newOutcome || counts.contains(where: \.differs) }
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

  /// Records of the sample that were read.
  public let recordCount: UInt64
  /// In the order of the demands, those that would be answered the same included.
  public let answers: [Answer]

  /// Holds the answers of two sets of policies against each other.
  /// - Parameters:
  ///   - old: rulings on the same demands, in the same order, as those of `new`.
  ///   - catalog: what both sets were read against.
  ///   - recordCount: records that each side's pass read.
  public init(from old: Side, to new: Side, catalog: Catalog, recordCount: UInt64) {
    precondition(old.rulings.count == new.rulings.count, "rulings on the same demands")
    self.recordCount = recordCount
    answers = zip(old.rulings, zip(old.answers, new.answers)).map { ruling, sides in
      let (old, new) = sides
      return Answer(
        demand: ruling.demand.packetName, oldOutcome: old.outcome, newOutcome: new.outcome,
        counts: catalog.kinds.indices.flatMap { Self.counts($0, catalog.kinds[$0], old, new) })
    }
  }

  private static func counts(_ index: Int, _ kind: Kind, _ old: Side.Answer, _ new: Side.Answer) -> [Count] {
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
