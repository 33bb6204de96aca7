import Glibc

/// A program of the system's own, started without a shell on descriptors of ours, with an environment of its own.
///
/// What it says on its standard error may quote what it was given and is dropped; its exit status alone counts.
final class SystemTool {
  /// Where programs are looked for; `PATH` is not, for it is the user's.
  static let folders = ["/usr/bin", "/bin", "/usr/local/bin"]

  private let name: String
  private var child: pid_t

  /// Starts a program. `aside` becomes its descriptor 3.
  ///
  /// Throws status 6: `tool-missing` with the Debian package that has it, or `tool-failed`.
  init(
    _ name: String, package: String, _ arguments: [String], input: Int32, output: Int32, aside: Int32? = nil
  ) throws(SluiceError) {
    guard let path = Self.folders.map({ $0 + "/" + name }).first(where: { access($0, X_OK) == 0 }) else {
      throw SluiceError(
        .output, "tool-missing", "The program \(name) is not installed; install the package \(package).")
    }
    self.name = name
    child = try Self.spawn(path, [name] + arguments, input, output, aside)
  }

  deinit {
    guard child > 0 else { return }
    kill(child, SIGKILL)
    _ = reap()
  }

  /// Waits for the program's end; false where that was not a clean one.
  func isDone() -> Bool { reap() == 0 }

  /// Waits for the program's end. Throws status 6 where that was not a clean one.
  func finish() throws(SluiceError) {
    guard isDone() else {
      throw SluiceError(.output, "tool-failed", "The program \(name) did not come to a good end.")
    }
  }

  private func reap() -> Int32? {
    guard child > 0 else { return nil }
    var status: Int32 = 0
    let reaped = retryingInterrupted { waitpid(child, &status, 0) }
    child = 0
    return reaped > 0 ? status : nil
  }

  /// A pair of sockets and not a pipe: it can be made close-on-exec in one step, and a pipe that a child started by
  /// another thread inherited would keep us from ever seeing the end.
  static func channel() throws(SluiceError) -> Channel {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw FileLayer.error("open", "a channel to a tool")
    }
    return Channel(ours: Descriptor(number: ends[0]), theirs: Descriptor(number: ends[1]))
  }

  /// Both ends, open until they are let go of.
  struct Channel: ~Copyable {
    let ours: Descriptor
    let theirs: Descriptor

    /// Closes the child's end here, so that ours ends when the child's does.
    consuming func takeOurs() -> Descriptor { ours }
  }

  /// A descriptor of nothing, for a standard stream that a program shall not have.
  static func nothing() throws(SluiceError) -> Descriptor {
    let number = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard number >= 0 else { throw FileLayer.error("open", "/dev/null") }
    return Descriptor(number: number)
  }

  private static func spawn(
    _ path: String, _ words: [String], _ input: Int32, _ output: Int32, _ aside: Int32?
  ) throws(SluiceError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    if let aside { posix_spawn_file_actions_adddup2(&actions, aside, 3) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A session of its own: no terminal to ask anything at, and a signal from ours reaches it through us. Default
    // SIGPIPE: it ends when we do, however that is.
    let flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | newSession
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let arguments = pointers(words)
    let environment = pointers(["LC_ALL=C", "PATH=/usr/bin:/bin", "TZ=UTC"])
    defer { for pointer in arguments + environment { free(pointer) } }
    var child: pid_t = 0
    let result = posix_spawn(&child, path, &actions, &attributes, arguments, environment)
    guard result == 0 else {
      errno = result
      throw FileLayer.error("start", "the program \(words[0])")
    }
    return child
  }

  /// POSIX_SPAWN_SETSID of spawn.h, which the Glibc module leaves out.
  private static let newSession: Int32 = 0x80

  /// A C array of C strings, which the caller frees.
  private static func pointers(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
    strings.map { strdup($0) } + [nil]
  }
}
