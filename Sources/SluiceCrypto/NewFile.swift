import Glibc

/// A new file for a key or certificate: never over anything, synced together with its directory, or removed again.
struct NewFile: ~Copyable {
  private let directory: Int32
  private let descriptor: Int32
  private let name: String
  private let mode: mode_t

  /// Makes the file, empty and for its owner alone.
  init(_ path: String, mode: mode_t) throws(CryptoError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw CryptoError(code: "pem-path", message: "The path of a new file is empty or holds a NUL.")
    }
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    // Through the slash, so that the directory of "/name" is "/". One descriptor serves both, so that the file synced
    // lies in the directory synced.
    let directory = open(slash.map { String(path[...$0]) } ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else {
      throw .system(code: "pem-write", errno: errno, "The directory of the new file cannot be opened.")
    }
    let descriptor = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let number = errno
      close(directory)
      guard number != EEXIST else {
        throw CryptoError(
          code: "pem-exists",
          message: "Something is at the path of the new file already; it is left as it was.")
      }
      throw .system(code: "pem-write", errno: number, "The new file cannot be created.")
    }
    self.directory = directory
    self.descriptor = descriptor
    self.name = name
    self.mode = mode
  }

  deinit {
    close(descriptor)
    close(directory)
  }

  /// Writes all of the file and makes it last; where that fails the file is removed again.
  borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) {
    guard fchmod(descriptor, mode) == 0, writeAll(bytes), fsync(descriptor) == 0, fsync(directory) == 0 else {
      let number = errno
      remove()
      throw .system(
        code: "pem-write", errno: number, "The new file could not be written; it was removed again.")
    }
  }

  borrowing func remove() { unlinkat(directory, name, 0) }

  private borrowing func writeAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return true
  }
}
