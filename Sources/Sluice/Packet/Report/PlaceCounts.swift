/// Counts a file's rows by the place that a column releases, in at most `countMax` cells.
///
/// Cells are those that the packet releases. Where there are more of them, each four that lie together become one
/// (a geohash loses its last character), again and again until they fit. What comes of it depends on which places
/// were added and not on their order.
package struct PlaceCounts: Equatable {
  /// How a column's places are written.
  package enum Form: Equatable {
    /// The south-west corner of a square; its side in billionths of a degree.
    case grid(side: Int64)
    /// A latitude and longitude that stand for themselves.
    case points
    /// A geohash of at most so many characters.
    case geohash(length: Int)
  }

  /// A cell by its numbers: from south and from west of 0,0, in sides; for a geohash its bits and its length.
  package struct Cell: Hashable, Comparable {
    package let first: Int64
    package let second: Int64

    package static func < (left: Cell, right: Cell) -> Bool {
      (left.first, left.second) < (right.first, right.second)
    }
  }

  package static let countMax = 200
  /// The side of the smallest squares that points are merged into, in billionths of a degree.
  package static let pointSide: Int64 = 1_000_000

  package let form: Form
  /// How often cells were merged.
  package private(set) var level = 0
  package private(set) var cells: [Cell] = []
  package private(set) var counts: [UInt64] = []
  /// Whether a coordinate had more than nine decimals and was cut to them.
  package private(set) var isCut = false
  /// Places in `cells`, found by hash; a power of two of them, at least half of them -1.
  private var slots: [Int16] = []
  /// Where the last row was counted.
  private var last = 0

  package init(form: Form) { self.form = form }

  package static func == (left: Self, right: Self) -> Bool {
    left.form == right.form && left.level == right.level && left.isCut == right.isCut
      && left.sorted().elementsEqual(right.sorted(), by: ==)
  }

  /// How many rows had a place.
  package var total: UInt64 { counts.reduce(0, +) }

  /// The cells with their counts, the largest count first, then from south to north and west to east.
  package func sorted() -> [(cell: Cell, count: UInt64)] {
    zip(cells, counts).map { (cell: $0, count: $1) }.sorted {
      $0.count != $1.count ? $0.count > $1.count : $0.cell < $1.cell
    }
  }

  /// The side of the squares that are counted, in billionths of a degree; nil for points and geohashes.
  package var side: Int64? {
    switch form {
    case .grid(let side): side << Int64(level)
    case .points: level == 0 ? nil : Self.pointSide << Int64(level - 1)
    case .geohash: nil
    }
  }

  /// Adds a row by a latitude and longitude as they are written; what is none is not counted.
  package mutating func add(latitude: UnsafeRawBufferPointer, longitude: UnsafeRawBufferPointer) {
    guard let north = Coordinate(latitude), let east = Coordinate(longitude) else { return }
    if north.isCut || east.isCut { isCut = true }
    switch form {
    case .grid(let side):
      add(Cell(first: floorDivide(north.billionths, side), second: floorDivide(east.billionths, side)))
    case .points: addPoint(Cell(first: north.billionths, second: east.billionths))
    case .geohash: return
    }
  }

  /// Adds a row by a geohash; what is none is not counted.
  package mutating func add(geohash text: UnsafeRawBufferPointer) {
    guard case .geohash(let longest) = form, let cell = Geohash.cell(text), cell.second <= Int64(longest)
    else { return }
    add(level == 0 ? cell : Geohash.cut(cell, to: longest - level))
  }

  /// Adds what other rows came to in the same form.
  package mutating func add(_ other: PlaceCounts) {
    var other = other
    while level < other.level { merge() }
    while other.level < level { other.merge() }
    isCut = isCut || other.isCut
    for (cell, count) in zip(other.cells, other.counts) { put(cell, count) }
    while cells.count > Self.countMax { merge() }
  }

  private mutating func addPoint(_ cell: Cell) {
    if level == 0 {
      insert(cell, 1)
    } else {
      insert(Self.shifted(Self.square(cell), level - 1), 1)
    }
  }

  private mutating func add(_ cell: Cell) {
    if case .geohash = form { insert(cell, 1) } else { insert(Self.shifted(cell, level), 1) }
  }

  private static func shifted(_ cell: Cell, _ level: Int) -> Cell {
    Cell(first: cell.first >> Int64(level), second: cell.second >> Int64(level))
  }

  private static func square(_ point: Cell) -> Cell {
    Cell(first: floorDivide(point.first, pointSide), second: floorDivide(point.second, pointSide))
  }

  private mutating func insert(_ cell: Cell, _ count: UInt64) {
    put(cell, count)
    while cells.count > Self.countMax { merge() }
  }

  /// Counts a cell, however many there are.
  private mutating func put(_ cell: Cell, _ count: UInt64) {
    if last < cells.count, cells[last] == cell {
      counts[last] += count
      return
    }
    if slots.count < 2 * (cells.count + 1) { grow() }
    var slot = Self.hash(cell) & (slots.count - 1)
    while slots[slot] >= 0, cells[Int(slots[slot])] != cell { slot = (slot + 1) & (slots.count - 1) }
    if slots[slot] < 0 {
      slots[slot] = Int16(cells.count)
      cells.append(cell)
      counts.append(0)
    }
    last = Int(slots[slot])
    counts[last] += count
  }

  /// Merges the cells into those of the next level.
  private mutating func merge() {
    let old = zip(cells, counts)
    (cells, counts, slots, last) = ([], [], [], 0)
    level += 1
    for (cell, count) in old { put(merged(cell), count) }
  }

  /// The cell of this level that one of the level before belongs to.
  private func merged(_ cell: Cell) -> Cell {
    switch form {
    case .grid: Self.shifted(cell, 1)
    case .points: level == 1 ? Self.square(cell) : Self.shifted(cell, 1)
    case .geohash(let length): Geohash.cut(cell, to: length - level)
    }
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: max(16, slots.count * 2))
    for (place, cell) in cells.enumerated() {
      var slot = Self.hash(cell) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int16(place)
    }
  }

  private static func hash(_ cell: Cell) -> Int {
    let mixed = (UInt64(bitPattern: cell.first) &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(bitPattern: cell.second)
    return Int(truncatingIfNeeded: (mixed &* 0xBF58_476D_1CE4_E5B9) >> 40)
  }
}

