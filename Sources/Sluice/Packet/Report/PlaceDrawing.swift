/// Where a file's records happened: cells on a grid of parallels and meridians, and the same as a table.
package struct PlaceDrawing {
  let place: FigurePlan.Place
  let counts: PlaceCounts
  let file: ReportFacts.Records

  func append(to html: inout HTMLText) {
    html.element("<h4>", "Where: \(place.name)", "</h4>")
    guard counts.total > 0 else {
      html.paragraph("There is no drawing: no record has a place.")
      return
    }
    html.markup("<figure>\n")
    appendDrawing(&html)
    html.element("<figcaption>", caption, "</figcaption>")
    html.markup("</figure>\n")
    appendTable(&html)
  }

  private var isGeohash: Bool { if case .geohash = counts.form { true } else { false } }

  private var caption: String {
    let sort: String
    if let side = counts.side {
      sort = "squares of \(Self.degrees(side)) degree, each told by its south-west corner"
    } else {
      sort = isGeohash ? "the areas of their geohashes" : "points, each a latitude and longitude"
    }
    let unplaced = file.rowCount - counts.total
    return "Records released by place, as \(sort), in degrees. The darker, the more records; "
      + "what would be too small to be seen is drawn larger."
      + (counts.level > 0
        ? " More than \(PlaceCounts.countMax) places are released, so those that lie together are merged here."
        : "")
      + (counts.isCut ? " Coordinates with more than nine decimals are cut to nine here." : "")
      + (unplaced > 0 ? " Records without a place: \(unplaced)." : "")
  }

  private func appendTable(_ html: inout HTMLText) {
    if isGeohash {
      html.tables(
        "Records by place", [.init("Geohash", .value), .init("Records", .number)],
        counts.sorted().map { [Geohash.text($0.cell), String($0.count)] })
      return
    }
    html.tables(
      "Records by place",
      [.init("Latitude", .number), .init("Longitude", .number), .init("Records", .number)],
      counts.sorted().map {
        let area = area($0.cell)
        return [degrees(area.south), degrees(area.west), String($0.count)]
      })
  }

  private func area(_ cell: PlaceCounts.Cell) -> PlaceArea {
    if isGeohash { return Geohash.area(cell) }
    guard let side = counts.side else {
      return PlaceArea(south: cell.first, west: cell.second, north: cell.first, east: cell.second)
    }
    return PlaceArea(
      south: cell.first * side, west: cell.second * side, north: (cell.first + 1) * side,
      east: (cell.second + 1) * side)
  }

  /// A corner as the packet writes it: with the decimals of its square's side.
  private func degrees(_ billionths: Int64) -> String {
    let text = Self.degrees(billionths)
    guard let side = counts.side, let fraction = Self.degrees(side).split(separator: ".").dropFirst().first
    else { return text }
    let count = text.split(separator: ".").dropFirst().first?.count ?? 0
    return text + (count == 0 ? "." : "") + String(repeating: "0", count: max(0, fraction.count - count))
  }

  /// Billionths of a degree as plain digits, without zeros that end the fraction.
  package static func degrees(_ billionths: Int64) -> String {
    let digits = String(billionths.magnitude)
    let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    var fraction = padded.suffix(9)
    while fraction.last == "0" { fraction.removeLast() }
    return (billionths < 0 ? "-" : "") + padded.dropLast(9) + (fraction.isEmpty ? "" : "." + fraction)
  }

  // MARK: - The drawing

  private func appendDrawing(_ html: inout HTMLText) {
    let areas = counts.sorted().map { (area: area($0.cell), count: $0.count) }
    let map = PlaceMap(areas.map(\.area))
    html.markup("<svg viewBox=\"0 0 840 ")
    html.number(map.bottom + 50)
    html.markup("\" role=\"img\" aria-label=\"")
    html.text("Map without a background: \(caption) The table below has every number.")
    html.markup("\" font-size=\"20\" fill=\"currentColor\">\n")
    map.appendGrid(to: &html)
    let largest = counts.counts.max() ?? 1
    for (area, count) in areas {
      let shade = 1 + Int(3 * count / max(largest, 1))
      if counts.side == nil, !isGeohash {
        html.dot(x: map.x(area.west), y: map.y(area.south), shade: shade)
      } else {
        map.append(area, shade: shade, to: &html)
      }
    }
    html.markup("</svg>\n")
  }
}

