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
      let settlement = try register.settle(now: now, in: folder)
      if settlement.settledCount > 0 {
        Terminal.note("\(settlement.settledCount) packets of a run that died were settled in the register")
      }
      settlement.tellOpen()
    }
    return register
  }
}

extension Register.Settlement {
  /// Tells of which packets it is not known whether they were published, and what to do about it.
  func tellOpen() {
    if !elsewhere.isEmpty {
      Terminal.note(
        "warning: about to be published in another folder, and not noted whether they were: \(Self.list(elsewhere)); where "
          + "their run died, settle them with `sluice register settle REGISTER --out FOLDER`, with its folder, or where "
          + "that is gone for good with --lost NAME --reason TEXT"
      )
    }
    if !unusable.isEmpty {
      Terminal.note(
        "warning: about to be published, and what lies in their place does not verify: \(Self.list(unusable)); look at "
          + "it with `sluice verify`, restore it or move it away, and run again")
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }
}
