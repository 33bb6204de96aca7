extension Action {
  /// How fine the values are that leave, for fields.csv: `hour`, `0.1 degree`, `/24 and /48`, `width 60`.
  ///
  /// Widths and edges are in the field's own unit; `precision(for:)` names it.
  public var precision: String { precision(unit: "") }

  /// How fine the values are that leave, with the unit of the field's type: `width 60 seconds`.
  public func precision(for type: FieldType) -> String {
    switch type {
    case .duration(let unit): precision(unit: " \(unit.rawValue)")
    case .integer(let unit): precision(unit: " \(unit)")
    default: precision(unit: "")
    }
  }

  /// The action in words, for a person: `keep`, `truncate to second`, `grid 0.1 degree`.
  public func description(for type: FieldType) -> String {
    switch self {
    case .keep, .redact, .withhold, .pseudonymize, .country: word
    case .mask(let last): "mask all but the last \(last)"
    case .truncate(let granularity): "truncate to \(granularity.rawValue)"
    case .grid, .geohash, .prefix, .bucket: "\(word) \(precision(for: type))"
    case .map: "map to declared words"
    }
  }

  /// - Parameter unit: empty, or a space and the unit's name.
  private func precision(unit: String) -> String {
    switch self {
    case .keep: "exact"
    case .redact, .withhold: "none"
    case .pseudonymize: "pseudonym"
    case .country: "calling code"
    case .mask(let last): "last \(last) characters"
    case .truncate(let granularity): granularity.rawValue
    case .grid(let side): "\(side.plainText) degree"
    case .geohash(let length): "\(length) characters"
    case .prefix(let v4, let v6): "/\(v4) and /\(v6)"
    case .bucket(.width(let width)): "width \(width)\(unit)"
    case .bucket(.edges(let edges)):
      "edges " + edges.map { String($0) }.joined(separator: ", ") + unit
    case .map: "declared words"
    }
  }
}

extension ExactDecimal {
  /// Plain digits without exponent and without zeros that say nothing: `0.1`, `10`, `-0.05`.
  fileprivate var plainText: String {
    let digits = String(mantissa.magnitude)
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    var fraction = padded.suffix(scale)
    while fraction.last == "0" { fraction.removeLast() }
    let whole = padded.dropLast(scale)
    return (mantissa < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }
}
