/// A region's numbering plan: what turns a number as dialled inside the region into E.164.
package struct PhoneRegion: Hashable, Sendable {
  /// 1 to 999.
  package let callingCode: UInt64
  let trunkPrefix: Prefix?
  let internationalPrefix: Prefix?
  /// Digits of a national number without its trunk prefix.
  let nationalDigitCounts: ClosedRange<Int>

  /// Leading digits, kept as a number with its count of digits, so that zeros in front count.
  struct Prefix: Hashable, Sendable {
    let value: UInt64
    let count: Int
  }

  /// The plan of a region by its ISO 3166-1 alpha-2 code in capitals; nil for any other text.
  package init?(code: String) {
    let code = Array(code.utf8)
    guard code.count == 2 else { return nil }
    let table = UnsafeBufferPointer(
      start: phoneRegionRows.utf8Start, count: phoneRegionRows.utf8CodeUnitCount)
    for row in table.split(separator: 0x0A) where row.starts(with: code) {
      let columns = row.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      guard columns.count == 6, let callingCode = UInt64(columns[1]), let fewest = Int(columns[4]),
        let most = Int(columns[5])
      else { return nil }
      self.callingCode = callingCode
      trunkPrefix = UInt64(columns[2]).map { Prefix(value: $0, count: columns[2].utf8.count) }
      internationalPrefix = UInt64(columns[3]).map { Prefix(value: $0, count: columns[3].utf8.count) }
      nationalDigitCounts = fewest...most
      return
    }
    return nil
  }
}
