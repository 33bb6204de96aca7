import SluiceCrypto

/// The JSON side files of one packet: the demand as it was answered, and what made the packet.
struct PacketStatements {
  let ruling: GrantedRuling
  let facts: RunFacts
  let key: PublishedKey

  /// demand.json: exactly the keys that the format lists. Sign-offs, other names of a subject and internal
  /// codes stay in.
  func demand() -> JSONText {
    let demand = ruling.demand
    let authority = demand.authority
    let subjects = ruling.subjects.map { entry in
      JSONText.object([
        (entry.subject.identifier.identifierClass.word, .string(entry.subject.identifier.text)),
        ("ruling", .string(entry.refusal?.packetText ?? "granted")),
      ])
    }
    let period = ruling.period.map {
      JSONText.object([("from", .string($0.from.text)), ("until", .string($0.until.text))])
    }
    return JSONText.object([
      ("reference", .string(demand.reference)), ("part", .integer(UInt64(demand.part))),
      ("jurisdiction", .string(demand.jurisdiction)), ("instrument", .string(ruling.instrument.name)),
      ("citation", .string(ruling.instrument.cites)),
      (
        "authority",
        .object([
          ("name", .string(authority.name)), ("official", .string(authority.official)),
          ("title", .string(authority.title)), ("contact", .string(authority.contact)),
          ("reference", .string(authority.reference)),
        ])
      ),
      ("issued", .string(demand.issued.utcDay)), ("received", .string(demand.received.text)),
      ("period", period ?? .null),
      ("document-sha256", .optional(demand.documentDigest.map(Base16.encode))),
      ("subjects", .array(subjects)), ("categories", categories()),
    ])
  }

  private func categories() -> JSONText {
    .object([
      ("demanded", .strings(ruling.demand.categories)), ("granted", .strings(ruling.grantedCategories)),
      (
        "refused",
        .array(
          ruling.refusedCategories.map {
            .object([("category", .string($0.category)), ("code", .string($0.reason.packetText))])
          })
      ),
    ])
  }

  /// provenance.json: tool, documents by digest, key id and commitment, and the counts by kind.
  func provenance(_ counts: [SmallCounts], hasUnreadable: Bool) -> JSONText {
    let kinds = zip(ruling.plan.kinds, counts).map { kind, counts in
      JSONText.object([
        ("kind", .string(kind.kind.name)), ("reached", .integer(counts.reached)),
        ("released", .integer(counts.released)),
        ("withheld-or-rejected", .integer(counts.reached - counts.released)),
      ])
    }
    return JSONText.object([
      ("scheme", .string("sluice/1")), ("tool", .string(facts.agent)),
      ("now", .string(facts.now.text)), ("clock", .string(facts.clockIsGiven ? "given" : "system")),
      ("format", .string(facts.format.rawValue)),
      (
        "schemas",
        .array(
          facts.schemas.map {
            .object([("name", .string($0.name)), ("sha256", .string(Base16.encode($0.digest)))])
          })
      ),
      ("policy-version", .string(ruling.policyVersion)),
      ("policy-sha256", .string(Base16.encode(ruling.policyDigest))),
      ("baseline-sha256", .string(Base16.encode(facts.baselineDigest))),
      ("demand-sha256", .string(Base16.encode(ruling.demand.digest))),
      ("key-id", .string(Base16.encode(key.keyID))),
      ("key-commitment", .string(Base16.encode(key.commitment))),
      ("smallest-count", .integer(UInt64(ruling.smallestCount))),
      ("unreadable", .string(hasUnreadable ? "some" : "none")), ("kinds", .array(kinds)),
    ])
  }
}

extension Instant {
  /// The UTC day, `2026-10-02`.
  var utcDay: String { String(text.prefix(10)) }
}
