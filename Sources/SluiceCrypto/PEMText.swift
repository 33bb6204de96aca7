internal import CLibcrypto

/// A key or certificate as PEM, in memory that is overwritten when it is given back.
struct PEMText: ~Copyable {
  private let memory: OpaquePointer

  /// `write` writes it to a BIO and returns 1.
  init(_ write: (OpaquePointer) -> Int32) throws(CryptoError) {
    guard let memory = BIO_new(BIO_s_secmem()) else {
      throw .libcrypto(
        code: "out-of-memory",
        "There is no memory for a key. Give the process more (`ulimit -v`), or free some.")
    }
    guard write(memory) == 1 else {
      BIO_free(memory)
      throw .libcrypto(
        code: "key-failed",
        "libcrypto could not write a key. Run again; where it stays, run `sluice self-test`.")
    }
    self.memory = memory
  }

  /// A private key, not encrypted.
  init(of key: PrivateKey) throws(CryptoError) {
    try self.init { PEM_write_bio_PKCS8PrivateKey($0, key.pointer, nil, nil, 0, nil, nil) }
  }

  deinit { BIO_free(memory) }

  /// Its bytes, to be written while this value lives.
  var bytes: UnsafeRawBufferPointer {
    var start: UnsafeMutablePointer<UInt8>?
    let count = withUnsafeMutablePointer(to: &start) { BIO_ctrl(memory, BIO_CTRL_INFO, 0, $0) }
    return UnsafeRawBufferPointer(start: start, count: max(0, count))
  }
}
