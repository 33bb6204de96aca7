import ArgumentParser
import Sluice
import SluiceCrypto

/// `sluice open`: for the receiver of a sealed packet.
struct Open: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Open a packet that was sealed to you: decrypt it, verify it, and only then unpack it.",
    discussion: """
      Takes what `disclose --to` makes: a CMS message (.tar.p7m) with a private key, or a file of age (.tar.age) with an \
      identity file. Where anything is wrong nothing is left in the folder, and the exit status is 8.

      Example:
        sluice open US-2026-000123.tar.p7m --key agency.key --out received --trust provider.pem
      """)

  @Argument(help: ArgumentHelp("The sealed packet.", valueName: "file")) var file: String
  @Option(
    help: ArgumentHelp(
      "Your private key (PEM), or the age identity file; its owner's alone, 0600 or 0400.", valueName: "file")
  )
  var key: String
  @Option(
    help: ArgumentHelp("Your certificate (PEM), where a message is to several recipients.", valueName: "file")
  )
  var cert: String?
  @Option(help: ArgumentHelp("The folder that the packet is put in.", valueName: "folder")) var out: String
  @Option(help: ArgumentHelp("Bytes of a CMS message, which is held in memory.", valueName: "bytes"))
  var envelopeBytes = PacketOpening.messageByteCountMax
  @OptionGroup(title: "Signature") var signature: SignatureOptions
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions

  func validate() throws {
    guard envelopeBytes > 0 else { throw ValidationError("a limit is at least 1") }
  }

  func run() throws {
    talk.apply()
    try Process.secure()
    let opening = PacketOpening(
      keyFile: key, certificateFile: cert, trust: try signature.trusted(),
      requiresSignature: signature.requireSignature, byteCountMax: envelopeBytes)
    let folder = try PacketFolder(path: out)
    Process.onInterrupt { [folder = Unchecked(folder)] in try? folder.value.removePartial() }
    let packet: VerifiedPacket
    do { packet = try opening.open(file, into: folder) } catch {
      try? folder.removePartial()
      throw error
    }
    try folder.removePartial()
    Verify.show(packet, result)
  }
}
