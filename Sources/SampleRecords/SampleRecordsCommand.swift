#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The program `sluice-sample-records`: arguments in, records to standard output, an exit status.
@main
enum SampleRecordsCommand {
  /// How much text is gathered before it is written.
  static let blockByteCount = 256 * 1024

  static func main() {
    // A reader that goes away is an error of the write, with a message, not a silent death.
    signal(SIGPIPE, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    let output = OutputFile(descriptor: STDOUT_FILENO)
    do {
      if arguments.contains(where: { $0 == "--help" || $0 == "-h" }) {
        try output.write(Array(SampleOptions.help.utf8))
      } else if arguments.first == "--replay" {
        guard arguments.count == 2 else { throw SampleOptions.Problem.valueMissing(option: "--replay") }
        try writeReplay(to: arguments[1])
      } else {
        try run(try SampleOptions.parse(arguments), to: output)
      }
    } catch let problem as SampleOptions.Problem {
      say("\(problem.message); see --help")
      exit(64)
    } catch {
      say("the output could not be written in full")
      exit(6)
    }
  }

  /// Writes the records that `options` asks for.
  static func run(_ options: SampleOptions, to output: OutputFile) throws(OutputFile.WriteError) {
    // Room for one record past the block, so that the buffer never grows.
    var text = RecordText(format: options.format, capacity: blockByteCount + 4096)
    if options.format == .csv, let kind = options.kind { text.header(kind.columns) }
    var generator = SampleRecordGenerator(
      seed: options.seed, count: options.count, kind: options.kind, identifiers: options.identifiers)
    for _ in 0..<options.count {
      generator.appendRecord(to: &text)
      if text.bytes.count >= blockByteCount {
        try output.write(text.bytes)
        text.removeAll()
      }
    }
    try output.write(text.bytes)
  }

  /// Writes the Hong Kong replay into a new folder.
  private static func writeReplay(to folder: String) throws(OutputFile.WriteError) {
    for path in [folder] + ReplaySample.folders.map({ "\(folder)/\($0)" }) {
      guard mkdir(path, 0o755) == 0 else { throw OutputFile.WriteError(number: errno) }
    }
    for file in ReplaySample.files {
      let descriptor = open("\(folder)/\(file.path)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw OutputFile.WriteError(number: errno) }
      defer { close(descriptor) }
      try OutputFile(descriptor: descriptor).write(Array(file.text.utf8))
    }
  }

  private static func say(_ sentence: String) {
    // Nothing is left to say where standard error is gone too; the exit status still tells.
    _ = try? OutputFile(descriptor: STDERR_FILENO).write(Array("sluice-sample-records: \(sentence)\n".utf8))
  }
}
