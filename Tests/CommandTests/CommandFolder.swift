import Foundation
import Testing

/// What a run of the command gave back.
struct CommandOutcome {
  /// The exit status, or 128 and the number of the signal that ended it.
  let status: Int32
  let output: String
  let talk: String

  var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// The result as JSON.
  func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(output.utf8)) }
}

/// A folder of one test's own, a root key in it, and the built command.
final class CommandFolder {
  static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let samples = project + "/Samples"
  static let now = ["--now", "2026-10-05T00:00:00Z"]

  /// The folder of the built products: the test program lies in it.
  static let products: String = {
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return (program as NSString?)?.deletingLastPathComponent ?? ""
  }()

  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/sluice-command-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let made = try run(["key", "new", "--out", key])
    try #require(made.status == 0, "\(made.talk)")
  }

  /// A folder with a root key that was not made by the command, which is quicker.
  init(rootKey bytes: [UInt8]) throws {
    path = FileManager.default.temporaryDirectory.path + "/sluice-command-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try Data(bytes).write(to: URL(filePath: key))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var key: String { path + "/root.key" }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
    return file
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path + "/" + name)), as: UTF8.self)
  }

  /// The names in a folder below this one; empty where it is not there.
  func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
  }

  /// Every file below a folder of this one, by its path.
  func files(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path + "/" + folder) {
      let url = URL(filePath: path + "/" + folder + "/" + name)
      if try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
        files[name] = try Data(contentsOf: url)
      }
    }
    return files
  }

  // MARK: - Running

  /// Runs the command. `shell` is put after it in a shell, for redirections: `>&-`; `prefix` before it, for a tracer.
  func run(
    _ arguments: [String], input: String? = nil, shell: String = "", prefix: String = ""
  ) throws -> CommandOutcome {
    let process = start(arguments, input: input, shell: shell, prefix: prefix)
    try process.run()
    return finish(process)
  }

  /// A process that is not begun yet; its output goes to files of this folder.
  func start(
    _ arguments: [String], input: String? = nil, shell: String = "", prefix: String = ""
  ) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "exec \(prefix) \"$@\" \(shell)", "sh", Self.products + "/sluice"] + arguments
    process.currentDirectoryURL = URL(filePath: path)
    process.standardInput = input.flatMap { FileHandle(forReadingAtPath: $0) } ?? FileHandle.nullDevice
    let id = UUID().uuidString
    for (name, set) in [
      ("out", { process.standardOutput = $0 }), ("err", { process.standardError = $0 }),
    ] as [(String, (FileHandle) -> Void)] {
      let file = path + "/.\(name)-\(id)"
      _ = FileManager.default.createFile(atPath: file, contents: nil)
      if let handle = FileHandle(forWritingAtPath: file) { set(handle) }
    }
    process.environment = ProcessInfo.processInfo.environment.merging(["SLUICE_TEST": id]) { $1 }
    return process
  }

  func finish(_ process: Process) -> CommandOutcome {
    process.waitUntilExit()
    let id = process.environment?["SLUICE_TEST"] ?? ""
    let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return CommandOutcome(
      status: status, output: (try? text(".out-\(id)")) ?? "", talk: (try? text(".err-\(id)")) ?? "")
  }

  /// `disclose` of sample demands over the sample records.
  func disclose(
    _ demands: [String], records: [String]? = nil, out: String = "packets", _ more: [String] = [],
    shell: String = "", prefix: String = ""
  ) throws -> CommandOutcome {
    try run(discloseArguments(demands, records: records, out: out) + more, shell: shell, prefix: prefix)
  }

  func discloseArguments(_ demands: [String], records: [String]? = nil, out: String = "packets") -> [String] {
    ["disclose"] + demands.map { $0.hasPrefix("/") ? $0 : "\(Self.samples)/demands/\($0).yaml" }
      + ["--records"] + (records ?? ["\(Self.samples)/records/sample.ndjson"]) + rules
      + ["--key", key, "--out", "\(path)/\(out)"] + Self.now
  }

  /// The sample schemas and policies.
  var rules: [String] {
    [
      "--schema", "\(Self.samples)/schemas/messenger.yaml", "\(Self.samples)/schemas/bandicoot.yaml",
      "--policies", "\(Self.samples)/policies",
    ]
  }

  /// `minimize` of sample records for the US court order.
  func minimize(
    _ more: [String] = [], input: String? = CommandFolder.samples + "/records/sample.ndjson",
    shell: String = ""
  ) throws -> CommandOutcome {
    try run(
      ["minimize", "--jurisdiction", "US", "--instrument", "court-order", "--case", "test", "--key", key]
        + rules + Self.now + more, input: input, shell: shell)
  }
}
