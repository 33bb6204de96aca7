extension BinaryInteger {
  /// A count with its unit, which takes an `s` for any number but one: `1 record`, `0 records`.
  func of(_ unit: String) -> String { "\(self) \(unit)\(self == 1 ? "" : "s")" }
}
