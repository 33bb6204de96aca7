/// Where a CSV or TSV record ends, for malformed rows too.
///
/// A quote opens a cell only at the cell's start; inside, `""` is one quote. A quote in a bare cell, or
/// anything but a separator or the record's end after a closing quote, spoils the record: it then ends at the
/// next line feed whatever quotes follow, so one bad row cannot swallow the next.
///
/// Advice for maintainers: the one who cuts blocks and the one who frames records inside them must agree on
/// every byte string, or a record is lost or split between two workers. Both call `endOfRecord`; the test
/// suite holds it against a slow machine, a byte at a time, for every split of random input.
package enum DelimitedFraming {
  /// How far a scan has come when its bytes run out, so that it can go on with the next ones.
  package struct Scan: Equatable, Sendable {
    /// What the next byte is to the record.
    package enum Place: UInt8, Sendable {
      case cellStart
      case bareCell
      case quotedCell
      /// After a quote inside a quoted cell: the cell's end, or the first of two.
      case afterQuote
      /// After a closing quote and a carriage return: only a line feed may follow.
      case afterCarriageReturn
      /// The record is spoilt; only a line feed counts.
      case spoilt
    }

    package var place = Place.cellStart
    /// Where the quoted cell that is open, or was open last, began. Negative where that was in bytes that the
    /// owner has since dropped (see `rebase`).
    package var quoteStart = 0
    /// The longest span from an opening quote to its closing one that the scan has passed, and where it
    /// opened.
    package var longestQuote = 0
    package var longestQuoteStart = 0

    package init() {}

    /// Whether the bytes seen so far end inside a quoted cell.
    package var isInsideQuotes: Bool { place == .quotedCell }

    /// Takes `count` dropped bytes off the positions that the scan holds.
    package mutating func rebase(dropping count: Int) {
      quoteStart -= count
      longestQuoteStart -= count
    }
  }

  /// Returns the index just after the record that the scan is in, its line feed included, or nil where
  /// `from..<to` holds no end of it; the scan then knows where to go on.
  ///
  /// Does not allocate. A record's end leaves the scan at the start of the next record.
  @inline(__always)
  package static func endOfRecord(
    _ bytes: UnsafePointer<UInt8>, from: Int, to: Int, separator: UInt8, scan: inout Scan
  ) -> Int? {
    var index = from
    // The next line feed at or after `index` is looked for only where a bare cell needs it, and once for all
    // bare cells before it.
    var lineFeed = -1
    while true {
      switch scan.place {
      case .cellStart, .bareCell:
        if scan.place == .cellStart, index < to, bytes[index] == quote {
          open(at: index, &scan)
          index &+= 1
          continue
        }
        if lineFeed < index { lineFeed = NewlineFraming.firstIndex(of: 0x0A, bytes, from: index, to: to) }
        let next = NewlineFraming.firstIndex(of: quote, bytes, from: index, to: lineFeed)
        if next == lineFeed {
          guard lineFeed < to else {
            if index < to { scan.place = bytes[to &- 1] == separator ? .cellStart : .bareCell }
            return nil
          }
          scan.place = .cellStart
          return lineFeed &+ 1
        }
        if next > index, bytes[next &- 1] == separator {
          open(at: next, &scan)
        } else {
          scan.place = .spoilt
        }
        index = next &+ 1
      case .quotedCell:
        let next = nearQuote(bytes, from: index, to: to)
        guard next < to else { return nil }
        index = next &+ 1
        if index &+ 1 < to, bytes[index] == separator, bytes[index &+ 1] == quote {
          // The next cell is quoted too, as in most files that quote at all.
          noteSpan(closingAt: next, &scan)
          index &+= 1
          open(at: index, &scan)
          index &+= 1
        } else {
          scan.place = .afterQuote
        }
      case .afterQuote:
        guard index < to else { return nil }
        let byte = bytes[index]
        if byte == quote {
          scan.place = .quotedCell
          index &+= 1
          continue
        }
        noteSpan(closingAt: index &- 1, &scan)
        index &+= 1
        if byte == 0x0A {
          scan.place = .cellStart
          return index
        }
        scan.place = byte == separator ? .cellStart : byte == 0x0D ? .afterCarriageReturn : .spoilt
      case .afterCarriageReturn:
        guard index < to else { return nil }
        scan.place = .spoilt
      case .spoilt:
        guard let end = NewlineFraming.endOfRecord(bytes, from: index, to: to) else { return nil }
        scan.place = .cellStart
        return end
      }
    }
  }

  /// Returns the index just after the last record that ends in `from..<to`, or nil where none does; the scan
  /// is then inside the record that begins there, or goes on with its own.
  package static func lastEnd(
    _ bytes: UnsafePointer<UInt8>, from: Int, to: Int, separator: UInt8, scan: inout Scan
  ) -> Int? {
    if scan.place == .cellStart || scan.place == .bareCell,
      NewlineFraming.firstIndex(of: quote, bytes, from: from, to: to) == to,
      let end = NewlineFraming.lastEnd(bytes, from: from, to: to)
    {
      // Without a quote, records end where lines do.
      scan.place = end == to ? .cellStart : bytes[to &- 1] == separator ? .cellStart : .bareCell
      return end
    }
    var last: Int?
    var index = from
    var local = scan
    while let end = endOfRecord(bytes, from: index, to: to, separator: separator, scan: &local) {
      last = end
      index = end
    }
    scan = local
    return last
  }

  private static let quote: UInt8 = 0x22

  /// Returns the first quote in `from..<to`, or `to`: at once where it is within 16 bytes, as in most quoted
  /// cells, where a call of `memchr` costs more than its scan.
  @inline(__always)
  private static func nearQuote(_ bytes: UnsafePointer<UInt8>, from: Int, to: Int) -> Int {
    guard to &- from >= 16 else { return NewlineFraming.firstIndex(of: quote, bytes, from: from, to: to) }
    // Safe: 16 bytes from `from` on lie before `to`.
    let raw = UnsafeRawPointer(bytes + from)
    let first = matches(raw.loadUnaligned(as: UInt64.self))
    if first != 0 { return from &+ first.trailingZeroBitCount / 8 }
    let second = matches(raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    if second != 0 { return from &+ 8 &+ second.trailingZeroBitCount / 8 }
    return NewlineFraming.firstIndex(of: quote, bytes, from: from &+ 16, to: to)
  }

  /// A word whose lowest set bit is the top bit of the first byte in memory that is a quote; 0 where none is.
  /// A borrow may set bits above that one, which nobody reads. (SIMD16 with a cast mask ran 15 times slower
  /// here: the compiler did not specialise the comparison.)
  @inline(__always) private static func matches(_ word: UInt64) -> UInt64 {
    let zeroes = UInt64(littleEndian: word) ^ 0x2222_2222_2222_2222
    return (zeroes &- 0x0101_0101_0101_0101) & ~zeroes & 0x8080_8080_8080_8080
  }

  @inline(__always) private static func open(at index: Int, _ scan: inout Scan) {
    scan.place = .quotedCell
    scan.quoteStart = index
  }

  @inline(__always) private static func noteSpan(closingAt index: Int, _ scan: inout Scan) {
    let span = index &- scan.quoteStart
    if span > scan.longestQuote {
      scan.longestQuote = span
      scan.longestQuoteStart = scan.quoteStart
    }
  }
}
