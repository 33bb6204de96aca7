import ArgumentParser
import Glibc
import Sluice
import SluiceCrypto

/// The command: terminal, clock and exit status. What it says and does is the library's.
@main
struct SluiceCommand: ParsableCommand {
  static let version = "1.0.0"

  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "Release from message metadata only the fields a disclosure may release.",
    discussion: """
      Reads a provider's records once, rules on each demand before any record is opened, and seals a packet a \
      demand. Start with `sluice demo`.

      Exit status: 0 done, 1 a fault of Sluice, 3 a document does not load, 4 too many records rejected, 5 input \
      unreadable, 6 output failed, 7 key or self-test, 8 verification failed, 9 limit reached, 10 a demand was \
      refused (the others are done), 64 usage, 128+n signal n.
      """,
    version: version,
    subcommands: [
      Disclose.self, Minimize.self, Explain.self, Check.self, Diff.self, Preview.self, Verify.self, Open.self,
      Key.self,
      RegisterVerb.self, Report.self, Demo.self, SelfTestVerb.self,
    ])

  static func main() {
    Process.prepare()
    // Swift finds the arguments through /proc. Without them the parser would print the help and end with 0, and
    // whoever started a disclosure would believe it done.
    guard !CommandLine.arguments.isEmpty else {
      Process.end(
        SluiceError(.bug, "no-arguments", "the command line cannot be read; mount /proc and run again"))
    }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as SluiceError {
      Process.end(failure)
    } catch let failure as CryptoError {
      Process.end(SluiceError(failure))
    } catch  where exitCode(for: error) != .failure {
      // The parser's own: help, the version, or a command line that cannot be understood.
      Process.end(parsing: fullMessage(for: error), exitCode(for: error).rawValue)
    } catch {
      // Nothing of an error that nobody expected is shown: it could hold a value.
      Process.end(
        SluiceError(.bug, "unexpected", "this should not happen; please report it (\(type(of: error)))"))
    }
    Process.finishOutput()
  }
}
