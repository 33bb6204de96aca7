import Sluice
import SluiceCrypto
import SluiceRegister

/// One `disclose`, from documents to packets.
struct DisclosureJob {
  let demands: [String]
  let records: RecordOptions
  let policies: String
  let key: KeyOptions
  let out: String
  let format: RecordFormat
  let report: String?
  var digestsSources = false
  var register: RegisterOptions?
  let clock: ClockOptions
  let runOptions: RunOptionGroup
  var sealing: SealingOptions?

  /// What became of each demand, and the status to end with.
  struct Summary {
    var report: OperatorReport
    /// Nil where everything was done.
    var status: SluiceError.Status?

    func print(asJSON: Bool) {
      if asJSON {
        Terminal.print(report.document)
        return
      }
      for answer in report.answers {
        switch answer.outcome {
        case .sealed(let packet):
          let count = packet.kinds.reduce(0) { $0 + $1.tally.released }
          Terminal.print("\(answer.packetName): sealed, \(count) records, \(Base16.encode(packet.digest))")
        case .sealedBefore(let digest):
          Terminal.print("\(answer.packetName): sealed before, \(Base16.encode(digest))")
        case .refused(let reason): Terminal.print("\(answer.packetName): refused, \(reason.rawValue)")
        case .failed(let error):
          let word = error.status == .refused ? "refused" : "failed"
          Terminal.print("\(answer.packetName): \(word), \(error.code)")
        }
        for (category, reason) in answer.refusedCategories {
          Terminal.print("  category \(category): refused, \(reason.rawValue)")
        }
        for (place, reason) in answer.refusedSubjects {
          Terminal.print("  subject \(place): refused, \(reason.rawValue)")
        }
      }
      for envelope in report.envelopes { Terminal.print(envelope.line) }
    }
  }

  func run() throws -> Summary {
    let inputs = try BatchInputs(
      demands: demands, records: records, policies: policies, clock: clock, runOptions: runOptions)
    let folder = try inputs.granted.isEmpty ? nil : PacketFolder(path: out)
    // Begun before anything is read: a report that cannot be written must not be found when packets are sealed.
    let report = try report.map { try PartialFile($0) }
    let noted = Guarded<RegisterRun?>(nil)
    Process.onInterrupt { [folder = Unchecked(folder), report = Unchecked(report)] in
      try? folder.value?.removePartial()
      report.value?.discard()
    } noting: {
      try? noted.withLock { $0 }?.interrupted()
    }
    do { return try run(inputs, folder, report, noted) } catch {
      try? folder?.removePartial()
      report?.discard()
      throw error
    }
  }

  private func run(
    _ inputs: BatchInputs, _ folder: PacketFolder?, _ report: PartialFile?,
    _ toldOfSignals: Guarded<RegisterRun?>
  ) throws -> Summary {
    var facts = inputs.facts(format, clockIsGiven: clock.now != nil)
    facts = try sealing?.signing(facts) ?? facts
    var answers: [String: OperatorReport.Answer] = [:]
    for refusal in inputs.refused { answers[refusal.demand.packetName] = OperatorReport.Answer(refusal) }
    let envelopes = try EnvelopeJob(sealing, inputs.granted, at: inputs.now)
    var sealedTo: [OperatorReport.Envelope] = []
    var outcome: DisclosureRun.Outcome?
    let noted = try note(inputs, facts, folder)
    toldOfSignals.withLock { $0 = noted }
    facts.checkpointDigest = noted?.checkpointDigest
    if let folder {
      let open = try standing(inputs.granted, folder, noted, &answers)
      try envelopes?.check(inputs.granted, answers, folder)
      if !open.isEmpty {
        outcome = try seal(open, inputs, facts, folder, noted)
        for answer in outcome?.answers ?? [] { answers[answer.packetName] = answer }
      }
      if outcome?.failure == nil { sealedTo = envelopes?.seal(inputs.granted, answers, folder) ?? [] }
      try folder.removePartial()
    }
    let document = document(inputs, facts, outcome, answers, sealedTo)
    if let report {
      try report.append(document.document)
      try report.publish()
    }
    if let failure = outcome?.failure { throw failure }
    return Summary(report: document, status: status(inputs, document))
  }

