internal import CLibcrypto
import Glibc

/// libcrypto, loaded once a process: a library context of our own and the algorithms fetched from it.
///
/// The context of our own reads no configuration file, so `OPENSSL_CONF` cannot change an algorithm or load
/// a provider; only the built-in default provider is in it.
///
/// Never freed: it lives as long as the process. `@unchecked Sendable`: libcrypto counts references to
/// fetched algorithms and to the library context atomically, and nothing here changes after `load`.
final class Libcrypto: @unchecked Sendable {
  /// 3.0.3, as `OpenSSL_version_num` writes it. Before it, re-initialising an HMAC context with a null key
  /// gives wrong tags.
  static let oldestVersionNumber: UInt = 0x3000_0030

  /// Room for secrets, in bytes. libcrypto locks it in memory if the system lets it.
  static let secretHeapByteCount = 1 << 20

  let libraryContext: OpaquePointer
  let hmac: OpaquePointer
  let hkdf: OpaquePointer
  let sha256: OpaquePointer
  /// Whether the system keeps the whole secure heap out of its swap space and out of core files.
  let isHeapLocked: Bool
  /// Whether the system says that only validated functions may be used; read once.
  let isFIPSMode: Bool

  private static let outcome: Result<Libcrypto, CryptoError> = {
    do throws(CryptoError) { return .success(try Libcrypto()) } catch { return .failure(error) }
  }()

  /// Returns the loaded library, or throws why it did not load; loads it on first use.
  static func loaded() throws(CryptoError) -> Libcrypto { try outcome.get() }

  /// Refuses a libcrypto older than `oldestVersionNumber`.
  static func checkVersion(_ number: UInt) throws(CryptoError) {
    guard number >= oldestVersionNumber else {
      throw CryptoError(
        code: "libcrypto-version",
        message: "The libcrypto that this process loaded is older than 3.0.3, whose HMAC cannot be relied on "
          + "when a context is used again. Install libssl3 3.0.3 or newer and check LD_LIBRARY_PATH.")
    }
  }

  private init() throws(CryptoError) {
    try Self.checkVersion(UInt(OpenSSL_version_num()))
    // No configuration file for the default context either: parts of libcrypto still consult it.
    // No clean-up at exit: a worker may be in the middle of a MAC when another thread ends the process.
    let options = UInt64(OPENSSL_INIT_NO_LOAD_CONFIG) | UInt64(OPENSSL_INIT_NO_ATEXIT)
    guard OPENSSL_init_crypto(options, nil) == 1 else {
      throw .libcrypto(
        code: "libcrypto-load",
        "libcrypto could not be initialised. Install libssl3 from your distribution and check "
          + "LD_LIBRARY_PATH."
      )
    }
    // 1: a secure heap, locked and left out of core files; 2: one that could not be; 0: none, and secrets go to pages
    // of our own. A heap that the program around this library made before is not ours to vouch for.
    isHeapLocked =
      CRYPTO_secure_malloc_initialized() == 0
      && CRYPTO_secure_malloc_init(Self.secretHeapByteCount, 32) == 1
    guard let context = OSSL_LIB_CTX_new(), OSSL_PROVIDER_load(context, "default") != nil,
      let hmac = EVP_MAC_fetch(context, "HMAC", nil), let hkdf = EVP_KDF_fetch(context, "HKDF", nil),
      let sha256 = EVP_MD_fetch(context, "SHA256", nil)
    else {
      throw .libcrypto(
        code: "libcrypto-load",
        "libcrypto does not offer HMAC, HKDF and SHA-256 by its default provider. Install libssl3 from your "
          + "distribution and check LD_LIBRARY_PATH.")
    }
    libraryContext = context
    self.hmac = hmac
    self.hkdf = hkdf
    self.sha256 = sha256
    isFIPSMode = FIPSMode.isSet(file: "/proc/sys/crypto/fips_enabled")
  }

  /// Fills a buffer with random bytes fit for a key, or throws.
  func fillWithRandomBytes(_ output: UnsafeMutableRawBufferPointer) throws(CryptoError) {
    let bytes = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    // Any result but 1 is a failure (0 failed, -1 not supported), and then the buffer holds nothing usable.
    guard RAND_priv_bytes_ex(libraryContext, bytes, output.count, 256) == 1 else {
      throw .libcrypto(
        code: "random-failed",
        "The random number generator failed; no key was made. Run again; where it stays, check the system's generator."
      )
    }
  }
}

/// The mode in which a system allows validated cryptography alone.
package enum FIPSMode {
  /// Whether the kernel's flag is set; a kernel without the file has no such mode.
  package static func isSet(file path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var flag: UInt8 = 0
    return read(descriptor, &flag, 1) == 1 && flag != UInt8(ascii: "0")
  }
}
