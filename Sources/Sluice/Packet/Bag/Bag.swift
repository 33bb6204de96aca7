import SluiceCrypto

/// The fixed names and texts of the bags that Sluice makes (BagIt 1.0, RFC 8493, SHA-256).
enum Bag {
  static let declaration = Array("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".utf8)
  static let declarationName = "bagit.txt"
  static let informationName = "bag-info.txt"
  static let manifestName = "manifest-sha256.txt"
  static let tagManifestName = "tagmanifest-sha256.txt"
  /// Beside what it signs and listed nowhere, for it comes after every list.
  static let signatureName = tagManifestName + ".p7s"

  /// Every side file of the payload; records come beside them.
  static let sideFiles = [
    "data/README.txt", "data/certificate.txt", "data/demand.json", "data/fields.csv", "data/provenance.json",
    "data/reconciliation.csv", PacketReport.path, "data/withheld.csv",
  ]

  /// A manifest: a line a file, in the order of the paths' bytes, as `sha256sum` writes it.
  static func manifest(_ entries: [BagEntry]) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      bytes += "\(Base16.encode(entry.digest))  \(entry.path)\n".utf8
    }
    return bytes
  }

  /// bag-info.txt: labels in this order, and no label whose value could differ between two runs of one demand.
  static func information(
    packetName: String, facts: RunFacts, payload: [BagEntry], hasUnreadable: Bool
  ) -> [UInt8] {
    let octets = payload.reduce(0) { $0 + $1.byteCount }
    var lines = [
      "External-Identifier: \(packetName)", "Bagging-Date: \(facts.now.utcDay)",
      "Payload-Oxum: \(octets).\(payload.count)", "Bag-Software-Agent: \(facts.agent)",
      "Sluice-Unreadable: \(hasUnreadable ? "some" : "none")",
    ]
    if facts.clockIsGiven { lines.append("Sluice-Clock: given") }
    if let digest = facts.checkpointDigest { lines.append("Sluice-Register: \(Base16.encode(digest))") }
    return PlainText.document(lines)
  }
}
