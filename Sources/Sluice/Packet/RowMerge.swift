import Glibc

/// Merges sorted runs of rows that lie one after another in a file.
enum RowMerge {
  /// Runs merged at once. Each has a buffer, so this bounds the memory of a merge to about 4 MiB, or to this
  /// many of the longest row where rows are longer than a buffer.
  static let runCountMax = 64

  /// Hands the rows of all runs to `emit` in order, each with its LF. The runs start at `offset`.
  static func merge(
    _ file: borrowing Descriptor, _ layer: FileLayer, _ byteCounts: [Int], from offset: Int, name: String,
    _ emit: (UnsafeRawBufferPointer) throws(SluiceError) -> Void
  ) throws(SluiceError) {
    var heap: [RunReader] = []
    var start = offset
    for count in byteCounts {
      let run = RunReader(start..<start + count)
      start += count
      if try run.advance(file, layer, name) { heap.append(run) }
    }
    heap.sort { RowOrder.precedes($0.row, $1.row) }
    while let first = heap.first {
      try emit(first.rowWithEnd)
      if try !first.advance(file, layer, name) {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
      }
      siftDown(&heap)
    }
  }

  /// Puts the first element, the only one that may be out of place, where it belongs in the heap.
  private static func siftDown(_ heap: inout [RunReader]) {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if RowOrder.precedes(heap[child].row, heap[least].row) { least = child }
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}

/// One run of a merge, with the part of it that is in memory.
private final class RunReader {
  private var rest: Range<Int>
  private var buffer: UnsafeMutableRawBufferPointer
  /// Bytes of the buffer that hold rows not yet handed out, the current one first.
  private var rowStart = 0
  private var rowEnd = -1
  private var filled = 0

  private static let bufferByteCount = 64 << 10

  init(_ range: Range<Int>) {
    rest = range
    buffer = .allocate(byteCount: min(Self.bufferByteCount, max(range.count, 1)), alignment: 1)
  }

  deinit { buffer.deallocate() }

  /// The current row without its LF.
  var row: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[rowStart..<rowEnd]) }

  var rowWithEnd: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[rowStart...rowEnd]) }

  /// Goes to the next row. Returns false at the run's end.
  func advance(
    _ file: borrowing Descriptor, _ layer: FileLayer, _ name: String
  ) throws(SluiceError) -> Bool {
    rowStart = rowEnd + 1
    var searched = rowStart
    while true {
      if let base = buffer.baseAddress, let found = memchr(base + searched, 0x0A, filled - searched) {
        rowEnd = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        return true
      }
      searched = filled - rowStart
      guard try fill(file, layer, name) else { return false }
    }
  }

  /// Moves the started row to the front of the buffer, which grows for a longer row, and reads on.
  private func fill(
    _ file: borrowing Descriptor, _ layer: FileLayer, _ name: String
  ) throws(SluiceError) -> Bool {
    guard !rest.isEmpty else { return false }
    let started = filled - rowStart
    if started == buffer.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 1)
      larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
      buffer.deallocate()
      buffer = larger
    } else if started > 0, let base = buffer.baseAddress {
      memmove(base, base + rowStart, started)
    }
    rowStart = 0
    filled = started
    let room = UnsafeMutableRawBufferPointer(
      rebasing: buffer[filled..<min(buffer.count, filled + rest.count)])
    let count = try layer.read(into: room, from: file, at: rest.lowerBound, name)
    guard count > 0 else {
      throw SluiceError(.output, "rows-lost", "Rows that were written to \(name) are no longer there.")
    }
    filled += count
    rest = rest.lowerBound + count..<rest.upperBound
    return true
  }
}
