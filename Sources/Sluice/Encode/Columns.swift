extension FieldPlan {
  /// Whether some role's action releases coordinates, which take two cells in CSV.
  package var releasesCoordinates: Bool {
    field.type == .point && [subject.action, other.action].contains { action in
      switch action {
      case .keep, .grid: true
      default: false
      }
    }
  }

  /// Whether the field takes a cell of its own name: all but points released as coordinates alone.
  package var releasesText: Bool {
    guard field.type == .point else { return true }
    return [subject.action, other.action].contains { action in
      switch action {
      case .geohash: true
      default: false
      }
    } || !releasesCoordinates
  }

  /// The names of the cells that the field takes in CSV: its own, or `NAME.lat` and `NAME.lon` for coordinates.
  public var csvColumnNames: [String] {
    (releasesText ? [field.name] : [])
      + (releasesCoordinates ? ["\(field.name).lat", "\(field.name).lon"] : [])
  }
}

extension KindPlan {
  /// The header of the kind's CSV file, in schema order.
  public var csvColumnNames: [String] { columns.flatMap(\.csvColumnNames) }

  /// The header row: every cell quoted, LF. Names come from the schema and hold letters, digits, `_` and `.`.
  package var csvHeader: String { csvColumnNames.map { "\"\($0)\"" }.joined(separator: ",") + "\n" }
}
