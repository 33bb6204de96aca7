/// One legal instrument served by one authority, as its document states it; nothing in it is decided yet.
///
/// A class, because all that is made for it refers to it; nothing in it changes.
public final class Demand: Sendable {
  /// The document's file name as given.
  public let file: String
  /// SHA-256 of the document's bytes.
  public let digest: [UInt8]
  /// The provider's own, `[A-Z0-9][A-Z0-9._-]{0,63}`. It names the packet and keys its pseudonyms.
  public let reference: String
  /// 1, or 2 and above for a further packet under the same reference.
  public let part: Int
  /// The issuing state, an ISO 3166-1 code of two capital letters; whether a policy serves it is for the gates to
  /// say.
  public let jurisdiction: String
  /// The instrument's name; whether a policy names it is for the gates to say.
  public let instrument: String
  /// Who serves it. The gates ask for its name and its official.
  public let authority: Authority
  /// The day on the instrument, as midnight UTC.
  public let issued: Instant
  /// When it reached the provider. The status at that instant counts beside that at production, and reports count the
  /// demand in that half-year.
  public let received: Instant
  /// In the order of the document, each identifier once; those that `invalidValues` names are not among them. Where
  /// there is none, the gates refuse the demand (`subject-missing`).
  public let subjects: [DemandedSubject]
  /// The instants demanded, half-open; nil where the demand leaves them out. One that ends where it begins, or
  /// before, is in `invalidValues`.
  public let period: Period?
  /// In the order of the document, at least one, each once; whether they exist is for the gates to say.
  public let categories: [String]
  /// SHA-256 of the instrument's own document, nil where the demand names none.
  public let documentDigest: [UInt8]?
  /// Who prepared it; nil where the demand does not say.
  public let prepared: Signoff?
  /// Who approved it; nil where the demand does not say. It counts only if someone else prepared it.
  public let approved: Signoff?
  /// The keys whose values are well formed as text but are no canonical identifier or no period, for example
  /// `subjects[0].phone`. The first gate refuses a demand that has any: that is an answer to the authority,
  /// not a document that does not load.
  public let invalidValues: [String]

  package init(
    file: String, digest: [UInt8], reference: String, part: Int, jurisdiction: String, instrument: String,
    authority: Authority, issued: Instant, received: Instant, subjects: [DemandedSubject], period: Period?,
    categories: [String], documentDigest: [UInt8]?, prepared: Signoff?, approved: Signoff?,
    invalidValues: [String] = []
  ) {
    self.file = file
    self.digest = digest
    self.reference = reference
    self.part = part
    self.jurisdiction = jurisdiction
    self.instrument = instrument
    self.authority = authority
    self.issued = issued
    self.received = received
    self.subjects = subjects
    self.period = period
    self.categories = categories
    self.documentDigest = documentDigest
    self.prepared = prepared
    self.approved = approved
    self.invalidValues = invalidValues
  }

  /// The packet's folder: the reference, or `REFERENCE.2` for a further part.
  public var packetName: String { Self.packetName(reference: reference, part: part) }

  /// The name of the packet that answers a part of a reference.
  package static func packetName(reference: String, part: Int) -> String {
    part == 1 ? reference : "\(reference).\(part)"
  }
}

/// Who serves a demand. Empty where the demand leaves a key out.
public struct Authority: Hashable, Sendable {
  /// The authority; empty is refused (`authority-missing`).
  public let name: String
  /// The person who signed; empty is refused (`official-missing`).
  public let official: String
  /// That person's office.
  public let title: String
  /// How to reach them.
  public let contact: String
  /// The authority's own reference of the demand.
  public let reference: String

  package init(name: String, official: String, title: String, contact: String, reference: String) {
    self.name = name
    self.official = official
    self.title = title
    self.contact = contact
    self.reference = reference
  }
}

/// Who prepared or approved a demand inside the provider; never written to a packet.
public struct Signoff: Hashable, Sendable {
  /// The person's name. Two that differ in case, blanks and what is not seen alone are one.
  public let by: String
  /// When they signed. An approval from before the preparation, or from after production, does not count.
  public let at: Instant
  /// What was decided, in words; empty for who prepared it.
  public let decision: String

  package init(by: String, at: Instant, decision: String) {
    self.by = by
    self.at = at
    self.decision = decision
  }
}

/// An account that a demand names, by one identifier, and others by which the provider's records know it.
public struct DemandedSubject: Hashable, Sendable {
  /// The identifier that the demand names, and the only one that demand.json shows.
  public let identifier: Identifier
  /// Others of the same account, in the order of the document; they select records and have the role subject too.
  public let also: [Identifier]

  package init(identifier: Identifier, also: [Identifier]) {
    self.identifier = identifier
    self.also = also
  }
}

/// A canonical identifier of one class.
public struct Identifier: Hashable, Sendable {
  /// The class; an identifier of another class is another one, whatever its bytes. Never `id` in a demand.
  public let identifierClass: IdentifierClass
  /// The bytes that are compared and pseudonymised (design: section 3.6).
  public let canonical: [UInt8]
  /// The canonical form as text, for demand.json.
  public let text: String

  package init(_ identifierClass: IdentifierClass, canonical: [UInt8], text: String) {
    self.identifierClass = identifierClass
    self.canonical = canonical
    self.text = text
  }
}
