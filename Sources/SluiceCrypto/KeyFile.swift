import Glibc

/// The file of a root key: what it may be, and what may stand in it.
///
/// Holds the content as it was read, in secret memory.
struct KeyFile: ~Copyable {
  /// What a line begins with; a file that begins so is never taken for raw bytes.
  private static let format = "sluice-key/"
  private static let prefix = "sluice-key/1 "

  /// More than the longest line (13 + 10 + 1 + 52 + 1); what is longer is refused without reading on.
  private static let contentByteCountMax = 128

  /// A random key of 32 bytes has about 30 distinct ones; fewer than this means it was not random.
  private static let distinctByteCountMin = 16

  private let buffer: SecretBytes
  private let count: Int

  private var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]) }
}

// MARK: Reading

extension KeyFile {
  /// Reads a file that is fit to hold a key, or throws why it is not. `folder`: where a relative path begins.
  init(path: String, at folder: Int32 = AT_FDCWD) throws(CryptoError) {
    let content = try SecretBytes(count: Self.contentByteCountMax + 1)
    count = try Self.read(path, at: folder, into: content)
    buffer = content
  }

  private static func read(
    _ path: String, at folder: Int32, into buffer: borrowing SecretBytes
  ) throws(CryptoError) -> Int {
    try checkPath(path)
    // O_NONBLOCK: opening a FIFO must not wait for a writer. O_NOFOLLOW: the file checked is the file named.
    let descriptor = retryingInterrupted {
      openat(folder, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }
    guard descriptor >= 0 else { throw openError(errno) }
    defer { close(descriptor) }
    try checkStatus(of: descriptor)
    var filled = 0
    while filled < buffer.count {
      let room = buffer.count - filled
      let readCount = retryingInterrupted { Glibc.read(descriptor, buffer.base + filled, room) }
      guard readCount >= 0 else {
        throw .system(code: "key-unreadable", errno: errno, "The key file could not be read.")
      }
      if readCount == 0 { break }
      filled += readCount
    }
    guard filled > 0 else {
      throw CryptoError(
        code: "key-empty", message: "The key file is empty. Make a key with `sluice key new`.")
    }
    guard filled <= contentByteCountMax else { throw tooLong }
    return filled
  }

  /// The epoch that the line states; 0 for raw bytes.
  borrowing func epoch() throws(CryptoError) -> UInt32 {
    guard isText else { return 0 }
    return try line().epoch
  }

  /// The key, checked for strength.
  borrowing func key() throws(CryptoError) -> SecretBytes {
    let key = try SecretBytes(count: RootKey.byteCount)
    if isText {
      let characters = try line().key
      try Self.checkLength(characters.count, expected: Base32.characterCount(ofBytes: RootKey.byteCount))
      guard Base32.decode(characters, into: key.mutableBytes) else {
        throw CryptoError(
          code: "key-base32",
          message: "The key in the key file is not the lower-case base32 that `sluice key new` writes. "
            + "Restore the file from its backup.")
      }
    } else {
      try Self.checkLength(count, expected: RootKey.byteCount)
      key.mutableBytes.copyMemory(from: content)
    }
    try Self.checkStrength(of: key)
    return key
  }

  private var isText: Bool { content.starts(with: Self.format.utf8) }

  /// Splits the one line into its epoch and the characters of its key.
  private borrowing func line() throws(CryptoError) -> (epoch: UInt32, key: UnsafeRawBufferPointer) {
    guard content.starts(with: Self.prefix.utf8) else {
      throw CryptoError(
        code: "key-format",
        message: "The key file is of a version that this program does not know; it reads sluice-key/1.")
    }
    var fields = content.dropFirst(Self.prefix.utf8.count)
    if fields.last == UInt8(ascii: "\n") { fields = fields.dropLast() }
    guard let space = fields.firstIndex(of: UInt8(ascii: " ")),
      !fields.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
    else {
      throw CryptoError(
        code: "key-format",
        message:
          "The key file is not one line of `sluice-key/1 EPOCH BASE32`, ended by a line feed or nothing.")
    }
    guard let epoch = Self.decimal(fields[..<space]) else {
      throw CryptoError(
        code: "key-epoch",
        message: "The epoch in the key file is not a number from 0 to 4294967295 without leading zeros.")
    }
    return (epoch, UnsafeRawBufferPointer(rebasing: fields[(space + 1)...]))
  }

  /// Reads plain decimal digits, in the one spelling a number has.
  private static func decimal(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt32? {
    guard (1...10).contains(digits.count), digits.first != UInt8(ascii: "0") || digits.count == 1 else {
      return nil
    }
    var value: UInt64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
    }
    return UInt32(exactly: value)
  }
}

// MARK: Checks

extension KeyFile {
  private static let tooLong = CryptoError(
    code: "key-long",
    message: "The key file holds more than a key of exactly 32 bytes. Hexadecimal digits, or an end of line "
      + "after raw bytes, are not read.")

  private static func checkLength(_ count: Int, expected: Int) throws(CryptoError) {
    guard count <= expected else { throw tooLong }
    guard count == expected else {
      throw CryptoError(
        code: "key-short",
        message: "The key file holds less than a key of exactly 32 bytes. Restore it from its backup.")
    }
  }

