/// The provider's secret of one epoch, from which every case key and stream key is derived.
///
/// Its bytes have no accessor. They live in memory that is overwritten when the last reference goes.
public final class RootKey: RootOperations {
  /// Bytes in a key: exactly this many, because HMAC takes `K` and `K‖0` for the same key.
  public static let byteCount = 32

  /// Which key of the provider this is, counted up when a new one is made; 0 for a file of 32 raw bytes.
  public let epoch: UInt32

  /// Eight bytes that name this key to its owner; they say nothing about it and go into no packet.
  public let rootID: [UInt8]

  private let secret: SecretBytes

  /// Reads a key file.
  ///
  /// The file is one line, `sluice-key/1 EPOCH BASE32` (lower-case RFC 4648 without padding, its end of line
  /// optional), or 32 raw bytes. It must be a regular file, not a symbolic link, of mode 0400 or 0600, owned
  /// by the effective user or root. Never waits: a FIFO or a directory is refused at once.
  ///
  /// - Throws: `key-path` (empty, or a NUL in it), `key-missing`, `key-unreadable`, `key-symlink`,
  ///   `key-not-regular`, `key-owner`, `key-mode`, `key-empty`, `key-short`, `key-long`, `key-format`,
  ///   `key-epoch`, `key-base32`, `key-all-zero`, `key-weak` (fewer than 16 distinct bytes), or an error of
  ///   libcrypto.
  public convenience init(contentsOfFile path: String) throws(CryptoError) {
    try self.init(KeyFile(path: path))
  }

  /// Takes the key out of a file that was read.
  convenience init(_ file: borrowing KeyFile) throws(CryptoError) {
    let epoch = try file.epoch()
    try self.init(secret: file.key(), epoch: epoch)
  }

  /// Makes a key of random bytes and writes it to a new file of mode 0600, synced together with its directory.
  ///
  /// Never overwrites: a path that exists, even as a dangling symbolic link, is `key-exists`. On any later
  /// failure the file is removed again.
  ///
  /// - Throws: `key-path` (empty, or a NUL in it), `key-exists`, `key-write`, `random-failed`, or
  ///   an error of libcrypto.
  public static func create(atPath path: String, epoch: UInt32) throws(CryptoError) -> RootKey {
    let secret = try randomSecret()
    try KeyFile.write(secret, epoch: epoch, toNewFile: path)
    return try RootKey(secret: secret, epoch: epoch)
  }

  /// Makes a key of random bytes that no file holds, of epoch 0: for what is counted and not shown, since nobody can make
  /// its pseudonyms again.
  ///
  /// - Throws: `random-failed`, or an error of libcrypto.
  public static func throwaway() throws(CryptoError) -> RootKey {
    try RootKey(secret: randomSecret(), epoch: 0)
  }

  private static func randomSecret() throws(CryptoError) -> SecretBytes {
    let secret = try SecretBytes(count: byteCount)
    try Libcrypto.loaded().fillWithRandomBytes(secret.mutableBytes)
    try KeyFile.checkStrength(of: secret)
    return secret
  }

  private init(secret: consuming SecretBytes, epoch: UInt32) throws(CryptoError) {
    rootID = try KeyDerivation.publicBytes(from: secret, "sluice/1", "root-id", count: 8)
    self.epoch = epoch
    self.secret = secret
  }

  /// Expands the key by libcrypto; `RootOperations` says what that is.
  public func expand(info: [UInt8], count: Int) throws(CryptoError) -> SecretBytes {
    try KeyDerivation.expand(secret, info: info, count: count)
  }

  /// Whether this is the key with these bytes, in constant time; for tests against known answers.
  package func matches(_ bytes: [UInt8]) -> Bool { secret.matches(bytes, count: bytes.count) }
}
