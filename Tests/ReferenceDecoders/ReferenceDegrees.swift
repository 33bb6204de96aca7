import Sluice

/// Degrees as text, compared as text: the oracle of the coordinate reader.
package enum ReferenceDegrees {
  /// Sign, digits before the point without leading zeros, and after it without trailing ones.
  private struct Decimal: Equatable {
    var isNegative: Bool
    var whole: [UInt8]
    var fraction: [UInt8]
  }

  /// The first fault of a point in reading order, a value that is too long being out of range; nil where there is none.
  package static func fault(_ latitude: [UInt8], _ longitude: [UInt8]) -> FaultCode? {
    var decimals: [Decimal] = []
    for bytes in [latitude, longitude] {
      guard !bytes.isEmpty else { return .valueEmpty }
      guard let decimal = decimal(bytes) else { return .geoFormat }
      let written = bytes.split(separator: UInt8(ascii: "."))
      let isTooLong = decimal.whole.count > 18 || written.count == 2 && written[1].count > 30
      guard !isTooLong, decimal.whole.count + decimal.fraction.count <= 38 else { return .geoRange }
      decimals.append(decimal)
    }
    let isInRange = isWithin(decimals[0], "90") && isWithin(decimals[1], "180")
    return isInRange ? nil : .geoRange
  }

  /// Whether two texts are one number; 180 may stand for -180.
  package static func isSame(_ text: [UInt8], _ other: [UInt8], halfTurnIsSame: Bool) -> Bool {
    guard let first = decimal(text), var second = decimal(other) else { return false }
    if halfTurnIsSame, second == Decimal(isNegative: false, whole: Array("180".utf8), fraction: []) {
      second.isNegative = true
    }
    return first == second
  }

  private static func decimal(_ bytes: [UInt8]) -> Decimal? {
    let isNegative = bytes.first == UInt8(ascii: "-")
    let parts = bytes.dropFirst(isNegative ? 1 : 0)
      .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2,
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }),
      let whole = parts.first, whole.count == 1 || whole.first != UInt8(ascii: "0")
    else { return nil }
    var fraction = parts.count == 2 ? Array(parts[1]) : []
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    let isZero = whole.elementsEqual([UInt8(ascii: "0")]) && fraction.isEmpty
    return Decimal(isNegative: isNegative && !isZero, whole: Array(whole), fraction: fraction)
  }

  private static func isWithin(_ decimal: Decimal, _ bound: String) -> Bool {
    let bound = Array(bound.utf8)
    if decimal.whole.count != bound.count { return decimal.whole.count < bound.count }
    if decimal.whole != bound { return decimal.whole.lexicographicallyPrecedes(bound) }
    return decimal.fraction.isEmpty
  }
}