/// A latitude or longitude as it is written, to a billionth of a degree.
private struct Coordinate {
  let billionths: Int64
  /// Whether it was written finer and is cut, towards the south or west.
  let isCut: Bool

  /// Nil for what is no plain decimal of -180 to 180.
  init?(_ text: UnsafeRawBufferPointer) {
    let isBelow = text.first == UInt8(ascii: "-")
    var index = isBelow ? 1 : 0
    var (value, wholeCount): (Int64, Int) = (0, 0)
    while index < text.count, digitValue(text[index]) <= 9, wholeCount < 4 {
      value = value * 10 + Int64(digitValue(text[index]))
      (index, wholeCount) = (index + 1, wholeCount + 1)
    }
    guard (1...3).contains(wholeCount) else { return nil }
    var scale = 0
    var hasMore = false
    if index < text.count {
      guard text[index] == UInt8(ascii: "."), index + 1 < text.count else { return nil }
      for digit in text[(index + 1)...].lazy.map(digitValue) {
        guard digit <= 9 else { return nil }
        if scale == 9 {
          hasMore = hasMore || digit != 0
        } else {
          (value, scale) = (value * 10 + Int64(digit), scale + 1)
        }
      }
    }
    value *= Int64(powerOfTen(9 - scale))
    guard value <= 180_000_000_000 else { return nil }
    billionths = isBelow ? -value - (hasMore ? 1 : 0) : value
    isCut = hasMore
  }
}
