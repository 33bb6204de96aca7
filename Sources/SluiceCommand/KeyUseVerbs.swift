import ArgumentParser
import Sluice
import SluiceCrypto
import SluiceRegister

/// What both questions to a root key are asked with.
struct KeyUseOptions: ParsableArguments {
  @OptionGroup var key: KeyOptions
  @Option(
    help: ArgumentHelp("The register, which is told before the answer is.", valueName: "file"))
  var register: String
  @Option(help: ArgumentHelp("Why it is asked; written to the register.", valueName: "text"))
  var reason: String
  @Option(help: ArgumentHelp("Who asks; written to the register.", valueName: "name")) var by: String?
  @Option(help: ArgumentHelp("The declared name, for identifiers of class id.", valueName: "name"))
  var idName: String?
  @OptionGroup var clock: ClockOptions

  func validate() throws {
    guard by?.isVisible != false else { throw ValidationError("--by takes a name") }
  }

  func openRegister() throws -> Register { try Register(path: register) }

  func grounds() throws -> KeyUseGrounds {
    try KeyUseGrounds(reason: reason, by: by, at: clock.instant())
  }

  /// A pseudonym as it is given; its text is not repeated in an error.
  static func pseudonym(_ text: String) throws -> Pseudonym {
    guard let pseudonym = Pseudonym(text) else {
      throw SluiceError(
        .usage, "pseudonym-invalid",
        "this is no pseudonym; give one of a packet by --pseudonym, its 28 characters as they stand there")
    }
    return pseudonym
  }
}

extension Key {
  /// `sluice key resolve`.
  struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resolve",
      abstract:
        "Tell which of some candidates a pseudonym stands for, and register that it was asked.",
      discussion: """
        The candidates are identifiers of the class that the pseudonym's first letter names, one a line. The answer is \
        the number of a line. The register is told that it was asked, found or not, before the answer is printed.

        Example:
          sluice key resolve --pseudonym "$PSEUDONYM" --candidates candidates.txt \\
            --reference US-2026-000123 --jurisdiction US --reason "court order 17" \\
            --key root.key --register demands.register
        """)

    @Option(help: ArgumentHelp("The pseudonym, as the packet has it.", valueName: "text"))
    var pseudonym: String
    @Option(help: ArgumentHelp("Candidates, one a line.", valueName: "file")) var candidates: String
    @Option(help: ArgumentHelp("The reference of the case.", valueName: "text")) var reference: String
    @Option(help: ArgumentHelp("ISO 3166-1 code of the case.", valueName: "code")) var jurisdiction: String
    @OptionGroup var use: KeyUseOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
      talk.apply()
      try Process.secure()
      let pseudonym = try KeyUseOptions.pseudonym(pseudonym)
      let list = try CandidateList(
        Documents.bytes(candidates), of: pseudonym.identifierClass, name: use.idName,
        file: Documents.name(candidates))
      let found = try Resolution(
        of: pseudonym, among: list, jurisdiction: jurisdiction, reference: reference,
        keys: use.key.rootKeys(), grounds: use.grounds(), register: use.openRegister())
      guard result.json else {
        Terminal.print(
          found.match.map { "line \($0.line), epoch \($0.epoch)" }
            ?? "none of \(found.candidateCount) candidates")
        return
      }
      Terminal.print(
        JSONText.object([
          ("found", .boolean(found.match != nil)),
          ("line", found.match.map { .integer(UInt64($0.line)) } ?? .null),
          ("epoch", found.match.map { .integer(UInt64($0.epoch)) } ?? .null),
          ("candidates", .integer(UInt64(found.candidateCount))),
        ]).document)
    }
  }

  /// `sluice key prove`.
  struct Prove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prove",
      abstract:
        "Hold a packet's key id and commitment against the root key, and register that it was asked.",
      discussion: """
        With --pseudonym and --candidate also whether that pseudonym of the packet's case stands for the one candidate \
        in the file. Ends with 8 where anything is not proved. The register is told before the answer is printed.

        Example:
          sluice key prove packets/US-2026-000123 --reason "audit 2026-11" \\
            --key root.key --register demands.register
        """)

    @Argument(help: ArgumentHelp("The packet's folder.", valueName: "packet")) var packet: String
    @Option(help: ArgumentHelp("A pseudonym of the packet.", valueName: "text")) var pseudonym: String?
    @Option(
      help: ArgumentHelp("A file with the one identifier it is claimed for.", valueName: "file"))
    var candidate: String?
    @OptionGroup var use: KeyUseOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
      talk.apply()
      try Process.secure()
      let proof = try KeyProof(
        ofPacketAt: packet, claim: try claim(), keys: use.key.rootKeys(), grounds: use.grounds(),
        register: use.openRegister())
      if result.json { Terminal.print(json(proof).document) } else { printText(proof) }
      if !proof.isConfirmed { Process.end(.verification) }
    }

    private func claim() throws -> KeyProof.Claim? {
      guard pseudonym != nil || candidate != nil else { return nil }
      guard let pseudonym, let candidate else {
        throw ValidationError("--pseudonym and --candidate go together")
      }
      let claimed = try KeyUseOptions.pseudonym(pseudonym)
      return KeyProof.Claim(
        pseudonym: claimed,
        candidate: try CandidateList(
          Documents.bytes(candidate), of: claimed.identifierClass, name: use.idName,
          file: Documents.name(candidate)))
    }

    private func printText(_ proof: KeyProof) {
      Terminal.print(
        "\(proof.packet.name): "
          + (proof.epoch.map { "made under the root key of epoch \($0)" }
            ?? "made under none of the keys given"))
      guard let holds = proof.claimHolds else { return }
      Terminal.print("the pseudonym \(holds ? "stands" : "does not stand") for the candidate")
    }

    private func json(_ proof: KeyProof) -> JSONText {
      .object([
        ("packet", .string(proof.packet.name)), ("proved", .boolean(proof.isConfirmed)),
        ("epoch", proof.epoch.map { .integer(UInt64($0)) } ?? .null),
        ("pseudonym-holds", proof.claimHolds.map(JSONText.boolean) ?? .null),
      ])
    }
  }
}
