import Sluice
import SluiceRegister
import Testing

/// Every proof of every small tree, made by the one side and checked by the other.
struct MerkleTreeTests {
  private static let leaves = (0..<33).map { MerkleHash.leaf([UInt8($0)]) }

  /// A hash by the definition, from the leaves alone.
  private static func hash(_ range: Range<Int>) -> [UInt8] {
    guard range.count > 1 else { return leaves[range.lowerBound] }
    var half = 1
    while half * 2 < range.count { half *= 2 }
    return MerkleHash.node(
      hash(range.lowerBound..<range.lowerBound + half), hash(range.lowerBound + half..<range.upperBound))
  }

  private func tree(_ size: Int) -> MerkleTree {
    MerkleTree(size: UInt64(size)) { (level, place) throws(SluiceError) in
      let start = Int(place) << level
      return Self.hash(start..<start + 1 << level)
    }
  }

  @Test func everyEntryOfEveryTreeIsIncluded() throws {
    for size in 1...Self.leaves.count {
      let root = try tree(size).root()
      #expect(root == Self.hash(0..<size))
      for entry in 0..<size {
        let proof = try tree(size).inclusionProof(of: UInt64(entry))
        for other in 0..<size {
          #expect(
            MerkleProof.includes(
              leafHash: Self.leaves[entry], at: UInt64(other), size: UInt64(size), root: root, proof: proof)
              == (other == entry))
        }
      }
    }
  }

  @Test func everySmallerTreeIsTheBeginningOfALarger() throws {
    for size in 1...Self.leaves.count {
      for smaller in 1...size {
        let proof = try tree(size).consistencyProof(from: UInt64(smaller))
        let (small, large) = (try tree(smaller).root(), try tree(size).root())
        func isConsistent(_ smaller: Int, _ proof: [[UInt8]]) -> Bool {
          MerkleProof.isConsistent(
            smaller: UInt64(smaller), root: small, larger: UInt64(size), root: large, proof: proof)
        }
        #expect(isConsistent(smaller, proof))
        #expect(!isConsistent(smaller, proof + [small]))
        for place in proof.indices {
          var changed = proof
          changed[place][7] ^= 1
          #expect(!isConsistent(smaller, changed))
        }
      }
    }
  }
}
