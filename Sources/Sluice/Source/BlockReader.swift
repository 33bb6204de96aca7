/// Cuts a source into blocks of whole records.
///
/// ```
///   source   ……record record rec│ord record …
///   block    ─────────────▶     │             ends after the last whole record in it
///   carry                  rec ─┘─▶           begins the next block
/// ```
/// A block is `blockByteCount` long or shorter; only a record longer than that makes it grow, up to
/// `recordByteCountMax` and room for a line's end. A record longer still is passed over in constant memory
/// and delivered as a block that stands for it alone, so that numbers and offsets of the records after it
/// hold. Records are the same for every block size and every size of read.
package final class BlockReader {
  /// The source's format decides the framing.
  package let source: SourceReader
  private let limits: Limits
  private let sourceIndex: Int
  private let separator: UInt8?
  /// Bytes that were read but not delivered.
  private var carry = Block()
  /// Where the carry begins in the decompressed source.
  private var byteOffset: UInt64
  private var hasEnded = false

  package init(_ source: SourceReader, sourceIndex: Int, limits: Limits) {
    precondition(limits.blockByteCount > 0 && limits.recordByteCountMax > 0)
    self.source = source
    self.limits = limits
    self.sourceIndex = sourceIndex
    separator = source.specification.format.separator
    byteOffset = source.hasByteOrderMark ? 3 : 0
  }

  /// Fills a block with the next whole records, or with the mark of one that is too long. Returns false, and
  /// an empty block, at the end of the source.
  ///
  /// - Throws: what `SourceReader.read` throws, and `csv-quote-unclosed` (status 9) where a quoted cell is
  ///   longer than `recordByteCountMax`: one stray quote would otherwise take every record after it.
  package func next(into block: inout Block) throws(SluiceError) -> Bool {
    block.begin(sourceIndex: sourceIndex, byteOffset: byteOffset)
    block.append(carry.base, carry.count)
    carry.begin(sourceIndex: sourceIndex, byteOffset: byteOffset)
    var scan = DelimitedFraming.Scan()
    var searched = 0
    var room = limits.blockByteCount
    while true {
      try fill(&block, upTo: room)
      let end = lastEnd(block, from: searched, &scan)
      try checkQuotes(scan, at: block.byteOffset, count: block.count)
      if hasEnded { return endSource(&block, scan) }
      if let end {
        split(&block, at: end)
        return true
      }
      searched = block.count
      guard block.count < heldByteCountMax else { return try passOver(&block, scan) }
      room = min(max(room, block.count) * 2, heldByteCountMax)
    }
  }

  /// Takes the first record out of the source, its delimiter included; nil where the source is empty. Called
  /// before any block, for a header.
  package func takeFirstRecord() throws(SluiceError) -> [UInt8]? {
    var block = Block()
    guard try next(into: &block) else { return nil }
    guard !block.isOversized else {
      throw SluiceError(
        .limit, "csv-header-too-long",
        "its first record is longer than a record may be; check that it has lines", source: name)
    }
    var scan = DelimitedFraming.Scan()
    let end = firstEnd(block, &scan) ?? block.count
    let record = Array(block.bytes[..<end])
    var rest = Block(capacity: block.count - end + carry.count)
    rest.append(block.base + end, block.count - end)
    rest.append(carry.base, carry.count)
    swap(&rest, &carry)
    byteOffset = block.byteOffset + UInt64(end)
    return record
  }

  package var name: String { source.specification.name }

  /// What may be held of one record before it is too long for certain: `\r\n` may follow the longest.
  private var heldByteCountMax: Int { limits.recordByteCountMax + 2 }

  private func fill(_ block: inout Block, upTo room: Int) throws(SluiceError) {
    block.reserve(room)
    while block.count < room, !hasEnded {
      let count = try source.read(into: block.room(upTo: room))
      block.count += count
      hasEnded = count == 0
    }
  }

  private func lastEnd(
    _ block: borrowing Block, from: Int, _ scan: inout DelimitedFraming.Scan
  ) -> Int? {
    if let separator {
      DelimitedFraming.lastEnd(block.base, from: from, to: block.count, separator: separator, scan: &scan)
    } else {
      NewlineFraming.lastEnd(block.base, from: from, to: block.count)
    }
  }

  private func firstEnd(_ block: borrowing Block, _ scan: inout DelimitedFraming.Scan) -> Int? {
    if let separator {
      DelimitedFraming.endOfRecord(block.base, from: 0, to: block.count, separator: separator, scan: &scan)
    } else {
      NewlineFraming.endOfRecord(block.base, from: 0, to: block.count)
    }
  }

  /// Keeps what follows the last whole record for the next block.
  private func split(_ block: inout Block, at end: Int) {
    carry.append(block.base + end, block.count - end)
    byteOffset = block.byteOffset + UInt64(end)
    block.end(at: end)
  }

  /// The source is read to its end: all that is left is whole, cut off or not.
  private func endSource(_ block: inout Block, _ scan: DelimitedFraming.Scan) -> Bool {
    byteOffset += UInt64(block.count)
    block.endsInsideRecord = scan.isInsideQuotes
    block.endsWithoutDelimiter = block.count > 0 && block.base[block.count - 1] != 0x0A
    block.end(at: block.count)
    return block.count > 0
  }

  /// Drops the record that fills the block, reads on to its end and makes the block its mark.
  private func passOver(_ block: inout Block, _ start: DelimitedFraming.Scan) throws(SluiceError) -> Bool {
    let recordOffset = block.byteOffset
    var scan = start
    while true {
      scan.rebase(dropping: block.count)
      byteOffset += UInt64(block.count)
      block.end(at: 0)
      try fill(&block, upTo: limits.blockByteCount)
      let end = firstEnd(block, &scan)
      try checkQuotes(scan, at: byteOffset, count: block.count)
      if let end {
        carry.append(block.base + end, block.count - end)
        byteOffset += UInt64(end)
        break
      }
      if hasEnded {
        byteOffset += UInt64(block.count)
        block.endsInsideRecord = scan.isInsideQuotes
        block.endsWithoutDelimiter = true
        break
      }
    }
    block.end(at: 0)
    block.byteOffset = recordOffset
    block.isOversized = true
    return true
  }

  /// Throws where a quoted cell, closed or still open, is longer than a record may be. `offset` is where the
  /// bytes that the scan went through begin, `count` how many there are.
  private func checkQuotes(
    _ scan: DelimitedFraming.Scan, at offset: UInt64, count: Int
  ) throws(SluiceError) {
    var start: Int?
    if scan.longestQuote > limits.recordByteCountMax {
      start = scan.longestQuoteStart
    } else if scan.isInsideQuotes, count - scan.quoteStart > limits.recordByteCountMax {
      start = scan.quoteStart
    }
    guard let start else { return }
    throw SluiceError(
      .limit, "csv-quote-unclosed",
      "the quote that opens here is not closed within the length of a record; close it or raise --record-bytes",
      source: name, byteOffset: UInt64(Int64(offset) + Int64(start)))
  }
}
