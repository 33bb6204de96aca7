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
    let rule = keyRule(of: owner)
    let what = "The \(rule.name)"
    let content = try SecretBytes(count: keyByteCountMax + 1)
    let count = try read(path, rule, into: content.mutableBytes)
    guard let bio = BIO_new_mem_buf(content.base, Int32(count)) else {
      throw .libcrypto(
        code: "out-of-memory",
        "There is no memory for a key. Give the process more (`ulimit -v`), or free some.")
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
        code: "pem-key",
        message:
          "\(what) holds no private key in PEM form that libcrypto can read. Check the path, or convert "
          + "the key (`openssl pkey`)."
      )
    }
    return PrivateKey(owning: key)
  }

  /// Every certificate in a file, in its order, at least one.
  ///
  /// - Throws: `pem-path`, `pem-missing`, `pem-not-regular`, `pem-unreadable`, `pem-long` or `pem-certificate`.
  static func certificates(path: String, of owner: String) throws(CryptoError) -> [Certificate] {
    try certificates(in: try bytes(path: path, certificateRule(of: owner)), of: owner)
  }

  /// The bytes of a file that is no secret.
  static func bytes(path: String, _ rule: FileRule) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: certificateByteCountMax + 1)
    var outcome: Result<Int, CryptoError> = .success(0)
    bytes.withUnsafeMutableBytes { buffer in
      outcome = Result { () throws(CryptoError) in try read(path, rule, into: buffer) }
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
        "The \(owner)'s certificate file holds no certificate in PEM form, or one that libcrypto cannot "
        + "read. Check the path, or convert it (`openssl x509`)."
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

  /// What the file of somebody's private key must be; `owner` as in “the signer's key file”.
  static func keyRule(of owner: String) -> FileRule {
    FileRule(code: "pem", name: "\(owner)'s key file", isPrivate: true)
  }

  /// What the file of somebody's certificates must be.
  static func certificateRule(of owner: String) -> FileRule {
    FileRule(code: "pem", name: "\(owner)'s certificate file", isPrivate: false)
  }

  private static func read(
    _ path: String, _ rule: FileRule, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) -> Int {
    let descriptor = try rule.open(path)
    defer { close(descriptor) }
    return try read(descriptor, rule, into: buffer)
  }

  /// Reads a file to its end, which must come before that of the buffer.
  static func read(
    _ descriptor: Int32, _ rule: FileRule, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) -> Int {
    let count = try rule.read(descriptor, into: buffer)
    guard count < buffer.count else {
      throw CryptoError(
        code: "\(rule.code)-long",
        message:
          "The \(rule.name) is longer than \(buffer.count - 1) bytes; it holds something else. Check the "
          + "path."
      )
    }
    return count
  }
}
