import Foundation
import Testing

/// A folder with a signer, recipients of each sort, and the sample job over real time, in which their certificates are
/// valid.
final class SealingFolder {
  static let hasTools = ["openssl", "age", "age-keygen"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
  }

  let folder: CommandFolder

  init() throws {
    folder = try CommandFolder()
    try make(
      """
      for name in p256 rsa rsa2048; do
        case $name in
          p256) key="EC -pkeyopt ec_paramgen_curve:P-256" ;;
          rsa) key="RSA -pkeyopt rsa_keygen_bits:3072" ;;
          rsa2048) key="RSA -pkeyopt rsa_keygen_bits:2048" ;;
        esac
        openssl genpkey -quiet -algorithm $key -out $name.key 2>/dev/null || openssl genpkey -algorithm $key -out $name.key
        openssl req -x509 -new -key $name.key -out $name.pem -subj "/CN=Agency $name" -days 30
      done
      age-keygen -o age.key
      age-keygen -y age.key > age.txt
      age-keygen -o other.key
      chmod 600 *.key
      """)
    let made = try folder.run([
      "key", "new-signer", "--out-key", path("signer.key"), "--out-cert", path("signer.pem"), "--name",
      "Example",
    ])
    try #require(made.status == 0, "\(made.talk)")
  }

  func path(_ name: String) -> String { folder.path + "/" + name }

  var signing: [String] { ["--sign-key", path("signer.key"), "--sign-cert", path("signer.pem")] }

  /// `disclose` at the clock's time.
  func disclose(
    _ more: [String] = [], demands: [String] = ["us-court-order"], records: [String]? = nil,
    out: String = "packets"
  ) throws -> CommandOutcome {
    let arguments = folder.discloseArguments(demands, records: records, out: out)
    return try folder.run(arguments.filter { !CommandFolder.now.contains($0) } + more)
  }

  func open(_ file: String, key: String, _ more: [String] = []) throws -> CommandOutcome {
    try folder.run(["open", path(file), "--key", path(key), "--out", path("opened")] + more)
  }

  /// Runs a script in the folder.
  func shell(_ script: String, in inner: String = "") throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-ec", script]
    process.currentDirectoryURL = URL(filePath: path(inner))
    let file = path(".shell-\(UUID().uuidString)")
    try Data().write(to: URL(filePath: file))
    let output = FileHandle(forWritingAtPath: file)
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    )
  }

  func make(_ script: String) throws {
    let made = try shell(script)
    try #require(made.status == 0, "\(made.output)")
  }

  /// Whether nothing lies in a folder, hidden files included.
  func isEmpty(_ name: String) -> Bool { folder.names(name).isEmpty }
}
