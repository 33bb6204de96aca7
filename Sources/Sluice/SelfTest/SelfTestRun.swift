import SluiceCrypto

/// The long self-test: whether this build, on this machine, does what its packets rest on.
///
/// Libcrypto against known answers, one pseudonym through every derivation, both decoders against a small corpus, and a
/// packet that is made from either format, verified, and then broken in ten ways, each of which must be noticed. The
/// short one, which runs before every key is read, is `SelfTest` alone.
public struct SelfTestRun: Sendable {
  /// Something that was tried and came out as it must.
  public struct Step: Equatable, Sendable {
    /// What was tried: `libcrypto`, `pseudonym`, `ndjson`, `csv`, `packet`, or `tamper`.
    public let part: String
    /// What came out, as a sentence.
    public let outcome: String
  }

  /// What must come out; a test changes it to see the self-test fail.
  package struct Answers: Sendable {
    package var crypto = SelfTest.KnownAnswers()
    package var pseudonym = SelfTestDocuments.pseudonym
    package var ndjson = DecoderCase.ndjson
    package var csv = DecoderCase.csv
    package var forgeries = PacketForgery.all

    /// The right answers.
    package init() {}
  }

  private let layer = FileLayer()
  let answers: Answers

  /// Runs everything in an empty folder of the caller's, which is left empty again where all is well.
  ///
  /// - Parameters:
  ///   - folder: the path of the folder.
  ///   - toolVersion: the version that packets state.
  /// - Returns: what was tried, in order.
  /// - Throws: status 7 with the code of what is not as it must be: those of `SelfTest`, `self-test-pseudonym`,
  ///   `self-test-decoder`, `self-test-packet` or `self-test-tamper`; or status 6 where the folder cannot be used.
  public static func run(in folder: String, toolVersion: String) throws(SluiceError) -> [Step] {
    try SelfTestRun(Answers()).run(in: folder, toolVersion: toolVersion)
  }

  package init(_ answers: Answers) { self.answers = answers }

  package func run(in folder: String, toolVersion: String) throws(SluiceError) -> [Step] {
    var steps = try cryptography()
    steps.append(try decoder("ndjson", answers.ndjson, NDJSONTrial()))
    steps.append(try decoder("csv", answers.csv, CSVTrial()))
    let place = try layer.openFolder(folder)
    defer { for name in ["packets", "broken"] { try? layer.removeTree(name, at: place.number) } }
    let packet = try SelfTestPacket(toolVersion: toolVersion, in: folder, layer)
    steps.append(Step(part: "packet", outcome: packet.outcome))
    steps += try forgeries(of: packet, in: folder, place)
    return steps
  }

  static func failure(_ code: String, _ message: String) -> SluiceError {
    SluiceError(.key, code, message + "; do not use this build, and report it")
  }

  // MARK: - Libcrypto and derivations

  private func cryptography() throws(SluiceError) -> [Step] {
    do throws(CryptoError) {
      try SelfTest.run(answers: answers.crypto)
      let key = try SelfTestRoot().caseKey(
        jurisdiction: SelfTestDocuments.jurisdiction, reference: SelfTestDocuments.reference)
      var context = try PseudonymContext(key.classKey("phone"))
      var output = [UInt8](repeating: 0, count: PseudonymContext.characterCount)
      let phone = Array(SelfTestDocuments.other.utf8)
      let isWritten = phone.withUnsafeBytes { phone in
        output.withUnsafeMutableBufferPointer {
          context.write(classByte: 1, letter: UInt8(ascii: "p"), phone, to: $0.baseAddress.unsafelyUnwrapped)
        }
      }
      guard isWritten, output == Array(answers.pseudonym.utf8) else {
        throw CryptoError(
          code: "self-test-pseudonym",
          message: "A pseudonym of a known key is not the known answer. Do not use this build, and report it."
        )
      }
    } catch {
      throw SluiceError(error)
    }
    return [
      Step(
        part: "libcrypto",
        outcome: "HMAC-SHA-256 of one context used again, HKDF and SHA-256 give the known answers"),
      Step(part: "pseudonym", outcome: "a known root key gives the known pseudonym"),
    ]
  }

  // MARK: - Decoders

  private func decoder(
    _ part: String, _ cases: [DecoderCase], _ trial: consuming some DecoderTrial & ~Copyable
  ) throws(SluiceError) -> Step {
    var refusedCount = 0
    for (index, one) in cases.enumerated() {
      let outcome = trial.outcome(one.record)
      guard outcome == one.outcome else {
        throw Self.failure(
          "self-test-decoder", "the \(part) decoder reads record \(index + 1) of its corpus wrongly")
      }
      if case .fault = outcome { refusedCount += 1 }
    }
    return Step(
      part: part,
      outcome:
        "\(cases.count - refusedCount) records read as they stand, \(refusedCount) bad ones refused by code")
  }

  // MARK: - A packet, and the same broken

  private func forgeries(
    of packet: SelfTestPacket, in folder: String, _ place: borrowing Descriptor
  ) throws(SluiceError) -> [Step] {
    var steps: [Step] = []
    for forgery in answers.forgeries {
      try packet.write(forgery, to: "broken", at: place)
      let code: String
      do throws(SluiceError) {
        _ = try PacketVerifier.verify(path: folder + "/broken")
        throw Self.failure("self-test-tamper", "a packet of which \(forgery.what) verifies")
      } catch {
        guard error.status == .verification else { throw error }
        code = error.code
      }
      try layer.removeTree("broken", at: place.number)
      steps.append(Step(part: "tamper", outcome: "\(forgery.what): noticed (\(code))"))
    }
    return steps
  }
}
