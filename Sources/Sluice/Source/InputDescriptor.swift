import Glibc

/// An open descriptor that bytes come from: owned, closed once, and never mistaken for an end when it fails.
package final class InputDescriptor {
  private(set) var number: Int32
  private let source: String

  /// Takes a descriptor over. One below 3 is moved up, so that a child can be given its standard streams
  /// without overwriting it.
  package init(owning number: Int32, source: String) throws(SluiceError) {
    self.source = source
    self.number = number
    if number <= STDERR_FILENO {
      self.number = fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
      let failure = errno
      close(number)
      guard self.number >= 0 else { throw SystemFailure.input(failure, source: source) }
    }
  }

  deinit { if number >= 0 { close(number) } }

  /// Opens what a specification names, for reading; standard input is duplicated, so that closing it here
  /// leaves the program's own open.
  convenience init(opening specification: SourceSpecification) throws(SluiceError) {
    let number: Int32
    switch specification.place {
    case .standardInput:
      number = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    case .file(let path):
      guard !path.utf8.contains(0) else { throw SystemFailure.input(ENOENT, source: specification.name) }
      let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (specification.allowsLink ? 0 : O_NOFOLLOW)
      number = retryingInterrupted { open(path, flags) }
    }
    guard number >= 0 else { throw SystemFailure.input(errno, source: specification.name) }
    try self.init(owning: number, source: specification.name)
  }

  /// What is open, now.
  func identity() throws(SluiceError) -> FileIdentity {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw SystemFailure.input(errno, source: source) }
    return FileIdentity(status)
  }

  /// How far the descriptor has been read, by us or by a child that shares it; nil where it cannot seek.
  var position: Int? {
    let position = lseek(number, 0, SEEK_CUR)
    return position < 0 ? nil : Int(position)
  }

  /// Reads at least one byte, waiting for it where the descriptor does not block. Returns 0 at the end alone.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SluiceError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    while true {
      let count = Glibc.read(number, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN: try waitUntilReadable()
      default: throw SystemFailure.input(errno, source: source)
      }
    }
  }

  /// Reads a file's first bytes without moving its position.
  func firstBytes(_ count: Int) throws(SluiceError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read = bytes.withUnsafeMutableBytes { buffer in
        retryingInterrupted { pread(number, buffer.baseAddress! + filled, count - filled, off_t(filled)) }
      }
      guard read >= 0 else { throw SystemFailure.input(errno, source: source) }
      if read == 0 { break }
      filled += read
    }
    return Array(bytes.prefix(filled))
  }

  /// Closes; a failure is an error, because some file systems report a failed read only here.
  package func finish() throws(SluiceError) {
    guard number >= 0 else { return }
    let result = close(number)
    number = -1
    // On Linux the descriptor is gone after EINTR too.
    guard result == 0 || errno == EINTR else { throw SystemFailure.input(errno, source: source) }
  }

  private func waitUntilReadable() throws(SluiceError) {
    var wanted = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    guard retryingInterrupted({ poll(&wanted, 1, -1) }) >= 0 else {
      throw SystemFailure.input(errno, source: source)
    }
  }
}

/// Calls again for as long as a signal cuts the call short.
@inline(__always)
func retryingInterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
