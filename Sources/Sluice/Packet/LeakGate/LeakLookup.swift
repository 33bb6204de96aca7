/// Looks some hashes up among all marks of a run, which come by once.
struct LeakLookup: ~Copyable {
  private let mask: Int
  /// The hashes, each with its lowest bit set, at the place that its upper bits say or after it; 0 where there is none.
  private let keys: RecordArray<UInt64>
  private let isWithheld: RecordArray<Bool>
  private let isReleased: RecordArray<Bool>

  init(_ hashes: some Collection<UInt64>) {
    // A quarter full at most, so that a mark that nobody looks for is seldom compared with two.
    var count = 64
    while count < hashes.count * 4 { count *= 2 }
    mask = count - 1
    keys = RecordArray(repeating: 0, count: count)
    isWithheld = RecordArray(repeating: false, count: count)
    isReleased = RecordArray(repeating: false, count: count)
    for hash in hashes { keys[place(hash)] = hash | 1 }
  }

  /// Where a hash is, or would be.
  @inline(__always) private func place(_ hash: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: hash &>> 32) & mask
    while keys[place] != 0, keys[place] != hash | 1 { place = (place &+ 1) & mask }
    return place
  }

  func take(_ marks: UnsafeBufferPointer<LeakMark>) {
    for mark in marks {
      let place = place(mark.hash)
      guard keys[place] != 0 else { continue }
      if mark.isReleased { isReleased[place] = true } else { isWithheld[place] = true }
    }
  }

  /// Whether the marks say that the value is withheld somewhere and released nowhere.
  func isLeak(_ hash: UInt64) -> Bool {
    let place = place(hash)
    return isWithheld[place] && !isReleased[place]
  }
}
