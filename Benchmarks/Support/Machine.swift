import Foundation
import SluiceCrypto

/// What the figures were measured on, and of which commit.
struct Machine {
  let processor: String
  let cores = ProcessInfo.processInfo.activeProcessorCount
  let swift: String
  let libcrypto: String
  let date: String
  let commit: String

  init() {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
    processor =
      model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    // The version that the process loaded, in the form that OPENSSL_VERSION_NUMBER has since 3.0.
    let version = SelfTest.KnownAnswers().versionNumber
    libcrypto = "\(version >> 28).\(version >> 20 & 0xFF).\(version >> 4 & 0xFFFF)"
    swift = firstLine(of: ["swift", "--version"]) ?? "unknown"
    date = ISO8601Format.now
    commit = firstLine(of: ["git", "rev-parse", "--short", "HEAD"]) ?? "unknown"
  }

  var line: String {
    "\(date), commit \(commit): \(processor), \(cores) cores, \(swift), libcrypto \(libcrypto)"
  }

  private enum ISO8601Format {
    static var now: String { Date().formatted(.iso8601.year().month().day()) }
  }
}

/// The first line that a command writes, or nil where it cannot be run or fails.
func firstLine(of command: [String]) -> String? {
  output(of: command)?.split(separator: "\n").first.map(String.init)
}

/// What a command writes, or nil where it cannot be run or fails.
func output(of command: [String]) -> String? {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = command
  process.currentDirectoryURL = URL(filePath: #filePath).deletingLastPathComponent()
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { return nil }
  return text
}
