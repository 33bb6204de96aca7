/// A new file of a partial packet, or of rows that wait beside it, written from its start to its end.
///
/// It can be let go of and taken up again between writes, so that ten thousand packets need no open file each.
final class OutputFile {
  /// What a file is for, and so what is taken of its bytes on their way.
  enum Purpose {
    /// Rows that wait to be merged: how to tell that they read back.
    case waitingRows
    /// What is handed over: its SHA-256.
    case payload
    /// Records, which are handed over and long: both.
    case records
  }

  /// The file's path from the partial folder.
  let path: String
  private let layer: FileLayer
  private let folder: Int32
  private var descriptor: Descriptor?
  private let purpose: Purpose
  private var digest: FileDigest?
  private var checksum = Checksum()
  private var buffer: [UInt8] = []
  private var writeBehind = WriteBehind()

  /// Small pieces are gathered to this many bytes before they are written.
  private static let bufferByteCount = 256 << 10

  /// Makes the file; one that is there already is an error.
  init(_ path: String, at folder: Int32, layer: FileLayer, for purpose: Purpose) throws(SluiceError) {
    self.purpose = purpose
    self.path = path
    self.folder = folder
    self.layer = layer
    digest = purpose == .waitingRows ? nil : try FileDigest()
    descriptor = try layer.create(path, at: folder)
  }

  /// Appends bytes. Pieces of half the buffer and more are written at once, after what the buffer holds.
  func append(_ bytes: UnsafeRawBufferPointer) throws(SluiceError) {
    let isLarge = bytes.count >= Self.bufferByteCount / 2
    if isLarge || buffer.count + bytes.count > Self.bufferByteCount { try writeBuffer() }
    if isLarge { try write(bytes) } else { buffer.append(contentsOf: bytes) }
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
  func finish(_ columns: RecordCheck.Columns) throws(SluiceError) -> WrittenFile {
    WrittenFile(entry: try finish(as: columns.path), columns: columns, checksum: checksum.value())
  }

  /// Writes what is gathered, and returns what was written since the last time came to.
  func takeChecksum() throws(SluiceError) -> Checksum.Value {
    try writeBuffer()
    defer { checksum = Checksum() }
    return checksum.value()
  }

  /// Writes what is gathered, closes, and returns what the manifest says of the file; syncing is the packet's.
  func finish(as bagPath: String) throws(SluiceError) -> BagEntry {
    try resume()
    try writeBuffer()
    guard let descriptor = descriptor.take() else { preconditionFailure("the file was just opened") }
    try layer.close(descriptor, path)
    guard var digest = digest.take() else { preconditionFailure("rows that wait are not handed over") }
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
    digest?.update(bytes)
    if purpose == .records { writeBehind.wrote(bytes.count, to: descriptor.number) }
    if purpose != .payload { checksum.update(bytes) }
    self.descriptor = consume descriptor
  }
}
