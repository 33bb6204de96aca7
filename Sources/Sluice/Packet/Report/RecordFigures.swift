/// What a page draws of one file of records, counted while its rows pass.
struct RecordFigures: Equatable {
  private struct PlaceColumns: Equatable {
    let first: Int
    /// Where latitude and longitude have a column each.
    let second: Int?
  }

  /// The columns of the time and of each place.
  private let time: Int?
  private let place: [PlaceColumns]
  /// Nil where the rows have no time that may be drawn.
  private(set) var timeline: TimelineCounts?
  /// In the order of the plan's places.
  private(set) var places: [PlaceCounts]

  init(_ plan: FigurePlan) {
    time = plan.time?.column
    place = plan.places.map { PlaceColumns(first: $0.columns[0], second: $0.columns.dropFirst().first) }
    timeline = plan.time.map { TimelineCounts(step: $0.step) }
    places = plan.places.map { PlaceCounts(form: $0.form) }
  }

  /// Adds a row; `values` are those of its columns without their quotes, empty where the row has none.
  @inline(__always)
  mutating func add(_ values: [UnsafeRawBufferPointer]) {
    if let time { timeline?.add(values[time]) }
    if !place.isEmpty { addPlaces(values) }
  }

  /// Adds what other rows of the same columns came to.
  mutating func add(_ other: RecordFigures) {
    if let timeline = other.timeline { self.timeline?.add(timeline) }
    for index in places.indices { places[index].add(other.places[index]) }
  }

  @inline(never)
  private mutating func addPlaces(_ values: [UnsafeRawBufferPointer]) {
    for index in places.indices {
      let value = values[place[index].first]
      if let second = place[index].second {
        places[index].add(latitude: value, longitude: values[second])
      } else if case .geohash = places[index].form {
        places[index].add(geohash: value)
      } else if let (latitude, longitude) = Self.coordinates(value) {
        places[index].add(latitude: latitude, longitude: longitude)
      }
    }
  }

  private static var start: StaticString { "{\"lat\":" }
  private static var middle: StaticString { ",\"lon\":" }

  /// The numbers of `{"lat":51.5,"lon":-0.2}`.
  private static func coordinates(
    _ text: UnsafeRawBufferPointer
  ) -> (latitude: UnsafeRawBufferPointer, longitude: UnsafeRawBufferPointer)? {
    guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    let end = base + (text.count - 1)
    let north = base + start.utf8CodeUnitCount
    guard north < end, equal(base, start.utf8Start, start.utf8CodeUnitCount), end.pointee == UInt8(ascii: "}")
    else { return nil }
    var comma = north
    while comma < end, comma.pointee != UInt8(ascii: ",") { comma += 1 }
    let east = comma + middle.utf8CodeUnitCount
    guard east <= end, equal(comma, middle.utf8Start, middle.utf8CodeUnitCount) else { return nil }
    return (
      UnsafeRawBufferPointer(start: north, count: comma - north),
      UnsafeRawBufferPointer(start: east, count: end - east)
    )
  }
}
