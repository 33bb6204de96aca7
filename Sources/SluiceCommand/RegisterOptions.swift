import ArgumentParser
import Sluice
import SluiceRegister

/// Where a run is noted, and why it does again what was done.
struct RegisterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The register that notes every demand and packet (`sluice register new`).", valueName: "file"))
  var register: String?

  @Option(
    help: ArgumentHelp(
      "Answer an instrument that the register has an answer to, and note why.", valueName: "reason"))
  var again: String?

  func validate() throws {
    guard again == nil || register != nil else { throw ValidationError("--again needs --register") }
    guard again?.isVisible != false else { throw ValidationError("--again takes a reason") }
  }

  /// Opens the register, and settles what a run that died left open in the folder of packets.
  func open(now: Instant, folder: PacketFolder?) throws -> Register? {
    guard let path = register else { return nil }
    let register = try Register(path: path)
    if let folder {
      let count = try register.settle(now: now) { name throws(SluiceError) in try folder.standing(of: name) }
      if count > 0 { Terminal.note("\(count) packets of a run that died were settled in the register") }
    }
    return register
  }
}
