import ArgumentParser
import Sluice
import SluiceCrypto

/// `sluice key`: root keys.
struct Key: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a root key, or show its id.", subcommands: [New.self, Show.self])

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a root key in a new file that its owner alone can read.",
      discussion: "Example:\n  sluice key new --out root.key")

    @Option(help: ArgumentHelp("The new file.", valueName: "file")) var out: String
    @Option(help: "The epoch, counted up with each new root key.") var epoch: UInt32 = 1
    @OptionGroup var result: ResultOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
      talk.apply()
      try Process.secure()
      let key = try RootKey.create(atPath: out, epoch: epoch)
      Key.show(key, result)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a root key's id and epoch, never the key.",
      discussion: "Example:\n  sluice key show root.key")

    @Argument(help: ArgumentHelp("The key's file.", valueName: "file")) var key: String
    @OptionGroup var result: ResultOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
      talk.apply()
      try Process.secure()
      Key.show(try RootKey(contentsOfFile: key), result)
    }
  }

  static func show(_ key: RootKey, _ result: ResultOptions) {
    let id = SHA256.hex(key.rootID)
    guard result.json else {
      Terminal.print("root id \(id), epoch \(key.epoch)")
      return
    }
    Terminal.print(
      JSONText.object([("root-id", .string(id)), ("epoch", .integer(UInt64(key.epoch)))]).document)
  }
}
