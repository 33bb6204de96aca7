import Glibc

/// A file of age identities, open for the program `age` to read; its bytes are looked at in secret memory alone.
public final class AgeIdentityFile {
  /// The open file.
  public let number: Int32

  private static let byteCountMax = 16 << 10
  private static let prefix = "AGE-SECRET-KEY-1"

  /// Opens a file that must be what a root key's may be, and that holds native identities (`AGE-SECRET-KEY-1…`), a line
  /// each, and comments. Those with a passphrase and those of plugins would ask at a terminal or start programs, and are
  /// refused.
  ///
  /// - Throws: what `PEMFile` throws, or `age-identity`.
  public init(path: String) throws(CryptoError) {
    let rule = FileRule(code: "pem", name: "age identity file", isPrivate: true)
    let number = try rule.open(path)
    self.number = number
    let content = try SecretBytes(count: Self.byteCountMax + 1)
    let count = try PEMFile.read(number, rule, into: content.mutableBytes)
    var identityCount = 0
    for line in content.bytes[..<count].split(separator: UInt8(ascii: "\n")) {
      if line.first == UInt8(ascii: "#") || line.allSatisfy({ $0 <= 0x20 }) { continue }
      guard line.starts(with: Self.prefix.utf8) else {
        identityCount = 0
        break
      }
      identityCount += 1
    }
    guard identityCount > 0 else {
      throw CryptoError(
        code: "age-identity",
        message:
          "The \(rule.name) holds anything but native identities (AGE-SECRET-KEY-1…), a line each. Give "
          + "a file that holds those alone; unlock first what is locked with a passphrase.")
    }
  }

  deinit { close(number) }
}
