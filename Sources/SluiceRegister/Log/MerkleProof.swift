/// Checks proofs about trees of RFC 6962 without the tree.
public enum MerkleProof {
  /// Whether an entry with this hash stands at a place of the tree with this size and root.
  public static func includes(
    leafHash: [UInt8], at place: UInt64, size: UInt64, root: [UInt8], proof: [[UInt8]]
  ) -> Bool {
    guard place < size else { return false }
    return includes(leafHash: leafHash, at: place, in: 0..<size, root: root, proof: proof)
  }

  /// The same for a subtree over some of a tree's entries, which begins where one of its size can.
  public static func includes(
    leafHash: [UInt8], at place: UInt64, in subtree: Range<UInt64>, root: [UInt8], proof: [[UInt8]]
  ) -> Bool {
    guard isSubtree(subtree), subtree.contains(place), leafHash.count == 32 else { return false }
    var hash = leafHash
    var (place, last) = (place - subtree.lowerBound, (subtree.upperBound - subtree.lowerBound) - 1)
    for sibling in proof {
      guard last > 0, sibling.count == 32 else { return false }
      if place % 2 == 1 || place == last {
        hash = MerkleHash.node(sibling, hash)
        // An entry at the right edge has no sibling on the levels where the edge is even.
        while place % 2 == 0, place > 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        hash = MerkleHash.node(hash, sibling)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    return last == 0 && hash == root
  }

  /// Whether a tree is the beginning of a larger one. Nothing is known of a tree without an entry, so it never is.
  public static func isConsistent(
    smaller: UInt64, root smallerRoot: [UInt8], larger: UInt64, root largerRoot: [UInt8], proof: [[UInt8]]
  ) -> Bool {
    guard smaller > 0 else { return false }
    return isConsistent(
      subtree: 0..<smaller, root: smallerRoot, size: larger, root: largerRoot, proof: proof)
  }

  /// Whether a subtree over some entries is part of a tree; one over none is part of any.
  public static func isConsistent(
    subtree: Range<UInt64>, root subtreeRoot: [UInt8], size: UInt64, root: [UInt8], proof: [[UInt8]]
  ) -> Bool {
    if subtree.isEmpty {
      return subtree.upperBound <= size && proof.isEmpty && subtreeRoot == MerkleHash.empty
    }
    guard isSubtree(subtree), subtree.upperBound <= size, proof.allSatisfy({ $0.count == 32 }) else {
      return false
    }
    var walk = Walk(rest: proof[...], subtreeRoot: subtreeRoot)
    guard let hashes = walk.hashes(subtree, size, isKnown: true), walk.rest.isEmpty else { return false }
    return hashes.subtree == subtreeRoot && hashes.tree == root
  }

  /// Whether a subtree of this size can begin here: at a multiple of the power of two that holds it.
  private static func isSubtree(_ range: Range<UInt64>) -> Bool {
    guard !range.isEmpty else { return false }
    let count = range.upperBound - range.lowerBound
    let full: UInt64 = count == 1 ? 1 : MerkleTree.split(count) << 1
    // Beyond 2⁶³ entries the power of two is out of range, and only 0 is a multiple of it.
    return full == 0 ? range.lowerBound == 0 : range.lowerBound % full == 0
  }

  /// Goes down to the subtree as the one who made the proof did, and takes its hashes on the way back.
  private struct Walk {
    var rest: ArraySlice<[UInt8]>
    let subtreeRoot: [UInt8]

    /// The hashes of the subtree and of the tree that the proof leads to; nil where it ends early.
    mutating func hashes(
      _ subtree: Range<UInt64>, _ size: UInt64, isKnown: Bool
    ) -> (subtree: [UInt8], tree: [UInt8])? {
      if subtree == 0..<size {
        guard !isKnown else { return (subtreeRoot, subtreeRoot) }
        return rest.popFirst().map { ($0, $0) }
      }
      let middle = MerkleTree.split(size)
      if subtree.upperBound <= middle {
        guard let left = hashes(subtree, middle, isKnown: isKnown), let right = rest.popFirst() else {
          return nil
        }
        return (left.subtree, MerkleHash.node(left.tree, right))
      }
      let isRight = subtree.lowerBound >= middle
      let moved = (isRight ? subtree.lowerBound - middle : 0)..<(subtree.upperBound - middle)
      guard let right = hashes(moved, size - middle, isKnown: isKnown && isRight),
        let left = rest.popFirst()
      else { return nil }
      return (
        isRight ? right.subtree : MerkleHash.node(left, right.subtree), MerkleHash.node(left, right.tree)
      )
    }
  }
}
