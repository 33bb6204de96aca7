/// One legal instrument served by one authority, as its document states it; nothing in it is decided yet.
///
/// A class, because all that is made for it refers to it; nothing in it changes.
public final class Demand: Sendable {
  public let file: String
  /// SHA-256 of the document's bytes.
  public let digest: [UInt8]
  public let reference: String
  /// 1, or 2 and above for a further packet under the same reference.
  public let part: Int
  public let jurisdiction: String
  public let instrument: String
  public let authority: Authority
  /// The day on the instrument, as midnight UTC.
  public let issued: Instant
  public let received: Instant
  public let subjects: [DemandedSubject]
  public let period: Period?
  public let categories: [String]
  /// SHA-256 of the instrument's own document, nil where the demand names none.
  public let documentDigest: [UInt8]?
  public let prepared: Signoff?
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
  public let name: String
  public let official: String
  public let title: String
  public let contact: String
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
  public let by: String
  public let at: Instant
  public let decision: String

  package init(by: String, at: Instant, decision: String) {
    self.by = by
    self.at = at
    self.decision = decision
  }
}

/// An account that a demand names, by one identifier, and others by which the provider's records know it.
public struct DemandedSubject: Hashable, Sendable {
  public let identifier: Identifier
  public let also: [Identifier]

  package init(identifier: Identifier, also: [Identifier]) {
    self.identifier = identifier
    self.also = also
  }
}

/// A canonical identifier of one class.
public struct Identifier: Hashable, Sendable {
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
