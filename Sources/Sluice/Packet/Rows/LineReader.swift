import Glibc

/// Cuts a file, or a part of one, into its lines as its bytes pass.
package struct LineReader {
  /// Where in the file the next line begins.
  private var byteOffset: Int
  /// Whether what comes next is the rest of a line that began before the part: it is another part's.
  private var isMidLine: Bool
  /// A line whose end has not come yet.
  private var started: [UInt8] = []

  package init(at byteOffset: Int = 0, isMidLine: Bool = false) {
    self.byteOffset = byteOffset
    self.isMidLine = isMidLine
  }

  /// How much has come of a line whose end has not.
  var startedByteCount: Int { started.count }

  /// Takes the next bytes, and gives on each line that ends in them, with its LF and where in the file it begins.
  @inline(__always)
  package mutating func read<Failure: Error>(
    _ bytes: UnsafeRawBufferPointer,
    _ take: (_ line: UnsafeRawBufferPointer, _ byteOffset: Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard var position = bytes.baseAddress else { return }
    let end = position + bytes.count
    while let found = memchr(position, 0x0A, end - position) {
      let next = UnsafeRawPointer(found) + 1
      let line = UnsafeRawBufferPointer(start: position, count: next - position)
      if isMidLine {
        isMidLine = false
        byteOffset += line.count
      } else if started.isEmpty {
        try take(line, byteOffset)
        byteOffset += line.count
      } else {
        started.append(contentsOf: line)
        try takeStarted(take)
      }
      position = next
    }
    let rest = UnsafeRawBufferPointer(start: position, count: end - position)
    if isMidLine { byteOffset += rest.count } else { started.append(contentsOf: rest) }
  }

  /// Ends the file, and gives on a last line that has no LF.
  package mutating func end<Failure: Error>(
    _ take: (_ line: UnsafeRawBufferPointer, _ byteOffset: Int) throws(Failure) -> Void
  ) throws(Failure) {
    if !started.isEmpty { try takeStarted(take) }
  }

  private mutating func takeStarted<Failure: Error>(
    _ take: (_ line: UnsafeRawBufferPointer, _ byteOffset: Int) throws(Failure) -> Void
  ) throws(Failure) {
    var line: [UInt8] = []
    swap(&line, &started)
    try line.withUnsafeBufferPointer { line throws(Failure) in
      try take(UnsafeRawBufferPointer(line), byteOffset)
    }
    byteOffset += line.count
    line.removeAll(keepingCapacity: true)
    swap(&line, &started)
  }
}
