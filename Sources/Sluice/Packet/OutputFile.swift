/// A new file of a partial packet, written from its start to its end, with its SHA-256 taken on the way.
///
/// It can be let go of and taken up again between writes, so that ten thousand packets need no open file each.
final class OutputFile {
  /// The file's path from the partial folder.
  let path: String
  private let layer: FileLayer
  private let folder: Int32
  private var descriptor: Descriptor?
  private var digest: FileDigest
  /// Of records alone: their shape, and how to tell that they read back.
  private var check: RowCheck?
  private var checksum = Checksum()
  private var buffer: [UInt8] = []
  private var writeBehind = WriteBehind()

  /// Small pieces are gathered to this many bytes before they are written.
  private static let bufferByteCount = 256 << 10

  /// Makes the file; one that is there already is an error. `check`: what looks at its rows, where it holds
  /// records.
  init(_ path: String, at folder: Int32, layer: FileLayer, check: RowCheck? = nil) throws(SluiceError) {
    self.check = check
    self.path = path
    self.folder = folder
    self.layer = layer
    digest = try FileDigest()
    descriptor = try layer.create(path, at: folder)
  }

  /// Appends bytes. Pieces as large as the buffer are written at once, after what the buffer holds.
  func append(_ bytes: UnsafeRawBufferPointer) throws(SluiceError) {
    if buffer.count + bytes.count <= Self.bufferByteCount {
      buffer.append(contentsOf: bytes)
      return
    }
    try writeBuffer()
    if bytes.count < Self.bufferByteCount { buffer.append(contentsOf: bytes) } else { try write(bytes) }
  }

  func append(_ bytes: [UInt8]) throws(SluiceError) {
    try bytes.withUnsafeBufferPointer { bytes throws(SluiceError) in try append(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Writes what is gathered and closes the file, to be taken up again by `resume`.
  func suspend() throws(SluiceError) {
    try writeBuffer()
    buffer = []
    guard let descriptor = descriptor.take() else { return }
    try layer.close(descriptor, path)
  }

  /// Opens the file again at its end; does nothing while it is open.
  func resume() throws(SluiceError) {
    if descriptor == nil { descriptor = try layer.openToAppend(path, at: folder) }
  }

  /// Finishes a file of records.
  func finishRecords(as bagPath: String) throws(SluiceError) -> WrittenFile {
    let entry = try finish(as: bagPath)
    guard let rows = check.take() else { preconditionFailure("a file of records has its rows checked") }
    do {
      return WrittenFile(
        entry: entry, rowCount: try rows.end(), figures: rows.figures, checksum: checksum.value())
    } catch {
      throw SluiceError(.output, error.code, error.message)
    }
  }

  /// Writes what is gathered, closes, and returns what the manifest says of the file; syncing is the packet's.
  func finish(as bagPath: String) throws(SluiceError) -> BagEntry {
    try resume()
    try writeBuffer()
    guard let descriptor = descriptor.take() else { preconditionFailure("the file was just opened") }
    try layer.close(descriptor, path)
    return digest.finish(bagPath)
  }

  private func writeBuffer() throws(SluiceError) {
    guard !buffer.isEmpty else { return }
    var bytes: [UInt8] = []
    swap(&bytes, &buffer)
    try bytes.withUnsafeBufferPointer { bytes throws(SluiceError) in try write(UnsafeRawBufferPointer(bytes))
    }
    bytes.removeAll(keepingCapacity: true)
    swap(&bytes, &buffer)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(SluiceError) {
    try resume()
    guard let descriptor = descriptor.take() else { preconditionFailure("the file was just opened") }
    try layer.write(bytes, to: descriptor, path)
    if check != nil { writeBehind.wrote(bytes.count, to: descriptor.number) }
    digest.update(bytes)
    if check != nil {
      try checked { check throws(SluiceError) in try check.read(bytes) }
      checksum.update(bytes)
    }
    self.descriptor = consume descriptor
  }

  /// Looks at the rows; what is found in a file that is being written is a failure to write it.
  private func checked(_ look: (inout RowCheck) throws(SluiceError) -> Void) throws(SluiceError) {
    guard var rows = check.take() else { return }
    defer { check = rows }
    do { try look(&rows) } catch { throw SluiceError(.output, error.code, error.message) }
  }
}
