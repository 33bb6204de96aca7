import Glibc
import SluiceCrypto

/// To whom packets are sealed: the one who alone can open what is published beside them.
public enum PacketRecipient: Sendable {
  /// By CMS AuthEnvelopedData.
  case certificate(EnvelopeRecipient)
  /// By the system's `age`, to this `age1…` recipient.
  case age(String)

  /// Reads a file that holds a certificate (PEM) or, in one line, an age recipient (comments begin with `#`), and makes
  /// sure that something can be sealed to it: nothing is known to be wrong before a source is opened.
  ///
  /// Throws status 7 where the file or what it holds is not fit, and status 6 where `age` is not installed.
  public init(contentsOfFile path: String, at instant: Instant) throws(SluiceError) {
    let bytes: [UInt8]
    do { bytes = try EnvelopeRecipient.file(path) } catch { throw SluiceError(error) }
    if let recipient = Self.ageRecipient(bytes) {
      try Self.check(age: recipient)
      self = .age(recipient)
      return
    }
    do {
      self = .certificate(try EnvelopeRecipient(certificate: bytes, at: instant.seconds))
    } catch {
      guard error.code == "pem-certificate" else { throw SluiceError(error) }
      throw SluiceError(
        .key, "recipient-format",
        "The recipient's file holds neither a certificate in PEM form nor one line with an age recipient "
          + "(age1…). Check the path."
      )
    }
  }

  /// What is added to a packet's name.
  var suffix: String {
    switch self {
    case .certificate: ".tar.p7m"
    case .age: ".tar.age"
    }
  }

  /// Who it is, for a person: the certificate's subject, or the age recipient itself.
  public var description: String {
    switch self {
    case .certificate(let recipient): recipient.subject
    case .age(let recipient): recipient
    }
  }

  /// The one recipient of a file; nil where it holds anything else.
  private static func ageRecipient(_ bytes: [UInt8]) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
    // A native recipient: 32 bytes and a checksum in Bech32.
    guard lines.count == 1, let line = lines.first, line.utf8.count == 62, line.hasPrefix("age1"),
      line.dropFirst(4).utf8.allSatisfy({ "023456789acdefghjklmnpqrstuvwxyz".utf8.contains($0) })
    else { return nil }
    return String(line)
  }

  /// Encrypts an empty text to the recipient, so that a mistyped one, or a missing `age`, is found before any packet is
  /// made.
  private static func check(age recipient: String) throws(SluiceError) {
    let null = try SystemTool.nothing()
    let isSealed = try age(to: recipient, input: null.number, output: null.number).isDone()
    guard isSealed else {
      throw SluiceError(
        .key, "recipient-age",
        "The program age does not take the recipient; a letter of it may be mistaken. Ask for it again.")
    }
  }

  static func age(to recipient: String, input: Int32, output: Int32) throws(SluiceError) -> SystemTool {
    try SystemTool(
      "age", package: "age", ["--encrypt", "--recipient", recipient], input: input, output: output)
  }
}
