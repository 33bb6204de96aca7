import SluiceCrypto

/// The documents, records and answers of the self-test; invented people, documentation numbers.
enum SelfTestDocuments {
  static let jurisdiction = "US"
  static let reference = "SELF-TEST-1"
  static let subject = "+12025550100"
  static let other = "+12025550101"
  /// The pseudonym of `other`, made by an independent script from the key of `SelfTestRoot`.
  static let pseudonym = "paiedjrbhohxszhrosrejgyjohly"

  static let schema = """
    sluice: schema/1
    name: self-test
    kinds:
      message:
        when: { kind: message }
        time: sent_at
        parties: [sender, recipient]
        fields:
          sent_at: timestamp
          sender: phone
          recipient: phone
          size: { integer: bytes }
          body: content

    """

  static let baseline = """
    sluice: baseline/1
    version: 2026-01-01
    smallest-count: 1
    longest-period: 400d
    bundles: []
    fields:
      message.sent_at: { truncate: second }
      message.sender: { subject: keep, other: pseudonymize }
      message.recipient: { subject: keep, other: pseudonymize }
      message.size: keep

    """

  static let policy = """
    sluice: policy/1
    jurisdiction: US
    version: 2026-01-01
    valid: { from: 2026-01-01, until: 2027-01-01 }
    status:
      - { state: active, from: 2000-01-01T00:00:00Z }
    instruments:
      order: { cites: none, grants: [traffic], longest-period: 366d, approval: none, document: none }
    smallest-count: 1
    bundles: []
    categories:
      traffic:
        message.sent_at: { truncate: hour }
        message.sender: { subject: keep, other: pseudonymize }
        message.recipient: { subject: keep, other: pseudonymize }
        message.size: keep

    """

  static let demand = """
    sluice: demand/1
    reference: \(reference)
    jurisdiction: US
    instrument: order
    authority: { name: Court, official: Judge, title: Judge, contact: none, reference: "1" }
    issued: 2026-10-01
    received: 2026-10-02T00:00:00Z
    subjects: [ { phone: "\(subject)" } ]
    period: { from: 2026-09-01T00:00:00Z, until: 2026-10-01T00:00:00Z }
    categories: [traffic]
    prepared: { by: nobody, at: 2026-10-02T10:00:00Z }

    """

  /// Two in reach, one of strangers, one before the period; the same four as CSV.
  static let ndjson = """
    {"kind":"message","sent_at":"2026-09-01T10:00:00Z","sender":"\(subject)","recipient":"\(other)","size":7,"body":"x"}
    {"kind":"message","sent_at":"2026-09-02T11:30:00+02:00","sender":"\(other)","recipient":"\(subject)","size":8,"body":"y"}
    {"kind":"message","sent_at":"2026-09-02T12:00:00Z","sender":"\(other)","recipient":"+12025550102","size":9,"body":"z"}
    {"kind":"message","sent_at":"2026-08-31T23:59:59Z","sender":"\(subject)","recipient":"\(other)","size":1,"body":"w"}

    """

  static let csv = """
    kind,sent_at,sender,recipient,size,body
    message,2026-09-01T10:00:00Z,\(subject),\(other),7,x
    message,2026-09-02T11:30:00+02:00,\(other),"\(subject)",8,y
    message,2026-09-02T12:00:00Z,\(other),+12025550102,9,z
    message,2026-08-31T23:59:59Z,\(subject),\(other),1,w

    """

  /// What has to be released of them.
  static let rows = """
    {"sent_at":"2026-09-01T10Z","sender":"\(subject)","recipient":"\(pseudonym)","size":7}
    {"sent_at":"2026-09-02T09Z","sender":"\(pseudonym)","recipient":"\(subject)","size":8}

    """
}

/// A root key that is no secret, to derive known answers from.
struct SelfTestRoot: RootOperations {
  let epoch: UInt32 = 1
  let rootID: [UInt8] = []

  func expand(info: [UInt8], count: Int) throws(CryptoError) -> SecretBytes {
    let key = (0..<RootKey.byteCount).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
    let bytes = try KeyDerivation.bytes(.expand, key: key, salt: [], info: info, count: count)
    return try SecretBytes(count: count) { $0.copyBytes(from: bytes) }
  }
}
