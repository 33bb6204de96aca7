import Sluice
import SluiceCrypto

/// The hashes of a Merkle tree as RFC 6962, section 2.1, takes them, with SHA-256.
public enum MerkleHash {
  /// Of an entry: `SHA-256(00 ‖ entry)`.
  public static func leaf(_ entry: [UInt8]) -> [UInt8] { SHA256.hash([0] + entry) }

  /// Of two subtrees: `SHA-256(01 ‖ left ‖ right)`.
  public static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { SHA256.hash([1] + left + right) }

  /// Of a tree without an entry.
  public static let empty = SHA256.hash([])
}

/// A tree over the first entries of a log, by the hashes of its complete subtrees.
///
/// Which of them are kept is the caller's; each is asked for by its level and its place there: level 0 holds the hashes
/// of entries, and the subtree at level n and place p covers entries from p·2ⁿ on, 2ⁿ of them.
package struct MerkleTree {
  package let size: UInt64
  private let subtree: (_ level: Int, _ place: UInt64) throws(SluiceError) -> [UInt8]

  package init(
    size: UInt64, subtree: @escaping (_ level: Int, _ place: UInt64) throws(SluiceError) -> [UInt8]
  ) {
    self.size = size
    self.subtree = subtree
  }

  /// The hash of the whole tree.
  package func root() throws(SluiceError) -> [UInt8] {
    size == 0 ? MerkleHash.empty : try hash(0..<size)
  }

  /// The proof that an entry is in the tree (RFC 6962, section 2.1.1): hashes from the entry up.
  package func inclusionProof(of entry: UInt64) throws(SluiceError) -> [[UInt8]] {
    precondition(entry < size, "an entry outside the tree")
    var path: [[UInt8]] = []
    var range = 0..<size
    while range.upperBound - range.lowerBound > 1 {
      let middle = range.lowerBound + Self.split((range.upperBound - range.lowerBound))
      if entry < middle {
        path.append(try hash(middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        path.append(try hash(range.lowerBound..<middle))
        range = middle..<range.upperBound
      }
    }
    return path.reversed()
  }

  /// The proof that a smaller tree is the beginning of this one (RFC 6962, section 2.1.2).
  package func consistencyProof(from smaller: UInt64) throws(SluiceError) -> [[UInt8]] {
    precondition(smaller <= size, "a smaller tree that is larger")
    guard smaller > 0, smaller < size else { return [] }
    var path: [[UInt8]] = []
    var range = 0..<size
    var isWhole = true
    while smaller != range.upperBound {
      let middle = range.lowerBound + Self.split((range.upperBound - range.lowerBound))
      if smaller <= middle {
        path.append(try hash(middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        path.append(try hash(range.lowerBound..<middle))
        range = middle..<range.upperBound
        isWhole = false
      }
    }
    if !isWhole { path.append(try hash(range)) }
    return path.reversed()
  }

  private func hash(_ range: Range<UInt64>) throws(SluiceError) -> [UInt8] {
    let count = range.upperBound - range.lowerBound
    let level = count.trailingZeroBitCount
    if count == 1 << UInt64(level), range.lowerBound % count == 0 {
      return try subtree(level, range.lowerBound >> UInt64(level))
    }
    let middle = range.lowerBound + Self.split(count)
    return MerkleHash.node(
      try hash(range.lowerBound..<middle), try hash(middle..<range.upperBound))
  }

  /// The largest power of two below a count of at least 2.
  static func split(_ count: UInt64) -> UInt64 { 1 << UInt64(63 - (count - 1).leadingZeroBitCount) }
}
