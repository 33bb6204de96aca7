import Glibc
import SluiceCrypto

/// What the operator alone learns of a run: every source's counts, what was unknown or unreadable, refusals
/// with their full codes, packets with digests and exact counts. Never part of a packet.
public struct OperatorReport: Sendable {
  /// One source and its counts.
  public struct Source: Sendable {
    /// As listed, which may be a path.
    public let name: String
    /// What was counted of it; where the run failed, up to there.
    public let tally: SourceTally
    /// SHA-256 of the source's bytes, where `--digest-sources` asked for it.
    public let digest: [UInt8]?

    /// A source and what was counted of it.
    public init(name: String, tally: SourceTally, digest: [UInt8]? = nil) {
      self.name = name
      self.tally = tally
      self.digest = digest
    }
  }

  /// What became of one demand.
  public struct Answer: Sendable {
    /// What a demand came to, in this run or an earlier one.
    public enum Outcome: Sendable {
      /// This run sealed it.
      case sealed(SealedPacket)
      /// A packet of that name was there and verified.
      case sealedBefore(digest: [UInt8])
      /// The demand was refused as a whole; no source was opened for it.
      case refused(ReasonCode)
      /// The ruling granted something, but no packet could be sealed.
      case failed(SluiceError)
    }

    /// The reference, with its part.
    public let packetName: String
    /// What it came to.
    public let outcome: Outcome
    /// Categories that were refused, in the order demanded, with full codes.
    public let refusedCategories: [(category: String, reason: ReasonCode)]
    /// Subjects that were refused though the demand was not, by their place in it, from 1.
    public let refusedSubjects: [(place: Int, reason: ReasonCode)]

    /// An answer in its parts; for a ruling or a refusal the other initialisers take them from it.
    public init(
      packetName: String, outcome: Outcome, refusedCategories: [(category: String, reason: ReasonCode)] = [],
      refusedSubjects: [(place: Int, reason: ReasonCode)] = []
    ) {
      self.packetName = packetName
      self.outcome = outcome
      self.refusedCategories = refusedCategories
      self.refusedSubjects = refusedSubjects
    }

    /// What became of a granted demand; the refusals in it are the ruling's.
    public init(_ ruling: GrantedRuling, _ outcome: Outcome) {
      self.init(
        packetName: ruling.demand.packetName, outcome: outcome, refusedCategories: ruling.refusedCategories,
        refusedSubjects: ruling.subjects.enumerated().compactMap { place, entry in
          entry.refusal.map { (place + 1, $0) }
        })
    }

    /// A refused demand.
    public init(_ refusal: Refusal) {
      self.init(
        packetName: refusal.demand.packetName, outcome: .refused(refusal.reason),
        refusedCategories: refusal.refusedCategories)
    }
  }

  /// What a packet was sealed in to its recipient.
  public struct Envelope: Sendable {
    /// What sealing to the recipient came to.
    public enum Outcome: Sendable {
      /// This run wrote it, with so many bytes.
      case sealed(byteCount: Int)
      /// A file of that name was there; nobody but its recipient can tell what is in it.
      case sealedBefore
      /// The packet lies at its place, and the envelope could not be written beside it.
      case failed(SluiceError)
    }

    /// The file's name, beside the packet.
    public let name: String
    /// What it came to; a packet stays sealed whatever this is.
    public let outcome: Outcome

    /// An envelope by its file's name.
    public init(name: String, outcome: Outcome) {
      self.name = name
      self.outcome = outcome
    }
  }

  /// What the run's packets share: tool, clock, format and documents.
  public let facts: RunFacts
  /// The catalog's kinds by name, in its order.
  public let kindNames: [String]
  /// In the order listed.
  public let sources: [Source]
  /// In the order demanded.
  public let answers: [Answer]
  /// Sentences for a person; they hold no value from a record.
  public let warnings: [String]
  /// In the order demanded; empty where packets are sealed to nobody.
  public var envelopes: [Envelope] = []

  /// A report without envelopes; they are added once the packets lie at their place.
  public init(
    facts: RunFacts, kindNames: [String], sources: [Source], answers: [Answer], warnings: [String]
  ) {
    self.facts = facts
    self.kindNames = kindNames
    self.sources = sources
    self.answers = answers
    self.warnings = warnings
  }

  /// The report as JSON, LF at the end.
  public var document: [UInt8] {
    JSONText.object([
      ("sluice", .string("report/1")), ("tool", .string(facts.agent)), ("now", .string(facts.now.text)),
      ("clock", .string(facts.clockIsGiven ? "given" : "system")), ("run", run),
      ("sources", .array(sources.map(json))), ("demands", .array(answers.map(json))),
      ("signed-by", .optional(facts.signer?.subject)), ("envelopes", .array(envelopes.map(json))),
      ("warnings", .strings(warnings)),
    ]).document
  }

