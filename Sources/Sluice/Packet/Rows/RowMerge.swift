import Glibc

/// Merges sorted runs of rows that lie one after another in a file.
///
/// A tree of losers: each inner node holds the row that lost there, and what it has in common with the winner. A
/// new row comes with what it has in common with the row before it in its run, which was the last winner, so
/// most games are decided by two numbers and without touching the rows.
struct RowMerge: ~Copyable {
  /// Runs merged at once. Each has a buffer, so this bounds the memory of a merge to about 4 MiB, or to this
  /// many of the longest two rows where rows are longer than a buffer.
  static let runCountMax = 64

  /// A sorted run as it was written.
  struct Run {
    let byteCount: Int
    let checksum: Checksum.Value
  }

  /// The current row of a run in the tree.
  private struct Player {
    let run: Int
    /// Bytes that it has in common with the row that it lost to; more are nearer to it and so come first.
    var common: Int
    /// The next eight bytes.
    var key: UInt64

    static let equal = Int.max
    static let ended = -1
  }

  private let runs: [RunReader]
  /// From 1 on; the children of node n are 2n and 2n + 1, and from `runs.count` on they stand for the runs.
  private var losers: [Player] = []

  /// Hands the rows of all runs to `emit` in order, each with its LF. The runs, none of them empty, start at
  /// `offset`. Throws status 6 where one does not read back as it was written; some of its rows are handed on by then.
  static func merge(
    _ file: borrowing Descriptor, _ layer: FileLayer, _ written: ArraySlice<Run>, from offset: Int,
    name: String,
    _ emit: (UnsafeRawBufferPointer) throws(SluiceError) -> Void
  ) throws(SluiceError) {
    var runs: [RunReader] = []
    var start = offset
    for part in written {
      let run = RunReader(start..<start + part.byteCount, part.checksum)
      start += part.byteCount
      if try run.advance(file, layer, name) { runs.append(run) }
    }
    guard !runs.isEmpty else { return }
    var merge = RowMerge(runs: runs)
    var winner = merge.playAll(1)
    while winner.common != Player.ended {
      let run = runs[winner.run]
      try emit(run.rowWithEnd)
      winner =
        try run.advance(file, layer, name)
        ? merge.play(winner.run, run.commonByteCount)
        : merge.play(Player(run: winner.run, common: Player.ended, key: .max))
    }
  }

  private init(runs: [RunReader]) {
    self.runs = runs
    losers = Array(repeating: Player(run: 0, common: Player.ended, key: .max), count: runs.count)
  }

  /// Plays the first games below a node, where nothing is known of the rows; returns the winner.
  private mutating func playAll(_ node: Int) -> Player {
    guard node < runs.count else {
      let run = node - runs.count
      return Player(run: run, common: 0, key: RowOrder.key(runs[run].row))
    }
    var winner = playAll(2 * node)
    var loser = playAll(2 * node + 1)
    Self.play(&loser, &winner, runs)
    losers[node] = loser
    return winner
  }

  /// Plays for a run's next row; `common`: with the row before it, nil where they are equal.
  private mutating func play(_ run: Int, _ common: Int?) -> Player {
    guard let common else { return play(Player(run: run, common: Player.equal, key: 0)) }
    return play(Player(run: run, common: common, key: RowOrder.key(runs[run].row + common)))
  }

  /// Plays from a run's leaf up to the root; returns the winner of all.
  private mutating func play(_ player: Player) -> Player {
    var winner = player
    var node = (player.run + runs.count) / 2
    while node > 0 {
      Self.play(&losers[node], &winner, runs)
      node /= 2
    }
    return winner
  }

  /// Puts the row that comes first into `winner`, and into `loser` the other with what it has in common with it.
  ///
  /// Both are told by the same row, which comes before both or is equal to them.
  @inline(__always)
  private static func play(_ loser: inout Player, _ winner: inout Player, _ runs: [RunReader]) {
    if loser.common != winner.common {
      // What is less like that row has as much in common with the other as with that row.
      if loser.common > winner.common { swap(&loser, &winner) }
      return
    }
    if loser.common == Player.ended || loser.common == Player.equal { return }
    if loser.key == winner.key {
      playOn(&loser, &winner, runs)
      return
    }
    if loser.key < winner.key { swap(&loser, &winner) }
    loser.common += (loser.key ^ winner.key).leadingZeroBitCount / 8
    loser.key = RowOrder.key(runs[loser.run].row + loser.common)
  }

