import SluiceCrypto

/// Ends a run whose packets hold a leak, and reads its sources a second time to say where that comes from.
final class LeakDecision {
  private let run: DisclosureRun
  let gate: LeakGate
  private let keys: [CaseKey]

  init(_ run: DisclosureRun, _ gate: LeakGate, _ keys: [CaseKey]) {
    self.run = run
    self.gate = gate
    self.keys = keys
  }

  /// Throws status 1 where the packets that were searched hold a leak, and 6 where that cannot be decided: nothing
  /// undecided is published.
  ///
  /// `place` looks for the place of a suspect in its packet.
  func decide(
    _ place: (_ packet: Int, _ file: String, _ byteOffset: Int) throws(SluiceError) -> LeakPlace
  ) throws(SluiceError) {
    guard let leak = try gate.suspects.leaks().first else { return }
    // What they add to the message is not worth losing it.
    let place = try? place(leak.packet, leak.place.file, leak.place.byteOffset)
    let trace = LeakTrace(leak)
    if canReadAgain { try? readAgain(trace) }
    throw error(leak, place, trace.origin)
  }

  private var canReadAgain: Bool { run.sources.allSatisfy(\.canBeReadAgain) }

  private func readAgain(_ trace: LeakTrace) throws(SluiceError) {
    var options = self.run.options
    options.onProgress = nil
    let run = DisclosureRun(
      rulings: run.rulings, sources: run.sources, catalog: run.catalog, facts: run.facts, options: options)
    gate.trace = trace
    defer { gate.trace = nil }
    var outcome = DisclosureRun.Outcome()
    _ = try run.readOnce(keys, gate, format: run.facts.format, &outcome) { _, _ in }
  }

  /// Says where the value stands in the packet and in the sources, never what it is.
  private func error(
    _ leak: LeakSuspects.Suspect, _ place: LeakPlace?, _ origin: LeakTrace.Origin?
  ) -> SluiceError {
    let name = run.rulings[leak.packet].demand.packetName
    let column = place?.field.map { ", field \($0)" } ?? ""
    let row = place.map { ", row \($0.row)\(column)" } ?? ""
    let field = origin.map { origin in
      let kind = run.catalog.kinds[origin.kind]
      return "\(kind.name).\(kind.fields[Int(origin.field)].name)"
    }
    let what = field.map { " (\($0))" } ?? ""
    let advice = canReadAgain ? "" : " Give the records as files to be told where it comes from."
    return SluiceError(
      .bug, "leak-found",
      "Packet \(name) would hold an identifier that it withholds or pseudonymises\(what): in \(leak.place.file)\(row). "
        + "Nothing further is sealed. Where that field holds free text or numbers that may be an identifier's by "
        + "chance, withhold it in the policy or coarsen it; else please report this.\(advice)",
      source: origin.map { run.sources[$0.source].name }, byteOffset: origin?.byteOffset,
      field: field)
  }
}
