import ArgumentParser
import Sluice
import SluiceCrypto

/// What a receiver asks of a packet's signature, and how it is told of it.
struct SignatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Require a signature for whose signer one of these certificates vouches (PEM): the provider's or its issuer's.",
      valueName: "file"))
  var trust: String?

  @Flag(help: "Fail on a packet that is not signed.") var requireSignature = false

  func trusted() throws -> SignatureTrust? { try trust.map { try SignatureTrust(contentsOfFile: $0) } }

  /// The lines of a result for a person.
  static func lines(_ signature: PacketSignature?) -> [String] {
    guard let signature else { return ["signature: none"] }
    let time = Instant(seconds: signature.signedAt).text
    return [
      "signed by \(signature.subject) at \(time), certificate sha256 \(Base16.encode(signature.fingerprint))",
      signature.isVouchedFor
        ? "a trusted certificate vouches for the signer"
        : "nobody vouches for the signer: anyone can make such a signature. Give --trust to know who it was",
    ]
  }

  static func json(_ signature: PacketSignature?) -> JSONText {
    guard let signature else { return .null }
    return .object([
      ("subject", .string(signature.subject)),
      ("signed-at", .string(Instant(seconds: signature.signedAt).text)),
      ("certificate-sha256", .string(Base16.encode(signature.fingerprint))),
      ("vouched-for", .boolean(signature.isVouchedFor)),
    ])
  }
}
