import SluiceCrypto

/// The marks of all values that a run noted for the leak gate: they tell which hits of its filter are no chance.
///
/// They wait in memory and, once they are many, in a file in the run's partial folder that has no name, so that it goes
/// with the process. The file is encrypted: who finds its blocks on the disk cannot try numbers on them. Written by all
/// workers until the pass ends, read after it.
final class LeakSpool: @unchecked Sendable {
  // Unchecked: the lock guards everything.

  /// Marks held in memory: 1 MiB of them.
  static let heldCountMax = 1 << 17
  private static let fileName = "noted-values"

  private let layer: FileLayer
  private let folder: Int32
  private let lock = Lock()
  private var held = RecordArray<LeakMark>(capacity: heldCountMax)
  private var file: File?
  private var failure: SluiceError?

  /// `folder`: the run's partial folder, open.
  init(layer: FileLayer, folder: Int32) {
    self.layer = layer
    self.folder = folder
  }

  /// Takes at most `heldCountMax` marks. What fails is kept until they are read: a worker has nobody to tell.
  func append(_ marks: UnsafeBufferPointer<LeakMark>) {
    guard let start = marks.baseAddress else { return }
    lock.withLock {
      guard failure == nil else { return }
      if held.count + marks.count > Self.heldCountMax {
        do throws(SluiceError) { try writeOut() } catch { failure = error }
        held.removeAll()
      }
      held.reserve(marks.count)
      (held.base + held.count).update(from: start, count: marks.count)
      held.setCount(held.count + marks.count)
    }
  }

  /// Calls `body` with every mark, some at a time. Throws status 6 where some could not be written, or do not read back.
  func each(_ body: (UnsafeBufferPointer<LeakMark>) -> Void) throws(SluiceError) {
    lock.lock()
    defer { lock.unlock() }
    if let failure { throw failure }
    if let file { try file.each(layer, body) }
    body(UnsafeBufferPointer(held.elements))
  }

  private func writeOut() throws(SluiceError) {
    // The cipher works in blocks of two; a mark that stands there twice is still one.
    if !held.count.isMultiple(of: 2) { held.append(held[held.count - 1]) }
    if file == nil { file = try File(layer, folder) }
    try file?.append(UnsafeMutableRawBufferPointer(held.elements), layer)
  }

  /// The file, and how to tell that it reads back.
  private final class File {
    private static let pieceByteCount = 256 << 10

    private let target: Descriptor
    private let source: Descriptor
    private var cipher: ScratchCipher
    private var checksum = Checksum()
    private var byteCount = 0

    init(_ layer: FileLayer, _ folder: Int32) throws(SluiceError) {
      do { cipher = try ScratchCipher() } catch { throw SluiceError(error) }
      target = try layer.create(fileName, at: folder)
      source = try layer.openToRead(fileName, at: folder)
      try layer.removeTree(fileName, at: folder)
    }

    /// Encrypts bytes in place and writes them.
    func append(_ bytes: UnsafeMutableRawBufferPointer, _ layer: FileLayer) throws(SluiceError) {
      try apply(bytes, at: byteCount)
      checksum.update(UnsafeRawBufferPointer(bytes))
      try layer.write(UnsafeRawBufferPointer(bytes), to: target, fileName)
      byteCount += bytes.count
    }

    func each(
      _ layer: FileLayer, _ body: (UnsafeBufferPointer<LeakMark>) -> Void
    ) throws(SluiceError) {
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceByteCount, alignment: 64)
      defer { buffer.deallocate() }
      var seen = Checksum()
      for offset in stride(from: 0, to: byteCount, by: Self.pieceByteCount) {
        let piece = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(byteCount - offset))
        var count = 0
        while count < piece.count {
          let rest = UnsafeMutableRawBufferPointer(rebasing: piece.dropFirst(count))
          let more = try layer.read(into: rest, from: source, at: offset + count, fileName)
          guard more > 0 else { throw Self.isDamaged }
          count += more
        }
        seen.update(UnsafeRawBufferPointer(piece))
        try apply(piece, at: offset)
        body(UnsafeBufferPointer(piece.assumingMemoryBound(to: LeakMark.self)))
      }
      guard seen.value() == checksum.value() else { throw Self.isDamaged }
    }

    private func apply(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(SluiceError) {
      do { try cipher.apply(to: bytes, at: UInt64(offset)) } catch { throw SluiceError(error) }
    }

    private static var isDamaged: SluiceError {
      SluiceError(
        .output, "read-back",
        "A temporary file in the output folder does not read back as it was written; nothing is sealed. Check the disk and run again."
      )
    }
  }
}
