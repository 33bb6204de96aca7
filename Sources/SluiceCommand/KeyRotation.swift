import ArgumentParser
import Sluice
import SluiceCrypto

extension Key {
  /// `sluice key list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the root keys of a folder by epoch, and say which one new cases use.",
      discussion: "Example:\n  sluice key list keys")

    @Argument(help: ArgumentHelp("The folder of root keys.", valueName: "folder")) var folder: String
    @OptionGroup var memory: MemoryOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
      talk.apply()
      try Process.secure()
      try memory.check()
      guard try RootKeyFolder(ifFolder: folder) != nil else { throw Key.notAFolder }
      let keys = try RootKeys(contentsOfPath: folder)
      let newest = try? keys.newest().epoch
      let states = keys.members.map {
        $0.isRetired ? "retired" : $0.root.epoch == newest ? "new-cases" : "running-cases"
      }
      guard result.json else {
        for (member, state) in zip(keys.members, states) {
          Terminal.print("epoch \(member.root.epoch), root id \(Base16.encode(member.root.rootID)), \(state)")
        }
        return
      }
      let entries = zip(keys.members, states).map { member, state in
        JSONText.object([
          ("epoch", .integer(UInt64(member.root.epoch))),
          ("root-id", .string(Base16.encode(member.root.rootID))),
          ("state", .string(state)),
        ])
      }
      Terminal.print(JSONText.array(entries).document)
    }
  }

  /// `sluice key retire`.
  struct Retire: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "retire",
      abstract: "Retire the root key of an epoch: no new case uses it, running ones still do.",
      discussion: """
        Its file is renamed to root-EPOCH.retired.key and stays: without it no further part of its cases can be made \
        and no pseudonym of theirs resolved.

        Example:
          sluice key retire keys --epoch 1
        """)

    @Argument(help: ArgumentHelp("The folder of root keys.", valueName: "folder")) var folder: String
    @Option(help: "The epoch of the key.") var epoch: UInt32
    @OptionGroup var talk: TalkOptions

    func run() throws {
      talk.apply()
      guard let keys = try RootKeyFolder(ifFolder: folder) else { throw Key.notAFolder }
      let isNew = try keys.retire(epoch: epoch)
      Terminal.print("epoch \(epoch) " + (isNew ? "retired" : "was retired before"))
      if try keys.entries().allSatisfy(\.isRetired) {
        Terminal.note(
          "warning: every key of the folder is retired; no new case can be begun before there is a new one")
      }
    }
  }

  static let notAFolder = SluiceError(
    .key, "key-folder-missing", "this is no folder of root keys; make one with `sluice key new --out FOLDER/`"
  )
}
