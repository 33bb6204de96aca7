import ArgumentParser
import Sluice
import SluiceCrypto
import SluiceRegister

/// `sluice register`: the provider's history of demands.
struct RegisterVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Make the register of demands, look into it, and verify it.",
    subcommands: [
      New.self, List.self, Show.self, Check.self, Export.self, Proof.self, Last.self, Settle.self,
    ])

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new",
      abstract: "Make a register, and beside it the key that signs it, FILE.key.",
      discussion: """
        Prints who signs it: keep that line elsewhere, and give it to `sluice register verify --by`.

        Example:
          sluice register new demands.register --name provider.example/register
        """)

    @Argument(help: ArgumentHelp("The new file.", valueName: "file")) var file: String
    @Option(help: "What its checkpoints begin with, as a domain and a path.") var name = "sluice/register"
    @OptionGroup var clock: ClockOptions

    func run() throws {
      try Process.secure()
      let register = try Register.create(path: file, name: name, now: try clock.instant())
      Terminal.print(register.verifier.description)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List demands and what came of each.",
      discussion: "Example:\n  sluice register list demands.register --jurisdiction HK --outcome refused")

    @Argument(help: ArgumentHelp("The register.", valueName: "file")) var file: String
    @Option(help: "Only those of a state.") var jurisdiction: String?
    @Option(help: "Only pending, refused, produced or aborted ones.") var outcome: String?
    @Option(help: ArgumentHelp("Only those received from this instant on.", valueName: "instant")) var from:
      String?
    @Option(help: ArgumentHelp("Only those received before this instant.", valueName: "instant")) var until:
      String?
    @OptionGroup var result: ResultOptions

    func run() throws {
      try Process.secure()
      let period = Period(
        from: try ClockOptions.given(from, "--from") ?? Instant(seconds: .min),
        until: try ClockOptions.given(until, "--until") ?? Instant(seconds: .max))
      let histories = try Register(reading: file).demandHistories(receivedIn: period).filter { history in
        (jurisdiction == nil || history.jurisdiction == jurisdiction)
          && (outcome == nil || history.outcome.word == outcome)
      }
      guard result.json else {
        for history in histories {
          Terminal.print(
            "\(history.packetName)  \(history.received.text)  \(history.jurisdiction) \(history.instrument)  "
              + history.outcome.text)
        }
        return
      }
      Terminal.print(JSONText.array(histories.map(\.json)).document)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show every entry about a demand.",
      discussion: "Example:\n  sluice register show demands.register US-2026-000123")

    @Argument(help: ArgumentHelp("The register.", valueName: "file")) var file: String
    @Argument(help: "The demand's reference, or the packet's name.") var reference: String

    func run() throws {
      try Process.secure()
      var count = 0
      try Register(reading: file).entries(of: reference) { (entry) throws(SluiceError) in
        count += 1
        Terminal.print(entry.leaf)
      }
      guard count > 0 else {
        throw SluiceError(
          .input, "register-no-entry",
          "The register has no entry of that reference. See `sluice register list`.")
      }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Prove that no entry was changed, removed, moved or cut off.",
      discussion: """
        Holds the register against its own checkpoints, against checkpoints that were kept elsewhere, and against packets,
        each of which names one. Ends with 8 where anything is wrong.

        Example:
          sluice register verify demands.register --checkpoint kept.txt --packets packets
        """)

    @Argument(help: ArgumentHelp("The register.", valueName: "file")) var file: String
    @Option(
      parsing: .upToNextOption, help: ArgumentHelp("Checkpoints that were kept.", valueName: "file"))
    var checkpoint: [String] = []
    @Option(help: ArgumentHelp("A folder of packets that were made with it.", valueName: "folder"))
    var packets: [String] = []
    @Option(help: ArgumentHelp("Who signs it, as `sluice register new` printed it.", valueName: "key"))
    var by: String?
    @OptionGroup var result: ResultOptions

    func run() throws {
      try Process.secure()
      let kept = try checkpoint.map { String(decoding: try Documents.bytes($0), as: UTF8.self) }
      var trusted: NoteVerifier?
      if let by {
        guard let verifier = NoteVerifier(by) else {
          throw ValidationError("--by takes the line that `sluice register new` printed")
        }
        trusted = verifier
      }
      let verified = try Register(reading: file).verify(kept: kept, packets: try witnesses(), by: trusted)
      guard result.json else {
        Terminal.print(
          "verified: \(verified.entryCount) entries, \(verified.checkpointCount) checkpoints, held against "
            + "\(verified.witnessCount) kept checkpoints and packets")
        return
      }
      Terminal.print(
        JSONText.object([
          ("verified", .boolean(true)), ("entries", .integer(verified.entryCount)),
          ("checkpoints", .integer(UInt64(verified.checkpointCount))),
          ("witnesses", .integer(UInt64(verified.witnessCount))),
        ]).document)
    }

    private func witnesses() throws -> [Register.PacketWitness] {
      try packets.flatMap { folder in
        try Documents.folders(in: folder).map { name in
          let packet = try PacketVerifier.verify(path: "\(folder)/\(name)")
          return Register.PacketWitness(
            name: packet.name, digest: packet.digest, checkpointDigest: packet.checkpointDigest)
        }
      }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Write every entry as NDJSON: each line is a leaf of the log, byte for byte.",
      discussion: "Example:\n  sluice register export demands.register > entries.ndjson")

    @Argument(help: ArgumentHelp("The register.", valueName: "file")) var file: String

    func run() throws {
      try Process.secure()
      try Register(reading: file).entries { (entry) throws(SluiceError) in
        Terminal.print(entry.leaf)
        guard Terminal.finishPart() else {
          throw SluiceError(
            .output, "output-failed",
            "standard output could not be written; see that what reads it goes on to the end, and run again")
        }
      }
    }
  }

  struct Proof: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "proof",
      abstract: "Print the proof that an entry is in the register, or that nothing before it was changed.",
      discussion: """
        For an entry, the proof that it is in the log (C2SP tlog-proof). With --from, the proof that the log which a kept
        checkpoint signs is the beginning of the log as it is now, as a witness takes it (C2SP tlog-witness). Neither shows
        an entry; anyone who has the key that `sluice register new` printed can check both.

        Example:
          sluice register proof demands.register 17
          sluice register proof demands.register --from kept.txt
        """)

    @Argument(help: ArgumentHelp("The register.", valueName: "file")) var file: String
    @Argument(help: "The entry's sequence, as `show` prints it.") var entry: UInt64?
    @Option(help: ArgumentHelp("A checkpoint that was kept.", valueName: "file")) var from: String?

    func validate() throws {
      guard (entry == nil) != (from == nil) else {
        throw ValidationError("a proof is of an entry, or --from a checkpoint")
      }
    }

    func run() throws {
      try Process.secure()
      if let from {
        let kept = String(decoding: try Documents.bytes(from), as: UTF8.self)
        Terminal.print(Array(try Register(reading: file).consistencyProof(from: kept).utf8))
        return
      }
      guard let entry, let proof = try Register(reading: file).proof(of: entry) else {
        throw SluiceError(
          .input, "register-no-entry",
          "The register has no entry of that sequence. See `sluice register list`.")
      }
      Terminal.print(Array(proof.utf8))
    }
  }

  struct Last: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "checkpoint",
      abstract: "Print the last signed checkpoint, to be kept elsewhere.",
      discussion: "Example:\n  sluice register checkpoint demands.register > kept.txt")

    @Argument(help: ArgumentHelp("The register.", valueName: "file")) var file: String

    func run() throws {
      try Process.secure()
      Terminal.print(Array(try Register(reading: file).lastCheckpoint().note.note.utf8))
    }
  }

  struct Settle: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "settle",
      abstract: "Settle packets that a run which died was about to publish, from what lies in their folder.",
      discussion: """
        Where the run has ended and the folder is gone for good, --lost notes on your word that it cannot be found out any
        more whether a packet was published, and why. Its demand counts as aborted and can be answered again. Where the
        folder is found after all, settle it with --out.

        Examples:
          sluice register settle demands.register --out packets
          sluice register settle demands.register --lost US-2026-000123 --reason "disk of host 4 destroyed"
        """)

    @Argument(help: ArgumentHelp("The register.", valueName: "file")) var file: String
    @Option(help: ArgumentHelp("The folder of packets.", valueName: "folder")) var out: String?
    @Option(help: ArgumentHelp("A packet whose run has ended and whose folder is gone.", valueName: "name"))
    var lost: String?
    @Option(help: "Why --lost is known; it is noted.") var reason: String?
    @OptionGroup var clock: ClockOptions

    func validate() throws {
      guard (out == nil) != (lost == nil) else {
        throw ValidationError("settle takes the folder (--out), or a packet whose folder is gone (--lost)")
      }
      guard (lost == nil) == (reason == nil) else {
        throw ValidationError("--lost and --reason go together")
      }
      guard reason?.isVisible != false else { throw ValidationError("--reason takes a reason") }
    }

    func run() throws {
      try Process.secure()
      if let lost, let reason {
        try Register(path: file).settleAsLost(lost, reason: reason, now: try clock.instant())
        Terminal.print("settled: \(lost) is lost")
      } else if let out {
        // A folder that is made for a mistyped name holds no packet, and all would count as not published.
        _ = try Documents.folders(in: out)
        let folder = try PacketFolder(path: out)
        let settlement = try Register(path: file).settle(
          now: try clock.instant(), in: folder, isTheirs: true)
        Terminal.print("settled: \(settlement.settledCount)")
        settlement.tellOpen()
      }
    }
  }
}

extension DemandHistory {
  fileprivate var packetName: String { Demand.packetName(reference: reference, part: part) }

  fileprivate var json: JSONText {
    var members: [(String, JSONText)] = [
      ("demand", .string(packetName)), ("received", .string(received.text)),
      ("jurisdiction", .string(jurisdiction)), ("instrument", .string(instrument)),
      ("class", .string(instrumentClass.rawValue)), ("accounts", .integer(UInt64(accountCount))),
      ("outcome", .string(outcome.word)),
    ]
    switch outcome {
    case .refused(let code), .aborted(let code): members.append(("code", .string(code)))
    case .produced(let recordCount, let fieldCount, _):
      members += [("records", .integer(UInt64(recordCount))), ("fields", .integer(UInt64(fieldCount)))]
    case .pending: break
    }
    return .object(members)
  }
}

extension DemandHistory.Outcome {
  fileprivate var word: String {
    switch self {
    case .pending: "pending"
    case .refused: "refused"
    case .produced: "produced"
    case .aborted: "aborted"
    }
  }

  fileprivate var text: String {
    switch self {
    case .pending: word
    case .refused(let code), .aborted(let code): "\(word), \(code)"
    case .produced(let recordCount, _, _): "\(word), \(recordCount) records"
    }
  }
}
