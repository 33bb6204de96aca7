import SluiceCrypto

/// The files of a packet that a person reads first: what it is and how to verify it, and the custodian's
/// certificate to sign.
struct PacketTexts {
  let ruling: GrantedRuling
  let facts: RunFacts
  let planTexts: PlanTexts
  private let instrument: String
  private let citation: String
  private let authority: String
  private let policyVersion: String

  /// Throws status 3 where a text of the policy or demand cannot be written into a packet.
  init(ruling: GrantedRuling, facts: RunFacts, planTexts: PlanTexts) throws(SluiceError) {
    self.ruling = ruling
    self.facts = facts
    self.planTexts = planTexts
    instrument = try PlainText.line(ruling.instrument.name, in: "data/README.txt")
    citation = try PlainText.line(ruling.instrument.cites, in: "data/README.txt")
    authority = try PlainText.line(ruling.demand.authority.name, in: "data/README.txt")
    policyVersion = try PlainText.line(ruling.policyVersion, in: "data/certificate.txt")
  }

  private var demand: Demand { ruling.demand }

  /// README.txt.
  func readme(hasUnreadable: Bool) -> [UInt8] {
    var lines = [
      "Packet \(demand.packetName)", "",
      "WHAT THIS IS", "",
      "The answer to one legal demand for records about messages and connections, as data:",
      "",
      "  reference     \(demand.reference)\(demand.part > 1 ? ", part \(demand.part)" : "")",
      "  jurisdiction  \(demand.jurisdiction)",
      "  instrument    \(instrument)",
      "  citation      \(citation)",
      "  authority     \(authority)",
      "  made          \(facts.now.text)\(facts.clockIsGiven ? " (the clock was given, not read)" : "")",
      "  made by       \(facts.agent)",
      "",
      "  data/report.html         the same for a person, to be opened in a browser or printed",
      "  data/demand.json         the demand as it was answered: subjects and categories, granted or refused",
      "  data/records/            the records, one file a kind",
      "  data/fields.csv          every column: what it means, original or derived, how fine, under which rule",
      "  data/withheld.csv        what stayed in, and why",
      "  data/reconciliation.csv  that every record reached is released, withheld or rejected",
      "  data/certificate.txt     the custodian's certificate, to be completed and signed by a person",
      "  data/provenance.json     the tool and the documents behind the packet, by SHA-256",
      "",
    ]
    lines += recordLines()
    lines += valueLines
    lines += limitLines(hasUnreadable: hasUnreadable)
    lines += verificationLines
    return PlainText.document(lines)
  }

  private func recordLines() -> [String] {
    var lines = ["RECORDS", ""]
    for kind in ruling.plan.kinds where kind.hasFile {
      let order =
        kind.isSorted ? "sorted by their bytes, not by time" : "in the order of the provider's sources"
      lines.append("  data/records/\(kind.kind.name).\(facts.format.rawValue): \(order)")
    }
    for kind in ruling.plan.kinds where !kind.hasFile {
      lines.append("  \(kind.kind.name): every field is withheld, so there is no file")
    }
    if ruling.plan.kinds.isEmpty { lines.append("  none") }
    return lines + [""]
  }

  private var valueLines: [String] {
    let absent =
      facts.format == .csv
      ? [
        "  (empty cell)   the provider's record has no value", "  [withheld]     withheld by rule or bundle",
      ]
      : [
        "  null           the provider's record has no value", "  (no key)       withheld by rule or bundle",
      ]
    return ["HOW VALUES ARE WRITTEN", ""] + absent + [
      "  [redacted]     replaced, whether or not there was a value",
      "  28 letters and digits that begin with p, a, e, i, d, c or o and then a: a pseudonym. Within this packet",
      "                 one identifier has one pseudonym. It says nothing under any other reference.",
      "",
      "  Times are UTC. A time cut to the hour reads 2026-03-14T09Z and stands for that whole hour.",
      "",
    ]
  }

  private func limitLines(hasUnreadable: Bool) -> [String] {
    [
      "WHAT THIS IS NOT", "",
      "  It holds no content of communications.",
      "  It is not everything the provider holds: only fields of the granted categories, of records in which a",
      "  granted subject takes part, in the period. A column or kind that is not here was not granted.",
      "  Derived values (pseudonyms, cut times, coarse places, ranges) were made by the tool from the provider's",
      "  records. They are not those records.",
      "  A receiver of two packets may still match a record that is in both by its time and size.",
      hasUnreadable
        ? "  Some records of the sources that were searched could not be read (unreadable: some); none is in here."
        : "  Every record of the sources that were searched could be read (unreadable: none).",
      "",
    ]
  }

