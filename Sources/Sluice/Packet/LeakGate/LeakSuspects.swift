/// What the search of a run's packets hit and only a second reading can decide: exact bytes, each once a packet.
final class LeakSuspects: @unchecked Sendable {
  // Unchecked: the lock guards everything; no suspect is added during the second reading.

  /// Where a suspect stands in the packet.
  struct Place: Equatable {
    let file: String
    let row: Int
    /// The column, in a file of records.
    let field: String?
  }

  /// Where the sources hold the value.
  struct Origin: Equatable {
    let source: Int
    let byteOffset: UInt64
    let kind: Int
    let field: Int32
  }

  struct Suspect {
    let packet: Int
    let form: LeakGate.Form
    let bytes: [UInt8]
    let place: Place
    var withheld: Origin?
    var isReleased = false
  }

  private let countMax: Int
  private let lock = Lock()
  private var suspects: [Suspect] = []
  /// Indices by hash.
  private var byHash: [UInt64: [Int]] = [:]
  private var isFull = false

  init(countMax: Int) { self.countMax = countMax }

  var bytes: [[UInt8]] { lock.withLock { suspects.map(\.bytes) } }
  var count: Int { lock.withLock { suspects.count } }
  /// There were more than can be kept.
  var overflowed: Bool { lock.withLock { isFull } }

  /// Adds what stands in a packet, unless it was added before.
  func add(
    _ hash: UInt64, _ bytes: Bytes, _ form: LeakGate.Form, packet: Int, at place: @autoclosure () -> Place
  ) {
    lock.withLock {
      let known = byHash[hash] ?? []
      guard !known.contains(where: { isSame(suspects[$0], bytes, form, packet) }) else { return }
      guard suspects.count < countMax else {
        isFull = true
        return
      }
      byHash[hash, default: []].append(suspects.count)
      suspects.append(Suspect(packet: packet, form: form, bytes: Array(bytes), place: place()))
    }
  }

  private func isSame(_ suspect: Suspect, _ bytes: Bytes, _ form: LeakGate.Form, _ packet: Int) -> Bool {
    suspect.packet == packet && suspect.form == form && suspect.bytes.elementsEqual(bytes)
  }

  /// Takes note of a value that the second reading came across; of several origins the first in the sources stays.
  func see(
    _ hash: UInt64, _ bytes: Bytes, _ form: LeakGate.Form, packet: Int, isReleased: Bool, _ origin: Origin
  ) {
    // Nothing changes the table meanwhile, so most values are turned away without the lock.
    guard byHash[hash] != nil else { return }
    lock.withLock {
      for index in byHash[hash] ?? [] where isSame(suspects[index], bytes, form, packet) {
        if isReleased {
          suspects[index].isReleased = true
        } else if let known = suspects[index].withheld {
          if (origin.source, origin.byteOffset) < (known.source, known.byteOffset) {
            suspects[index].withheld = origin
          }
        } else {
          suspects[index].withheld = origin
        }
      }
    }
  }

  /// The first leak by packet, file and row, after the second reading; nil where there is none.
  func leak() -> Suspect? {
    lock.withLock {
      suspects.filter { $0.withheld != nil && !$0.isReleased }.min {
        ($0.packet, $0.place.file, $0.place.row) < ($1.packet, $1.place.file, $1.place.row)
      }
    }
  }

  /// Forgets all: they are decided.
  func removeAll() {
    lock.withLock {
      suspects = []
      byHash = [:]
    }
  }
}
