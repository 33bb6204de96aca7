import Glibc
import Sluice
import SluiceCrypto

/// Bags and packets that somebody else wrote.
enum PacketTargets {
  // MARK: - Manifests

  /// The first byte's lowest bits say version and algorithm.
  static func manifest(_ bytes: [UInt8]) -> String? {
    guard let choice = bytes.first else { return nil }
    let isVersion1 = choice & 1 == 0
    let name = choice & 2 == 0 ? "manifest-sha256.txt" : "manifest-sha512.txt"
    let read = try? BagReader().manifests("manifest-", [name: Array(bytes.dropFirst())], isVersion1)
    guard let digests = read?[name]?.digests else { return nil }
    for path in digests.keys {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.first == "data", parts.count > 1, !parts.contains(where: { ["", ".", ".."].contains($0) })
      else { return "manifest: it lists a path outside data" }
    }
    let text = digests.map { "\(Base16.encode($0.value))  \(encoded($0.key, isVersion1))\n" }.joined()
    let again = try? BagReader().manifests("manifest-", [name: Array(text.utf8)], isVersion1)
    return again?[name]?.digests == digests ? nil : "manifest: written, it is read as another"
  }

  private static func encoded(_ path: String, _ isVersion1: Bool) -> String {
    var text = ""
    for scalar in path.unicodeScalars {
      switch scalar {
      case "\n": text += "%0A"
      case "\r": text += "%0D"
      case "%" where isVersion1: text += "%25"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  // MARK: - Packets

  private static let names = [
    "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "data/README.txt",
    "data/certificate.txt", "data/demand.json", "data/fields.csv", "data/provenance.json",
    "data/reconciliation.csv", "data/withheld.csv", "data/records/location.ndjson",
    "data/records/message.ndjson", "data/report.html",
  ]

  private static let files = Dictionary(
    uniqueKeysWithValues: names.map { ($0, PackageFile.bytes("Tests/Golden/packet-ndjson/\($0)")) })

  /// What the corpus begins with: each file as it is, under both choices.
  static var seeds: [[UInt8]] {
    names.indices.flatMap { index in
      [UInt8(index), UInt8(index) | 0x80].map { [$0] + files[names[index], default: []] }
    }
  }

  /// The golden packet with one file replaced. The first byte says which; its top bit, whether the manifests are made
  /// to fit, as somebody would who wants it to pass.
  private static func packetFiles(_ bytes: [UInt8]) -> (changed: String, files: [String: [UInt8]])? {
    guard let choice = bytes.first else { return nil }
    let name = names[Int(choice & 0x7F) % names.count]
    var changed = files
    changed[name] = Array(bytes.dropFirst())
    if choice & 0x80 != 0 { refit(&changed, keeping: name) }
    return (name, changed)
  }

  static func verified(_ bytes: [UInt8]) -> VerifiedPacket? {
    guard let (_, files) = packetFiles(bytes) else { return nil }
    let folder = TemporaryPacket()
    for name in names { folder.write(files[name] ?? [], to: name) }
    return try? PacketVerifier.verify(path: folder.path)
  }

  static func packet(_ bytes: [UInt8]) -> String? {
    guard let (name, changed) = packetFiles(bytes) else { return nil }
    guard let packet = verified(bytes) else {
      return changed == files ? "packet: as it was sealed it does not verify" : nil
    }
    // A tag manifest is what nothing else covers; its digest tells it apart.
    if bytes[0] & 0x80 == 0, changed[name] != files[name], name != "tagmanifest-sha256.txt" {
      return "packet: \(name) was changed, and it verifies"
    }
    for kind in packet.kinds where kind.reached != kind.reasons.reduce(kind.released, { $0 + $1.count }) {
      return "packet: its counts do not add up, and it verifies"
    }
    return nil
  }

  private static func refit(_ files: inout [String: [UInt8]], keeping name: String) {
    func manifest(_ names: [String]) -> [UInt8] {
      names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        .flatMap { Array("\(Base16.encode(SHA256.hash(files[$0] ?? [])))  \($0)\n".utf8) }
    }
    let payload = names.filter { $0.hasPrefix("data/") }
    if name != "manifest-sha256.txt" { files["manifest-sha256.txt"] = manifest(payload) }
    if name != "bag-info.txt", let text = files["bag-info.txt"] {
      let count = payload.reduce(0) { $0 + (files[$1]?.count ?? 0) }
      let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map {
        $0.hasPrefix("Payload-Oxum:") ? "Payload-Oxum: \(count).\(payload.count)" : String($0)
      }
      files["bag-info.txt"] = Array((lines.joined(separator: "\n") + "\n").utf8)
    }
    if name != "tagmanifest-sha256.txt" {
      files["tagmanifest-sha256.txt"] = manifest(["bag-info.txt", "bagit.txt", "manifest-sha256.txt"])
    }
  }
}

/// A folder in memory where there is one, removed with the value.
private final class TemporaryPacket {
  let path: String

  init() {
    let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(place)/sluice-fuzz-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil, "no temporary folder can be made")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    precondition(mkdir(path + "/data", 0o700) == 0 && mkdir(path + "/data/records", 0o700) == 0)
  }

  deinit {
    for name in written { unlink(path + "/" + name) }
    for folder in ["/data/records", "/data", ""] { rmdir(path + folder) }
  }

  private var written: [String] = []

  func write(_ bytes: [UInt8], to name: String) {
    let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(file >= 0, "a temporary file cannot be made")
    defer { close(file) }
    precondition(Glibc.write(file, bytes, bytes.count) == bytes.count, "a temporary file cannot be written")
    written.append(name)
  }
}
