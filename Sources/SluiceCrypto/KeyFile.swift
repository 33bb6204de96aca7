import Glibc

/// The file of a root key: what it may be, and what may stand in it.
///
/// Holds the content as it was read, in secret memory.
struct KeyFile: ~Copyable {
  /// What the file may be; RootKeyFolder holds its own paths to it too.
  static let rule = FileRule(
    code: "key", name: "key file", isPrivate: true, whereMissing: "Make one with `sluice key new`.")

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
    let descriptor = try rule.open(path, at: folder)
    defer { close(descriptor) }
    let filled = try rule.read(descriptor, into: buffer.mutableBytes)
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
        message: "The key file is of a version that this program does not know; it reads sluice-key/1. "
          + "Use the version of Sluice that made the key.")
    }
    var fields = content.dropFirst(Self.prefix.utf8.count)
    if fields.last == UInt8(ascii: "\n") { fields = fields.dropLast() }
    guard let space = fields.firstIndex(of: UInt8(ascii: " ")),
      !fields.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
    else {
      throw CryptoError(
        code: "key-format",
        message:
          "The key file is not one line of `sluice-key/1 EPOCH BASE32`, ended by a line feed or nothing. "
          + "Restore the file from its backup.")
    }
    guard let epoch = Self.decimal(fields[..<space]) else {
      throw CryptoError(
        code: "key-epoch",
        message: "The epoch in the key file is not a number from 0 to 4294967295 without leading zeros. "
          + "Restore the file from its backup.")
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
    message:
      "The key file holds more than a key of exactly 32 bytes. Write those alone: hexadecimal digits, or "
      + "an end of line after raw bytes, are not read.")

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
}

// MARK: Writing

extension KeyFile {
  /// Writes a key as one line to a file that must not exist, and syncs it and its directory.
  static func write(
    _ key: borrowing SecretBytes, epoch: UInt32, toNewFile path: String
  ) throws(CryptoError) {
    let line = try line(for: key, epoch: epoch)
    var file = try NewFile(path, rule)
    try file.write(line.bytes)
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
}
