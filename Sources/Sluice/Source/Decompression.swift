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
  private let program: ChildProgram

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
    guard let path = ChildProgram.path(of: tool.name, in: folders) else {
      throw SluiceError(
        .input, "tool-missing",
        "the program \(tool.name) is not installed; install the package \(tool.package), or unpack the file",
        source: source)
    }
    self.tool = tool
    self.source = source
    let ends = try Self.asked(of: source) { () throws(ErrorNumber) in try ChildProgram.channel() }
    let theirs = try InputDescriptor(owning: ends.theirs, source: source)
    output = try InputDescriptor(owning: ends.ours, source: source)
    program = try Self.asked(of: source) { () throws(ErrorNumber) in
      try withExtendedLifetime(theirs) { () throws(ErrorNumber) in
        try ChildProgram(
          path, [tool.name] + tool.arguments, input: input.number, output: theirs.number)
      }
    }
  }

  /// What the system does for a source; where it refuses, the source cannot be read.
  private static func asked<Value>(
    of source: String, _ call: () throws(ErrorNumber) -> Value
  ) throws(SluiceError) -> Value {
    do { return try call() } catch { throw SystemFailure.input(error.value, source: source) }
  }

  /// Waits for the tool at the end of its output. Anything but a clean exit means that the file is corrupt,
  /// cut short or followed by something else: then what it gave is not the whole and the source has failed.
  func finish() throws(SluiceError) {
    guard let status = program.end() else {
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
  func stop() { program.stop() }
}
