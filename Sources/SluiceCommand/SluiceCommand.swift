import ArgumentParser

/// The command: terminal, clock and exit status. What it says and does is the library's.
@main
struct SluiceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "Release from message metadata only the fields a disclosure may release.")
}
