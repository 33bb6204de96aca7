import Foundation
import Sluice
import SluiceRegister
import Testing

struct MerkleProofTests {
  static let archive: String? = {
    let path = RegisterPlace.samples.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "shared/vectors/tlog/rfc6962_merkle_testdata.tar.gz").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  private struct Case: Decodable {
    let leafIdx, treeSize, start, end, size, size1, size2: UInt64?
    let leafHash, root, root1, root2: Data?
    let proof: [Data]?
    let desc: String
    let wantErr: Bool

    var holds: Bool {
      let proof = (proof ?? []).map { Array($0) }
      func bytes(_ data: Data?) -> [UInt8] { Array(data ?? Data()) }
      if let leafIdx {
        let range = (start ?? 0)..<max(start ?? 0, end ?? treeSize ?? 0)
        return start == nil
          ? MerkleProof.includes(
            leafHash: bytes(leafHash), at: leafIdx, size: treeSize ?? 0, root: bytes(root), proof: proof)
          : MerkleProof.includes(
            leafHash: bytes(leafHash), at: leafIdx, in: range, root: bytes(root), proof: proof)
      }
      if let end {
        guard let start, start <= end else { return false }
        return MerkleProof.isConsistent(
          subtree: start..<end, root: bytes(root1), size: size ?? 0, root: bytes(root2), proof: proof)
      }
      return MerkleProof.isConsistent(
        smaller: size1 ?? 0, root: bytes(root1), larger: size2 ?? 0, root: bytes(root2), proof: proof)
    }
  }

  @Test(
    "RFC 6962 proofs of transparency-dev, 518 cases", .enabled(if: archive != nil, "shared/vectors is absent")
  )
  func vectors() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/sluice-tlog-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let unpack = Process()
    unpack.executableURL = URL(filePath: "/usr/bin/env")
    unpack.arguments = ["tar", "xzf", try #require(Self.archive), "-C", folder]
    try unpack.run()
    unpack.waitUntilExit()
    var count = 0
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where name.hasSuffix(".json") {
      let data = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
      let one = try JSONDecoder().decode(Case.self, from: data)
      #expect(one.holds == !one.wantErr, "\(name): \(one.desc)")
      count += 1
    }
    #expect(count == 518)
  }

  /// Hashes of RFC 6962's own example tree of seven entries, worked out by hand from its definition.
  @Test func anEntryAloneIsItsOwnTree() {
    let leaf = MerkleHash.leaf(Array("entry".utf8))
    #expect(MerkleProof.includes(leafHash: leaf, at: 0, size: 1, root: leaf, proof: []))
    #expect(!MerkleProof.includes(leafHash: leaf, at: 1, size: 1, root: leaf, proof: []))
    #expect(!MerkleProof.includes(leafHash: leaf, at: 0, size: 0, root: leaf, proof: []))
  }
}
