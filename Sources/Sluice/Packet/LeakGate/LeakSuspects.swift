/// What the search of a run's packets hit: exact bytes, each once a packet.
final class LeakSuspects: @unchecked Sendable {
  // Unchecked: the lock guards everything.

  /// Where a suspect stands in the packet.
  struct Place: Sendable {
    let file: String
    /// Where the cell begins that holds it, or the line of a file that has no cells.
    let byteOffset: Int

    static func < (left: Place, right: Place) -> Bool {
      (left.file, left.byteOffset) < (right.file, right.byteOffset)
    }
  }

  struct Suspect: Sendable {
    let hash: UInt64
    let packet: Int
    let form: LeakGate.Form
    let bytes: [UInt8]
    var place: Place

    func isSame(_ bytes: Bytes, _ form: LeakGate.Form, _ packet: Int) -> Bool {
      self.packet == packet && self.form == form && self.bytes.elementsEqual(bytes)
    }
  }

  /// Hits that are looked up together, and their bytes.
  private static let pendingCountMax = 1 << 14
  private static let pendingByteCountMax = 4 << 20
  /// Leaks that are kept: one is told, and is as good as a thousand.
  private static let foundCountMax = 1 << 10

  private let spool: LeakSpool
  private let lock = Lock()
  /// Hits that may be chance.
  private var pending: [Suspect] = []
  private var pendingByteCount = 0
  /// Those that the spool says are leaks.
  private var found: [Suspect] = []
  /// Indices by hash, of `pending` and of `found`.
  private var pendingByHash: [UInt64: [Int]] = [:]
  private var foundByHash: [UInt64: [Int]] = [:]
  private var failure: SluiceError?
  /// The hashes of what a packet holds whatever its records are: somebody may be called `certificate`. Set before any
  /// packet is searched; asked for the packets alone in which there is a leak otherwise.
  var ownWords: (_ packet: Int) -> Set<UInt64> = { _ in [] }

  init(_ spool: LeakSpool) { self.spool = spool }

  /// Adds what stands in a packet; of several places the first in the packet stays.
  func add(
    _ hash: UInt64, _ bytes: Bytes, _ form: LeakGate.Form, packet: Int, at place: Place
  ) {
    lock.withLock {
      // What cannot be looked up ends the run.
      guard failure == nil else { return }
      func isThere(_ suspects: inout [Suspect], _ indices: [Int]?) -> Bool {
        guard let index = indices?.first(where: { suspects[$0].isSame(bytes, form, packet) }) else {
          return false
        }
        if place < suspects[index].place { suspects[index].place = place }
        return true
      }
      guard !isThere(&pending, pendingByHash[hash]), !isThere(&found, foundByHash[hash]) else { return }
      if pending.count == Self.pendingCountMax || pendingByteCount > Self.pendingByteCountMax { lookUp() }
      pendingByHash[hash, default: []].append(pending.count)
      pendingByteCount += bytes.count
      pending.append(Suspect(hash: hash, packet: packet, form: form, bytes: Array(bytes), place: place))
    }
  }

  /// The leaks in the packets that were searched, by packet, file and byte. Throws status 6 where a hit could not be looked
  /// up.
  func leaks() throws(SluiceError) -> [Suspect] {
    lock.lock()
    defer { lock.unlock() }
    lookUp()
    if let failure { throw failure }
    return found.sorted(by: Self.isBefore)
  }

  private static func isBefore(_ left: Suspect, _ right: Suspect) -> Bool {
    left.packet == right.packet ? left.place < right.place : left.packet < right.packet
  }

  /// Looks the hits so far up in the spool and keeps those that are leaks.
  private func lookUp() {
    guard !pending.isEmpty, failure == nil else { return }
    let lookup = LeakLookup(pendingByHash.keys)
    do throws(SluiceError) { try spool.each { lookup.take($0) } } catch {
      failure = error
      return
    }
    var ownWords: [Int: Set<UInt64>] = [:]
    for suspect in pending where lookup.isLeak(suspect.hash) {
      let words = ownWords[suspect.packet] ?? self.ownWords(suspect.packet)
      ownWords[suspect.packet] = words
      if !words.contains(suspect.hash) { found.append(suspect) }
    }
    // The first ones, so that the order in which the packets are searched does not show.
    found = Array(found.sorted(by: Self.isBefore).prefix(Self.foundCountMax))
    foundByHash = Dictionary(grouping: found.indices, by: { found[$0].hash })
    (pending, pendingByHash, pendingByteCount) = ([], [:], 0)
  }
}
