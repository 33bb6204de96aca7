import Sluice

/// A slow and plain reader of one row of a CSV or TSV source, written from RFC 4180: the oracle of the decoder.
///
/// The first fault in reading order counts. A quote that is not closed is told at the quote, anything else after or inside
/// a cell at its byte, a cell that is too long or one too many at its first byte, a row that is too short at its end.
package struct ReferenceCSV {
  private let columns: [[UInt8]]
  /// For each column the path that its name spells, if the schema reads one.
  private let known: [ReferencePath?]
  private let separator: UInt8
  private let limits: Limits

  /// - Parameter columns: the header's names, each the dotted text of a path or unknown.
  package init(columns: [[UInt8]], paths: [ReferencePath], separator: UInt8, limits: Limits) {
    self.columns = columns
    known = columns.map { name in paths.first { Array($0.joined(separator: [UInt8(ascii: ".")])) == name } }
    self.separator = separator
    self.limits = limits
  }

  /// Reads a row without its line end.
  package func decode(_ bytes: [UInt8]) -> Result<ReferenceRecord, ReferenceFault> {
    do throws(ReferenceFault) {
      return .success(try record(bytes))
    } catch { return .failure(error) }
  }

  private func record(_ bytes: [UInt8]) throws(ReferenceFault) -> ReferenceRecord {
    if let invalid = ReferenceUTF8.firstInvalid(bytes) { throw ReferenceFault(.utf8Invalid, invalid) }
    var record = ReferenceRecord()
    var place = 0
    var column = 0
    while true {
      let cell = try cell(bytes, &place)
      guard cell.length <= limits.stringByteCountMax else {
        throw ReferenceFault(.stringTooLong, cell.offset)
      }
      guard column < columns.count else { throw ReferenceFault(.csvColumns, cell.offset) }
      if let path = known[column] {
        record.values[path] = cell
      } else if cell.length > 0 {
        record.unknownNames.append(columns[column])
      }
      column += 1
      guard place < bytes.count else { break }
      // The separator that ended the cell.
      place += 1
    }
    guard column == columns.count else { throw ReferenceFault(.csvColumns, bytes.count) }
    return record
  }

  /// Takes a cell and stops at the separator after it, or at the end.
  private func cell(_ bytes: [UInt8], _ place: inout Int) throws(ReferenceFault) -> ReferenceValue {
    let quote = UInt8(ascii: "\"")
    func fault(at place: Int) -> ReferenceFault {
      ReferenceFault(bytes[place] == 0x0D ? .csvBareCarriageReturn : .csvQuote, place)
    }
    let opening = place
    guard place < bytes.count, bytes[place] == quote else {
      while place < bytes.count, bytes[place] != separator {
        guard bytes[place] != quote, bytes[place] != 0x0D else { throw fault(at: place) }
        place += 1
      }
      let text = Array(bytes[opening..<place])
      return ReferenceValue(text.isEmpty ? .emptyCell : .cell, at: opening..<place, text: text)
    }
    place += 1
    var text: [UInt8] = []
    while true {
      guard place < bytes.count else { throw ReferenceFault(.csvQuote, opening) }
      if bytes[place] != quote {
        text.append(bytes[place])
        place += 1
      } else if place + 1 < bytes.count, bytes[place + 1] == quote {
        text.append(quote)
        place += 2
      } else {
        break
      }
    }
    let range = opening + 1..<place
    place += 1
    guard place == bytes.count || bytes[place] == separator else { throw fault(at: place) }
    return ReferenceValue(
      text.isEmpty ? .emptyCell : .cell, at: range, isEscaped: text.count < range.count, text: text)
  }
}
