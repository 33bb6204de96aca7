import Glibc

/// A program of the system's own that makes or opens an envelope.
package final class SystemTool {
  private let name: String
  private let program: ChildProgram

  /// Starts a program. `aside` becomes its descriptor 3.
  ///
  /// Throws status 6: `tool-missing` with the Debian package that has it, or `tool-failed`.
  package init(
    _ name: String, package: String, _ arguments: [String], input: Int32, output: Int32, aside: Int32? = nil
  ) throws(SluiceError) {
    guard let path = ChildProgram.path(of: name) else {
      throw SluiceError(
        .output, "tool-missing", "The program \(name) is not installed; install the package \(package).")
    }
    self.name = name
    program = try Self.asked("start", "the program \(name)") { () throws(ErrorNumber) in
      try ChildProgram(path, [name] + arguments, input: input, output: output, aside: aside)
    }
  }

  /// Waits for the program's end; false where that was not a clean one.
  package func isDone() -> Bool { program.end() == 0 }

  /// Waits for the program's end. Throws status 6 where that was not a clean one.
  package func finish() throws(SluiceError) {
    guard isDone() else {
      throw SluiceError(
        .output, "tool-failed",
        "The program \(name) did not come to a good end. See that the disk has room, and run again.")
    }
  }

  /// A channel between this program and a tool, or two tools.
  package static func channel() throws(SluiceError) -> Channel {
    let ends = try asked("open", "a channel to a tool") { () throws(ErrorNumber) in
      try ChildProgram.channel()
    }
    return Channel(ours: Descriptor(number: ends.ours), theirs: Descriptor(number: ends.theirs))
  }

  /// What the system does for a tool; where it refuses, the output cannot be made.
  private static func asked<Value>(
    _ verb: String, _ what: String, _ call: () throws(ErrorNumber) -> Value
  ) throws(SluiceError) -> Value {
    do { return try call() } catch {
      errno = error.value
      throw FileLayer.error(verb, what)
    }
  }

  /// Both ends, open until they are let go of.
  package struct Channel: ~Copyable {
    let ours: Descriptor
    let theirs: Descriptor

    /// Closes the child's end here, so that ours ends when the child's does.
    consuming func takeOurs() -> Descriptor { ours }
  }

  /// A descriptor of nothing, for a standard stream that a program shall not have.
  package static func nothing() throws(SluiceError) -> Descriptor {
    let number = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard number >= 0 else { throw FileLayer.error("open", "/dev/null") }
    return Descriptor(number: number)
  }
}
