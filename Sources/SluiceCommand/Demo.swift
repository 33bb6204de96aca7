import ArgumentParser
import Glibc
import Sluice
import SluiceCrypto
import SluiceRegister

/// `sluice demo`: the main job on the samples.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Do the whole job on the samples, into a new folder.",
    discussion: """
      Makes a key and a signer, rules on every sample demand, reads the sample records once, seals and signs a packet \
      for each demand that is granted, and verifies each. Some samples are refused: that is part of the show.

      Example:
        sluice demo
      """)

  /// The day on which the samples are what their own text says of them.
  static let now = "2026-10-05T00:00:00Z"

  @Option(help: ArgumentHelp("The folder of samples.", valueName: "folder")) var samples = "Samples"
  @Option(
    help: ArgumentHelp(
      "The new folder (default: a new one beside the system's temporary files).", valueName: "folder"))
  var out: String?
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    talk.apply()
    try Process.secure()
    let folder = try makeFolder()
    let key = try RootKey.create(atPath: folder + "/root.key", epoch: 1)
    Terminal.note("root key \(Base16.encode(key.rootID)) in \(folder)/root.key")
    var records = try RecordOptions.parse([])
    records.sources = samples + "/sources.yaml"
    var clock = try ClockOptions.parse([])
    clock.now = Self.now
    let job = DisclosureJob(
      demands: [samples + "/demands"], records: records, policies: samples + "/policies",
      key: try KeyOptions.parse(["--key", folder + "/root.key"]),
      out: folder + "/packets", format: .ndjson, report: folder + "/report.json",
      register: try makeRegister(folder + "/demands.register", clock), clock: clock,
      runOptions: try RunOptionGroup.parse([]), sealing: try makeSigner(in: folder))
    let summary = try job.run()
    summary.print(asJSON: result.json)
    let trust = try SignatureTrust(contentsOfFile: folder + "/signer.pem")
    var verified = 0
    for answer in summary.report.answers {
      guard case .sealed = answer.outcome else { continue }
      _ = try PacketVerifier.verify(path: "\(folder)/packets/\(answer.packetName)", trust: trust)
      verified += 1
    }
    guard verified > 0, summary.status == .refused else {
      throw SluiceError(
        .bug, "demo-outcome", "the samples did not come out as their own text says; please report this")
    }
    let register = try Register(reading: folder + "/demands.register").verify()
    Terminal.note(
      "\(register.entryCount) entries of the register verified, \(folder)/demands.register; `sluice register list` shows them"
    )
    Terminal.note(
      "\(verified) packets sealed, signed and verified in \(folder)/packets; the operator's report is \(folder)/report.json"
    )
  }

  /// A register for this show alone.
  private func makeRegister(_ path: String, _ clock: ClockOptions) throws -> RegisterOptions {
    _ = try Register.create(path: path, name: "sluice/demo", now: try clock.instant())
    return try RegisterOptions.parse(["--register", path])
  }

  /// A signer for this show alone, valid on the samples' day.
  private func makeSigner(in folder: String) throws -> SealingOptions {
    let (key, certificate) = (folder + "/signer.key", folder + "/signer.pem")
    _ = try SelfMadeSigner.create(
      keyFile: key, certificateFile: certificate, name: "Sluice demo", algorithm: .p256,
      from: try ClockOptions.instant(Self.now, "--now").seconds, days: 30)
    return try SealingOptions.parse([
      "--sign-key", key, "--sign-cert", certificate, "--recreate", "the samples' own day",
    ])
  }

  private func makeFolder() throws -> String {
    if let out {
      guard mkdir(out, 0o700) == 0 else {
        throw SluiceError(.output, "output-failed", "the folder cannot be made; name a new one")
      }
    }
    let folder: String
    if let out {
      folder = out
    } else {
      folder = try Process.makeTemporaryFolder("sluice-demo", "use --out")
    }
    guard mkdir(folder + "/packets", 0o700) == 0 else {
      throw SluiceError(
        .output, "output-failed",
        "the folder for packets cannot be made; check the disk, or name another folder")
    }
    return folder
  }
}
