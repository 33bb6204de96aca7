import SluiceCrypto

/// Decides what the search of a run's packets hit, by reading the sources a second time for the exact values.
final class LeakConfirmation {
  /// Records of the first reading.
  var recordCount: UInt64 = 0

  private let run: DisclosureRun
  let gate: LeakGate
  private let keys: [CaseKey]

  init(_ run: DisclosureRun, _ gate: LeakGate, _ keys: [CaseKey]) {
    self.run = run
    self.gate = gate
    self.keys = keys
  }

  /// Does nothing where nothing was hit. Throws status 1 at a leak, 5 where the sources cannot be read a second time as
  /// the first, 9 where there were more hits than can be kept: nothing undecided is published.
  func decide() throws(SluiceError) {
    guard gate.suspects.count > 0 else { return }
    guard !gate.suspects.overflowed else {
      throw SluiceError(
        .limit, "leak-gate-full",
        "The leak gate hit more values than it can decide; nothing is sealed. Raise --leak-gate-bytes or --leak-gate-hits."
      )
    }
    for source in run.sources where source.identity?.kind != .regular || source.place == .standardInput {
      throw SluiceError(
        .input, "leak-undecided",
        "The leak gate has to read the records a second time and cannot; nothing is sealed. Give them as a file.",
        source: source.name)
    }
    try readAgain()
    if let leak = gate.suspects.leak() { throw error(leak) }
    gate.suspects.removeAll()
  }

  private func readAgain() throws(SluiceError) {
    var options = self.run.options
    options.onProgress = nil
    let run = DisclosureRun(
      rulings: run.rulings, sources: run.sources, catalog: run.catalog, facts: run.facts, options: options)
    gate.isConfirming = true
    defer { gate.isConfirming = false }
    var outcome = DisclosureRun.Outcome()
    _ = try run.readOnce(keys, gate, &outcome) { _, _ in }
    guard outcome.recordCount == recordCount else {
      throw SluiceError(
        .input, "source-changed", "The records changed while they were read; nothing is sealed. Run again.")
    }
  }

  /// Says where the value stands in the packet and in the sources, never what it is.
  private func error(_ leak: LeakSuspects.Suspect) -> SluiceError {
    let name = run.rulings[leak.packet].demand.packetName
    let column = leak.place.field.map { ", field \($0)" } ?? ""
    let place = "\(leak.place.file), row \(leak.place.row)\(column)"
    guard let origin = leak.withheld else { preconditionFailure("a leak was found in the sources") }
    let kind = run.catalog.kinds[origin.kind]
    let field = "\(kind.name).\(kind.fields[Int(origin.field)].name)"
    return SluiceError(
      .bug, "leak-found",
      "Packet \(name) would hold an identifier that it withholds or pseudonymises (\(field)): in \(place). "
        + "Nothing is sealed. If that field holds free text, withhold it in the policy; else please report this.",
      source: run.sources[origin.source].name, byteOffset: origin.byteOffset, field: field)
  }
}