  /// Refuses bytes that no random number generator made; `key` is read, never copied.
  static func checkStrength(of key: borrowing SecretBytes) throws(CryptoError) {
    let bytes = key.bytes
    guard bytes.contains(where: { $0 != 0 }) else {
      throw CryptoError(
        code: "key-all-zero", message: "The key is all zero bytes. Make one with `sluice key new`.")
    }
    // Pairs, not a set: a set would leave the key's bytes behind in memory that is not overwritten.
    let distinctCount = bytes.indices.count { index in !bytes[..<index].contains(bytes[index]) }
    guard distinctCount >= distinctByteCountMin else {
      throw CryptoError(
        code: "key-weak",
        message: "The key has fewer than 16 distinct bytes, so it was not made at random. "
          + "Make one with `sluice key new`.")
    }
  }

  /// Refuses a path that the system would cut short at a NUL and so take for another.
  static func checkPath(_ path: String) throws(CryptoError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw CryptoError(code: "key-path", message: "The path of the key file is empty or holds a NUL.")
    }
  }

  private static func openError(_ number: Int32) -> CryptoError {
    switch number {
    case ENOENT, ENOTDIR:
      CryptoError(
        code: "key-missing",
        message: "There is no key file at the path given. Make one with `sluice key new`.")
    case ELOOP:
      CryptoError(
        code: "key-symlink", message: "The key file is a symbolic link. Give the path of the file itself.")
    case ENXIO, ENODEV:
      notRegular
    default:
      .system(code: "key-unreadable", errno: number, "The key file cannot be opened.")
    }
  }

  private static let notRegular = CryptoError(
    code: "key-not-regular",
    message: "The key file is not a regular file but a directory, FIFO, socket or device.")

  private static func checkStatus(of descriptor: Int32) throws(CryptoError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(code: "key-unreadable", errno: errno, "The key file cannot be examined.")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw notRegular }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw CryptoError(
        code: "key-owner",
        message: "The key file belongs to another user, who could exchange it. Make it yours or root's.")
    }
    let mode = status.st_mode & 0o7777
    guard mode == 0o600 || mode == 0o400 else {
      throw CryptoError(
        code: "key-mode",
        message: "The key file is open to others than its owner. Set its mode to 0600 or 0400.")
    }
  }
}

// MARK: Writing

extension KeyFile {
  /// Writes a key as one line to a file that must not exist, and syncs it and its directory.
  static func write(
    _ key: borrowing SecretBytes, epoch: UInt32, toNewFile path: String
  ) throws(CryptoError) {
    try checkPath(path)
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    // Through the slash, so that the directory of "/name" is "/".
    let directoryPath = slash.map { String(path[...$0]) } ?? "."
    // Everything goes through one descriptor: the file synced lies in the directory synced.
    let directory = open(directoryPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else {
      throw .system(code: "key-write", errno: errno, "The directory of the key file cannot be opened.")
    }
    defer { close(directory) }
    let line = try line(for: key, epoch: epoch)
    let descriptor = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      guard errno != EEXIST else {
        throw CryptoError(
          code: "key-exists",
          message: "Something is at the path of the key file already; it is left as it was.")
      }
      throw .system(code: "key-write", errno: errno, "The key file cannot be created.")
    }
    let failure = writeAll(line.bytes, to: descriptor)
    // The descriptor is gone whatever close says; EINTR says nothing about the bytes, which are synced.
    let isClosed = close(descriptor) == 0 || errno == EINTR
    guard failure == 0, isClosed, retryingInterrupted({ fsync(directory) }) == 0 else {
      let number = failure != 0 ? failure : errno
      unlinkat(directory, name, 0)
      throw .system(
        code: "key-write", errno: number, "The key file could not be written; it was removed again.")
    }
  }

  private static func line(for key: borrowing SecretBytes, epoch: UInt32) throws(CryptoError) -> SecretBytes {
    let head = prefix + String(epoch) + " "
    let characterCount = Base32.characterCount(ofBytes: key.count)
    let line = try SecretBytes(count: head.utf8.count + characterCount + 1)
    let bytes = line.mutableBytes
    bytes.copyBytes(from: head.utf8)
    let characters = (bytes.baseAddress! + head.utf8.count).assumingMemoryBound(to: UInt8.self)
    Base32.encode(key.bytes.baseAddress!, count: key.count, to: characters)
    bytes[bytes.count - 1] = UInt8(ascii: "\n")
    return line
  }

  /// Sets the mode whatever the umask was, writes and syncs; returns 0 or the errno of what failed.
  private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    guard fchmod(descriptor, 0o600) == 0 else { return errno }
    var rest = bytes
    while !rest.isEmpty {
      let written = retryingInterrupted { Glibc.write(descriptor, rest.baseAddress, rest.count) }
      guard written > 0 else { return written < 0 ? errno : EIO }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
    return retryingInterrupted { fsync(descriptor) } == 0 ? 0 : errno
  }

  private static func retryingInterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }
}
