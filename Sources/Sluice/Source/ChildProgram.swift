import Glibc

/// A program of the system's own that runs beside this one: started without a shell, on descriptors of ours, with an
/// environment of its own, and ended with its owner.
///
/// What it says on its standard error may quote what it was given and is dropped; its exit status alone counts.
package final class ChildProgram {
  /// Where programs are looked for. Fixed: whoever sets a PATH would otherwise choose what reads the records.
  package static let folders = ["/usr/bin", "/bin", "/usr/local/bin"]

  private var child: pid_t = 0

  /// Where a program is; nil where it is in none of the folders.
  static func path(of name: String, in folders: [String] = folders) -> String? {
    folders.map { $0 + "/" + name }.first { access($0, X_OK) == 0 }
  }

  /// Starts the program at a path. `aside` becomes its descriptor 3. Throws the system's error number.
  init(
    _ path: String, _ words: [String], input: Int32, output: Int32, aside: Int32? = nil
  ) throws(ErrorNumber) {
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
    // A session of its own: no terminal to ask anything at, and a signal from ours reaches it through us, so that it
    // is not taken for a failure of the tool. Default SIGPIPE: it ends when we do, however that is.
    let flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | Self.newSession
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let arguments = Self.pointers(words)
    let environment = Self.pointers(["LC_ALL=C", "PATH=/usr/bin:/bin", "TZ=UTC"])
    defer { for pointer in arguments + environment { free(pointer) } }
    let result = posix_spawn(&child, path, &actions, &attributes, arguments, environment)
    guard result == 0 else { throw ErrorNumber(value: result) }
  }

  deinit { stop() }

  /// Waits for the program's end; its wait status, or nil where another took it or it was waited for before.
  func end() -> Int32? {
    guard child > 0 else { return nil }
    var status: Int32 = 0
    let reaped = retryingInterrupted { waitpid(child, &status, 0) }
    child = 0
    return reaped > 0 ? status : nil
  }

  /// Ends the program, if it runs still.
  func stop() {
    guard child > 0 else { return }
    kill(child, SIGKILL)
    _ = end()
  }

  /// Both ends of a channel to a program.
  ///
  /// A pair of sockets and not a pipe: it can be made close-on-exec in one step, and a pipe that a child started by
  /// another thread inherited would keep us from ever seeing the end.
  static func channel() throws(ErrorNumber) -> (ours: Int32, theirs: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw ErrorNumber(value: errno) }
    return (ends[0], ends[1])
  }

  /// POSIX_SPAWN_SETSID of spawn.h, which the Glibc module leaves out.
  private static let newSession: Int32 = 0x80

  /// A C array of C strings, which the caller frees.
  private static func pointers(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
    strings.map { strdup($0) } + [nil]
  }
}

/// What the system answered, for the caller to say what it means.
struct ErrorNumber: Error {
  let value: Int32
}
