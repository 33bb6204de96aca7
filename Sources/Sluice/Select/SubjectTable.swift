/// Which packets want an account: from a class and a canonical identifier to the packets of which it is a
/// subject. Made once, so that a record costs the same for one demand and for ten thousand.
///
/// Copies are views of the same memory; the packet table that made it calls `deallocate`.
package struct SubjectTable: @unchecked Sendable {
  // Unchecked: nothing in it changes between the initialiser and `deallocate`.

  private struct Entry {
    var hash: UInt64
    var offset: Int32
    var length: Int32
    var identifierClass: UInt8
    var packetStart: Int32
    var packetCount: Int32
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let entryCount: Int
  /// A bit for each of sixteen times as many hashes as there are accounts: most that nobody wants are told by it, where
  /// `places` is half full, and whether one of them is taken could not be foretold.
  private let marks: UnsafeMutablePointer<UInt64>
  private let markMask: Int
  private let places: UnsafeMutablePointer<Int32>
  private let placeMask: Int
  private let bytes: UnsafeMutablePointer<UInt8>
  private let packets: UnsafeMutablePointer<Int32>

  /// Takes each packet's subjects, by the packet's index.
  init(_ subjects: [[Identifier]]) {
    struct Key: Hashable {
      let identifierClass: IdentifierClass
      let canonical: [UInt8]
    }
    var wanted: [(key: Key, packets: [Int32])] = []
    var indices: [Key: Int] = [:]
    for (packet, identifiers) in subjects.enumerated() {
      for identifier in identifiers {
        let key = Key(identifierClass: identifier.identifierClass, canonical: identifier.canonical)
        guard let index = indices[key] else {
          indices[key] = wanted.count
          wanted.append((key, [Int32(packet)]))
          continue
        }
        if wanted[index].packets.last != Int32(packet) { wanted[index].packets.append(Int32(packet)) }
      }
    }
    entryCount = wanted.count
    var capacity = 16
    while capacity < wanted.count * 2 { capacity *= 2 }
    placeMask = capacity - 1
    places = .allocate(capacity: capacity)
    places.initialize(repeating: -1, count: capacity)
    markMask = capacity / 8 - 1
    marks = .allocate(capacity: capacity / 8)
    marks.initialize(repeating: 0, count: capacity / 8)
    entries = .allocate(capacity: max(wanted.count, 1))
    bytes = .allocate(capacity: wanted.reduce(8) { $0 + $1.key.canonical.count })
    packets = .allocate(capacity: max(wanted.reduce(0) { $0 + $1.packets.count }, 1))
    var (byteCount, packetCount) = (0, 0)
    for (index, (key, list)) in wanted.enumerated() {
      for (place, byte) in key.canonical.enumerated() { bytes[byteCount + place] = byte }
      for (place, packet) in list.enumerated() { packets[packetCount + place] = packet }
      let hash = Self.hash(
        Bytes(start: bytes + byteCount, count: key.canonical.count), key.identifierClass.rawValue)
      entries[index] = Entry(
        hash: hash, offset: Int32(byteCount), length: Int32(key.canonical.count),
        identifierClass: key.identifierClass.rawValue, packetStart: Int32(packetCount),
        packetCount: Int32(list.count))
      byteCount += key.canonical.count
      packetCount += list.count
      var place = Int(truncatingIfNeeded: hash) & placeMask
      while places[place] >= 0 { place = (place + 1) & placeMask }
      places[place] = Int32(index)
      marks[Int(truncatingIfNeeded: hash &>> 38) & markMask] |= 1 &<< (hash &>> 32)
    }
  }

  func deallocate() {
    entries.deallocate()
    marks.deallocate()
    places.deallocate()
    bytes.deallocate()
    packets.deallocate()
  }

  /// The entry of an account, or -1 where no packet wants it.
  @inline(__always) func find(_ canonical: Bytes, _ identifierClass: UInt8) -> Int32 {
    guard entryCount > 0, let base = canonical.baseAddress else { return -1 }
    let hash = Self.hash(canonical, identifierClass)
    let mark = marks[Int(truncatingIfNeeded: hash &>> 38) & markMask] &>> (hash &>> 32) & 1
    guard mark != 0 else { return -1 }
    var place = Int(truncatingIfNeeded: hash) & placeMask
    while true {
      let index = places[place]
      guard index >= 0 else { return -1 }
      let entry = entries + Int(index)
      if entry.pointee.hash == hash, entry.pointee.identifierClass == identifierClass,
        Int(entry.pointee.length) == canonical.count,
        equal(base, bytes + Int(entry.pointee.offset), canonical.count)
      {
        return index
      }
      place = (place + 1) & placeMask
    }
  }

  /// The packets of an entry, ascending.
  @inline(__always) func packets(of entry: Int32) -> UnsafeBufferPointer<Int32> {
    let entry = entries + Int(entry)
    return UnsafeBufferPointer(
      start: packets + Int(entry.pointee.packetStart), count: Int(entry.pointee.packetCount))
  }

  /// Whether a packet is among those of an entry.
  @inline(__always) func contains(_ packet: Int32, entry: Int32) -> Bool {
    let list = packets(of: entry)
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low &+ high) / 2
      if list[middle] < packet { low = middle &+ 1 } else { high = middle }
    }
    return low < list.count && list[low] == packet
  }

  /// Where the search for an account begins: no more than that, for two accounts may have the same.
  @inline(__always) package static func hash(_ bytes: Bytes, _ identifierClass: UInt8) -> UInt64 {
    var hash = UInt64(identifierClass) &* 0x9E37_79B9_7F4A_7C15
    var index = 0
    while index &+ 8 <= bytes.count {
      let word = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + index).loadUnaligned(as: UInt64.self)
      hash = (hash ^ word) &* 0xD6E8_FEB8_6659_FD93
      hash ^= hash &>> 32
      index &+= 8
    }
    var word = UInt64(bytes.count)
    if bytes.count >= 8 {
      // The last eight bytes, some of them again: a loop over the rest would take as many turns as nobody can foresee.
      let rest = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + (bytes.count &- 8))
      word ^= rest.loadUnaligned(as: UInt64.self)
    } else {
      for byte in bytes { word = word &<< 8 | UInt64(byte) }
    }
    // The last bytes of numbers that follow each other differ in the word's highest bits, and a place is told by the
    // lowest: each step carries the upper half down.
    hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash &>> 32) &* 0xD6E8_FEB8_6659_FD93
    return hash ^ hash &>> 32
  }
}
