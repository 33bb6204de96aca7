extension KindPlan {
  /// The header of the kind's CSV file, or the keys of its NDJSON rows, in order: a point is two columns in
  /// CSV and one key in NDJSON.
  package func columnNames(_ format: RecordFormat) -> [String] { columns.flatMap { $0.columnNames(format) } }
}

extension FieldPlan {
  func columnNames(_ format: RecordFormat) -> [String] {
    guard format == .csv else { return [field.name] }
    return (releasesText ? [field.name] : [])
      + (releasesCoordinates ? ["\(field.name).lat", "\(field.name).lon"] : [])
  }

  /// Whether some role's action releases coordinates, which take two cells in CSV.
  var releasesCoordinates: Bool {
    field.type == .point
      && [subject.action, other.action].contains {
        switch $0 {
        case .keep, .grid: true
        default: false
        }
      }
  }

  /// Whether the field takes a cell of its own name in CSV: all but points released as coordinates alone.
  var releasesText: Bool {
    guard releasesCoordinates else { return true }
    return [subject.action, other.action].contains {
      if case .geohash = $0 { true } else { false }
    }
  }

  /// The roles that the field has an action for, in the words of fields.csv: `record` stands for whatever role.
  var roles: [(word: String, plan: RolePlan)] {
    field.hasRoles ? [("subject", subject), ("other", other)] : [("record", subject)]
  }
}

extension FieldType {
  /// The unit of a released value, for fields.csv; empty where the value has none.
  var unit: String {
    switch self {
    case .timestamp: "UTC"
    case .duration(let unit): unit.rawValue
    case .integer(let unit): unit
    case .point: "degrees"
    default: ""
    }
  }
}
