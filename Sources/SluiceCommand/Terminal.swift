import Glibc
import Sluice

/// Where the command speaks: results to standard output, talk to standard error.
enum Terminal {
  nonisolated(unsafe) static var isQuiet = false
  nonisolated(unsafe) private static var result: [UInt8] = []
  nonisolated(unsafe) private static var hasProgressLine = false
  nonisolated(unsafe) private static var startedAt = 0.0
  nonisolated(unsafe) private static var shownAt = 0.0

  /// Adds a line to the result.
  static func print(_ line: String) { result += Array((line + "\n").utf8) }

  static func print(_ document: [UInt8]) { result += document }

  static var hasPrinted: Bool { !result.isEmpty }

  /// Writes the result; false where it did not reach standard output whole.
  static func finish() -> Bool {
    defer { result = [] }
    return write(result, to: STDOUT_FILENO)
  }

  /// Writes what there is of a long result; false where it did not reach standard output.
  static func finishPart() -> Bool { result.count < 1 << 16 || (!Process.isOutputClosed && finish()) }

  /// Writes a line of talk; errors too, which `--quiet` does not silence.
  static func say(_ line: String) {
    clearProgress()
    _ = write(Array("sluice: \(line)\n".utf8), to: STDERR_FILENO)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  /// Talk that `--quiet` silences.
  static func note(_ line: String) { if !isQuiet { say(line) } }

  /// Says which records could not be read, and what else a user should know of a pass over the sources.
  static func note(_ outcome: DisclosureRun.Outcome) {
    clearProgress()
    for fault in outcome.faults { note(fault.description) }
    for warning in outcome.warnings { note("warning: \(warning)") }
  }

  /// Progress with rate and remaining time, where standard error is a terminal.
  static var progress: (@Sendable (RunProgress) -> Void)? {
    guard !isQuiet, isatty(STDERR_FILENO) == 1, !isDumb else { return nil }
    startedAt = now
    return { show($0) }
  }

  /// A terminal that cannot go back to the start of its line.
  private static var isDumb: Bool { getenv("TERM").map { String(cString: $0) == "dumb" } ?? true }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func show(_ progress: RunProgress) {
    let now = now
    guard now - shownAt > 0.2 else { return }
    shownAt = now
    let elapsed = max(now - startedAt, 0.001)
    var line = "\(progress.recordCount) records, \(Int(Double(progress.byteCount) / elapsed / 1e6)) MB/s"
    if let fraction = progress.fraction, fraction > 0 {
      line += ", \(Int(fraction * 100)) %, \(Int(elapsed / fraction - elapsed)) s left"
    }
    _ = write(Array("\r\u{1B}[K\(line)".utf8), to: STDERR_FILENO)
    hasProgressLine = true
  }

  static func clearProgress() {
    guard hasProgressLine else { return }
    hasProgressLine = false
    _ = write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
  }
}
