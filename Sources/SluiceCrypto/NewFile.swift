import Glibc

/// A new file for a key or certificate: never over anything, synced together with its directory, or removed again.
struct NewFile: ~Copyable {
  private let directory: Int32
  /// -1 once it is closed.
  private var descriptor: Int32
  private let name: String
  private let mode: mode_t
  private let rule: FileRule

  /// Makes the file, empty and for its owner alone; `mode` is what it has once it is written.
  ///
  /// - Throws: of the rule, `…-path`, `…-exists` where something is there, even a dangling link, or `…-write`.
  init(_ path: String, _ rule: FileRule, mode: mode_t = 0o600) throws(CryptoError) {
    try rule.checkPath(path)
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    // Through the slash, so that the directory of "/name" is "/". One descriptor serves both, so that the file synced
    // lies in the directory synced.
    let directory = open(slash.map { String(path[...$0]) } ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else {
      throw .system(
        code: "\(rule.code)-write", errno: errno,
        "The directory of the \(rule.name) cannot be opened. Make it, or choose another path.")
    }
    let descriptor = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let number = errno
      close(directory)
      guard number != EEXIST else {
        throw CryptoError(
          code: "\(rule.code)-exists",
          message:
            "Something is at the path of the \(rule.name) already; it is left as it was. Choose another "
            + "path, or move it away."
        )
      }
      throw .system(
        code: "\(rule.code)-write", errno: number,
        "The \(rule.name) cannot be created. Check owner and mode of its directory.")
    }
    self.directory = directory
    self.descriptor = descriptor
    self.name = name
    self.mode = mode
    self.rule = rule
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    close(directory)
  }

  /// Writes all of the file and makes it last; where that fails the file is removed again. Once only.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) {
    precondition(descriptor >= 0, "a new file is written once")
    let failure = writeAll(bytes)
    // The descriptor is gone whatever close says; EINTR says nothing about the bytes, which are synced.
    let isClosed = close(descriptor) == 0 || errno == EINTR
    descriptor = -1
    guard failure == 0, isClosed, retryingInterrupted({ fsync(directory) }) == 0 else {
      let number = failure != 0 ? failure : errno
      remove()
      throw .system(
        code: "\(rule.code)-write", errno: number,
        "The \(rule.name) could not be written; it was removed again. Make room on the disk and try again.")
    }
  }

  borrowing func remove() { unlinkat(directory, name, 0) }

  /// Sets the mode whatever the umask was, writes and syncs; returns 0 or the errno of what failed.
  private borrowing func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    guard fchmod(descriptor, mode) == 0 else { return errno }
    var rest = bytes
    while !rest.isEmpty {
      let written = retryingInterrupted { Glibc.write(descriptor, rest.baseAddress, rest.count) }
      guard written > 0 else { return written < 0 ? errno : EIO }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
    return retryingInterrupted { fsync(descriptor) } == 0 ? 0 : errno
  }
}
