import ArgumentParser
import Glibc
import Sluice
import SluiceCrypto

/// `sluice key`: root keys and signing keys.
struct Key: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Make, list and retire root keys, ask what only they can answer, and make a signing key.",
    discussion: """
      A folder of root keys holds one file an epoch, root-1.key, root-2.key and so on. Wherever --key takes a file it \
      takes that folder too: new cases use the newest key that is not retired, running ones the key they began under.
      """,
    subcommands: [New.self, Show.self, List.self, Retire.self, Resolve.self, Prove.self, NewSigner.self])

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new",
      abstract: "Make a root key in a new file that its owner alone can read.",
      discussion: """
        In a folder the file is named for its epoch, which is the one after the highest there. A path that ends in \
        a slash is a folder, made where it is missing.

        Example:
          sluice key new --out root.key
          sluice key new --out keys/
        """)

    @Option(help: ArgumentHelp("The new file, or a folder of root keys.", valueName: "path")) var out: String
    @Option(help: "The epoch, counted up with each new root key (default: 1, or the next of the folder).")
    var epoch: UInt32?
    @OptionGroup var memory: MemoryOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
      talk.apply()
      try Process.secure()
      try memory.check()
      if out.hasSuffix("/"), mkdir(out, 0o700) != 0, errno != EEXIST {
        throw SluiceError(
          .key, "key-write",
          "the folder of keys cannot be made; make its parent first, or choose another path")
      }
      if let folder = try RootKeyFolder(ifFolder: out) {
        Key.show(try folder.create(epoch: epoch), result)
      } else {
        Key.show(try RootKey.create(atPath: out, epoch: epoch ?? 1), result)
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show a root key's id and epoch, never the key.",
      discussion: "Example:\n  sluice key show root.key")

    @Argument(help: ArgumentHelp("The key's file.", valueName: "file")) var key: String
    @OptionGroup var memory: MemoryOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
      talk.apply()
      try Process.secure()
      try memory.check()
      Key.show(try RootKey(contentsOfFile: key), result)
    }
  }

  static func show(_ key: RootKey, _ result: ResultOptions) {
    let id = Base16.encode(key.rootID)
    guard result.json else {
      Terminal.print("root id \(id), epoch \(key.epoch)")
      return
    }
    Terminal.print(
      JSONText.object([("root-id", .string(id)), ("epoch", .integer(UInt64(key.epoch)))]).document)
  }
}