  private var verificationLines: [String] {
    [
      "HOW TO VERIFY IT", "",
      "This folder is a BagIt bag (RFC 8493). No tool of the provider is needed.", "",
      "  1. Open a terminal in the folder that holds bagit.txt.",
      "  2. sha256sum --check tagmanifest-sha256.txt",
      "     Every line must end in OK: the lists and labels of the packet are unchanged.",
      "  3. sha256sum --check manifest-sha256.txt",
      "     Every line must end in OK: the data is unchanged.",
      "  4. sha256sum tagmanifest-sha256.txt",
      "     The digest it prints is the packet's digest. Compare it with the one the provider gave you by another",
      "     way, for example by telephone or on the signed certificate.",
      "  5. Or let a BagIt tool check 2 and 3, and that no file was added: bagit.py --validate FOLDER",
      "  6. Or let Sluice check that the counts agree too: sluice verify FOLDER",
    ] + signatureLines
  }

  /// How to check who made the packet, where it is signed. The certificate must not come with the packet: whoever could
  /// exchange the one could exchange the other.
  private var signatureLines: [String] {
    guard facts.signer != nil else { return [] }
    return [
      "",
      "The packet is signed: tagmanifest-sha256.txt.p7s is a detached CMS signature (RFC 5652) of tagmanifest-sha256.txt.",
      "Get the provider's certificate, or its issuer's, by another way than with the packet. It is provider.pem",
      "below, and lies beside this folder.",
      "",
      "  7. openssl cms -verify -binary -inform DER -in tagmanifest-sha256.txt.p7s \\",
      "       -content tagmanifest-sha256.txt -CAfile ../provider.pem -purpose any -signer ../signer.pem -out /dev/null",
      "     It must say: CMS Verification successful. Where the certificate has expired since the packet was made, add",
      "     -attime \(facts.now.seconds), which is the time at which it was signed.",
      "  8. openssl x509 -in ../signer.pem -noout -subject -fingerprint -sha256",
      "     Says who signed. With 2 and 3 the signature covers every file of the packet.",
      "  9. Or let Sluice check it: sluice verify FOLDER --trust provider.pem",
    ]
  }

  /// certificate.txt: `records` are the record files as the manifest lists them.
  func certificate(records: [BagEntry]) -> [UInt8] {
    var lines = [
      "CERTIFICATE OF THE CUSTODIAN OF RECORDS", "",
      "To be completed and signed by a person. Unsigned it certifies nothing.",
      "",
      "Demand:      \(demand.reference)\(demand.part > 1 ? ", part \(demand.part)" : "")",
      "Authority:   \(authority)",
      "Instrument:  \(instrument), \(citation)",
      "",
      "1. I am employed by or act for the provider. My name and duties are:", "", "   " + Self.blank, "",
      "2. The records from which the files below were made were made at or near the time of the events they",
      "   describe, by automatic systems, and are kept in the course of the provider's regular activity.",
      "",
      "3. The files were selected and reduced from those records by an electronic process, \(facts.agent), under",
      "   policy version \(policyVersion), SHA-256",
      "   \(Base16.encode(ruling.policyDigest)).", "",
    ]
    lines += records.isEmpty ? ["   No records file belongs to this packet."] : []
    for entry in records { lines += ["   \(entry.path)", "   SHA-256 \(Base16.encode(entry.digest))"] }
    lines += ["", "4. ORIGINAL: these values are the provider's own, in one written form:", ""]
    lines += planTexts.original
    lines += [
      "", "5. DERIVED: these values were made from the provider's own and are not original records:", "",
    ]
    lines += planTexts.derived
    lines += ["", "6. WITHHELD: these fields of the granted categories were left out by rule:", ""]
    lines += planTexts.withheld
    lines += [
      "", "7. SHA-256 of tagmanifest-sha256.txt, as printed by sha256sum:", "", "   " + Self.blank, "",
      "8. I declare that the foregoing is true and correct.", "",
      "   Date and place:  " + Self.blank, "", "   Signature:       " + Self.blank,
    ]
    return PlainText.document(lines)
  }

  private static let blank = String(repeating: "_", count: 64)
}
