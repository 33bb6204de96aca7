/// The SplitMix64 generator: 64 bits of state, the same numbers for the same seed on every machine and version.
///
/// The standard library promises no fixed sequence, and a sample must be the same bytes wherever it is made.
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
package struct SplitMix64 {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number in `0..<bound`, by the high half of a product; the bias is below `bound` in 2^64.
  package mutating func next(below bound: Int) -> Int {
    precondition(bound > 0)
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number in `range`.
  package mutating func next(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + next(below: range.count)
  }

  /// Whether an event of `percent` in a hundred happens.
  package mutating func happens(percent: Int) -> Bool {
    next(below: 100) < percent
  }

  /// A number in `0..<bound` that is small far more often than large, as some accounts write far more than others.
  ///
  /// The cube of a uniform number: of 1,100 accounts the first gets about a tenth. Multiplications alone, which
  /// IEEE 754 fixes to the bit.
  package mutating func nextSkewed(below bound: Int) -> Int {
    let uniform = Double(next() >> 11) * 0x1p-53
    return Int(Double(bound) * uniform * uniform * uniform)
  }
}
