import ArgumentParser
import Sluice

/// `sluice explain`: what an instrument releases, field by field, or why one cell of a packet looks as it does.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Say what happens to every field under a jurisdiction's instrument, or why a packet's cell looks as it does.",
    discussion: """
      With --jurisdiction and --instrument: every field, by which rule and citation. Reads no record.

      Example:
        sluice explain --jurisdiction US --instrument warrant \\
          --policies Samples/policies --schema Samples/schemas/*.yaml

      With --packet and --cell: one cell, from the packet alone, which is verified first. A cell is its kind, its row \
      (from 1, without a header) and its column as the file of records names it. Its value is never printed. Where the \
      packet does not tell whose it is, every role that it may be is told. With --policies and --schema also the rule's \
      line, if the policy is the very one that the packet was made under.

        sluice explain --packet packets/US-2026-000127 --cell message:3:sender
      """)

  @Option(help: ArgumentHelp("ISO 3166-1 code.", valueName: "code")) var jurisdiction: String?
  @Option(help: ArgumentHelp("The instrument's name in the policy.", valueName: "name")) var instrument:
    String?
  @Option(help: ArgumentHelp("A packet's folder, to explain a cell of it.", valueName: "packet"))
  var packet: String?
  @Option(help: ArgumentHelp("The cell, for example message:3:sender.", valueName: "kind:row:column"))
  var cell: String?
  @Option(help: ArgumentHelp("The folder of policies.", valueName: "folder")) var policies: String?
  @Option(parsing: .upToNextOption, help: ArgumentHelp("Schemas.", valueName: "file")) var schema: [String] =
    []
  @OptionGroup var clock: ClockOptions
  @OptionGroup var result: ResultOptions
  @OptionGroup var talk: TalkOptions

  /// What is explained, by the options that name it.
  private enum Subject {
    case instrument(jurisdiction: String, name: String, policies: String)
    case cell(CellAddress, packet: String)
  }

  func validate() throws { _ = try subject() }

  func run() throws {
    talk.apply()
    switch try subject() {
    case .instrument(let jurisdiction, let name, let policies): try explain(jurisdiction, name, policies)
    case .cell(let address, let packet): try explain(address, packet)
    }
  }

  private func subject() throws -> Subject {
    guard packet != nil || cell != nil else {
      guard let jurisdiction, let instrument, let policies, !schema.isEmpty else {
        throw ValidationError(
          "give --jurisdiction and --instrument with --policies and --schema, or --packet and --cell")
      }
      return .instrument(jurisdiction: jurisdiction, name: instrument, policies: policies)
    }
    guard let packet, let cell else { throw ValidationError("--packet and --cell go together") }
    guard jurisdiction == nil, instrument == nil, clock.now == nil else {
      throw ValidationError(
        "a packet's cell has no --jurisdiction, --instrument or --now: the packet states them")
    }
    guard (policies == nil) == schema.isEmpty else {
      throw ValidationError("--policies and --schema go together")
    }
    guard let address = CellAddress(cell) else {
      throw ValidationError("--cell takes KIND:ROW:COLUMN, the row from 1, for example message:3:sender")
    }
    return .cell(address, packet: packet)
  }

  private func explain(_ jurisdiction: String, _ instrument: String, _ policies: String) throws {
    var documents = Documents()
    let now = try clock.instant()
    let (catalog, set) = try documents.rules(
      schemas: schema, policies: policies, now: now, needed: [jurisdiction])
    let explanation: Explanation
    do {
      explanation = try Explanation(
        jurisdiction: jurisdiction, instrument: instrument, policies: set, catalog: catalog, now: now)
    } catch {
      throw SluiceError(
        .refused, error.rawValue, "a demand under this jurisdiction and instrument is refused")
    }
    Terminal.print(result.json ? explanation.json : Array(explanation.text.utf8))
  }

  private func explain(_ address: CellAddress, _ packet: String) throws {
    var explanation = try CellExplanation(of: address, inPacketAt: packet)
    if let policies {
      var documents = Documents()
      // The policies are read as they held when the packet was made.
      let (catalog, set) = try documents.rules(
        schemas: schema, policies: policies, now: explanation.producedAt,
        needed: [explanation.packet.packetCase.jurisdiction])
      explanation = try explanation.placed(in: set, catalog: catalog)
    }
    Terminal.print(result.json ? explanation.json : Array(explanation.text.utf8))
  }
}
