/// What a released value looks like, without the value. Each action writes its own forms, so a value's form tells which
/// action wrote it.
enum ValueForm: Equatable {
  case pseudonym, masked, callingCode, network, range, geohash, coordinates, redacted
  /// To the second also stands for finer times.
  case time(Granularity)
  /// Whatever has none of the other forms: a value that was kept, or the word that a map has for it.
  case whole

  /// The form of a value in a column.
  ///
  /// A kept value that reads as a pseudonym of its class, as a masked identifier or as `[redacted]` is taken for it.
  init(of text: String, in row: FieldRow) {
    let bytes = Array(text.utf8)
    if text == "[redacted]" {
      self = .redacted
    } else if Pseudonym(text)?.identifierClass.word == row.valueType {
      self = .pseudonym
    } else if IdentifierClass.allCases.contains(where: { $0.word == row.valueType }), text.hasPrefix("****") {
      self = .masked
    } else {
      switch row.valueType {
      case "timestamp": self = .time(Self.granularity(byteCount: bytes.count))
      // A column of one coordinate holds a number, the key of a point an object.
      case "point": self = row.isCoordinate || text.hasPrefix("{") ? .coordinates : .geohash
      // No calling code has more than three digits, and no phone number as few.
      case "phone": self = bytes.count <= 4 ? .callingCode : .whole
      case "ip": self = bytes.contains(UInt8(ascii: "/")) ? .network : .whole
      case "integer", "duration", "port": self = Self.isRange(bytes) ? .range : .whole
      default: self = .whole
      }
    }
  }

  /// The form that an action writes, by its row of fields.csv; nil for one that writes no value there.
  init?(writtenBy row: FieldRow) {
    switch row.action {
    case "redact": self = .redacted
    case "pseudonymize": self = .pseudonym
    case "mask": self = .masked
    case "country": self = .callingCode
    case "prefix": self = .network
    case "bucket": self = .range
    case "geohash":
      // In CSV a role's geohash has a column beside the coordinates of the other's.
      if row.isCoordinate { return nil }
      self = .geohash
    case "grid": self = .coordinates
    case "truncate":
      guard let granularity = Granularity(rawValue: row.precision) else { return nil }
      self = .time(granularity)
    case "keep":
      self = row.valueType == "timestamp" ? .time(.second) : row.valueType == "point" ? .coordinates : .whole
    case "map": self = .whole
    default: return nil
    }
  }

  /// The form in words.
  var words: String {
    switch self {
    case .pseudonym: "pseudonym"
    case .masked: "masked identifier"
    case .callingCode: "calling code"
    case .network: "network"
    case .range: "range"
    case .geohash: "geohash"
    case .coordinates: "coordinates"
    case .redacted: "[redacted]"
    case .time(let granularity): "time to the \(granularity.rawValue)"
    case .whole: "whole value"
    }
  }

  /// How finely a time is told, by the length in which the encodings write it.
  private static func granularity(byteCount: Int) -> Granularity {
    switch byteCount {
    case 4: .year
    case 7: .month
    case 8: .week
    case 10: .day
    case 14: .hour
    case 17: .minute
    default: .second
    }
  }

  /// `60-119`, `-120--61`, `<60` or `>=60`: what no plain number is.
  private static func isRange(_ bytes: [UInt8]) -> Bool {
    bytes.first == UInt8(ascii: "<") || bytes.first == UInt8(ascii: ">")
      || bytes.dropFirst().contains(UInt8(ascii: "-"))
  }
}

extension FieldRow {
  /// The type of one value: an array's is that of its elements.
  var valueType: String { isArray ? String(type.dropFirst(Field.arrayPrefix.count)) : type }

  var isArray: Bool { type.hasPrefix(Field.arrayPrefix) }

  /// Whether it is a column of CSV for one coordinate of a point.
  var isCoordinate: Bool { type == "point" && (column.hasSuffix(".lat") || column.hasSuffix(".lon")) }
}
