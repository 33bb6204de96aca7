internal import CLibcrypto
import Glibc

/// Reads the PEM files of certificates and of private keys.
///
/// A private key's file is what a root key's file may be (regular, no link, owned, 0400 or 0600); a certificate is
/// public, so anyone may own and read its file. Nothing waits: a FIFO is refused at once, and an encrypted key is
/// refused instead of asked about.
enum PEMFile {
  /// The longest key file: one of RSA with 16,384 bits takes 12,500 bytes.
  private static let keyByteCountMax = 16 << 10
  /// The longest file of certificates.
  static let certificateByteCountMax = 1 << 20

  /// The one private key in a file; `owner` is whose it is, for messages: `signer`.
  ///
  /// - Throws: `pem-path`, `pem-missing`, `pem-symlink`, `pem-not-regular`, `pem-owner`, `pem-mode`, `pem-unreadable`,
  ///   `pem-long`, `pem-encrypted` or `pem-key`.
  static func privateKey(path: String, of owner: String) throws(CryptoError) -> PrivateKey {
    let libcrypto = try Libcrypto.loaded()
    let what = "The \(owner)'s key file"
    let content = try SecretBytes(count: keyByteCountMax + 1)
    let count = try read(path, what, isPrivate: true, into: content.mutableBytes)
    guard let bio = BIO_new_mem_buf(content.base, Int32(count)) else {
      throw .libcrypto(code: "out-of-memory", "There is no memory for a key.")
    }
    defer { BIO_free(bio) }
    var isEncrypted: CInt = 0
    let key = PEM_read_bio_PrivateKey_ex(
      bio, nil,
      { _, _, _, note in
        note?.assumingMemoryBound(to: CInt.self).pointee = 1
        return -1
      }, &isEncrypted, libcrypto.libraryContext, nil)
    guard let key else {
      ERR_clear_error()
      guard isEncrypted == 0 else {
        throw CryptoError(
          code: "pem-encrypted",
          message:
            "\(what) is encrypted with a password, which is never asked for. Give a file without one that its "
            + "owner alone can read.")
      }
      throw CryptoError(
        code: "pem-key", message: "\(what) holds no private key in PEM form that libcrypto can read.")
    }
    return PrivateKey(owning: key)
  }

  /// Every certificate in a file, in its order, at least one.
  ///
  /// - Throws: `pem-path`, `pem-missing`, `pem-not-regular`, `pem-unreadable`, `pem-long` or `pem-certificate`.
  static func certificates(path: String, of owner: String) throws(CryptoError) -> [Certificate] {
    try certificates(in: try bytes(path: path, "The \(owner)'s certificate file"), of: owner)
  }

  /// The bytes of a file that is no secret.
  static func bytes(path: String, _ what: String) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: certificateByteCountMax + 1)
    var outcome: Result<Int, CryptoError> = .success(0)
    bytes.withUnsafeMutableBytes { buffer in
      outcome = Result { () throws(CryptoError) in try read(path, what, isPrivate: false, into: buffer) }
    }
    bytes.removeLast(bytes.count - (try outcome.get()))
    return bytes
  }

  /// Every certificate in the bytes of a PEM file.
  static func certificates(in bytes: [UInt8], of owner: String) throws(CryptoError) -> [Certificate] {
    let libcrypto = try Libcrypto.loaded()
    let bad = CryptoError(
      code: "pem-certificate",
      message:
        "The \(owner)'s certificate file holds no certificate in PEM form, or one that libcrypto cannot read."
    )
    var found: [Certificate] = []
    let isWhole = bytes.withUnsafeBytes { bytes in
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return false }
      defer {
        BIO_free(bio)
        ERR_clear_error()
      }
      while true {
        var certificate = X509_new_ex(libcrypto.libraryContext, nil)
        guard PEM_read_bio_X509(bio, &certificate, { _, _, _, _ in -1 }, nil) != nil, let certificate else {
          X509_free(certificate)
          return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
        }
        found.append(Certificate(owning: certificate))
      }
    }
    guard isWhole, !found.isEmpty else { throw bad }
    return found
  }

  // MARK: - Files

  private static func read(
    _ path: String, _ what: String, isPrivate: Bool, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) -> Int {
    let descriptor = try open(path, what, isPrivate: isPrivate)
    defer { close(descriptor) }
    return try read(descriptor, what, into: buffer)
  }

  /// Opens a file that is fit to hold what it shall; the caller closes it.
  static func open(_ path: String, _ what: String, isPrivate: Bool) throws(CryptoError) -> Int32 {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw CryptoError(
        code: "pem-path", message: "The path of a key or certificate is empty or holds a NUL.")
    }
    // O_NONBLOCK: opening a FIFO must not wait for a writer. O_NOFOLLOW: the file checked is the file named.
    let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (isPrivate ? O_NOFOLLOW : 0)
    var descriptor: Int32
    repeat { descriptor = Glibc.open(path, flags) } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw openError(errno, what) }
    do throws(CryptoError) { try checkStatus(of: descriptor, what, isPrivate: isPrivate) } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Reads a file to its end, which must come before that of the buffer.
  static func read(
    _ descriptor: Int32, _ what: String, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw .system(code: "pem-unreadable", errno: errno, "\(what) could not be read.")
      }
      if count == 0 { break }
      filled += count
    }
    guard filled < buffer.count else {
      throw CryptoError(
        code: "pem-long",
        message: "\(what) is longer than \(buffer.count - 1) bytes; it holds something else.")
    }
    return filled
  }

  private static func openError(_ number: Int32, _ what: String) -> CryptoError {
    switch number {
    case ENOENT, ENOTDIR:
      CryptoError(code: "pem-missing", message: "\(what) is not there. Check the path.")
    case ELOOP:
      CryptoError(
        code: "pem-symlink", message: "\(what) is a symbolic link. Give the path of the file itself.")
    case ENXIO, ENODEV: notRegular(what)
    default: .system(code: "pem-unreadable", errno: number, "\(what) cannot be opened.")
    }
  }

  private static func notRegular(_ what: String) -> CryptoError {
    CryptoError(
      code: "pem-not-regular",
      message: "\(what) is not a regular file but a directory, FIFO, socket or device.")
  }

  private static func checkStatus(
    of descriptor: Int32, _ what: String, isPrivate: Bool
  ) throws(CryptoError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(code: "pem-unreadable", errno: errno, "\(what) cannot be examined.")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw notRegular(what) }
    guard isPrivate else { return }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw CryptoError(
        code: "pem-owner",
        message: "\(what) belongs to another user, who could exchange it. Make it yours or root's.")
    }
    let mode = status.st_mode & 0o7777
    guard mode == 0o600 || mode == 0o400 else {
      throw CryptoError(
        code: "pem-mode",
        message: "\(what) is open to others than its owner. Set its mode to 0600 or 0400.")
    }
  }
}
