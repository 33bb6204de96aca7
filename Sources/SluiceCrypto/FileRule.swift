import Glibc

/// What a file of a key or certificate must be, and what it is called where it is not.
struct FileRule {
  /// What error codes begin with: `key` makes `key-missing`.
  let code: String
  /// As in “The key file is empty”: `key file`.
  let name: String
  /// Whether it holds a secret: then it must be its owner's alone, and no link leads to it.
  let isPrivate: Bool
  /// What to do where it is not there.
  var whereMissing = "Check the path."

  /// Refuses a path that the system would cut short at a NUL and so take for another.
  func checkPath(_ path: String) throws(CryptoError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw CryptoError(
        code: "\(code)-path", message: "The path of the \(name) is empty or holds a NUL. Give its path.")
    }
  }

  /// Opens a file that is fit to hold what it shall; the caller closes it. `folder`: where a relative path begins.
  func open(_ path: String, at folder: Int32 = AT_FDCWD) throws(CryptoError) -> Int32 {
    try checkPath(path)
    // O_NONBLOCK: opening a FIFO must not wait for a writer. O_NOFOLLOW: the file checked is the file named.
    let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (isPrivate ? O_NOFOLLOW : 0)
    let descriptor = retryingInterrupted { openat(folder, path, flags) }
    guard descriptor >= 0 else { throw openError(errno) }
    do throws(CryptoError) { try checkStatus(of: descriptor) } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Reads from where a file stands until it ends or the buffer is full; returns how many bytes.
  func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(CryptoError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = retryingInterrupted {
        Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      }
      guard count >= 0 else {
        throw .system(
          code: "\(code)-unreadable", errno: errno,
          "The \(name) could not be read. Check its disk, and restore it where that is damaged.")
      }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  private func openError(_ number: Int32) -> CryptoError {
    switch number {
    case ENOENT, ENOTDIR:
      CryptoError(code: "\(code)-missing", message: "The \(name) is not there. \(whereMissing)")
    case ELOOP:
      CryptoError(
        code: "\(code)-symlink",
        message: "The \(name) is a symbolic link. Give the path of the file itself.")
    case ENXIO, ENODEV: notRegular
    default:
      .system(
        code: "\(code)-unreadable", errno: number,
        "The \(name) cannot be opened. Check its path, owner and mode.")
    }
  }

  private var notRegular: CryptoError {
    CryptoError(
      code: "\(code)-not-regular",
      message: "The \(name) is not a regular file but a directory, FIFO, socket or device. Give the path of "
        + "a file.")
  }

  private func checkStatus(of descriptor: Int32) throws(CryptoError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(
        code: "\(code)-unreadable", errno: errno,
        "The \(name) cannot be examined. Check its disk, owner and mode.")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw notRegular }
    guard isPrivate else { return }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw CryptoError(
        code: "\(code)-owner",
        message: "The \(name) belongs to another user, who could exchange it. Make it yours or root's.")
    }
    let mode = status.st_mode & 0o7777
    guard mode == 0o600 || mode == 0o400 else {
      throw CryptoError(
        code: "\(code)-mode",
        message: "The \(name) is open to others than its owner. Set its mode to 0600 or 0400.")
    }
  }
}

/// Calls again for as long as a signal cuts the call short.
func retryingInterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
