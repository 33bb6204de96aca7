import ArgumentParser
import Sluice
import SluiceCrypto

/// `sluice verify`: for the provider and the receiver.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify a packet: its bag, its digests, and that every record reached is accounted for.",
    discussion: """
      Ends with 0 where the packet is whole, with 8 where it is not. Without Sluice: `bagit.py --validate PACKET`.

      A signature that is there is checked. Who signed is known only with --trust: the provider's certificate, or its \
      issuer's, which came by another way than the packet.

      Example:
        sluice verify packets/US-2026-000123
      """)

  @Argument(help: ArgumentHelp("The packet's folder.", valueName: "packet")) var packet: String
  @OptionGroup(title: "Signature") var signature: SignatureOptions
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    talk.apply()
    let verified = try PacketVerifier.verify(
      path: packet, trust: try signature.trusted(), requiresSignature: signature.requireSignature)
    Self.show(verified, result)
  }

  /// What a packet that verifies says of itself, as the result.
  static func show(_ verified: VerifiedPacket, _ result: ResultOptions) {
    guard result.json else {
      Terminal.print("\(verified.name): verified, made \(verified.madeOn) by \(verified.madeBy)")
      Terminal.print("digest \(SHA256.hex(verified.digest))")
      for line in SignatureOptions.lines(verified.signature) { Terminal.print(line) }
      for kind in verified.kinds {
        Terminal.print("\(kind.kind): \(kind.reached) records reached, \(kind.released) released")
        for reason in kind.reasons { Terminal.print("  \(reason.outcome) \(reason.reason): \(reason.count)") }
      }
      Terminal.print("unreadable: \(verified.hasUnreadable ? "some" : "none")")
      Terminal.print("report.html: \(page(verified))")
      return
    }
    let kinds = verified.kinds.map {
      JSONText.object([
        ("kind", .string($0.kind)), ("reached", .integer($0.reached)), ("released", .integer($0.released)),
      ])
    }
    Terminal.print(
      JSONText.object([
        ("packet", .string(verified.name)), ("verified", .boolean(true)),
        ("digest", .string(SHA256.hex(verified.digest))),
        ("signature", SignatureOptions.json(verified.signature)), ("kinds", .array(kinds)),
        ("unreadable", .string(verified.hasUnreadable ? "some" : "none")),
        ("report-compared", .boolean(verified.reportIsCompared)),
      ]).document)
  }

  private static func page(_ verified: VerifiedPacket) -> String {
    verified.reportIsCompared
      ? "what the other files make of it" : "made by another version of Sluice, so not compared"
  }
}
