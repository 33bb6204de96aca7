import Foundation
import SluiceCrypto

/// The system's `openssl` command in a folder of one test's own: the oracle, and the maker of certificates.
final class OpenSSLTool {
  static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

  let folder: KeyFolder

  init() throws { folder = try KeyFolder() }

  func path(_ name: String) -> String { folder.path + "/" + name }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// Runs `openssl` in the folder; the arguments are split at blanks.
  @discardableResult
  func run(_ arguments: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments.split(separator: " ").map(String.init)
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// Runs `openssl`, which must succeed.
  func make(_ arguments: String) throws {
    let made = try run(arguments)
    guard made.status == 0 else { throw Failure(output: arguments + "\n" + made.output) }
  }

  struct Failure: Error { let output: String }

  /// A key `NAME.key` (0600) and a certificate `NAME.pem` for thirty days, by itself or by `issuer`.
  func certificate(
    _ name: String, key: String = "EC -pkeyopt ec_paramgen_curve:P-256", issuer: String? = nil,
    extensions: [String] = [], digest: String = "sha256", days: Int = 30
  ) throws {
    try make("genpkey -algorithm \(key) -out \(name).key")
    guard chmod(path(name + ".key"), 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
    let added = extensions.map { " -addext \($0)" }.joined()
    let by = issuer.map { " -CA \($0).pem -CAkey \($0).key" } ?? ""
    try make(
      "req -x509 -new -key \(name).key -out \(name).pem -subj /CN=\(name) -days \(days) -\(digest)\(by)\(added)"
    )
  }

  /// A certificate of an authority that issues others.
  func authority(_ name: String, issuer: String? = nil) throws {
    try certificate(
      name, issuer: issuer,
      extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"])
  }

  /// Certificates one after the other in a new file.
  func join(_ names: [String], to name: String) throws {
    try Data(try names.flatMap { try bytes($0 + ".pem") }).write(to: URL(fileURLWithPath: path(name)))
  }

  static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}

/// The code of the error that a call throws, or `none`.
func cryptoCode(_ body: () throws -> Void) -> String {
  do { try body() } catch { return (error as? CryptoError)?.code ?? "\(type(of: error))" }
  return "none"
}
