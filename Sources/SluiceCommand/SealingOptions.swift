import ArgumentParser
import Sluice
import SluiceCrypto

/// Who signs the packets of a run, and to whom they are sealed.
struct SealingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Sign each packet with this key (PEM, its owner's alone).", valueName: "file"))
  var signKey: String?

  @Option(
    help: ArgumentHelp(
      "The signer's certificate, its chain after it (PEM); goes with --sign-key.", valueName: "file"))
  var signCert: String?

  @Option(
    help: ArgumentHelp(
      "Why packets with a given --now are signed; the register keeps it, no packet says it.",
      valueName: "reason"))
  var recreate: String?

  @Option(
    help: ArgumentHelp(
      "Seal each packet to this recipient too: a certificate (PEM), or a line with an age1… recipient.",
      valueName: "file"))
  var to: String?

  /// The longest reason, in bytes.
  static let reasonByteCountMax = 500

  func validate() throws {
    guard (signKey == nil) == (signCert == nil) else {
      throw ValidationError("--sign-key and --sign-cert go together")
    }
    guard let recreate else { return }
    guard signKey != nil else { throw ValidationError("--recreate goes with --sign-key") }
    guard recreate.utf8.count <= Self.reasonByteCountMax, recreate.isVisible,
      recreate.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    else {
      throw ValidationError("--recreate takes a reason of 1 to \(Self.reasonByteCountMax) bytes in one line")
    }
  }

  /// A signature says when it was made, so a time that was not read from the clock needs a reason.
  func check(_ clock: ClockOptions) throws {
    if signKey != nil, clock.now != nil, recreate == nil {
      throw ValidationError("a packet with a given --now is signed only with --recreate REASON")
    }
    if recreate != nil, clock.now == nil {
      throw ValidationError("--recreate goes with --now")
    }
  }

  /// The facts of a run with its signer, whose certificate must be valid at the run's instant.
  func signing(_ facts: RunFacts) throws -> RunFacts {
    guard let signKey, let signCert else { return facts }
    var facts = facts
    let signer = try PacketSigner(keyFile: signKey, certificateFile: signCert, at: facts.now.seconds)
    Terminal.note("packets are signed by \(signer.subject)")
    facts.signer = signer
    facts.recreateReason = recreate
    return facts
  }
}
