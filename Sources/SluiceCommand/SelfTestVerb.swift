import ArgumentParser
import Glibc
import Sluice

/// `sluice self-test`: whether this build does, on this machine, what its packets rest on.
struct SelfTestVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "self-test",
    abstract:
      "Test this build on this machine: libcrypto, both decoders, a packet, and the same packet broken.",
    discussion: """
      Uses its own documents and no key. Ends with 7 where anything is not as it must be. A short form, libcrypto \
      alone, runs by itself before every verb that uses a key.

      Example:
        sluice self-test
      """)

  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    talk.apply()
    let folder = try Process.makeTemporaryFolder("sluice-self-test")
    defer { rmdir(folder) }
    let steps = try SelfTestRun.run(in: folder, toolVersion: SluiceCommand.version)
    guard result.json else {
      for step in steps { Terminal.print("\(step.part): \(step.outcome)") }
      Terminal.print("\(steps.count) steps, all as they must be")
      return
    }
    let list = steps.map {
      JSONText.object([("part", .string($0.part)), ("outcome", .string($0.outcome))])
    }
    Terminal.print(JSONText.object([("passed", .boolean(true)), ("steps", .array(list))]).document)
  }
}
