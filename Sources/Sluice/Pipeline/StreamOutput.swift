import Glibc

/// Writes a stream's rows to a descriptor, all of them or an error.
final class StreamOutput {
  private let descriptor: Int32
  private let isFile: Bool
  /// Bytes written since the disk was last told of them.
  private var unsentByteCount = 0

  /// A file goes to the disk in such parts while it is written, so that whoever syncs it waits for little.
  private static let unsentByteCountMax = 8 << 20

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var status = stat()
    isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  func append(_ bytes: [UInt8]) throws(SluiceError) {
    let count = bytes.count
    try bytes.withUnsafeBufferPointer { (buffer) throws(SluiceError) in
      try append(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
    }
  }

  func append(_ rows: UnsafeRawBufferPointer) throws(SluiceError) {
    unsentByteCount += rows.count
    if isFile, unsentByteCount >= Self.unsentByteCountMax {
      FileLayer.startSync(descriptor)
      unsentByteCount = 0
    }
    var rest = rows[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = Glibc.write(descriptor, part.baseAddress, part.count)
      if count > 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = Glibc.poll(&poll, 1, -1)
      default:
        throw SluiceError(
          .output, "output-failed",
          "the output could not be written (errno \(errno)); what was written is not the whole")
      }
    }
  }
}
