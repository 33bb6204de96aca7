/// Geohashes as cells of a `PlaceCounts`: sixty bits, the first character highest, and the number of characters.
package enum Geohash {
  private static let alphabet = Array("0123456789bcdefghjkmnpqrstuvwxyz".utf8)
  private static let characterCountMax = 12

  /// The value of each byte; 32 for one that is no character of a geohash.
  private static let values: [UInt8] = (0..<256).map { byte in
    alphabet.firstIndex(of: UInt8(byte)).map(UInt8.init) ?? 32
  }

  /// Reads 1 to 12 characters; nil for what is no geohash.
  package static func cell(_ text: UnsafeRawBufferPointer) -> PlaceCounts.Cell? {
    guard (1...characterCountMax).contains(text.count) else { return nil }
    var bits: Int64 = 0
    for byte in text {
      let value = values[Int(byte)]
      guard value < 32 else { return nil }
      bits = bits << 5 | Int64(value)
    }
    return PlaceCounts.Cell(
      first: bits << Int64(5 * (characterCountMax - text.count)), second: Int64(text.count))
  }

  /// The cell that the first characters tell; a shorter geohash stays, and one is left at least.
  package static func cut(_ cell: PlaceCounts.Cell, to length: Int) -> PlaceCounts.Cell {
    let length = min(Int64(max(length, 1)), cell.second)
    let rest = 5 * (Int64(characterCountMax) - length)
    return PlaceCounts.Cell(first: (cell.first >> rest) << rest, second: length)
  }

  package static func text(_ cell: PlaceCounts.Cell) -> String {
    let characters = (0..<Int(cell.second)).map { alphabet[Int(cell.first >> Int64(55 - 5 * $0) & 31)] }
    return String(decoding: characters, as: UTF8.self)
  }

  /// The cell's edges in billionths of a degree, cut towards the south and west.
  package static func area(_ cell: PlaceCounts.Cell) -> PlaceArea {
    let bitCount = 5 * Int(cell.second)
    var (north, east, northCount, eastCount): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
    for index in 0..<bitCount {
      let bit = cell.first >> Int64(59 - index) & 1
      // Bits alternate, longitude first.
      if index.isMultiple(of: 2) {
        (east, eastCount) = (east << 1 | bit, eastCount + 1)
      } else {
        (north, northCount) = (north << 1 | bit, northCount + 1)
      }
    }
    return PlaceArea(
      south: edge(north, northCount, 90), west: edge(east, eastCount, 180),
      north: edge(north + 1, northCount, 90), east: edge(east + 1, eastCount, 180))
  }

  private static func edge(_ number: Int64, _ bitCount: Int64, _ half: Int128) -> Int64 {
    let whole = 2 * half * 1_000_000_000
    return Int64((whole * Int128(number)) >> Int128(bitCount) - whole / 2)
  }
}

/// A part of the world between parallels and meridians, in billionths of a degree.
package struct PlaceArea: Equatable {
  package var south: Int64
  package var west: Int64
  package var north: Int64
  package var east: Int64
}
