/// What a page draws of one file of records, counted while its rows pass.
struct RecordFigures: Equatable {
  /// The columns that are looked at, ascending.
  let columns: [Int]
  /// Where in `columns` the time is, and each place.
  private let time: Int?
  private let place: [[Int]]
  /// Nil where the rows have no time that may be drawn.
  private(set) var timeline: TimelineCounts?
  /// In the order of the plan's places.
  private(set) var places: [PlaceCounts]

  init(_ plan: FigurePlan) {
    let columns = plan.columns
    self.columns = columns
    time = plan.time.flatMap { columns.firstIndex(of: $0.column) }
    place = plan.places.map { place in place.columns.compactMap { columns.firstIndex(of: $0) } }
    timeline = plan.time.map { TimelineCounts(step: $0.step) }
    places = plan.places.map { PlaceCounts(form: $0.form) }
  }

  /// Adds a row; `cells` are its values of `columns` without their quotes, empty where the row has none.
  @inline(__always)
  mutating func add(_ cells: [UnsafeRawBufferPointer]) {
    if let time { timeline?.add(cells[time]) }
    if !place.isEmpty { addPlaces(cells) }
  }

  @inline(never)
  private mutating func addPlaces(_ cells: [UnsafeRawBufferPointer]) {
    for index in places.indices {
      let columns = place[index]
      let cell = cells[columns[0]]
      if columns.count == 2 {
        places[index].add(latitude: cell, longitude: cells[columns[1]])
      } else if case .geohash = places[index].form {
        places[index].add(geohash: cell)
      } else if let (latitude, longitude) = Self.coordinates(cell) {
        places[index].add(latitude: latitude, longitude: longitude)
      }
    }
  }

  private static let start = Array("{\"lat\":".utf8)
  private static let middle = Array(",\"lon\":".utf8)

  /// The numbers of `{"lat":51.5,"lon":-0.2}`.
  private static func coordinates(
    _ text: UnsafeRawBufferPointer
  ) -> (latitude: UnsafeRawBufferPointer, longitude: UnsafeRawBufferPointer)? {
    guard text.starts(with: start), text.last == UInt8(ascii: "}"),
      let comma = text.firstIndex(of: UInt8(ascii: ",")), text[comma...].starts(with: middle)
    else { return nil }
    return (
      UnsafeRawBufferPointer(rebasing: text[start.count..<comma]),
      UnsafeRawBufferPointer(rebasing: text[(comma + middle.count)..<(text.count - 1)])
    )
  }
}
