#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An open file descriptor that is written to in full or not without saying so.
struct OutputFile {
  let descriptor: Int32

  /// The system refused to take the bytes, with its error number.
  struct WriteError: Error, Equatable {
    let number: Int32
  }

  /// Writes every byte; goes on after a short write or an interruption.
  func write(_ bytes: [UInt8]) throws(WriteError) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        systemWrite(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
      }
      if written > 0 {
        start += written
      } else if written == 0 || errno != EINTR {
        throw WriteError(number: written == 0 ? EIO : errno)
      }
    }
  }
}

/// `write(2)`, under a name that the method above does not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
