/// The rule of CSV records a byte at a time, as plain as it can be said: the oracle of `DelimitedFraming`.
package struct ReferenceFraming {
  enum Place { case cellStart, bare, quoted, afterQuote, afterReturn, spoilt }

  let separator: UInt8
  var place = Place.cellStart

  /// Takes a byte; true where it ends a record.
  mutating func take(_ byte: UInt8) -> Bool {
    let isLineFeed = byte == 0x0A
    let isQuote = byte == 0x22
    let isSeparator = byte == separator
    switch place {
    case .cellStart: place = isQuote ? .quoted : isSeparator || isLineFeed ? .cellStart : .bare
    case .bare: place = isQuote ? .spoilt : isSeparator || isLineFeed ? .cellStart : .bare
    case .quoted:
      place = isQuote ? .afterQuote : .quoted
      return false
    case .afterQuote:
      place =
        isQuote ? .quoted : isSeparator || isLineFeed ? .cellStart : byte == 0x0D ? .afterReturn : .spoilt
      return isLineFeed
    case .afterReturn, .spoilt: place = isLineFeed ? .cellStart : .spoilt
    }
    return isLineFeed
  }

  /// The index after each record's end, and whether the bytes end inside quotes.
  package static func ends(_ bytes: [UInt8], separator: UInt8) -> (ends: [Int], isInsideQuotes: Bool) {
    var machine = ReferenceFraming(separator: separator)
    var ends: [Int] = []
    for (index, byte) in bytes.enumerated() where machine.take(byte) { ends.append(index + 1) }
    return (ends, machine.place == .quoted)
  }
}
