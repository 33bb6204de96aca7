internal import CProcessor

/// Reads one record of a CSV or TSV source into slots, strictly (RFC 4180): as many cells as the header has,
/// quotes only around a whole cell, no bare carriage return. UTF-8 is checked by the caller, once a block.
///
/// Allocates nothing. One per worker and source, because the header decides which column is which.
package struct DelimitedDecoder: ~Copyable {
  package typealias Pointer = UnsafePointer<UInt8>

  private let separator: UInt8
  private let limits: Limits
  private struct Column {
    /// -1 for a column that the schema does not know.
    var slot: Int32
    /// Whether a party or mention stands there.
    var isIdentifier: Bool
  }

  private let columns: UnsafeMutablePointer<Column>
  private let columnCount: Int
  /// How often an unknown column held a value since the counts were last taken.
  package let unknownCounts: UnsafeMutablePointer<UInt64>
  let columnNames: [[UInt8]]
  package let slots: UnsafeMutablePointer<Slot>
  /// Asked for an identifier's line as soon as it is seen, for memory is slow; nil where no memo is used.
  var memo: Pseudonymizer.MemoLines?
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

  /// Decodes one record without its line ending. The slots must have been reset; sixteen bytes past `count` must
  /// be readable.
  package mutating func decode(_ base: Pointer, count: Int) throws(FaultCode) {
    let (columns, columnCount, slots, separator) = (columns, columnCount, slots, separator)
    let stringByteCountMax = limits.stringByteCountMax
    let limit = base + count
    var position = base
    var column = 0
    while true {
      let slot: Slot
      if position < limit, position.pointee == UInt8(ascii: "\"") {
        (position, slot) = try quoted(position, base: base, limit: limit)
      } else {
        let end = endOfBareCell(position, limit, separator: separator)
        if end < limit, end.pointee != separator {
          throw fault(end.pointee == 0x0D ? .csvBareCarriageReturn : .csvQuote, end - base)
        }
        slot = Slot(.cell, offset: position - base, length: end - position)
        position = end
      }
      guard Int(slot.length) <= stringByteCountMax else { throw fault(.stringTooLong, Int(slot.offset)) }
      guard column < columnCount else { throw fault(.csvColumns, Int(slot.offset)) }
      let target = Int(columns[column].slot)
      if target >= 0 {
        slots[target] = slot
        if columns[column].isIdentifier { memo?.anticipate(base + Int(slot.offset), Int(slot.length)) }
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

  /// The cell whose opening quote is at `start`, and the position of the separator after it or the end.
  @inline(never)
  private mutating func quoted(_ start: Pointer, base: Pointer, limit: Pointer) throws(FaultCode) -> (
    Pointer, Slot
  ) {
    var position = start + 1
    var isEscaped = false
    while true {
      position = endOfQuotedRun(position, limit)
      guard position < limit else { throw fault(.csvQuote, start - base) }
      if position + 1 < limit, position[1] == UInt8(ascii: "\"") {
        isEscaped = true
        position += 2
        continue
      }
      break
    }
    let slot = Slot(.cell, offset: start + 1 - base, length: position - start - 1, isEscaped: isEscaped)
    position += 1
    guard position == limit || position.pointee == separator else {
      throw fault(position.pointee == 0x0D ? .csvBareCarriageReturn : .csvQuote, position - base)
    }
    return (position, slot)
  }
}

/// What ends the bare cell at `start`, or may not stand in one: a separator, a quote, a carriage return; or `limit`.
@inline(__always)
private func endOfBareCell(
  _ start: UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>, separator: UInt8
) -> UnsafePointer<UInt8> {
  var position = start
  while position < limit {
    let stops = sluice_cell_stops(position, separator)
    if stops != 0 { return min(position + stops.trailingZeroBitCount, limit) }
    position += 16
  }
  return limit
}

/// The first quote at or after `start`, or `limit`. Reads eight bytes at a time.
@inline(__always)
private func endOfQuotedRun(_ start: UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>) -> UnsafePointer<
  UInt8
> {
  let ones: UInt64 = 0x0101_0101_0101_0101
  var position = start
  while position < limit {
    let quotes = UnsafeRawPointer(position).loadUnaligned(as: UInt64.self) ^ (ones &* 0x22)
    let found = (quotes &- ones) & ~quotes & (ones &* 0x80)
    if found != 0 { return min(position + (found.trailingZeroBitCount &>> 3), limit) }
    position += 8
  }
  return limit
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
