internal import CLibcrypto

/// A key, the self-test or libcrypto failed; the command ends with status 7.
///
/// Holds no key byte, no path and no input value, so both parts may be logged.
public struct CryptoError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What failed, as a stable kebab-case word, for example `key-mode`.
  public let code: String
  /// One sentence or two for a person: what is wrong and what to do.
  public let message: String

  /// Creates an error.
  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }

  /// The code and the message.
  public var description: String { "\(code): \(message)" }

  /// An error of libcrypto, with the reason that libcrypto gives.
  ///
  /// The reason is one of libcrypto's fixed strings and holds no value. Empties the thread's error queue.
  @inline(never)
  static func libcrypto(code: String, _ message: String) -> CryptoError {
    let reason = ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) }
    ERR_clear_error()
    return CryptoError(code: code, message: message + (reason.map { " libcrypto says: \($0)." } ?? ""))
  }

  /// An error of a system call, with its number.
  @inline(never)
  static func system(code: String, errno number: Int32, _ message: String) -> CryptoError {
    CryptoError(code: code, message: message + " (errno \(number))")
  }
}
