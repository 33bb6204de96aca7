internal import CProcessor

/// Reads one record of a CSV or TSV source into slots, strictly (RFC 4180): as many cells as the header has,
/// quotes only around a whole cell, no bare carriage return. UTF-8 is checked by the caller, once a block.
///
/// Allocates nothing. One per worker and source, because the header decides which column is which.
package struct DelimitedDecoder: ~Copyable {
  package typealias Pointer = UnsafePointer<UInt8>

  private struct Column {
    /// -1 for a column that the schema does not know.
    var slot: Int32
    /// Whether a party or mention stands there.
    var isIdentifier: Bool
  }

  private let separator: UInt8
  private let limits: Limits
  private let columns: UnsafeMutablePointer<Column>
  private let columnCount: Int
  /// How often an unknown column held a value since the counts were last taken.
  package let unknownCounts: UnsafeMutablePointer<UInt64>
  let columnNames: [[UInt8]]
  package let slots: UnsafeMutablePointer<Slot>
  /// Asked for an identifier's line as soon as it is seen, for memory is slow; nil where no memo is used.
  var memo: PseudonymMemo?
  package private(set) var faultOffset = 0

  package init(layout: RecordLayout, header: [[UInt8]], separator: UInt8, limits: Limits) {
    self.separator = separator
    self.limits = limits
    columnNames = header
    columnCount = header.count
    columns = .allocate(capacity: max(columnCount, 1))
    unknownCounts = .allocate(capacity: max(columnCount, 1))
    unknownCounts.initialize(repeating: 0, count: max(columnCount, 1))
    for (index, name) in header.enumerated() {
      let slot = layout.slotPaths.firstIndex { !$0.isEmpty && $0.utf8.elementsEqual(name) } ?? -1
      (columns + index).initialize(
        to: Column(slot: Int32(slot), isIdentifier: layout.identifierSlots.contains(slot)))
    }
    slots = .allocate(capacity: max(layout.slotCount, 1))
    slots.initialize(repeating: Slot(), count: max(layout.slotCount, 1))
  }

  deinit {
    columns.deallocate()
    unknownCounts.deallocate()
    slots.deallocate()
  }

  /// Decodes one record without its line ending. The slots must have been reset; 64 bytes past `count` must be
  /// readable.
  package mutating func decode(_ base: Pointer, count: Int) throws(FaultCode) {
    let (columns, columnCount, slots, separator) = (columns, columnCount, slots, separator)
    let stringByteCountMax = limits.stringByteCountMax
    let limit = base + count
    var stops = CellStops(from: base, to: limit, separator: separator)
    var position = base
    var column = 0
    while true {
      let end = stops.next()
      var slot: Slot
      if end == limit || end.pointee == separator {
        slot = Slot.cell(offset: position - base, length: end - position)
        position = end
      } else if end == position, end.pointee == UInt8(ascii: "\"") {
        var close = stops.next()
        while close < limit, close.pointee != UInt8(ascii: "\"") { close = stops.next() }
        if close < limit, close + 1 == limit || close[1] == separator {
          slot = Slot.cell(offset: position + 1 - base, length: close - position - 1)
          position = close + 1
          _ = stops.next()
        } else {
          (position, slot) = try escaped(position, &stops, base: base)
        }
      } else {
        throw misplaced(end, base)
      }
      guard Int(slot.length) <= stringByteCountMax else { throw fault(.stringTooLong, Int(slot.offset)) }
      guard column < columnCount else { throw fault(.csvColumns, Int(slot.offset)) }
      let target = Int(columns[column].slot)
      if target >= 0 {
        if columns[column].isIdentifier {
          slot.memoPlace = memo.anticipate(Bytes(start: base + Int(slot.offset), count: Int(slot.length)))
        }
        slots[target] = slot
      } else if slot.length > 0 {
        (unknownCounts + column).pointee &+= 1
      }
      column &+= 1
      if position >= limit { break }
      position += 1
    }
    guard column == columnCount else { throw fault(.csvColumns, count) }
  }

  @inline(never) private mutating func fault(_ code: FaultCode, _ offset: Int) -> FaultCode {
    faultOffset = offset
    return code
  }

  @inline(never) private mutating func misplaced(_ position: Pointer, _ base: Pointer) -> FaultCode {
    fault(position.pointee == 0x0D ? .csvBareCarriageReturn : .csvQuote, position - base)
  }

  /// The cell whose opening quote is at `start`, with doubled quotes in it, and the position of the separator after it or
  /// the end.
  @inline(never)
  private mutating func escaped(
    _ start: Pointer, _ stops: inout CellStops, base: Pointer
  ) throws(FaultCode) -> (Pointer, Slot) {
    let limit = stops.limit
    stops = CellStops(from: start + 1, to: limit, separator: separator)
    var isEscaped = false
    while true {
      let quote = stops.next()
      guard quote < limit else { throw fault(.csvQuote, start - base) }
      guard quote.pointee == UInt8(ascii: "\"") else { continue }
      if quote + 1 < limit, quote[1] == UInt8(ascii: "\"") {
        isEscaped = true
        _ = stops.next()
        continue
      }
      let end = quote + 1
      guard end == limit || end.pointee == separator else { throw misplaced(end, base) }
      _ = stops.next()
      let length = quote - start - 1
      return (end, Slot.cell(offset: start + 1 - base, length: length, isEscaped: isEscaped))
    }
  }
}

/// What ends a bare cell of a record, or may not stand in one, from its start on: separators, quotes, carriage returns; the
/// last is the record's end.
///
/// 64 bytes at a time, so that a cell costs no loop of its own, whose length nobody could foretell.
private struct CellStops {
  let limit: UnsafePointer<UInt8>
  private let separator: UInt8
  private var window: UnsafePointer<UInt8>
  /// A bit for each stop in the window that has not been given out.
  private var bits: UInt64

  @inline(__always)
  init(from start: UnsafePointer<UInt8>, to limit: UnsafePointer<UInt8>, separator: UInt8) {
    (self.limit, self.separator, window) = (limit, separator, start)
    bits = Self.bits(start, limit, separator)
  }

  /// The next stop; called once more after the last, it goes beyond the record.
  @inline(__always) mutating func next() -> UnsafePointer<UInt8> {
    while bits == 0 {
      window += 64
      bits = Self.bits(window, limit, separator)
    }
    defer { bits &= bits &- 1 }
    return window + bits.trailingZeroBitCount
  }

  @inline(__always) private static func bits(
    _ window: UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>, _ separator: UInt8
  ) -> UInt64 {
    let stops = sluice_cell_stops(window, separator)
    let rest = limit - window
    guard rest < 64 else { return stops }
    let end: UInt64 = 1 &<< UInt64(truncatingIfNeeded: rest)
    return stops & (end &- 1) | end
  }
}

/// Removes the doubling of quotes inside a cell. The result is never longer than the source.
///
/// - Returns: the count of bytes written to `output`.
package func unescapeCell(_ source: Bytes, to output: UnsafeMutablePointer<UInt8>) -> Int {
  var written = 0
  var read = 0
  while read < source.count {
    let byte = source[read]
    output[written] = byte
    written &+= 1
    read &+= byte == UInt8(ascii: "\"") ? 2 : 1
  }
  return written
}
