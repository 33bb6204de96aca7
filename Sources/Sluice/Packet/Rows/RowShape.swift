internal import CProcessor

/// Whether one row has the shape that its columns allow.
///
/// A row comes with its LF, which stands in no row but at its end: a search for any other byte ends there at the
/// latest, so no step has to look where the row ends. Every byte of a row of that shape is a column's name, a sign between
/// values, or part of a value.
package struct RowShape {
  private let format: RecordFormat
  /// The columns' keys as they stand in a row, one after another: `"sent_at":`.
  private let keys: [UInt8]
  private let keyEnds: [Int]

  package init(_ format: RecordFormat, _ names: [String]) {
    self.format = format
    var keys: [UInt8] = []
    keyEnds = names.map {
      keys += "\"\($0)\":".utf8
      return keys.count
    }
    self.keys = keys
  }

  /// Whether a row, with its LF, is of the shape. `values`, one a column, then holds each column's value, without the
  /// quotes of a text, and an empty one for a column that the row lacks.
  package func accepts(_ row: UnsafeRawBufferPointer, _ values: inout [UnsafeRawBufferPointer]) -> Bool {
    guard let start = row.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
    let last = start + (row.count - 1)
    switch format {
    case .ndjson:
      return keys.withUnsafeBufferPointer { keys in
        keys.baseAddress.map { isObject(start, last, $0, &values) } ?? false
      }
    case .csv: return hasCells(start, last, &values)
    }
  }

  /// One object without blanks, whose keys are columns, in their order and each at most once.
  private func isObject(
    _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>, _ keys: UnsafePointer<UInt8>,
    _ values: inout [UnsafeRawBufferPointer]
  ) -> Bool {
    guard start.pointee == UInt8(ascii: "{") else { return false }
    var position = start + 1
    var column = 0
    var keyStart = 0
    for index in values.indices { values[index] = Self.noValue }
    while true {
      while true {
        guard column < keyEnds.count else { return false }
        let (key, count) = (keys + keyStart, keyEnds[column] - keyStart)
        (column, keyStart) = (column + 1, keyEnds[column])
        guard last - position > count, equal(position, key, count) else { continue }
        position += count
        break
      }
      guard let end = endOfValue(position, last) else { return false }
      // `column` is already the next one.
      values[column - 1] = Self.value(position, end)
      if end.pointee == UInt8(ascii: "}") { return end + 1 == last }
      guard end.pointee == UInt8(ascii: ",") else { return false }
      position = end + 1
    }
  }

  /// As many quoted cells as columns.
  private func hasCells(
    _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>, _ values: inout [UnsafeRawBufferPointer]
  ) -> Bool {
    var position = start
    for column in keyEnds.indices {
      guard position.pointee == UInt8(ascii: "\"") else { return false }
      position += 1
      let cell = position
      while true {
        guard let quote = QuoteSearch.first(from: position, before: last) else { return false }
        position = quote + 1
        guard position.pointee == UInt8(ascii: "\"") else { break }
        position += 1
      }
      values[column] = UnsafeRawBufferPointer(start: cell, count: position - 1 - cell)
      if column == keyEnds.count - 1 { return position == last }
      guard position.pointee == UInt8(ascii: ",") else { return false }
      position += 1
    }
    return false
  }

  /// Whether a value that `accepts` gave is a text, whose quotes it leaves out: one stands behind its quote, any other behind
  /// its key.
  @inline(__always) static func isText(_ start: UnsafePointer<UInt8>) -> Bool {
    start[-1] == UInt8(ascii: "\"")
  }

  private static var noValue: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  /// A value of JSON, a string without its quotes.
  private static func value(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafeRawBufferPointer {
    guard start.pointee == UInt8(ascii: "\""), end - start >= 2 else {
      return UnsafeRawBufferPointer(start: start, count: end - start)
    }
    return UnsafeRawBufferPointer(start: start + 1, count: end - start - 2)
  }

  /// Where a value ends: at a comma or bracket that does not belong to it, for a string behind its quote. Nil for none.
  @inline(__always)
  private func endOfValue(
    _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    guard start.pointee == UInt8(ascii: "\"") else { return endOfBareValue(start, last) }
    return QuoteSearch.closing(from: start + 1, before: last).map { $0 + 1 }
  }

  private func endOfBareValue(
    _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    var position = start
    var depth = 0
    while position < last {
      switch position.pointee {
      case UInt8(ascii: "\""):
        guard let quote = QuoteSearch.closing(from: position + 1, before: last) else { return nil }
        position = quote
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        // Sixteen bytes are looked at.
        let count = last - position >= 16 ? Int(sluice_plain_number(position)) : 0
        position += max(count, 1) - 1
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if depth == 0 { return position > start ? position : nil }
        depth -= 1
      case UInt8(ascii: ","):
        if depth == 0 { return position > start ? position : nil }
      default: break
      }
      position += 1
    }
    return nil
  }
}
