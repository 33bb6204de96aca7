import Glibc

/// Writes a stream's rows to a descriptor, all of them or an error.
final class StreamOutput {
  private let descriptor: Int32
  private let isFile: Bool
  private var writeBehind = WriteBehind()

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
    var rest = rows[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = Glibc.write(descriptor, part.baseAddress, part.count)
      if count > 0 {
        if isFile { writeBehind.wrote(count, to: descriptor) }
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
          "the output could not be written (errno \(errno)); what was written is not the whole; make "
            + "room and run again"
        )
      }
    }
  }
}
