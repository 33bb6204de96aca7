internal import CLibcrypto

/// libcrypto's state of a digest that is taken piece by piece.
struct DigestContext: ~Copyable {
  private let context: OpaquePointer
  private let byteCount: Int

  /// Starts a digest; throws where libcrypto cannot.
  init(_ algorithm: OpaquePointer?, byteCount: Int) throws(CryptoError) {
    guard let context = EVP_MD_CTX_new() else {
      throw .libcrypto(
        code: "digest-failed",
        "libcrypto could not make a digest context. Run again; where it stays, run `sluice self-test`.")
    }
    guard EVP_DigestInit_ex2(context, algorithm, nil) == 1 else {
      EVP_MD_CTX_free(context)
      throw .libcrypto(
        code: "digest-failed",
        "libcrypto could not start a digest. Run again; where it stays, run `sluice self-test`.")
    }
    self.context = context
    self.byteCount = byteCount
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    // Once the context is there, a digest in software has nothing left that can fail. Should it ever, going on
    // would seal a wrong digest, so the process stops.
    guard !bytes.isEmpty else { return }
    precondition(
      EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "a digest did not take bytes")
  }

  /// Returns the digest, and starts a new one.
  func finalize() -> [UInt8] {
    let digest = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      var written: UInt32 = 0
      precondition(EVP_DigestFinal_ex(context, buffer.baseAddress, &written) == 1, "a digest did not end")
      count = Int(written)
    }
    precondition(EVP_DigestInit_ex2(context, nil, nil) == 1, "a digest did not start again")
    return digest
  }
}