  /// Plays where eight bytes more are alike.
  private static func playOn(_ loser: inout Player, _ winner: inout Player, _ runs: [RunReader]) {
    let known = loser.common + 8
    guard !RowOrder.isEnd(loser.key),
      let more = RowOrder.commonByteCount(runs[loser.run].row + known, runs[winner.run].row + known)
    else {
      (loser.common, loser.key) = (Player.equal, 0)
      return
    }
    let common = known + more
    let keys = (RowOrder.key(runs[loser.run].row + common), RowOrder.key(runs[winner.run].row + common))
    if keys.0 < keys.1 { swap(&loser, &winner) }
    (loser.common, loser.key) = (common, max(keys.0, keys.1))
  }
}

/// One run of a merge, with the part of it that is in memory.
private final class RunReader {
  private var rest: Range<Int>
  /// What the run came to when it was written, and what its bytes come to so far.
  private let written: Checksum.Value
  private var checksum = Checksum()
  private var buffer: UnsafeMutableRawBufferPointer
  /// Where the current row starts in the buffer, and its LF.
  private var rowStart = 0
  private var rowEnd = -1
  private var filled = 0
  /// What the current row has in common with the one before; nil where they are equal.
  private(set) var commonByteCount: Int? = 0

  private static let bufferByteCount = 64 << 10

  init(_ range: Range<Int>, _ written: Checksum.Value) {
    self.written = written
    rest = range
    buffer = Self.allocate(min(Self.bufferByteCount, max(range.count, 1)))
  }

  deinit { buffer.deallocate() }

  /// The current row.
  var row: UnsafeRawPointer { rowWithEnd.baseAddress.unsafelyUnwrapped }

  var rowWithEnd: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[rowStart...rowEnd]) }

  /// Goes to the next row. Returns false at the run's end.
  func advance(
    _ file: borrowing Descriptor, _ layer: FileLayer, _ name: String
  ) throws(SluiceError) -> Bool {
    let isFirst = rowEnd < 0
    var searched = rowEnd + 1
    while true {
      if let base = buffer.baseAddress, let found = memchr(base + searched, 0x0A, filled - searched) {
        let next = rowEnd + 1
        rowEnd = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        commonByteCount = isFirst ? 0 : RowOrder.commonByteCount(base + rowStart, base + next)
        rowStart = next
        return true
      }
      searched = filled - rowStart
      guard try fill(file, layer, name) else { return false }
    }
  }

  /// Moves the current row and what follows it to the front of the buffer, which grows where they fill it, and
  /// reads on.
  private func fill(
    _ file: borrowing Descriptor, _ layer: FileLayer, _ name: String
  ) throws(SluiceError) -> Bool {
    guard !rest.isEmpty else { return false }
    let kept = filled - rowStart
    let capacity = buffer.count - RowOrder.overrun
    if kept == capacity {
      let larger = Self.allocate(capacity * 2)
      larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
      buffer.deallocate()
      buffer = larger
    } else if kept > 0, let base = buffer.baseAddress {
      memmove(base, base + rowStart, kept)
    }
    (rowStart, rowEnd, filled) = (0, rowEnd - rowStart, kept)
    let end = min(buffer.count - RowOrder.overrun, filled + rest.count)
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<end])
    let count = try layer.read(into: room, from: file, at: rest.lowerBound, name)
    guard count > 0 else { throw Self.lost(name) }
    checksum.update(UnsafeRawBufferPointer(rebasing: room[..<count]))
    filled += count
    rest = rest.lowerBound + count..<rest.upperBound
    guard !rest.isEmpty || checksum.value() == written else { throw Self.lost(name) }
    return true
  }

  private static func lost(_ name: String) -> SluiceError {
    SluiceError(
      .output, "rows-lost",
      "Rows that were written to \(name) are no longer there as they were. See that nobody else changes the output "
        + "folder, check the disk, and run again."
    )
  }

  private static func allocate(_ capacity: Int) -> UnsafeMutableRawBufferPointer {
    .allocate(byteCount: capacity + RowOrder.overrun, alignment: 1)
  }
}