/// How degrees come to lie on a drawing: the same length for a degree of latitude as of longitude.
private struct PlaceMap {
  private static let (left, right, top): (Int64, Int64, Int64) = (150, 810, 20)
  private static let heightMax: Int64 = 560
  /// A cell that would come out smaller is drawn so.
  private static let sideMin: Int64 = 8
  /// So few that their labels do not touch.
  private static let lineCountMax: Int64 = 5

  private let frame: PlaceArea
  /// Billionths of a degree in one unit of the drawing.
  private let unit: Int64
  let bottom: Int64

  init(_ areas: [PlaceArea]) {
    var frame = areas.first ?? PlaceArea(south: 0, west: 0, north: 0, east: 0)
    for area in areas {
      frame.south = min(frame.south, area.south)
      frame.west = min(frame.west, area.west)
      frame.north = max(frame.north, area.north)
      frame.east = max(frame.east, area.east)
    }
    // Room around them, and neither side much shorter than the other.
    let (height, width) = (frame.north - frame.south, frame.east - frame.west)
    let longer = max(height, width, 1_000_000)
    let (vertical, horizontal) = (
      max(height / 8, (longer / 2 - height) / 2, longer / 20),
      max(width / 8, (longer - width) / 2, longer / 20)
    )
    // A cell may reach over the edge of the world; the room around it does not.
    frame.south = min(frame.south, max(frame.south - vertical, -90_000_000_000))
    frame.north = max(frame.north, min(frame.north + vertical, 90_000_000_000))
    frame.west = min(frame.west, max(frame.west - horizontal, -180_000_000_000))
    frame.east = max(frame.east, min(frame.east + horizontal, 180_000_000_000))
    let across = (frame.east - frame.west) / (Self.right - Self.left) + 1
    unit = max(across, (frame.north - frame.south) / Self.heightMax + 1)
    bottom = Self.top + (frame.north - frame.south) / unit
    self.frame = frame
  }

  func x(_ longitude: Int64) -> Int64 {
    let used = (frame.east - frame.west) / unit
    return Self.left + (Self.right - Self.left - used) / 2 + (longitude - frame.west) / unit
  }

  func y(_ latitude: Int64) -> Int64 { Self.top + (frame.north - latitude) / unit }

  /// A cell, large enough to be seen.
  func append(_ area: PlaceArea, shade: Int, to html: inout HTMLText) {
    let (west, north) = (x(area.west), y(area.north))
    let (width, height) = (
      max(Self.sideMin, x(area.east) - west), max(Self.sideMin, y(area.south) - north)
    )
    html.rectangle(x: west, y: north, width: width, height: height, shade: shade)
  }

  /// Parallels and meridians at round numbers.
  func appendGrid(to html: inout HTMLText) {
    for latitude in lines(frame.south, frame.north) {
      html.line(x1: x(frame.west), y1: y(latitude), x2: x(frame.east), y2: y(latitude))
      html.label(PlaceDrawing.degrees(latitude), x: x(frame.west) - 10, y: y(latitude) + 7, .end)
    }
    for longitude in lines(frame.west, frame.east) {
      html.line(x1: x(longitude), y1: y(frame.north), x2: x(longitude), y2: y(frame.south))
      html.label(PlaceDrawing.degrees(longitude), x: x(longitude), y: bottom + 32, .middle)
    }
  }

  private func lines(_ from: Int64, _ to: Int64) -> [Int64] {
    let step = step(to - from)
    var lines: [Int64] = []
    var line = -floorDivide(-from, step) * step
    while line <= to {
      lines.append(line)
      line += step
    }
    return lines
  }

  /// The smallest of 1, 2 and 5 times a power of ten that makes few enough lines.
  private func step(_ length: Int64) -> Int64 {
    var power: Int64 = 1
    while true {
      for step in [power, 2 * power, 5 * power] where length / step <= Self.lineCountMax - 1 { return step }
      power *= 10
    }
  }
}