  /// Notes in the register what was demanded and ruled, before any source is opened.
  private func note(
    _ inputs: BatchInputs, _ facts: RunFacts, _ folder: PacketFolder?
  ) throws -> RegisterRun? {
    guard let register = try register?.open(now: inputs.now, folder: folder) else {
      Terminal.note("no --register: this run counts in no report")
      return nil
    }
    return try RegisterRun(
      register, inputs.rulings, policies: inputs.policies, facts: facts,
      reasons: RegisterRun.Reasons(again: self.register?.again, recreate: facts.recreateReason))
  }

  /// The demands whose packet is not there yet. A packet that is there and verifies is skipped, and so is a demand whose
  /// instrument the register has an answer to; anything else in its place stops the run before a source is opened.
  private func standing(
    _ granted: [GrantedRuling], _ folder: PacketFolder, _ noted: RegisterRun?,
    _ answers: inout [String: OperatorReport.Answer]
  ) throws -> [GrantedRuling] {
    var open: [GrantedRuling] = []
    var sealed: [GrantedRuling] = []
    for ruling in granted {
      switch try folder.standing(of: ruling.demand) {
      case .nothing: open.append(ruling)
      case .sealedBefore(let packet):
        sealed.append(ruling)
        answers[ruling.demand.packetName] = OperatorReport.Answer(
          ruling, .sealedBefore(digest: packet.digest))
        if sealing?.signKey != nil, packet.signature == nil {
          Terminal.note(
            "warning: \(packet.name) was sealed before and is not signed; what is sealed stays as it is")
        }
      case .unusable(let error): throw error
      }
    }
    let before = try noted?.answeredBefore(open, beside: sealed) ?? [:]
    return open.filter { ruling in
      guard let error = before[ruling.demand.packetName] else { return true }
      answers[ruling.demand.packetName] = OperatorReport.Answer(ruling, .failed(error))
      return false
    }
  }

  private func seal(
    _ rulings: [GrantedRuling], _ inputs: BatchInputs, _ facts: RunFacts, _ folder: PacketFolder,
    _ noted: RegisterRun?
  ) throws -> DisclosureRun.Outcome {
    let caseKeys = try key.caseKeys(rulings, folder)
    let sources = try records.specifications(inputs.records)
    let outcome = DisclosureRun(
      rulings: rulings, sources: sources, catalog: inputs.catalog, facts: facts,
      options: runOptions.options(digestsSources: digestsSources), witness: noted
    ).seal(caseKeys: caseKeys, in: folder)
    Terminal.note(outcome)
    try noted?.aborted(outcome, of: rulings)
    try key.memory.check()
    return outcome
  }

  private static func rank(_ status: SluiceError.Status) -> Int {
    SluiceError.Status.precedence.firstIndex(of: status) ?? 0
  }

  private func document(
    _ inputs: BatchInputs, _ facts: RunFacts, _ outcome: DisclosureRun.Outcome?,
    _ answers: [String: OperatorReport.Answer], _ envelopes: [OperatorReport.Envelope]
  ) -> OperatorReport {
    var document = OperatorReport(
      facts: facts, kindNames: inputs.catalog.kinds.map(\.name), sources: outcome?.sources ?? [],
      answers: inputs.rulings.compactMap { answers[$0.demand.packetName] },
      warnings: outcome?.warnings ?? [])
    document.envelopes = envelopes
    return document
  }

  /// The status to end with, after each failure is told.
  private func status(_ inputs: BatchInputs, _ document: OperatorReport) -> SluiceError.Status? {
    var failures: [SluiceError] = []
    for case .failed(let error) in document.answers.map(\.outcome) { failures.append(error) }
    for case .failed(let error) in document.envelopes.map(\.outcome) { failures.append(error) }
    for failure in failures { Terminal.say("error: \(failure)") }
    let statuses = failures.map(\.status) + (inputs.refused.isEmpty ? [] : [.refused])
    return statuses.min { Self.rank($0) < Self.rank($1) }
  }
}

/// Hands a value to the thread that cleans up when the process is told to end.
struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
