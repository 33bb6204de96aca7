/// What a page draws of one file of records, told by the kind's rows of fields.csv alone.
struct FigurePlan {
  /// The column of the time that the period is matched on.
  struct Time {
    let column: Int
    let name: String
    let step: TimeStep
  }

  /// A column of places; two columns where a file has latitude and longitude apart.
  struct Place {
    let columns: [Int]
    let name: String
    let form: PlaceCounts.Form
  }

  /// Nil where no column holds that time, or it is not released as a time.
  private(set) var time: Time?
  private(set) var places: [Place] = []

  private let format: RecordFormat

  /// - Parameter rows: the kind's, in their order; several of one column stand together.
  init(_ rows: [FieldRow], _ format: RecordFormat) {
    self.format = format
    var column = -1
    var start = rows.startIndex
    while start < rows.endIndex {
      let name = rows[start].column
      let end = rows[start...].firstIndex { $0.column != name } ?? rows.endIndex
      column += 1
      take(rows[start..<end], name, column)
      start = end
    }
  }

  private mutating func take(_ rows: ArraySlice<FieldRow>, _ name: String, _ column: Int) {
    let roles = rows.map { ($0.action, $0.precision) }
    switch rows.first?.type {
    case "timestamp":
      guard time == nil, rows.contains(where: { $0.note.hasPrefix(PacketTables.timeNote) }) else { return }
      let steps = roles.compactMap { TimeStep(action: $0.0, precision: $0.1) }
      time = Self.coarsest(steps).map { Time(column: column, name: name, step: $0) }
    case "point": takePoint(roles, name, column)
    default: return
    }
  }

  /// A point is one column in NDJSON, and in CSV a column of its own for each form.
  private mutating func takePoint(
    _ roles: [(action: String, precision: String)], _ name: String, _ column: Int
  ) {
    if name.hasSuffix(".lon") { return }
    let isLatitude = name.hasSuffix(".lat")
    let lengths = roles.filter { $0.action == "geohash" }.compactMap { Self.number($0.precision) }
    if !isLatitude, let longest = lengths.max(), (1...12).contains(longest) {
      places.append(Place(columns: [column], name: name, form: .geohash(length: longest)))
    }
    let exact = roles.filter { $0.action == "keep" || $0.action == "grid" }
    guard !exact.isEmpty, isLatitude == (format == .csv) else { return }
    let sides = exact.map { $0.action == "grid" ? Self.side($0.precision) : nil }
    // Where roles have squares of different sides, a row does not tell which side is its own.
    let side = sides.allSatisfy { $0 == sides[0] } ? sides[0] : nil
    places.append(
      Place(
        columns: isLatitude ? [column, column + 1] : [column],
        name: isLatitude ? String(name.dropLast(4)) : name, form: side.map { .grid(side: $0) } ?? .points))
  }

  /// The step into which all go.
  private static func coarsest(_ steps: [TimeStep]) -> TimeStep? {
    guard let first = steps.min(by: { $0.prefixByteCount < $1.prefixByteCount }) else { return nil }
    // A week goes into no month.
    let isMixed = steps.contains(.week) && steps.contains { $0 != .week && $0.prefixByteCount >= 7 }
    return isMixed && first.prefixByteCount > 4 ? .year : first
  }

  /// The number that a precision begins with: `6 characters`.
  private static func number(_ precision: String) -> Int? {
    precision.split(separator: " ").first.flatMap { Int($0) }
  }

  /// The side in billionths of a degree: `0.1 degree`.
  private static func side(_ precision: String) -> Int64? {
    guard let text = precision.split(separator: " ").first, let side = ExactDecimal(String(text)),
      side.scale <= 9, side.mantissa > 0, side.mantissa <= 90 * widePowerOfTen(side.scale)
    else { return nil }
    return Int64(side.mantissa * widePowerOfTen(9 - side.scale))
  }
}
