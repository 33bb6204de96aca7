import Foundation
import Sluice
import SluiceCrypto
import Testing

/// The small packet, signed by a certificate of an authority that the receiver trusts, and its checks.
///
/// A value of it keeps the packet's files in memory; `copy` puts them into a folder of one test's own.
struct SignedPacket: Sendable {
  static let isPossible = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")
  static let name = "US-2026-000123"

  /// By path, the signature among them.
  let files: [String: [UInt8]]
  let trust: SignatureTrust

  /// Seals a packet of three messages and four places.
  init(_ format: RecordFormat = .ndjson, reference: String = name) throws {
    let place = try PacketPlace()
    let made = try runTool(
      [
        "sh", "-ec",
        """
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key
        openssl req -x509 -new -key ca.key -out ca.pem -subj '/CN=Example Authority' -days 30 \
          -addext keyUsage=critical,keyCertSign
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out signer.key
        openssl req -x509 -new -key signer.key -CA ca.pem -CAkey ca.key -out signer.pem -subj /CN=Example -days 30 \
          -addext basicConstraints=critical,CA:FALSE -addext keyUsage=digitalSignature
        chmod 600 *.key
        """,
      ], in: place.path)
    try #require(made.status == 0, "\(made.output)")
    let now = Int64(Date().timeIntervalSince1970)
    var facts = RunFacts(
      toolVersion: "1.0.0", now: Instant(seconds: now), clockIsGiven: false, format: format,
      schemas: [RunFacts.Document(name: "messenger", digest: Array(repeating: 0x5C, count: 32))],
      baselineDigest: Array(repeating: 0xBA, count: 32))
    facts.signer = try PacketSigner(
      keyFile: place.path + "/signer.key", certificateFile: place.path + "/signer.pem", at: now)
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path), reference: reference, facts: facts)
    files = try place.files(reference)
    trust = try SignatureTrust(contentsOfFile: place.path + "/ca.pem")
  }

  /// The paths without the signature's.
  var covered: [String] { files.keys.filter { $0 != Self.signature }.sorted() }
  static let signature = "tagmanifest-sha256.txt.p7s"

  /// A folder that holds these files, or the packet's own.
  func copy(_ files: [String: [UInt8]]? = nil) throws -> PacketPlace {
    let place = try PacketPlace()
    for (path, bytes) in files ?? self.files {
      let folder = (place.path + "/\(Self.name)/\(path)" as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try place.write(bytes, "\(Self.name)/\(path)")
    }
    return place
  }

  /// What the receiver's check says of the packet in a folder; nil where it verifies.
  func fault(in place: PacketPlace, trusting: Bool = true) -> SluiceError? {
    do throws(SluiceError) {
      _ = try PacketVerifier.verify(path: place.path + "/" + Self.name, trust: trusting ? trust : nil)
      return nil
    } catch {
      return error
    }
  }

  /// What the check says of changed files; nil where they verify.
  func fault(of changed: [String: [UInt8]], trusting: Bool = true) throws -> SluiceError? {
    fault(in: try copy(changed), trusting: trusting)
  }

  /// Files with every size and digest made anew, as whoever can write but not sign could.
  static func resealed(_ files: [String: [UInt8]]) throws -> [String: [UInt8]] {
    var files = files
    let payload = files.filter { $0.key.hasPrefix("data/") }
    let size = "\(payload.values.reduce(0) { $0 + $1.count }).\(payload.count)"
    let information = try #require(files["bag-info.txt"])
    files["bag-info.txt"] = Array(
      String(decoding: information, as: UTF8.self)
        .replacing(/Payload-Oxum: [0-9.]+/, with: "Payload-Oxum: \(size)").utf8)
    func manifest(_ paths: some Sequence<String>) -> [UInt8] {
      paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap { path in
        Array("\(Base16.encode(SHA256.hash(files[path] ?? [])))  \(path)\n".utf8)
      }
    }
    files["manifest-sha256.txt"] = manifest(payload.keys)
    files["tagmanifest-sha256.txt"] = manifest(["bag-info.txt", "bagit.txt", "manifest-sha256.txt"])
    return files
  }
}

/// Counts changes that were made and how they were found.
final class TamperCount: Sendable {
  private let counts = Guarded((made: 0, byCode: [String: Int]()))

  var made: Int { counts.withLock { $0.made } }

  /// By code, in the order of the codes.
  var codes: String {
    counts.withLock { $0.byCode.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" } }
      .joined(separator: ", ")
  }

  /// Takes a change that must have been found: status 8, and a sentence that says what is wrong.
  func take(_ fault: SluiceError?, _ what: @autoclosure () -> String) {
    counts.withLock {
      $0.made += 1
      $0.byCode[fault?.code ?? "not found", default: 0] += 1
    }
    guard let fault else {
      Issue.record("not found: \(what())")
      return
    }
    let lead = "This is not a packet that verifies: "
    if fault.status.rawValue != 8 || !fault.message.hasPrefix(lead) || !fault.message.hasSuffix(".")
      || fault.message.count < lead.count + 12
    {
      Issue.record("\(what()): status \(fault.status.rawValue), \(fault.code), \(fault.message)")
    }
  }
}