  // MARK: - Parts

  private func json(_ envelope: Envelope) -> JSONText {
    switch envelope.outcome {
    case .sealed(let byteCount):
      .object([
        ("file", .string(envelope.name)), ("outcome", .string("sealed")),
        ("bytes", .integer(UInt64(byteCount))),
      ])
    case .sealedBefore: .object([("file", .string(envelope.name)), ("outcome", .string("sealed-before"))])
    case .failed(let error):
      .object([
        ("file", .string(envelope.name)), ("outcome", .string("failed")), ("error", .string(error.code)),
      ])
    }
  }

  /// The whole run: `read = out of reach + reached by at least one packet + unreadable`.
  private var run: JSONText {
    var total = SourceTally.KindCounts()
    for counts in sources.flatMap(\.tally.kinds) {
      total.read += counts.read
      total.outOfReach += counts.outOfReach
      total.reached += counts.reached
      total.unreadable += counts.unreadable
    }
    return json(total)
  }

  private func json(_ counts: SourceTally.KindCounts) -> JSONText {
    .object([
      ("read", .integer(counts.read)), ("out-of-reach", .integer(counts.outOfReach)),
      ("reached", .integer(counts.reached)), ("unreadable", .integer(counts.unreadable)),
      ("conserved", .boolean(counts.isConserved)),
    ])
  }

  private func json(_ source: Source) -> JSONText {
    let tally = source.tally
    let names = kindNames + ["unknown", "unreadable"]
    let kinds = zip(names, tally.kinds).filter { $0.1 != SourceTally.KindCounts() }
    var members: [(key: String, value: JSONText)] = [
      ("name", .string(source.name)), ("bytes", .integer(tally.bytes)), ("read", .integer(tally.read)),
      ("kinds", .object(kinds.map { ($0.0, json($0.1)) })),
      ("unreadable-by-code", Self.counts(tally.unreadable.map { ($0.key.code, $0.value) })),
      ("rejected", .integer(tally.rejected)), ("blank-lines", .integer(tally.blankLines)),
      ("unknown-fields", Self.counts(tally.unknownFields.map { ($0.key, $0.value) })),
      ("unknown-fields-unprintable", .integer(tally.unprintableFields)),
      ("unknown-fields-more", .integer(tally.moreFields)),
      ("never-fields", Self.counts(tally.neverFields.map { ($0.key, $0.value) })),
    ]
    if let digest = source.digest { members.append(("sha256", .string(Base16.encode(digest)))) }
    return .object(members)
  }

  /// Counts by name, in the order of the names.
  private static func counts(_ counts: [(String, UInt64)]) -> JSONText {
    .object(counts.sorted { $0.0 < $1.0 }.map { (key: $0.0, value: JSONText.integer($0.1)) })
  }

  private func json(_ answer: Answer) -> JSONText {
    var members: [(key: String, value: JSONText)] = [("demand", .string(answer.packetName))]
    switch answer.outcome {
    case .sealed(let packet):
      members += [
        ("outcome", .string("sealed")), ("digest", .string(Base16.encode(packet.digest))),
        ("bytes", .integer(UInt64(packet.byteCount))),
        ("kinds", .object(packet.kinds.map { ($0.kind, json($0.tally)) })),
      ]
    case .sealedBefore(let digest):
      members += [("outcome", .string("sealed-before")), ("digest", .string(Base16.encode(digest)))]
    case .refused(let reason):
      members += [("outcome", .string("refused")), ("code", .string(reason.rawValue))]
    case .failed(let error):
      members += [
        ("outcome", .string("failed")), ("code", .string(error.code)), ("message", .string(error.message)),
      ]
    }
    let categories = answer.refusedCategories.map { ($0.category, JSONText.string($0.reason.rawValue)) }
    members.append(("refused-categories", .object(categories.map { (key: $0.0, value: $0.1) })))
    let subjects = answer.refusedSubjects.map { refused in
      JSONText.object([
        ("subject", .integer(UInt64(refused.place))), ("code", .string(refused.reason.rawValue)),
      ])
    }
    members.append(("refused-subjects", .array(subjects)))
    return .object(members)
  }

  private func json(_ tally: KindTally) -> JSONText {
    let withheld = WithheldReason.allCases.map { ($0.code, tally.withheld[$0.rawValue]) }.filter { $0.1 > 0 }
    return .object([
      ("reached", .integer(tally.reached)), ("released", .integer(tally.released)),
      ("withheld", Self.counts(withheld)),
      ("rejected", Self.counts(tally.rejected.map { ($0.key.code, $0.value) })),
    ])
  }
}
