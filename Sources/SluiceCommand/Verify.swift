import ArgumentParser
import Sluice
import SluiceCrypto
import SluiceRegister

/// `sluice verify`: for the provider and the receiver.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Verify a packet: its bag, its digests, and that every record reached is accounted for.",
    discussion: """
      Ends with 0 where the packet is whole, with 8 where it is not. Without Sluice: `bagit.py --validate PACKET`.

      A signature that is there is checked. Who signed is known only with --trust: the provider's certificate, or its \
      issuer's, which came by another way than the packet.

      With --register the provider's register notes that the packet was verified and what came of it, before it is told.

      Example:
        sluice verify packets/US-2026-000123
      """)

  @Argument(help: ArgumentHelp("The packet's folder.", valueName: "packet")) var packet: String
  @OptionGroup(title: "Signature") var signature: SignatureOptions
  @Option(help: ArgumentHelp("The register that notes it.", valueName: "file")) var register: String?
  @OptionGroup var clock: ClockOptions
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions

  func validate() throws {
    guard clock.now == nil || register != nil else { throw ValidationError("--now needs --register") }
  }

  func run() throws {
    talk.apply()
    let trust = try signature.trusted()
    // Opened before the packet is read, so that nothing is verified that could not be noted.
    let note = try noting()
    let verified: VerifiedPacket
    do throws(SluiceError) {
      verified = try PacketVerifier.verify(
        path: packet, trust: trust, requiresSignature: signature.requireSignature)
    } catch {
      if error.status == .verification {
        let name = Documents.name(packet)
        try note(PacketFolder.isName(name) ? name : nil, nil, error.code)
      }
      throw error
    }
    try note(verified.name, verified.digest, nil)
    Self.show(verified, result)
  }

  /// Opens the register, and returns what notes an outcome in it: the packet's name, its digest, what is wrong.
  private func noting() throws -> (String?, [UInt8]?, String?) throws -> Void {
    guard let register else { return { _, _, _ in } }
    try Process.secure()
    let (opened, now) = (try Register(path: register), try clock.instant())
    return { try opened.verified($0, digest: $1, code: $2, now: now) }
  }

  /// What a packet that verifies says of itself, as the result.
  static func show(_ verified: VerifiedPacket, _ result: ResultOptions) {
    guard result.json else {
      Terminal.print("\(verified.name): verified, made \(verified.madeOn) by \(verified.madeBy)")
      Terminal.print("digest \(Base16.encode(verified.digest))")
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
        ("digest", .string(Base16.encode(verified.digest))),
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
