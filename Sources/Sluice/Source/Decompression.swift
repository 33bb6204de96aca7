import Glibc

/// The system's own tool that unpacks one file: `gzip`, `zstd` or `xz`, started on a descriptor.
///
/// The tool is given the file as its standard input, so no name reaches it, and the child can do no more than
/// read it. What it says on its standard error may quote the input and is dropped; its exit status alone
/// counts.
final class Decompression {
  /// What the tool writes.
  let output: InputDescriptor
  private let tool: Tool
  private let source: String
  private var child: pid_t

  struct Tool {
    let name: String
    let arguments: [String]
    let package: String
    let magic: [[UInt8]]

    /// xz is bounded, because a file states how much memory it takes to unpack; the largest preset needs 65
    /// MiB. zstd has such a bound by default (128 MiB), gzip needs no more than 32 KiB.
    init?(_ compression: SourceCompression) {
      switch compression {
      case .none: return nil
      case .gzip:
        (name, arguments, package, magic) = ("gzip", ["-dc"], "gzip", [LeadingBytes.gzip])
      case .zstd:
        (name, arguments, package) = ("zstd", ["-dcq"], "zstd")
        magic = [LeadingBytes.zstd] + (0x50...0x5F).map { [$0, 0x2A, 0x4D, 0x18] }
      case .xz:
        (name, package, magic) = ("xz", "xz-utils", [LeadingBytes.xz])
        arguments = ["-dcq", "--format=xz", "--threads=1", "--memlimit-decompress=256MiB"]
      }
    }
  }

  /// Starts the tool on an open regular file that is at its beginning.
  ///
  /// - Throws: status 5: `compressed-mismatch` where the file does not begin as its name says,
  ///   `tool-missing`.
  init(
    _ tool: Tool, of input: InputDescriptor, source: String, folders: [String]
  ) throws(SluiceError) {
    let first = try input.firstBytes(8)
    guard tool.magic.contains(where: { first.starts(with: $0) }) else {
      throw SluiceError(
        .input, "compressed-mismatch",
        "its name says \(tool.name) but its bytes do not; name it after what it holds", source: source)
    }
    guard let path = folders.map({ $0 + "/" + tool.name }).first(where: { access($0, X_OK) == 0 }) else {
      throw SluiceError(
        .input, "tool-missing",
        "the program \(tool.name) is not installed; install the package \(tool.package), or unpack the file",
        source: source)
    }
    self.tool = tool
    self.source = source
    let ends = try Self.channel(source: source)
    output = ends.ours
    child = try Self.spawn(path, tool, input: input.number, output: ends.theirs.number, source: source)
  }

  deinit { stop() }

  /// Waits for the tool at the end of its output. Anything but a clean exit means that the file is corrupt,
  /// cut short or followed by something else: then what it gave is not the whole and the source has failed.
  func finish() throws(SluiceError) {
    guard let status = reap() else {
      throw SluiceError(
        .input, "compressed-corrupt",
        "it is not known whether \(tool.name) could unpack the whole file; do not ignore SIGCHLD",
        source: source)
    }
    guard status == 0 else {
      throw SluiceError(
        .input, "compressed-corrupt",
        "\(tool.name) could not unpack the whole file: it is corrupt, cut short, has something after its end "
          + "or needs more memory than is given; fetch or pack it again",
        source: source)
    }
    try output.finish()
  }

  /// Ends the tool, if it runs still.
  func stop() {
    guard child > 0 else { return }
    kill(child, SIGKILL)
    _ = reap()
  }

  /// The child's wait status, or nil where another took it.
  private func reap() -> Int32? {
    guard child > 0 else { return nil }
    var status: Int32 = 0
    let reaped = retryingInterrupted { waitpid(child, &status, 0) }
    child = 0
    return reaped > 0 ? status : nil
  }

  /// A pair of sockets and not a pipe: it can be made close-on-exec in one step, and a pipe that a child
  /// started by another thread inherited would keep us from ever seeing the end.
  private static func channel(
    source: String
  ) throws(SluiceError) -> (ours: InputDescriptor, theirs: InputDescriptor) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw SystemFailure.input(errno, source: source)
    }
    let theirs = try InputDescriptor(owning: ends[1], source: source)
    return (try InputDescriptor(owning: ends[0], source: source), theirs)
  }

  private static func spawn(
    _ path: String, _ tool: Tool, input: Int32, output: Int32, source: String
  ) throws(SluiceError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: a signal from the terminal reaches the tool through us, so that it is not taken for
    // a corrupt file. Default SIGPIPE: the tool ends when we do, however that is.
    let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)

    let arguments = pointers([tool.name] + tool.arguments)
    let environment = pointers(["LC_ALL=C", "PATH=/usr/bin:/bin"])
    defer { for pointer in arguments + environment { free(pointer) } }
    var child: pid_t = 0
    let result = posix_spawn(&child, path, &actions, &attributes, arguments, environment)
    guard result == 0 else { throw SystemFailure.input(result, source: source) }
    return child
  }

  /// A C array of C strings, which the caller frees.
  private static func pointers(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    return pointers
  }
}
