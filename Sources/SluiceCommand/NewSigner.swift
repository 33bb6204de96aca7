import ArgumentParser
import Sluice
import SluiceCrypto

extension Key {
  /// `sluice key new-signer`: a signing key and its self-made certificate.
  struct NewSigner: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new-signer",
      abstract: "Make a signing key and a certificate that it signs itself.",
      discussion: """
        For trying out, or for a provider that has no certificate of an authority: who gets packets must get the \
        certificate by another way than with them. Neither file is ever overwritten.

        Example:
          sluice key new-signer --out-key signer.key --out-cert signer.pem --name "Example Messenger, disclosures"
        """)

    @Option(help: ArgumentHelp("The new file of the key, 0600.", valueName: "file")) var outKey: String
    @Option(help: ArgumentHelp("The new file of the certificate, 0644.", valueName: "file")) var outCert:
      String
    @Option(help: ArgumentHelp("The signer's name, as receivers will read it.", valueName: "text")) var name:
      String
    @Option(help: ArgumentHelp("For how long the certificate is valid, 1 to 36500.", valueName: "count"))
    var days = 825
    @Option(help: "The key's algorithm: p256, p384 or rsa3072.") var algorithm = KeyAlgorithm.p256
    @Option(
      help: ArgumentHelp("From when on it is valid, RFC 3339 (default: now).", valueName: "instant"))
    var validFrom: String?
    @OptionGroup var result: ResultOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
      guard (1...36_500).contains(days) else { throw ValidationError("--days lies between 1 and 36500") }
    }

    func run() throws {
      talk.apply()
      try Process.secure()
      let fingerprint = try SelfMadeSigner.create(
        keyFile: outKey, certificateFile: outCert, name: name, algorithm: algorithm,
        from: try ClockOptions.instant(validFrom, "--valid-from").seconds, days: days)
      let digits = Base16.encode(fingerprint)
      guard result.json else {
        Terminal.print("certificate sha256 \(digits)")
        return
      }
      Terminal.print(
        JSONText.object([
          ("certificate-sha256", .string(digits)), ("algorithm", .string(algorithm.rawValue)),
        ]).document)
    }
  }
}

extension KeyAlgorithm: ExpressibleByArgument {}
