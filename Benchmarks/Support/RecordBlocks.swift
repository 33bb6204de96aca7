import Glibc
import Sluice

/// Records in blocks of whole ones, as the record path takes them from a source; bytes past each may be read.
final class RecordBlocks: Sendable {
  let blocks: [RecordBlock]
  let recordCount: Int
  let byteCount: Int

  /// Cuts records, each a line, into blocks of a length.
  init(_ bytes: some Collection<UInt8>, blockByteCount: Int = Limits().blockByteCount) {
    var blocks: [RecordBlock] = []
    var lines = 0
    let isCut: Void? = bytes.withContiguousStorageIfAvailable { buffer in
      var start = 0
      while start < buffer.count {
        let limit = min(start + blockByteCount, buffer.count)
        let end = NewlineFraming.lastEnd(buffer.baseAddress!, from: start, to: limit) ?? limit
        blocks.append(RecordBlock(Bytes(rebasing: buffer[start..<end])))
        lines += blocks[blocks.count - 1].lineEnds.count
        start = end
      }
    }
    precondition(isCut != nil, "records lie in one piece")
    self.blocks = blocks
    recordCount = lines
    byteCount = blocks.reduce(0) { $0 + $1.block.count }
  }

  /// The first blocks, with so many records or a few more.
  init(_ other: RecordBlocks, recordCount: Int) {
    var blocks: [RecordBlock] = []
    var count = 0
    for block in other.blocks where count < recordCount {
      blocks.append(block)
      count += block.lineEnds.count
    }
    self.blocks = blocks
    self.recordCount = count
    byteCount = blocks.reduce(0) { $0 + $1.block.count }
  }

  /// Counts the line feeds by `memchr`: what reading the bytes costs at least.
  var lineCount: Int {
    var count = 0
    for block in blocks {
      var bytes = UnsafeRawPointer(block.block.base)
      let end = bytes + block.block.count
      while bytes < end, let found = memchr(bytes, 0x0A, end - bytes) {
        count &+= 1
        bytes = UnsafeRawPointer(found) + 1
      }
    }
    return count
  }

  /// Whether every block is UTF-8, told as the record path tells it.
  var areUTF8: Bool { blocks.allSatisfy { firstInvalidUTF8($0.block.base, $0.block.count) == nil } }

  /// A few of the records, spread over all.
  var samples: [[UInt8]] {
    blocks.enumerated().flatMap { index, block in
      [index % block.lineEnds.count, block.lineEnds.count - 1].map { Array(block.line($0)) }
    }
  }
}

/// One block, and where its lines end.
final class RecordBlock: Sendable {
  let block: Block
  /// The index just after each line feed.
  let lineEnds: [Int]

  init(_ bytes: Bytes) {
    var block = Block()
    block.append(bytes.baseAddress!, bytes.count)
    block.end(at: bytes.count)
    self.block = block
    lineEnds = bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
  }

  /// A line without its end.
  func line(_ index: Int) -> Bytes {
    let start = index == 0 ? 0 : lineEnds[index - 1]
    return Bytes(start: block.base + start, count: lineEnds[index] - start - 1)
  }
}
