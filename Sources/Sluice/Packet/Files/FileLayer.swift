import Glibc
import SluiceCrypto

/// A call to the file system that the packet room makes.
package enum FileCall: String, CaseIterable, Sendable {
  case open, makeFolder, read, write, sync, close, rename, remove
}

/// The file calls that packets are written and read with: every one by a folder's descriptor, none by a path
/// that another user could have put a symbolic link into.
///
/// An interrupted call is made again; a short write goes on; every failure ends in a `SluiceError` with
/// status 6 that names the packet's file and never a value. A failed sync is not tried again, because the
/// kernel may have dropped the pages whose write failed and would then report success.
package struct FileLayer: Sendable {
  /// Returns an error number for a call that shall fail, 0 for one that shall be made. Nil in a real run:
  /// tests put faults here.
  package var fault: (@Sendable (FileCall) -> Int32)?
  /// The most bytes that one write is asked for; tests make writes short with it.
  package var writeByteCountMax = 1 << 30

  package init() {}

  /// Small enough that what is read stays in the processor's own memory while it is digested and looked at.
  private static let pieceByteCount = 256 << 10

  /// Opens a folder below another one. Does not follow a symbolic link.
  package func openFolder(_ path: String, at folder: Int32 = AT_FDCWD) throws(SluiceError) -> Descriptor {
    try open(path, at: folder, O_RDONLY | O_DIRECTORY)
  }

  /// Opens a file to read. Does not follow a symbolic link and does not wait for a pipe's other end.
  package func openToRead(_ path: String, at folder: Int32) throws(SluiceError) -> Descriptor {
    try open(path, at: folder, O_RDONLY | O_NONBLOCK)
  }

  /// Makes a new file, owner-only; one that is there already is an error.
  package func create(_ path: String, at folder: Int32) throws(SluiceError) -> Descriptor {
    try open(path, at: folder, O_WRONLY | O_CREAT | O_EXCL)
  }

  /// Opens a file that this run made, to write on at its end.
  package func openToAppend(_ path: String, at folder: Int32) throws(SluiceError) -> Descriptor {
    try open(path, at: folder, O_WRONLY | O_APPEND)
  }

  private func open(_ path: String, at folder: Int32, _ flags: Int32) throws(SluiceError) -> Descriptor {
    let result = repeated(.open) { openat(folder, path, flags | O_NOFOLLOW | O_CLOEXEC, 0o600) }
    guard result >= 0 else { throw Self.error("open", path) }
    return Descriptor(number: result)
  }

  /// Makes a new folder, owner-only; one that is there already is an error.
  package func makeFolder(_ path: String, at folder: Int32) throws(SluiceError) {
    guard repeated(.makeFolder, { mkdirat(folder, path, 0o700) }) == 0 else { throw Self.error("make", path) }
  }

  /// Writes all of the bytes, however few a single call takes.
  package func write(
    _ bytes: UnsafeRawBufferPointer, to file: borrowing Descriptor, _ name: String
  ) throws(SluiceError) { try write(bytes, to: file.number, name) }

  /// The same for a descriptor that someone else keeps open.
  func write(_ bytes: UnsafeRawBufferPointer, to number: Int32, _ name: String) throws(SluiceError) {
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(writeByteCountMax))
      let written = repeated(.write) { Glibc.write(number, piece.baseAddress, piece.count) }
      // A write of nothing would be tried for ever; no file system answers one so.
      guard written > 0 else { throw Self.error("write", name) }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Reads at most `buffer.count` bytes from where the file stands, or from `offset`. Returns 0 at its end.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, from file: borrowing Descriptor, at offset: Int? = nil,
    _ name: String
  ) throws(SluiceError) -> Int { try read(into: buffer, from: file.number, at: offset, name) }

  /// The same for a descriptor that someone else keeps open.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, from number: Int32, at offset: Int? = nil, _ name: String
  ) throws(SluiceError) -> Int {
    let count = repeated(.read) {
      if let offset { return pread(number, buffer.baseAddress, buffer.count, off_t(offset)) }
      return Glibc.read(number, buffer.baseAddress, buffer.count)
    }
    guard count >= 0 else { throw Self.error("read", name) }
    return count
  }

  /// Gives on a file's bytes from `start` to `end`, or to the file's end, a piece at a time. Returns where it stopped, which
  /// is before `end` where the file is shorter.
  @discardableResult
  func readPieces(
    of number: Int32, from start: Int = 0, to end: Int = .max, _ name: String,
    _ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Void
  ) throws(SluiceError) -> Int {
    // Ten thousand packets are mostly short files: a long buffer for each would be taken from between what stays in memory,
    // and what stays next would be put into the gap. One byte more than is there shows the end.
    var information = stat()
    guard fstat(number, &information) == 0 else { throw Self.error("look at", name) }
    let rest = max(0, min(end, Int(information.st_size)) - start)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(Self.pieceByteCount, rest + 1), alignment: 64)
    defer { buffer.deallocate() }
    var offset = start
    while offset < end {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(end - offset))
      let count = try read(into: room, from: number, at: offset, name)
      guard count > 0 else { break }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      offset += count
    }
    return offset
  }

  /// Makes what was written to a file or folder last through a loss of power.
  package func sync(_ file: borrowing Descriptor, _ name: String) throws(SluiceError) {
    let number = file.number
    guard repeated(.sync, { fsync(number) }) == 0 else { throw Self.error("sync", name) }
  }

  /// Closes a file that was written; an error of an earlier write can come to light here and counts.
  package func close(_ file: consuming Descriptor, _ name: String) throws(SluiceError) {
    let number = file.take()
    let result = Glibc.close(number)
    let failure = fault?(.close) ?? 0
    if failure != 0 { errno = failure }
    // On Linux an interrupted close has closed the file, so it must not be made again.
    guard failure == 0, result == 0 || errno == EINTR else { throw Self.error("close", name) }
  }

  /// How often a folder is emptied again that is being filled.
  private static let removingCountMax = 1000

  /// Removes a file, or a folder with all that lies in it. What is not there is no error.
  package func removeTree(_ path: String, at folder: Int32) throws(SluiceError) {
    if repeated(.remove, { unlinkat(folder, path, 0) }) == 0 || errno == ENOENT { return }
    guard errno == EISDIR || errno == EPERM else { throw Self.error("remove", path) }
    // Another thread may still make files in it, or remove some itself.
    for _ in 1...Self.removingCountMax {
      do throws(SluiceError) {
        let inner = try openFolder(path, at: folder)
        for name in try names(in: inner, path) { try removeTree(name, at: inner.number) }
      } catch {
        if try status(of: path, at: folder) == nil { return }
        throw error
      }
      if repeated(.remove, { unlinkat(folder, path, AT_REMOVEDIR) }) == 0 || errno == ENOENT { return }
      guard errno == ENOTEMPTY || errno == EEXIST else { break }
    }
    throw Self.error("remove", path)
  }

  /// Returns the names in a folder in the order of their bytes, so that nothing depends on the file system's.
  package func names(in folder: borrowing Descriptor, _ name: String) throws(SluiceError) -> [String] {
    let number = folder.number
    var names: [[UInt8]] = []
    let result = repeated(.open) {
      guard let found = FolderNames.read(folder: number) else { return Int32(-1) }
      names = found
      return 0
    }
    guard result == 0 else { throw Self.error("list", name) }
    return try names.map { bytes throws(SluiceError) in
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw SluiceError(.output, "name-not-utf8", "A file name in \(name) is not UTF-8; remove the file.")
      }
      return text
    }
  }

  /// What lies at a path, itself and not where a symbolic link leads; nil where nothing does.
  package func status(of path: String, at folder: Int32) throws(SluiceError) -> FileStatus? {
    var information = stat()
    guard fstatat(folder, path, &information, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Self.error("look at", path)
    }
    return FileStatus(information)
  }

  /// Makes a call until it is not interrupted; a fault of `fault` stands in for the call.
  func repeated<Result: FixedWidthInteger & SignedInteger>(_ call: FileCall, _ body: () -> Result) -> Result {
    while true {
      let failure = fault?(call) ?? 0
      if failure != 0 { errno = failure }
      let result = failure == 0 ? body() : -1
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// The error for the last failed call, from `errno`.
  static func error(_ verb: String, _ name: String) -> SluiceError {
    let number = errno
    let (code, reason) = reason(number)
    return SluiceError(.output, code, "Cannot \(verb) \(name): \(reason).")
  }

  private static func reason(_ number: Int32) -> (code: String, reason: String) {
    switch number {
    case ENOSPC: ("disk-full", "the disk or its table of files is full; make room and run again")
    case EDQUOT: ("disk-quota", "the disk quota is used up; make room and run again")
    case EFBIG:
      ("file-size-limit", "the file would be longer than the system allows; raise the limit (ulimit -f)")
    case EIO: ("disk-error", "the disk reports an error; check it before running again")
    case EROFS:
      ("read-only", "the file system is mounted read-only; mount it for writing, or choose another folder")
    case EACCES, EPERM: ("no-permission", "the system does not permit it; check owner and mode")
    case ENOENT: ("not-found", "it is not there; check the path, and that nobody removed it")
    case EEXIST: ("exists", "something is there already; move it away")
    case ENOTDIR:
      (
        "not-a-folder",
        "it, or what leads to it, is not a folder, or is a symbolic link; give the path of a folder itself"
      )
    case ELOOP:
      (
        "symbolic-link",
        "it is a symbolic link, which is not followed; give the path of the file or folder itself"
      )
    case EMFILE, ENFILE: ("descriptors", "no file descriptor is left; raise their limit (ulimit -n)")
    case ENAMETOOLONG:
      ("name-too-long", "the name is longer than the file system allows; choose a shorter path")
    default: ("file-error", "the system answers with errno \(number); check the disk and run again")
    }
  }
}

/// An open file or folder, closed when it is let go.
package struct Descriptor: ~Copyable {
  package let number: Int32

  package init(number: Int32) { self.number = number }

  deinit { _ = close(number) }

  /// Gives the number away without closing it.
  consuming func take() -> Int32 {
    let number = number
    discard self
    return number
  }
}

/// What `stat` says of a file that the packet room asks about.
package struct FileStatus: Equatable, Sendable {
  package enum Sort: Sendable { case file, folder, other }

  package let sort: Sort
  package let byteCount: Int
  package let owner: uid_t
  package let mode: mode_t
  package let device: dev_t
  package let inode: ino_t

  init(_ information: stat) {
    sort =
      switch information.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      default: .other
      }
    byteCount = Int(information.st_size)
    owner = information.st_uid
    mode = information.st_mode & 0o7777
    device = information.st_dev
    inode = information.st_ino
  }
}
